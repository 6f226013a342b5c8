"""Pairs of nodes: what is hidden, what is asked, and that nothing tells the answer."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlesmith_env.errors import RecipeError
from mlesmith_env.manifest import SubmissionForm
from mlesmith_env.recipes.model import Holdout, LinksRecipe, TableReader
from mlesmith_env.recipes.preparation import further_files, prepare

FORM = SubmissionForm(columns=("linked",), kind="probability", classes=("0", "1"), rows=1)


def recipe(**changes: object) -> LinksRecipe:
    whole = LinksRecipe(
        reader=TableReader(files=("edges.csv",)),
        ends=("a", "b"),
        holdout=Holdout(kind="random", test_fraction=0.2),
    )
    return whole.model_copy(update=changes)


def write(folder: Path, pairs: list[tuple[str, str]]) -> Path:
    folder.mkdir(exist_ok=True)
    rows = "".join(f"{a},{b},{1900 + i}\n" for i, (a, b) in enumerate(pairs))
    (folder / "edges.csv").write_text("a,b,year\n" + rows)
    return folder


def ring(nodes: int, reach: int = 3) -> list[tuple[str, str]]:
    """Everybody knows the next few; the first of a pair is always the smaller."""
    found = {tuple(sorted((i, (i + s) % nodes))) for i in range(nodes) for s in range(1, reach + 1)}
    return [(f"n{a:03d}", f"n{b:03d}") for a, b in sorted(found)]


def load(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def parts(into: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    train, test = load(into / "public/train.csv"), load(into / "public/test.csv")
    answers = load(into / "private/answers.csv").set_index("id")
    test["linked"] = answers.loc[test["id"], "linked"].to_numpy()
    test["Usage"] = answers.loc[test["id"], "Usage"].to_numpy()
    return load(into / "public/edges.csv"), train, test


def unordered(frame: pd.DataFrame) -> list[frozenset[str]]:
    return [frozenset(pair) for pair in zip(frame["a"], frame["b"], strict=True)]


@settings(max_examples=15, deadline=None)
@given(nodes=st.integers(60, 120), seed=st.integers(0, 5))
def test_no_asked_pair_stands_among_the_edges_and_truth_is_the_graph(
    tmp_path_factory: pytest.TempPathFactory, nodes: int, seed: int
):
    folder = tmp_path_factory.mktemp("links")
    pairs = ring(nodes)
    raw = write(folder / "raw", pairs)
    prepare(recipe(seed=seed), FORM, raw, description="x", into=folder / "out")
    edges, train, test = parts(folder / "out")
    shown, graph = set(unordered(edges)), {frozenset(pair) for pair in pairs}
    for frame in (train, test):
        asked = unordered(frame)
        assert len(set(asked)) == len(asked)
        assert not shown & set(asked)
        assert ["1" if pair in graph else "0" for pair in asked] == list(frame["linked"])
        assert Counter(frame["linked"])["0"] == Counter(frame["linked"])["1"]
    assert not set(unordered(train)) & set(unordered(test))
    linked = {p for f in (train, test) for p in unordered(f.loc[f["linked"] == "1"])}
    assert shown | linked == graph
    assert {n for pair in graph for n in pair} == {n for pair in shown for n in pair}
    for _, part in test.groupby("Usage"):
        assert Counter(part["linked"])["0"] == Counter(part["linked"])["1"]


def test_the_order_of_the_ends_does_not_tell(tmp_path: Path):
    raw = write(tmp_path / "raw", ring(300))
    prepare(recipe(), FORM, raw, description="x", into=tmp_path / "out")
    _, train, test = parts(tmp_path / "out")
    rows = pd.concat([train, test])
    rising = rows["a"] < rows["b"]
    for answer in ("0", "1"):
        assert 0.35 < rising[rows["linked"] == answer].mean() < 0.65


def test_nodes_are_met_as_often_without_a_link(tmp_path: Path):
    hubs = [(f"h{h}", f"n{i:03d}") for i in range(200) for h in range(4) if (i + h) % 4 < 2]
    raw = write(tmp_path / "raw", hubs + ring(200, 2))
    prepare(recipe(), FORM, raw, description="x", into=tmp_path / "out")
    _, _, test = parts(tmp_path / "out")
    with_hub = test["a"].str.startswith("h") | test["b"].str.startswith("h")
    share = {answer: with_hub[test["linked"] == answer].mean() for answer in ("0", "1")}
    assert abs(share["0"] - share["1"]) < 0.2


def test_a_graph_with_two_sides_keeps_them(tmp_path: Path):
    pairs = [(f"u{i}", f"f{(i * k) % 37}") for i in range(80) for k in (1, 2, 3, 5)]
    raw = write(tmp_path / "raw", sorted(set(pairs)))
    prepare(recipe(), FORM, raw, description="x", into=tmp_path / "out")
    _, train, test = parts(tmp_path / "out")
    for frame in (train, test):
        assert frame["a"].str.startswith("u").all()
        assert frame["b"].str.startswith("f").all()


def test_a_directed_graph_may_ask_for_the_way_back(tmp_path: Path):
    pairs = ring(80)
    raw = write(tmp_path / "raw", pairs)
    prepare(recipe(directed=True), FORM, raw, description="x", into=tmp_path / "out")
    _, train, test = parts(tmp_path / "out")
    rows = pd.concat([train, test])
    graph = set(pairs)
    asked = list(zip(rows["a"], rows["b"], strict=True))
    assert ["1" if pair in graph else "0" for pair in asked] == list(rows["linked"])


def test_a_time_holdout_hides_the_latest_links(tmp_path: Path):
    pairs = ring(100)
    raw = write(tmp_path / "raw", pairs)
    holdout = Holdout(kind="time", column="year", test_fraction=0.2)
    prepare(recipe(holdout=holdout), FORM, raw, description="x", into=tmp_path / "out")
    edges, train, test = parts(tmp_path / "out")
    year = {frozenset(pair): i for i, pair in enumerate(pairs)}

    def mean(frame: pd.DataFrame) -> float:
        links = [year[pair] for pair in unordered(frame) if pair in year]
        return sum(links) / len(links)

    assert mean(edges) < mean(train) < mean(test)


def test_the_same_bytes_every_time_and_the_edges_are_pinned(tmp_path: Path):
    raw = write(tmp_path / "raw", ring(100))
    made = [prepare(recipe(), FORM, raw, description="x", into=tmp_path / n) for n in "ab"]
    assert made[0] == made[1]
    assert set(further_files(recipe())) == {"public/edges.csv"} <= set(made[0])
    other = prepare(recipe(seed=1), FORM, raw, description="x", into=tmp_path / "c")
    assert other != made[0]


def test_a_tree_and_a_complete_graph_are_refused(tmp_path: Path):
    tree = write(tmp_path / "tree", [("root", f"n{i}") for i in range(100)])
    with pytest.raises(RecipeError, match="keeps a link"):
        prepare(recipe(), FORM, tree, description="x", into=tmp_path / "a")
    everybody = [f"n{i}" for i in range(30)]
    full = write(tmp_path / "full", list(combinations(everybody, 2)))
    with pytest.raises(RecipeError, match="so dense"):
        prepare(recipe(), FORM, full, description="x", into=tmp_path / "b")
