"""Rows that the recipe leaves out by their values are told, and not said to count as others."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from made_pages import orchard, renamed, write

from mlesmith_env.recipes.model import (
    ExcludeValues,
    Holdout,
    KeepFrequent,
    KeepValues,
    MapValues,
    RequireValue,
    Transform,
)
from mlesmith_generator.describe.holdout import public_part
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.target import target_section

_TURNS = 30


def _page(*transforms: Transform, target: str = "fate", classes: tuple[str, ...]) -> Page:
    frame = orchard(300)
    frame["fate"] = np.repeat(["felled", "grown", "sold", "lost"], [120, 100, 70, 10])
    return write(
        frame, target=target, objective="binary" if len(classes) == 2 else "multiclass",
        metric="accuracy", holdout=Holdout(kind="stratified"), transforms=transforms,
        classes=classes,
    )  # fmt: skip


def _told(page: Page) -> list[str]:
    return [target_section(renamed(page, turn)) for turn in range(_TURNS)]


def test_values_that_were_excluded_do_not_count_as_the_rest() -> None:
    made = MapValues(column="fate", into="is_sold", values={"sold": "sold"}, other="not sold")
    gone = ExcludeValues(column="fate", values=("lost",))
    page = _page(gone, made, target="is_sold", classes=("not sold", "sold"))
    for each in _told(page):
        assert "`lost`" in each
        assert "10 raw rows" in each
        assert "kept" in each
        assert "everything else |" not in each
    whole = _page(made, target="is_sold", classes=("not sold", "sold"))
    assert not any("kept" in each or "raw row" in each for each in _told(whole))


def test_classes_that_a_map_passes_over_are_told() -> None:
    made = MapValues(column="fate", into="fate", values={"felled": "cut", "grown": "up"})
    page = _page(made, RequireValue(column="fate"), classes=("cut", "up"))
    assert all("`sold` or `lost`" in each and "80 raw rows" in each for each in _told(page))
    named = {"felled": "cut", "grown": "up", "sold": "sold", "lost": "lost"}
    whole = made.model_copy(update={"values": named})
    page = _page(whole, RequireValue(column="fate"), classes=("cut", "up", "sold", "lost"))
    assert not any("raw row" in each for each in _told(page))


@pytest.mark.parametrize(
    ("transform", "told"),
    [
        (ExcludeValues(column="sort", values=("Gala",)), r"`Gala` in `sort`|`sort` is `Gala`"),
        (KeepValues(column="sort", values=("Gala", "Rubin")), r"`Gala` or `Rubin`"),
        (KeepFrequent(column="sort", rows=40), r"`sort` (?:stands|is met) in (?:at least|fewer)"),
    ],
)
def test_rows_left_out_by_another_column_are_told(transform: Transform, told: str) -> None:
    page = _page(transform, classes=("felled", "grown", "lost", "sold"))
    assert all(re.search(told, each) for each in _told(page))


def test_rows_of_a_value_that_was_made_first_have_no_number() -> None:
    named = MapValues(column="fate", into="end", values={"lost": "gone"}, other="there")
    gone = ExcludeValues(column="end", values=("gone",))
    page = _page(named, gone, classes=("felled", "grown", "sold"))
    assert all("`gone`" in each and "raw rows)" not in each for each in _told(page))


def test_the_public_part_is_counted() -> None:
    page = _page(classes=("felled", "grown", "lost", "sold"))
    assert page.facts.public_share is not None
    assert abs(page.facts.public_share - 0.4) < 0.05
    for share, told in ((0.3, "30 % 70 %"), (None, "40 % 60 %")):
        one = replace(page, facts=replace(page.facts, public_share=share))
        said = " ".join(public_part(renamed(one, turn)) for turn in range(_TURNS))
        assert {*re.findall(r"\d+ %", said)} == {*re.findall(r"\d+ %", told)}
