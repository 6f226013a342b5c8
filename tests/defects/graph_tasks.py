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


def village_of_twins(twins: int = 120) -> dict[str, pd.DataFrame]:
    """The village, in which some have a twin: they know the same people and speak alike."""
    files = village()
    people, links = files["people.csv"], files["knows.csv"]
    doubled = people.iloc[:twins]
    again = doubled.assign(person="t" + doubled["person"], age=doubled["age"] + 1)
    theirs = {end: links[links[end].isin(doubled["person"])] for end in ("source", "target")}
    known = [rows.assign(**{end: "t" + rows[end]}) for end, rows in theirs.items()]
    return {
        "people.csv": pd.concat([people, again], ignore_index=True).sample(frac=1, random_state=3),
        "knows.csv": pd.concat([links, *known], ignore_index=True).sample(frac=1, random_state=4),
    }


def crossings(harbours: int = 120, seed: int = 8) -> dict[str, pd.DataFrame]:
    """Ferry lines between harbours: between large and near ones there are more trips."""
    random = np.random.default_rng(seed)
    size, place = random.gamma(2, 1, harbours), random.random((harbours, 2))
    one, two = np.triu_indices(harbours, 1)
    far = np.linalg.norm(place[one] - place[two], axis=1)
    lines = np.flatnonzero(random.random(len(one)) < 0.9 * np.exp(-4 * far))
    random.shuffle(lines)
    one, two, far = one[lines], two[lines], far[lines]
    trips = 1 + random.poisson(12 * size[one] * size[two] * np.exp(-3 * far))
    frame = pd.DataFrame(
        {"from": one, "to": two, "trips": trips, "boats": random.integers(1, 9, len(one))}
    )
    frame[["from", "to"]] = "h" + frame[["from", "to"]].astype(str)
    return {"lines.csv": frame}


def _proposed(
    root: Path,
    change: Callable[[Idea], Idea] = lambda idea: idea,
    files: dict[str, pd.DataFrame] | None = None,
) -> Exhibit:
    return propose(root, "village", files or village(), "nodes", change, "dialect")


def _made(root: Path) -> Task:
    return Task.load(_proposed(root).directory)


LEGITIMATE.append(Case("dialects in a village", "legitimate", _proposed, execution=True))


def _lines(root: Path) -> Exhibit:
    return propose(root, "ferries", crossings(), "edge_weights", target="trips")


def _made_lines(root: Path) -> Task:
    return Task.load(_lines(root).directory)


LEGITIMATE.append(Case("trips of ferries", "legitimate", _lines, execution=True))


@defect("leak", "pair-crossing")
def lines_that_training_tells_the_other_way_round(root: Path) -> Exhibit:
    tables = Tables.of(_made_lines(root))
    back = tables.test.assign(trips=tables.answers["trips"]).iloc[::3]
    back = back.rename(columns={"node": "neighbour", "neighbour": "node"})
    back = back.assign(id=[f"9{name}" for name in back["id"]])
    tables.train = pd.concat([tables.train, back[tables.train.columns]], ignore_index=True)
    return tables.written(root)


@defect("leak", "target-copy", "target-proxy")
def trips_of_lines_by_the_week(root: Path) -> Exhibit:
    tables = Tables.of(_made_lines(root))
    tables.train["weekly"] = [f"{int(each) / 52:.6f}" for each in tables.train["trips"]]
    tables.test["weekly"] = [f"{int(each) / 52:.6f}" for each in tables.answers["trips"]]
    return tables.written(root)


@defect("description", "description-untrue", "description-incomplete")
def a_page_that_asks_for_boats(root: Path) -> Exhibit:
    return reworded(_made_lines(root), "`trips`", "`boats`")


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


def _apart(idea: Idea) -> Idea:
    recipe = idea.recipe
    if not isinstance(recipe, TableRecipe):
        raise AssertionError("nodes are asked for in a table")
    holdout = recipe.holdout.model_copy(update={"twins": None})
    recipe = recipe.model_copy(update={"holdout": holdout})
    return idea.model_copy(update={"recipe": recipe, "holdout": holdout})


@defect("leak", "twins-crossing")
def twins_who_know_the_same_people_on_both_sides(root: Path) -> Exhibit:
    return _proposed(root, _apart, village_of_twins())


def _twins_together(root: Path) -> Exhibit:
    return _proposed(root, files=village_of_twins())


LEGITIMATE.append(Case("twins in a village on one side", "legitimate", _twins_together))


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
