"""Pages quote what the publisher says of the data and calls the classes, and nothing twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_pages import orchard, write

from mlesmith_env.recipes.model import MapValues
from mlesmith_generator.describe import Page, describe
from mlesmith_generator.describe.columns import columns_section
from mlesmith_generator.describe.families import stages

SORTS = {"Boskop": "russet", "Elstar": "crisp dessert", "Gala": "export", "Rubin": "late"}


def sorted_page(
    names: dict[str, str], *, about: str = "", titled: str = "", tables: int = 1
) -> Page:
    page = write(
        orchard(),
        target="sort",
        objective="multiclass",
        metric="log_loss",
        classes=["Boskop", "Elstar", "Gala", "Rubin"],
    )
    assert page.table is not None
    table = page.table.model_copy(update={"class_names": {"sort": names}})
    told = {"about": about, "titled": titled, "tables": (table,) * tables}
    return replace(page, table=table, profile=page.profile.model_copy(update=told))


def test_classes_stand_with_the_names_that_the_publisher_gives_them() -> None:
    text = describe(sorted_page(SORTS))
    assert "| class | in the publisher's words | training rows | share |" in text
    assert "| `Gala` | “export” |" in text
    assert "publisher's words |" not in describe(sorted_page({"Gala": "export"}))


def test_a_class_against_the_rest_keeps_its_name() -> None:
    made = MapValues(column="sort", into="sort", values={"Gala": "Gala"}, other="not Gala")
    page = write(
        orchard(),
        target="sort",
        objective="binary",
        metric="log_loss",
        classes=["not Gala", "Gala"],
        transforms=[made],
    )
    assert page.table is not None
    table = page.table.model_copy(update={"class_names": {"sort": SORTS}})
    text = describe(replace(page, table=table))
    assert "| `Gala` | “export” |" in text
    assert "| `not Gala` | everything else |" in text


def test_the_context_quotes_what_the_data_are_once() -> None:
    said = "Each row is a tree of an orchard in Kent"
    text = describe(sorted_page({}, about=said, titled="Kentish apple harvests"))
    assert text.count(f"“{said}”") == 1
    assert text.index(said) < text.index("## Files")
    assert "Kentish" not in text


def test_a_title_is_quoted_where_it_tells_more_and_of_one_table() -> None:
    title = "Kentish apple harvests"
    assert f"“{title}”" in describe(sorted_page({}, titled=title))
    assert title not in describe(sorted_page({}, titled=title, tables=2))
    assert "“Orchard data”" not in describe(sorted_page({}, titled="Orchard data"))


def test_what_is_quoted_marks_nothing_up() -> None:
    text = describe(sorted_page({}, about="Trees of a *nursery* and | of an orchard"))
    assert "“Trees of a \\*nursery\\* and \\| of an orchard”" in text


def test_columns_with_meanings_keep_rows_of_their_own_among_many() -> None:
    draw = np.random.default_rng(0)
    pairs = [f"{one}{two}" for one in "abcdefgh" for two in "klmnopqrst"]
    names = [f"{front}_{pair}" for pair in pairs for front in ("sim", "dif")]
    others = [f"{one}{two} pears" for one in "abcdef" for two in "klmnop"]
    frame = pd.DataFrame({name: draw.normal(size=80).round(2) for name in [*names, *others, "y"]})
    page = write(frame, target="y", dataset="wide")
    assert page.table is not None
    told = {"sim_bk": "Likeness of bark", "dif_bk": "Distance of boughs"}
    text = describe(replace(page, table=page.table.model_copy(update={"meanings": told})))
    for name, said in told.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        assert f"“{said}”" in row
    assert "names that begin with `sim_`" in text


def test_meanings_that_begin_alike_keep_their_ends_when_cut() -> None:
    draw = np.random.default_rng(0)
    names = [f"{one}{two} pears of the third orchard" for one in "abcdefgh" for two in "klmnop"]
    frame = pd.DataFrame({name: draw.normal(size=80).round(2) for name in [*names, "y"]})
    page = write(frame, target="y", dataset="wide")
    assert page.table is not None
    stem = "How many pears of this orchard were eaten by the following kinds of animals?"
    told = {name: f"{stem} - {name.split()[0]} wasps" for name in names}
    text = describe(replace(page, table=page.table.model_copy(update={"meanings": told})))
    for name in names:
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        assert f"{name.split()[0]} wasps”" in row
        assert "“How many pears" in row


def test_meanings_of_a_wide_table_are_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(0)
    names = [f"{one}{two} pears of the third orchard" for one in "abcdefgh" for two in "klmnop"]
    frame = pd.DataFrame({name: draw.normal(size=80).round(2) for name in [*names, "y"]})
    page = write(frame, target="y", dataset="wide")
    assert page.table is not None
    told = {name: f"How many pears were eaten by wasps of the kind {name}" for name in names}
    page = replace(page, table=page.table.model_copy(update={"meanings": told}))
    asked: list[str] = []
    quoted = Page.quoted

    def counted(page: Page, name: str, limit: int = 80) -> str:
        asked.append(name)
        return quoted(page, name, limit)

    monkeypatch.setattr(Page, "quoted", counted)
    columns_section(page, 3_000)
    assert len(asked) < 20 * len(names)


def test_lists_quote_a_few_words_of_each_meaning() -> None:
    draw = np.random.default_rng(0)
    names = [f"{front}_{a}{b}" for front in ("sim", "dif") for a in "abcdefgh" for b in "klmnopqr"]
    frame = pd.DataFrame({name: draw.normal(size=80).round(2) for name in [*names, "y"]})
    page = write(frame, target="y", dataset="wide")
    assert page.table is not None
    told = {name: f"Likeness of {name}" for name in names}
    table = page.table.model_copy(update={"meanings": told})
    ways = list(stages(replace(page, table=table), page.facts.features, 6_000))
    (_, quoted), (_, bare) = ways[2], ways[3]
    assert "`sim_ak` “Likeness of sim\\_ak”, `sim_al`" in quoted[0][0]
    assert "`sim_ak`, `sim_al`" in bare[0][0]
