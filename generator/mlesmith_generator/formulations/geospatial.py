"""Places on a map: what is known of some squares has to tell about others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.manifest import AMOUNTS, CLASSED, Manifest
from mlesmith_env.recipes.model import (
    DropColumns,
    Grid,
    RequireValue,
    SampleRows,
    TableRecipe,
    Transform,
)
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm import features, holdouts, probe
from mlesmith_generator.brainstorm.coordinates import Map, map_of
from mlesmith_generator.brainstorm.judging import Bench, Scored, judge
from mlesmith_generator.brainstorm.merit import merits
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.brainstorm.targets import primary
from mlesmith_generator.describe import geospatial as wording
from mlesmith_generator.designer import MAX_ROWS, free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.several import tables_of
from mlesmith_generator.formulations.table import MODELS, TABLES, TARGETS
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.rows import as_numbers
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.typed import TypedTable, type_column
from mlesmith_generator.records import DatasetProfile, TableProfile

_PLACES = (*MODELS, "geospatial/places")
PROGRAMS = (
    SAMPLE,
    Program("constant", TARGETS, trivial=True),
    Program("random_draw", TARGETS, trivial=True, kinds=("label",)),
    Program("typical", TARGETS, trivial=True, kinds=("number", "probability", "probabilities")),
    Program("best_column", TABLES),
    Program("inverse_distance", _PLACES, family="geospatial"),
    Program("region", _PLACES, family="geospatial"),
    Program("kriging", _PLACES, family="geospatial"),
    Program("linear", MODELS),
    Program("forest", MODELS),
    Program("boosting", MODELS),
    Program("regression_kriging", _PLACES, family="geospatial"),
    Program("blend", MODELS),
)
"""The ladder, from the foot up."""
SMALLEST = 250
LIKELY = 0.3
"""Merit that a column must have as a target."""
FOLLOWS = 0.12
"""Skill of the place alone from which a question is one of places."""
_OTHERS = 12
"""Columns beside the place above which the question is one of a table."""
_TRIED = 4


class GeospatialFormulation:
    """A number or a class at places in squares of a map that training does not show."""

    name = "geospatial"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for one number or class at places on a map."""
        recipe = manifest.recipe
        return (
            manifest.modality == "geospatial"
            and manifest.objective in AMOUNTS | CLASSED
            and isinstance(recipe, TableRecipe)
            and any(isinstance(each, Grid) for each in recipe.transforms)
        )

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return up to two ideas a table whose rows lie on a map."""
        found: list[Proposal] = []
        for table, typed in tables_of(profile, folder, seed):
            where = map_of(typed)
            if where is not None and table.rows >= SMALLEST:
                found += _proposals(profile.dataset, table, typed, where, seed)
        return sorted(found, key=lambda each: -each.score)[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return which columns are latitude and longitude."""
        recipe = manifest.recipe
        if not isinstance(recipe, TableRecipe):
            return {}
        grid = next((each for each in recipe.transforms if isinstance(each, Grid)), None)
        return {} if grid is None else {"LATITUDE": grid.latitude, "LONGITUDE": grid.longitude}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Look for squares of the map with rows on both sides."""
        return [_scan_squares(task.manifest, tables)]

    @property
    def sections(self) -> Mapping[str, Section]:
        """Context and holdout speak of places and squares."""
        return {"Context": wording.context_section, "Holdout": wording.holdout_section}


def _proposals(
    dataset: str, table: TableProfile, typed: TypedTable, where: Map, seed: int
) -> list[Proposal]:
    names = {column.name for column in table.columns}
    cell = "map_cell" if "map_cell" not in names else "map_cell_of_row"
    squares = type_column(cell, pd.Series(where.cells))
    squares = replace(squares, profile=squares.profile.model_copy(update={"type": "category"}))
    gridded = TypedTable((*typed.columns, squares), typed.rows)
    profile = table.model_copy(update={"columns": (*table.columns, squares.profile)})
    subject = f"{re.split('__|--', dataset)[-1]} {table.name}"
    scale = table.rows / max(1, typed.rows)
    bench = Bench(dataset, profile, gridded, scale, seed, subject)
    own = {where.latitude, where.longitude}
    found: list[Proposal] = []
    tried = 0
    for merit in merits(table, typed, subject):
        if merit.score < LIKELY or tried >= _TRIED or len(found) >= 2:
            break
        made = primary(typed[merit.column])
        if made is None or merit.column in own or bench.rows_of(made) < SMALLEST:
            continue
        tried += 1
        if _skill_of_place(typed, made, where, seed) < FOLLOWS:
            continue
        plan = holdouts.by_group(made, cell, gridded, bench.rows_of(made))
        scored = None if plan is None else judge(bench, made, plan, merit)
        if scored is None or scored.by_time:
            continue  # What neighbours in time tell is no question of places.
        if scored.clear and _is_about_places(scored, table, own):
            found.append(_proposal(scored, table, where, cell, seed))
    return found


def _skill_of_place(typed: TypedTable, made: Target, where: Map, seed: int) -> float:
    """Return the skill of a quick model on latitude and longitude alone, without squares."""
    good = np.flatnonzero(np.isfinite(made.truth))
    if len(good) > probe.ROWS:
        good = np.sort(np.random.default_rng(seed).choice(good, probe.ROWS, replace=False))
    others = {
        column.name
        for column in typed.columns
        if column.name not in (where.latitude, where.longitude)
    }
    built = features.build(typed, good, others)
    if not built.width:
        return 0.0
    folds = holdouts.folds(holdouts.plain(made, len(good)), made, typed, good, seed)
    return probe.measure(made.truth[good], len(made.classes), built, folds, seed=seed).skill


def _is_about_places(scored: Scored, table: TableProfile, own: set[str]) -> bool:
    gone = {each.column for each in scored.idea.exclusions} | {scored.made.source}
    shown = {column.name for column in table.columns} - gone
    return own <= shown and len(shown - own) <= _OTHERS


def _proposal(scored: Scored, table: TableProfile, where: Map, cell: str, seed: int) -> Proposal:
    idea = scored.idea
    grid = Grid(
        latitude=where.latitude, longitude=where.longitude, degrees=where.degrees, into=cell
    )
    gone = tuple(each.column for each in idea.exclusions if each.column not in (idea.target, cell))
    transforms: list[Transform] = [grid, *idea.transforms, RequireValue(column=idea.target)]
    if gone:
        transforms.append(DropColumns(columns=gone))
    if table.rows > MAX_ROWS:
        transforms.append(SampleRows(rows=MAX_ROWS))
    recipe = TableRecipe(
        reader=table.reader,
        transforms=tuple(transforms),
        target=idea.target,
        holdout=idea.holdout,
        id_column=free_id({column.name for column in table.columns}),
        seed=seed,
    )
    update = {"formulation": "geospatial", "modality": "geospatial", "recipe": recipe}
    return Proposal(idea.model_copy(update=update), scored.score + 0.2)


def _scan_squares(manifest: Manifest, tables: Tables) -> Scan:
    """Refuse a task in which hidden rows lie in squares of training rows."""
    name, recipe = "squares", manifest.recipe
    grids = recipe.transforms if isinstance(recipe, TableRecipe) else ()
    grid = next((each for each in grids if isinstance(each, Grid)), None)
    frames = (tables.train, tables.test)
    if grid is None or any(
        not {grid.latitude, grid.longitude} <= set(frame.columns) for frame in frames
    ):
        return Scan(name, "the files do not show where rows lie")
    seen, hidden = (
        [
            tuple(np.floor(as_numbers(frame[axis].to_numpy(dtype=object)) / grid.degrees).tolist())
            for axis in (grid.latitude, grid.longitude)
        ]
        for frame in frames
    )
    known = set(zip(*seen, strict=True))
    crossing = sum(cell in known for cell in zip(*hidden, strict=True))
    told = f"{crossing} of {len(tables.test)} test rows lie in squares that training shows"
    if not crossing:
        return Scan(name, told)
    return Scan(name, told, (Finding("group-crossing", told, "refactor"),))


GEOSPATIAL = GeospatialFormulation()
