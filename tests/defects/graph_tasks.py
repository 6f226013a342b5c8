"""Tasks about nodes and links of graphs: leaks, false pages, honest ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.recipes.model import Select, TableRecipe
from mlesmith_env.task import Task
from mlesmith_generator.records import Idea

from .cases import LEGITIMATE, Case, defect
from .making import Exhibit, Tables, propose, reworded


def village(people: int = 500, seed: int = 4) -> dict[str, pd.DataFrame]:
    """People of four quarters and who knows whom: mostly people of one's own quarter."""
    random = np.random.default_rng(seed)
    quarter = random.integers(0, 4, people)
    sociable = random.gamma(4, 0.25, people)
    one, two = np.triu_indices(people, 1)
    near = np.where(quarter[one] == quarter[two], 0.05, 0.006)
    known = random.random(len(one)) < near * sociable[one] * sociable[two]
    pairs = np.column_stack([one, two])[known]
    random.shuffle(pairs)
    names = np.array([f"p{number}" for number in random.permutation(people)])
    dialect = np.array(["hill", "river", "mill", "wood"])[quarter]
    met = random.gamma(3, 2, len(pairs)).round(0).astype(int) + 1
    people_table = pd.DataFrame(
        {"person": names, "age": random.integers(18, 90, people), "dialect": dialect}
    )
    links = pd.DataFrame(
        {"source": names[pairs[:, 0]], "target": names[pairs[:, 1]], "meetings": met}
    )
    return {"people.csv": people_table, "knows.csv": links}


def _proposed(
    root: Path,
    change: Callable[[Idea], Idea] = lambda idea: idea,
    files: dict[str, pd.DataFrame] | None = None,
) -> Exhibit:
    return propose(root, "village", files or village(), "nodes", change, "dialect")


def _made(root: Path) -> Task:
    return Task.load(_proposed(root).directory)


LEGITIMATE.append(Case("dialects in a village", "legitimate", _proposed, execution=True))


@defect("leak", "target-copy", "target-proxy")
def a_column_of_nodes_that_is_the_answer(root: Path) -> Exhibit:
    tables = Tables.of(_made(root))
    quarters = {"hill": "1", "river": "2", "mill": "3", "wood": "4"}
    tables.train["quarter"] = [quarters[each] for each in tables.train["dialect"]]
    tables.test["quarter"] = [quarters[each] for each in tables.answers["dialect"]]
    return tables.written(root)


@defect("leak", "further-target-copy", "further-target-proxy")
def links_that_name_the_dialect_of_their_ends(root: Path) -> Exhibit:
    files = village()
    spoken = files["people.csv"].set_index("person")["dialect"]
    files["knows.csv"]["speech"] = spoken.reindex(files["knows.csv"]["source"]).to_numpy()

    def change(idea: Idea) -> Idea:
        recipe = idea.recipe
        if not isinstance(recipe, TableRecipe):
            raise AssertionError("nodes are asked for in a table")
        (edges,) = recipe.tables
        steps = tuple(
            Select(columns=("node", "neighbour", "speech")) if each.op == "select" else each
            for each in edges.transforms
        )
        edges = edges.model_copy(update={"transforms": steps})
        return idea.model_copy(update={"recipe": recipe.model_copy(update={"tables": (edges,)})})

    return _proposed(root, change, files)


@defect("leak", "entity-crossing", "duplicate-rows", "duplicate-across-holdout")
def people_who_stand_on_both_sides(root: Path) -> Exhibit:
    tables = Tables.of(_made(root))
    again = tables.test.assign(dialect=tables.answers["dialect"]).iloc[::3]
    again = again.assign(id=[f"9{name}" for name in again["id"]])
    tables.train = pd.concat([tables.train, again[tables.train.columns]], ignore_index=True)
    return tables.written(root)


@defect("data", "target-invalid", "grading-fails")
def dialects_that_nobody_speaks(root: Path) -> Exhibit:
    tables = Tables.of(_made(root))
    tables.answers["dialect"] = "coast"
    return tables.written(root)


@defect("description", "description-untrue", "description-incomplete")
def a_page_that_asks_for_the_age(root: Path) -> Exhibit:
    return reworded(_made(root), "`dialect`", "`age`")
