"""Further tables are told by the key that leads to the rows that are asked about."""

from __future__ import annotations

import pandas as pd

from mlesmith_generator.describe.further import further_tables


def test_a_table_is_judged_by_the_key_that_leads_to_the_rows() -> None:
    test = pd.DataFrame({"order": ["1", "2", "3"]})
    orders = pd.DataFrame({"order": ["1", "2", "3", "4"], "client": ["a", "a", "b", "b"]})
    clients = pd.DataFrame({"client": ["a", "b"], "town": ["x", "x"]})
    lines = pd.DataFrame({"order": ["1", "1", "2"], "line": ["1", "2", "3"]})
    told = further_tables(test, {"orders": orders, "clients": clients, "lines": lines})
    assert {table.name: table.many for table in told} == {
        "orders": False,
        "clients": False,
        "lines": True,
    }
    assert {table.name: table.towards for table in told} == {
        "orders": ("order",),
        "clients": ("client",),
        "lines": ("order",),
    }


def test_a_key_under_another_name_is_found_by_its_values() -> None:
    ends = [str(number) for number in range(30)]
    test = pd.DataFrame({"from": ends, "to": ends[::-1]})
    [nodes] = further_tables(test, {"nodes": pd.DataFrame({"node": [*ends, "99"]})})
    assert nodes.keys == ()
    assert nodes.named_apart == (("node", ("from", "to")),)
    [others] = further_tables(test, {"others": pd.DataFrame({"thing": ends[1:]})})
    assert others.named_apart == ()


def test_how_many_rows_have_a_match_is_told_where_not_all_do() -> None:
    train = pd.DataFrame({"plane": ["a", "b", "x", None], "year": ["1", "1", "2", "2"]})
    test = pd.DataFrame({"plane": ["a", "c"], "year": ["1", "1"]})
    planes = pd.DataFrame({"plane": ["a", "b", "c"], "year": ["7", "7", "9"], "seats": "2"})
    flown = pd.DataFrame({"plane": ["a", "a", "b", "c", "x"], "hours": "3"})
    told = further_tables(test, {"planes": planes, "flown": flown}, train)
    assert [dict(table.met) for table in told] == [{"plane": 4 / 6}, {"plane": 5 / 6}]


def test_keys_that_are_the_same_numbers_match_however_they_are_written() -> None:
    train = pd.DataFrame({"plane": ["1.0", "2.0", None]})
    test = pd.DataFrame({"plane": ["3.0"]})
    planes = pd.DataFrame({"plane": ["1", "2", "3"], "seats": ["4", "5", "6"]})
    [told] = further_tables(test, {"planes": planes}, train)
    assert told.met == {"plane": 3 / 4}
