"""Twins of a graph: found by their links, and hidden together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.errors import RecipeError
from mlesmith_env.manifest import SubmissionForm
from mlesmith_env.recipes.model import Holdout, SideTable, TableReader, TableRecipe
from mlesmith_env.recipes.output import Output
from mlesmith_env.recipes.table import prepare_table
from mlesmith_env.recipes.twins import twin_codes


def _links(*pairs: str) -> pd.DataFrame:
    return pd.DataFrame([list(pair) for pair in pairs], columns=["node", "neighbour"])


def _crowd(names: str) -> pd.DataFrame:
    return pd.DataFrame({"node": [*names, *(f"x{k}" for k in range(40))]})


def test_nodes_with_the_very_same_links_are_twins_in_either_direction() -> None:
    apart, linked = twin_codes(_crowd("abcdef"), _links("ac", "ad", "cb", "bd", "ef", "ce", "cf"))
    assert apart[0] == apart[1] >= 0
    assert linked[4] == linked[5] >= 0
    assert {*apart[2:].tolist(), *linked[6:].tolist()} <= {-1, apart[0], *apart[2:4].tolist()}
    assert (apart[6:] == -1).all()


def test_a_crowd_around_one_hub_is_no_family_of_twins() -> None:
    frame = _crowd("h")
    links = pd.DataFrame({"node": "h", "neighbour": frame["node"][1:]})
    apart, _ = twin_codes(frame, links)
    assert (apart == -1).all()


def test_links_that_do_not_name_the_nodes_are_refused() -> None:
    with pytest.raises(RecipeError, match="twins"):
        twin_codes(pd.DataFrame({"person": ["a"]}), _links("ab"))


def _written(folder: Path, twins: str | None) -> pd.DataFrame:
    """Sixty pairs of twins, each with two friends of its own; returns parts by node."""
    raw = folder / "raw"
    raw.mkdir()
    random = np.random.default_rng(1)
    nodes = [f"{side}{k}" for k in range(60) for side in "ab"]
    frame = pd.DataFrame({"node": nodes, "age": random.random(120), "y": random.random(120)})
    frame.to_csv(raw / "nodes.csv", index=False)
    links = [(node, f"f{place}{node[1:]}") for node in nodes for place in "12"]
    pd.DataFrame(links, columns=["node", "neighbour"]).to_csv(raw / "links.csv", index=False)
    recipe = TableRecipe(
        reader=TableReader(files=("nodes.csv",)),
        target="y",
        holdout=Holdout(kind="random", twins=twins),
        tables=(SideTable(name="edges", reader=TableReader(files=("links.csv",))),),
    )
    form = SubmissionForm(columns=("y",), kind="number", rows=1)
    prepare_table(recipe, form, raw, Output(folder / "out"))
    parts = {name: pd.read_csv(folder / "out/public" / f"{name}.csv") for name in ("train", "test")}
    return pd.concat([part.assign(part=name) for name, part in parts.items()])


@pytest.mark.parametrize("twins", ["edges", None])
def test_twins_are_on_one_side_where_the_recipe_says_so(tmp_path: Path, twins: str | None) -> None:
    parts = _written(tmp_path, twins)
    sides = parts.groupby(parts["node"].str[1:])["part"].nunique()
    assert bool((sides == 1).all()) == (twins is not None)


def test_a_recipe_without_twins_is_written_as_before() -> None:
    assert "twins" not in Holdout(kind="random").model_dump()


def test_links_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no further table 'knows'"):
        _written(tmp_path, "knows")
