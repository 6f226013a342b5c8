from __future__ import annotations

import pandas as pd
import pytest

from mlesmith_generator.gates.cells import wrong_cell
from mlesmith_generator.gates.completeness import HIGHER, LOWER, Names, described_columns
from mlesmith_generator.gates.courses import scan_lengths_told
from mlesmith_generator.gates.page import Page, bare, plain
from mlesmith_generator.gates.rows import Column

TEXT = """# Title

Opening words.

## Columns

| column | type | values |
| --- | --- | --- |
| `a\\|b` | number | 1 to 2 |
| `x1` to `x9` | number | 0 to 1 |
| plain name | text | `u`, `v` |
| … | various | |

## How it is scored

Score text.

```text
# not a heading
| not | a table |
```
"""


def test_sections_tables_and_blocks_are_told_apart() -> None:
    page = Page(TEXT)
    assert [section.title for section in page.sections] == [
        "Title", "Columns", "How it is scored",
    ]  # fmt: skip
    assert page.blocks == ("# not a heading\n| not | a table |",)
    assert page.about("metric") == "" or "Score text." in page.about("metric")
    assert page.column_table[0] == ("column", "type", "values")


def test_rows_that_describe_one_column_are_read_without_marks() -> None:
    described = [row[0] for row in described_columns(Page(TEXT))]
    assert described == ["a|b", "plain name"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [("`a`", "a"), ("`` a`b ``", "a`b"), ("**bold**", "bold"), ("`a`, `b`", "`a`, `b`"),
     ("a\\_b", "a_b"), ("", "")],
)  # fmt: skip
def test_marks_around_one_name_are_removed(cell: str, text: str) -> None:
    assert bare(cell) == text


def test_a_row_that_tells_of_several_columns_may_name_several_types() -> None:
    column = Column("x", pd.Series([str(place) for place in range(30)], dtype="str"))
    assert wrong_cell("type", "constant", column, column)
    assert not wrong_cell("type", "constant or integer", column, column)
    assert wrong_cell("type", "boolean", column, column)


@pytest.mark.parametrize(
    ("cell", "values", "wrong"),
    [
        ("always `north`", ["north", "north"], False),
        ("always `north`", ["north", "south"], True),
        ("always `north` in training", ["north", "south"], False),
        ("always `north`", ["north", " north", " "], False),
        ("always missing", ["north", "south"], True),
        ("always 3", ["3", "4"], True),
        ("always positive", ["3", "4"], False),
        ("always three letters", ["abc", "xyz"], False),
    ],
)
def test_what_is_always_so_is_one_value_or_none(cell: str, values: list[str], wrong: bool) -> None:
    both = Column("x", pd.Series(values, dtype="str"))
    seen = Column("x", pd.Series(values[:1], dtype="str"))
    assert bool(wrong_cell("values", cell, seen, both)) is wrong


def test_blanks_around_a_value_make_no_second_one() -> None:
    column = Column("x", pd.Series(["yes", "yes ", " "], dtype="str"))
    assert not wrong_cell("type", "constant", column, column)


def test_a_series_of_numbered_names_covers_its_members() -> None:
    names = Names(Page("Columns `pixel_0_0` to `pixel_0_7` and `w2` … `w5`; also speed and `km`."))
    assert all(names.has(name) for name in ("pixel_0_3", "w4", "speed", "km"))
    assert not any(names.has(name) for name in ("pixel_0_8", "w6", "k", "spee", "w"))


def test_a_name_is_not_found_inside_a_longer_one() -> None:
    names = Names(Page("The column average_rent is given."))
    assert names.has("average_rent")
    assert not names.has("rent")


@pytest.mark.parametrize(
    ("text", "higher", "lower"),
    [("Higher is better.", True, False), ("a lower value is better", False, True),
     ("the score is to be minimised", False, True), ("maximize it", True, False),
     ("it is what it is", False, False)],
)  # fmt: skip
def test_directions_are_read_from_words(text: str, higher: bool, lower: bool) -> None:
    assert bool(HIGHER.search(plain(text))) is higher
    assert bool(LOWER.search(plain(text))) is lower


@pytest.mark.parametrize(
    ("notes", "wrong"),
    [
        ("a series of length 5", False),
        ("a series of length 6", True),
        ("“lines of length 6 that cross the region”; a series of length 5", False),
        ("“lines of length 6 that cross the region”", False),
    ],
)
def test_what_a_publisher_says_of_lengths_is_no_claim_of_the_page(notes: str, wrong: bool) -> None:
    page = Page(f"# T\n\n## Columns\n\n| column | notes |\n| --- | --- |\n| `pulse` | {notes} |\n")
    train = pd.DataFrame({"pulse": ["1 2 3 4 5", "5 4 3 2 1"]})
    assert bool(scan_lengths_told(page, train).findings) == wrong
