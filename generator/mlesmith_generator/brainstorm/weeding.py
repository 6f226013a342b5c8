"""Weeding what was chosen: questions that nobody would miss beside the others go.

Nothing takes the place of what goes, and the rest keeps its order: fewer tasks are better than
weak ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlesmith_generator.brainstorm.entities import is_fact_of_entity
from mlesmith_generator.brainstorm.merit import ALONE, LABELS, LAST, LEADS, NAMED, OUTCOME
from mlesmith_generator.brainstorm.naming import name_weight, namesakes
from mlesmith_generator.brainstorm.persons import is_what_somebody_is
from mlesmith_generator.brainstorm.running import is_running_number
from mlesmith_generator.profiler.table import measure_file
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, Idea, TableProfile

_PLAIN = frozenset({"table", "geospatial", "text", "molecule", "sequence", "mixed"})
"""Formulations that ask for a column of a table, whichever it is."""
_WEAK, _CLEAR = 0.3, 1.5
"""Weight of a name below which it speaks for no question, and from which it is that of an outcome.
"""
_PLAINLY = 2.2
"""Weight from which a name leaves no doubt, beside which mere kinds are weak as well."""
_KINDS = frozenset(
    "type typ tipo kind category kategorie categoria categorie catégorie soort".split()
)
"""Words for which of several things of a kind a row is of."""
_SURE = 2
"""How many ideas, the first of a dataset, stay however weak they are."""
_SAYS_NOTHING = frozenset({LEADS, ALONE})
"""Reasons for a target that say nothing of what it is."""


def weeded(
    chosen: Sequence[Idea], profile: DatasetProfile, folder: Path, *, seed: int = 0
) -> list[Idea]:
    """Return the ideas that are worth asking beside the others, in their order.

    Args:
        chosen: The ideas of a dataset, best first.
        profile: What was measured about the dataset.
        folder: Its raw files.
        seed: Seed of the samples.
    """
    resorts = [_is_last_resort(idea, profile) for idea in chosen]
    if all(resorts):
        resorts = [False] * len(chosen)
    sound = [idea for idea, last in zip(chosen, resorts, strict=True) if not last]
    clear = [idea for idea in sound if name_weight(idea.target_source) >= _CLEAR]
    return [
        idea
        for place, (idea, last) in enumerate(zip(chosen, resorts, strict=True))
        if not last
        and not (place >= _SURE and _is_weak(idea, clear))
        and not (idea is not sound[0] and _is_told_by_code(idea, profile, folder, seed))
    ]


def _is_last_resort(idea: Idea, profile: DatasetProfile) -> bool:
    """Return whether nobody asks for what an idea asks where there is anything else to ask."""
    if idea.formulation not in _PLAIN:
        return False
    table = next((each for each in profile.tables if each.name == idea.table), None)
    if table is None or all(c.name != idea.target_source for c in table.columns):
        return False
    column = table.column(idea.target_source)
    if is_running_number(column):
        return True
    names = [each.name for each in table.columns]
    wanted = OUTCOME in idea.reasons or _is_declared(idea, table)
    return not wanted and is_what_somebody_is(column, names, profile.dataset)


def _is_declared(idea: Idea, table: TableProfile) -> bool:
    """Return whether a column is what its data were made for, as far as their form tells.

    A table that is called after it, or a file of a kind whose last column is the class; the last of
    any other is no more than that, unless it labels rows of measurements.
    """
    if NAMED in idea.reasons:
        return True
    certain = table.reader.format == "arff" or table.reader.header_rows == 0
    return LAST in idea.reasons and (certain or LABELS in idea.reasons)


def _is_weak(idea: Idea, clear: Sequence[Idea]) -> bool:
    """Return whether nothing speaks for a question, while something does for another."""
    others = [each for each in clear if each.target_source != idea.target_source]
    if idea.formulation not in _PLAIN or not others:
        return False
    if not _KINDS.isdisjoint(words(idea.target_source)) and not {LAST, NAMED} & {*idea.reasons}:
        return max(name_weight(each.target_source) for each in others) >= _PLAINLY
    akin = any(namesakes(idea.target_source, each.target_source) for each in others)
    return name_weight(idea.target_source) < _WEAK and not akin and not _speaks(idea)


def _speaks(idea: Idea) -> bool:
    """Return whether anything but its place or its kind speaks for a column as a target."""
    return not _SAYS_NOTHING.issuperset(idea.reasons)


def _is_told_by_code(idea: Idea, profile: DatasetProfile, folder: Path, seed: int) -> bool:
    """Return whether a class is known of the entity that a code of its row stands for."""
    if idea.formulation not in _PLAIN or idea.objective not in ("binary", "multiclass"):
        return False
    if not {LAST, NAMED}.isdisjoint(idea.reasons):
        return False
    table = next((each for each in profile.tables if each.name == idea.table), None)
    if table is None or all(c.name != idea.target_source for c in table.columns):
        return False
    typed = measure_file(table.reader, folder, seed=seed).table
    hidden = {idea.holdout.column, *(each.column for each in idea.exclusions)}
    shown = [column for column in typed.columns if column.name not in hidden]
    return is_fact_of_entity(typed[idea.target_source], shown)
