"""Which rows are hidden: shares, classes, copies, groups and time."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlesmith_env.errors import RecipeError
from mlesmith_env.recipes.holdout import split_rows
from mlesmith_env.recipes.model import Holdout, TableReader, TableRecipe
from mlesmith_env.recipes.text import text_frame


def recipe(kind: str, **options: object) -> TableRecipe:
    holdout = Holdout.model_validate({"kind": kind, **options})
    return TableRecipe(reader=TableReader(files=("t.csv",)), target="y", holdout=holdout)


def table(rows: int, classes: int = 3) -> pd.DataFrame:
    return text_frame(
        {
            "x": [str(i * 7 % 1009) for i in range(rows)],
            "y": ["abcdefgh"[i % classes] for i in range(rows)],
        }
    )


def shares(parts: np.ndarray) -> dict[str, float]:
    return {part: count / len(parts) for part, count in Counter(parts.tolist()).items()}


@pytest.mark.parametrize("kind", ["random", "stratified"])
def test_shares_are_met(kind: str) -> None:
    parts = split_rows(table(1000), recipe(kind, test_fraction=0.3, private_fraction=0.6))
    assert shares(parts) == pytest.approx({"train": 0.7, "public": 0.12, "private": 0.18}, abs=0.01)


def test_stratified_keeps_the_shares_of_classes() -> None:
    labels = ["common"] * 900 + ["rare"] * 95 + ["rarest"] * 5
    frame = text_frame({"x": [str(i) for i in range(1000)], "y": labels})
    parts = split_rows(frame, recipe("stratified"))
    for label, wanted in (("common", 900), ("rare", 95)):
        found = Counter(parts[np.array(labels) == label].tolist())
        assert found["train"] == pytest.approx(0.7 * wanted, abs=1)
        assert found["private"] == pytest.approx(0.18 * wanted, abs=1)
    assert set(parts[np.array(labels) == "rarest"]) == {"train", "public", "private"}


def test_stratified_by_tenths_of_a_number() -> None:
    values = [i**2 for i in range(1000)]
    frame = text_frame({"x": [str(i) for i in range(1000)], "y": [str(v) for v in values]})
    parts = split_rows(frame, recipe("stratified"))
    top = parts[np.array(values) >= 900**2]
    assert shares(top)["train"] == pytest.approx(0.7, abs=0.02)


@pytest.mark.parametrize("kind", ["random", "stratified"])
def test_copies_of_a_row_stay_on_one_side(kind: str) -> None:
    frame = text_frame(
        {"x": [str(i % 150) for i in range(400)], "y": ["ab"[i % 2] for i in range(400)]}
    )
    parts = split_rows(frame, recipe(kind))
    sides: dict[str, set[str]] = {}
    for x, part in zip(frame["x"], parts, strict=True):
        sides.setdefault(str(x), set()).add(str(part))
    assert all(len(side) == 1 for side in sides.values())


def test_features_of_few_values_do_not_break_the_shares() -> None:
    frame = text_frame({"x": ["s"] * 800 + ["t"] * 200, "y": [str(i % 40) for i in range(1000)]})
    parts = split_rows(frame, recipe("random"))
    assert shares(parts)["train"] == pytest.approx(0.7, abs=0.1)
    rows: dict[tuple[str, str], set[str]] = {}
    for x, y, part in zip(frame["x"], frame["y"], parts, strict=True):
        rows.setdefault((str(x), str(y)), set()).add(str(part))
    assert all(len(side) == 1 for side in rows.values())


def test_groups_are_never_cut() -> None:
    rng = np.random.default_rng(0)
    groups = rng.zipf(1.5, 1000) % 60
    frame = table(1000).assign(g=text_frame({"g": [f"g{g}" for g in groups]})["g"])
    parts = split_rows(frame, recipe("group", column="g"))
    for group in set(groups.tolist()):
        assert len(set(parts[groups == group])) == 1
    assert set(parts) == {"train", "public", "private"}
    assert shares(parts)["train"] == pytest.approx(0.7, abs=0.15)


def test_rows_without_a_group_are_groups_of_their_own() -> None:
    frame = table(300).assign(g=text_frame({"g": [None] * 300})["g"])
    parts = split_rows(frame, recipe("group", column="g"))
    assert shares(parts)["train"] == pytest.approx(0.7, abs=0.02)


@pytest.mark.parametrize("form", ["%d", "2020-%03d"])
def test_the_latest_rows_are_hidden_and_moments_are_not_cut(form: str) -> None:
    moments = [(i * 37) % 100 for i in range(1000)]
    texts = [str(m) if form == "%d" else f"20{m // 10 + 10}-{m % 10 + 1:02d}-01" for m in moments]
    frame = table(1000).assign(t=text_frame({"t": texts})["t"])
    parts = split_rows(frame, recipe("time", column="t"))
    hidden = np.array(moments)[parts != "train"]
    known = np.array(moments)[parts == "train"]
    assert known.max() < hidden.min()
    assert shares(parts) == pytest.approx({"train": 0.7, "public": 0.12, "private": 0.18}, abs=0.02)


def test_numbers_are_ordered_as_numbers() -> None:
    frame = table(20).assign(t=text_frame({"t": [str(i) for i in range(20)]})["t"])
    parts = split_rows(frame, recipe("time", column="t", test_fraction=0.3))
    assert (parts[:14] == "train").all()
    assert (parts[14:] != "train").all()


def test_a_row_without_a_time_is_not_hidden() -> None:
    times = [None if i % 4 == 0 else str(i) for i in range(100)]
    parts = split_rows(
        table(100).assign(t=text_frame({"t": times})["t"]), recipe("time", column="t")
    )
    assert (parts[::4] == "train").all()


@pytest.mark.parametrize(
    ("options", "column", "reason"),
    [
        ({"kind": "time", "column": "t"}, ["yesterday"] * 9, "parse_date"),
        ({"kind": "time", "column": "t"}, ["1"] * 9, "one moment"),
        ({"kind": "group", "column": "t"}, ["a", "b", "a"] * 3, "2 group"),
        ({"kind": "group"}, ["1"] * 9, "needs a column"),
        ({"kind": "group", "column": "y"}, ["1"] * 9, "target"),
        ({"kind": "group", "column": "nowhere"}, ["1"] * 9, "no column"),
    ],
)
def test_what_can_not_be_held_out_is_told(
    options: dict[str, str], column: list[str], reason: str
) -> None:
    frame = table(9).assign(t=text_frame({"t": column})["t"])
    with pytest.raises(RecipeError, match=reason):
        split_rows(frame, recipe(**options))


def test_rows_that_are_all_the_same_can_not_be_divided() -> None:
    frame = text_frame({"x": ["1"] * 50, "y": ["a"] * 50})
    with pytest.raises(RecipeError, match="leaves no rows"):
        split_rows(frame, recipe("random"))


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(3, 80),
    classes=st.integers(1, 8),
    kind=st.sampled_from(["random", "stratified"]),
    test=st.floats(0.05, 0.9),
    private=st.floats(0.1, 0.9),
)
def test_every_part_has_rows_whatever_the_shares(
    rows: int, classes: int, kind: str, test: float, private: float
) -> None:
    frame = text_frame(
        {"x": [str(i) for i in range(rows)], "y": [str(i % classes) for i in range(rows)]}
    )
    holdout = recipe(kind, test_fraction=test, private_fraction=private)
    if kind == "stratified" and rows < 3 * classes:
        return
    assert set(split_rows(frame, holdout)) == {"train", "public", "private"}


def test_last_hides_the_end_of_every_series_wherever_that_is() -> None:
    rows = [
        (s, t)
        for s, (start, size) in enumerate(((0, 30), (50, 40), (7, 3)))
        for t in range(start, start + size)
    ]
    frame = text_frame(
        {
            "s": [f"s{s}" for s, _ in rows],
            "t": [str(t) for _, t in rows],
            "y": [str(i) for i in range(len(rows))],
        }
    )
    parts = split_rows(frame, recipe("last", column="t", group="s", horizon=5))
    hidden = {(s, t) for (s, t), part in zip(rows, parts, strict=True) if part != "train"}
    assert hidden == {(0, t) for t in range(25, 30)} | {(1, t) for t in range(85, 90)}
    shared = split_rows(frame, recipe("last", column="t", group="s", test_fraction=0.2))
    counts = Counter(s for (s, _), part in zip(rows, shared, strict=True) if part != "train")
    assert counts == {0: 6, 1: 8, 2: 1}


def test_last_says_so_where_no_series_is_long_enough() -> None:
    frame = text_frame({"t": ["1", "2", "3"], "y": ["a", "b", "c"]})
    with pytest.raises(RecipeError, match="no series is longer"):
        split_rows(frame, recipe("last", column="t", horizon=3))


@given(st.integers(30, 60), st.integers(0, 3))
def test_rows_that_share_a_file_stay_together(rows: int, seed: int) -> None:
    frame = text_frame(
        {"x": [str(i) for i in range(rows)], "y": ["ab"[i % 2] for i in range(rows)]}
    )
    wanted = recipe("random", test_fraction=0.5).model_copy(update={"seed": seed})
    pairs, odd = np.arange(rows) // 2, np.where(np.arange(rows) < 6, np.arange(rows) % 2, -1)
    parts = split_rows(frame, wanted, ("y",), [pairs, odd])
    for pair in range(int(pairs.max()) + 1):
        assert len(set(parts[pairs == pair])) == 1
    # The first three pairs hang together by the files of the second column.
    assert len(set(parts[:6])) == 1
