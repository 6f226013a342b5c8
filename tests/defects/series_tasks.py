"""Tasks whose rows are whole series: what leaks their label, what tells them wrongly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.recipes.model import Gather, Select, TableRecipe
from mlesmith_env.task import Task
from mlesmith_generator.records import Idea

from .cases import LEGITIMATE, Case, defect
from .making import Exhibit, Tables, propose, reworded


def engines(rows: int = 180, length: int = 50, seed: int = 1) -> pd.DataFrame:
    """Sounds of engines in long form: a bad bearing knocks softly, at a rhythm of its own."""
    random = np.random.default_rng(seed)
    bad = np.arange(rows) % 3 == 0
    series = random.normal(0, 0.4, (rows, length)).cumsum(axis=1) * 0.2
    for row in np.flatnonzero(bad):
        series[row, int(random.integers(0, 6)) :: 6] += random.uniform(0.0, 0.3)
    return pd.DataFrame(
        {
            "recording_id": np.repeat([f"r{row:04d}" for row in range(rows)], length),
            "step": np.tile(np.arange(length), rows),
            "loudness": series.ravel().round(3),
            "bearing": np.repeat(np.where(bad, "worn", "sound"), length),
        }
    )


def _proposed(root: Path) -> Exhibit:
    return propose(root, "engines", {"recordings.csv": engines()}, "sequences")


def _made(root: Path) -> Task:
    return Task.load(_proposed(root).directory)


LEGITIMATE.append(
    Case(
        "the state of engines by their sound",
        "legitimate",
        _proposed,
        execution=True,
    )
)


def _keeping(idea: Idea) -> Idea:
    """What a designer makes of an idea who lets the workshop's note stand."""
    recipe = idea.recipe
    if not isinstance(recipe, TableRecipe):
        raise AssertionError("series are made of a table")
    transforms = [
        each.model_copy(update={"columns": ("loudness", "workshop", "bearing")})
        if isinstance(each, Select)
        else each.model_copy(update={"first": ("workshop", "bearing")})
        if isinstance(each, Gather)
        else each
        for each in recipe.transforms
    ]
    recipe = recipe.model_copy(update={"transforms": tuple(transforms)})
    return idea.model_copy(update={"recipe": recipe})


@defect("leak", "target-copy", "target-proxy")
def the_label_of_a_series_under_another_name(root: Path) -> Exhibit:
    frame = engines()
    noted = np.where(frame["bearing"] == "worn", "replace", "keep")
    files = {"recordings.csv": frame.assign(workshop=noted)}
    return propose(root, "engines", files, "sequences", _keeping, "bearing")


@defect("leak", "series-overlap")
def pieces_of_one_recording_on_both_sides(root: Path) -> Exhibit:
    random = np.random.default_rng(5)
    parts: list[pd.DataFrame] = []
    for row in range(60):
        bad = row % 3 == 0
        whole = random.normal(0, 0.4, 120).cumsum() * 0.2
        whole[:: 6 if bad else 200] += 1.0
        for piece, first in enumerate((0, 25, 50)):
            cut = whole[first : first + 50].round(3)
            parts.append(
                pd.DataFrame(
                    {
                        "recording_id": f"r{row:03d}{piece}",
                        "step": np.arange(50),
                        "loudness": cut,
                        "bearing": "worn" if bad else "sound",
                    }
                )
            )
    files = {"recordings.csv": pd.concat(parts, ignore_index=True)}
    return propose(root, "engines", files, "sequences")


@defect("leak", "target-in-test")
def the_label_of_a_series_in_the_test_file(root: Path) -> Exhibit:
    tables = Tables.of(_made(root))
    tables.test["bearing"] = tables.answers["bearing"].to_numpy()
    return tables.written(root)


@defect("data", "target-invalid", "class-unknown", "grading-fails", "classes-differ")
def answers_of_a_class_that_is_none(root: Path) -> Exhibit:
    tables = Tables.of(_made(root))
    tables.answers["bearing"] = "mended"
    return tables.written(root)


@defect("description", "description-untrue")
def a_page_with_another_length_of_series(root: Path) -> Exhibit:
    return reworded(_made(root), "of length 50", "of length 64")
