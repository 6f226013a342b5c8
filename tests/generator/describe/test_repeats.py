"""Columns that tell nothing beside another are said to."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pytest
from made_pages import orchard, write

from mlesmith_generator.describe import describe
from mlesmith_generator.describe.further import further_tables
from mlesmith_generator.describe.measure import as_text, measure_column
from mlesmith_generator.describe.repeats import Repeat, repeats_of

ROWS = 60
_TOWNS = [f"town {row % 7}" for row in range(ROWS)]


def found(**columns: Sequence[str | None]) -> dict[str, Repeat]:
    frame = pd.DataFrame({name: pd.Series(each, dtype=object) for name, each in columns.items()})
    texts = {name: as_text(frame, name) for name in columns}
    facts = [measure_column(name, text, None) for name, text in texts.items()]
    return repeats_of(facts, texts)


def test_the_same_values_and_the_same_under_other_names() -> None:
    codes = [f"{7 * (row % 7)}" for row in range(ROWS)]
    near = ["town 1", *_TOWNS[1:]]
    assert found(a=_TOWNS, b=_TOWNS, c=codes, d=near) == {
        "b": Repeat("a", "same"),
        "c": Repeat("a", "renamed"),
    }


def test_gaps_at_other_places_are_no_repeat() -> None:
    assert not found(a=_TOWNS, b=[None, *_TOWNS[1:]])
    assert found(a=[None, *_TOWNS[1:]], b=[None, *_TOWNS[1:]])["b"].kind == "same"


def test_keys_of_their_own_part_the_rows_alike_and_are_no_repeat() -> None:
    assert not found(
        a=[f"a{row}" for row in range(ROWS)], b=[f"{row * row}" for row in range(ROWS)]
    )


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%B %d, %Y"])
def test_dates_that_follow_at_a_distance(form: str) -> None:
    days = pd.date_range("2011-02-03", periods=ROWS, freq="3D")
    later = days + pd.Timedelta(days=30)
    told = found(a=list(days.strftime(form)), b=list(later.strftime(form)))
    assert told == {"b": Repeat("a", "shifted", 30.0)}
    assert told["b"].told("`a`") == "in training always 30 days after `a`"
    uneven = [*later.strftime(form)[:-1], "2031-05-05" if "-" in form else "May 05, 2031"]
    assert not found(a=list(days.strftime(form)), b=uneven)


def test_the_page_tells_it() -> None:
    frame = orchard()
    frame.insert(3, "sort.1", frame["sort"])
    text = describe(write(frame, target="harvest_kg"))
    row = next(line for line in text.splitlines() if line.startswith("| `sort.1` |"))
    assert "repeats `sort` in every training row" in row


def test_a_constant_column_of_a_further_table_is_told() -> None:
    test = pd.DataFrame({"order": ["1", "2"]})
    lines = pd.DataFrame({"order": ["1", "2"], "kind": ["x", "x"], "gap": ["x", None]})
    [table] = further_tables(test, {"lines": lines})
    assert table.constant == {"kind": "x"}
