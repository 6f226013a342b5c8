"""A target that somebody wants to ask for, worked out by the rules: form, holdout, exclusions."""

from __future__ import annotations

import re
from pathlib import Path

from mlesmith_env.errors import GenerationError
from mlesmith_env.manifest import Objective
from mlesmith_generator.brainstorm.ideas import best_plan
from mlesmith_generator.brainstorm.judging import Bench
from mlesmith_generator.brainstorm.merit import Merit
from mlesmith_generator.brainstorm.targets import alternatives, primary
from mlesmith_generator.profiler.table import measure_file
from mlesmith_generator.records import DatasetProfile, Idea


def wanted(
    profile: DatasetProfile,
    folder: Path,
    table: str,
    target: str,
    objective: Objective,
    *,
    seed: int = 0,
) -> Idea:
    """Return the idea to ask for a column, as the rules would work it out.

    Args:
        profile: What was measured about the dataset.
        folder: Its raw files.
        table: Name of the table.
        target: The column to ask for.
        objective: What is asked of it.
        seed: Seed of the samples and of the quick models.

    Raises:
        GenerationError: There is no such column, it can not be asked for in that way, or nothing
            can be learnt about it; the message says which.
    """
    found = next((each for each in profile.tables if each.name == table), None)
    if found is None:
        raise GenerationError(f"there is no table {table!r}")
    root = folder if folder.is_dir() else folder.parent
    typed = measure_file(found.reader, root, seed=seed).table
    if target not in {column.name for column in typed.columns}:
        raise GenerationError(f"there is no column {target!r} in {table!r}")
    subject = f"{re.split('__|--', profile.dataset)[-1]} {found.name}"
    bench = Bench(profile.dataset, found, typed, found.rows / max(1, typed.rows), seed, subject)
    first = primary(typed[target])
    forms = [] if first is None else [first, *alternatives(typed[target], first)]
    asked = [made for made in forms if made.objective == objective]
    if not asked:
        known = ", ".join(dict.fromkeys(made.objective for made in forms)) or "nothing"
        raise GenerationError(
            f"{target!r} can not be asked for as {objective!r} by rules; they know {known}"
        )
    scored = best_plan(bench, asked[0], Merit(target, 1.0, ()))
    if scored is None:
        raise GenerationError(f"{target!r} could not be learnt from the other columns")
    return scored.idea
