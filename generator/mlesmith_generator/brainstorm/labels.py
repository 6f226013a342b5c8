"""Families of labels: yes-or-no columns of one kind, of which any number may hold for a row."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mlesmith_generator.brainstorm.matter import are_closed
from mlesmith_generator.brainstorm.merit import merits
from mlesmith_generator.brainstorm.naming import is_question
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import TableProfile

FEWEST_LABELS = 3
OBVIOUS = 2.0
"""Merit from which another column is what anybody would ask for."""
APART = 2.5
"""The same for one flag among the others: how far its merit is above theirs."""
_FLAGS = {
    frozenset({"0", "1"}): "1",
    frozenset({"0.0", "1.0"}): "1.0",
    frozenset({"no", "yes"}): "yes",
    frozenset({"n", "y"}): "y",
    frozenset({"false", "true"}): "true",
    frozenset({"f", "t"}): "t",
    frozenset({"absent", "present"}): "present",
    frozenset({"negative", "positive"}): "positive",
    frozenset({"inactive", "active"}): "active",
}
_LABELLED = frozenset(
    "label labels tag tags topic topics genre genres category categories theme themes emotion "
    "emotions assay assays disease diseases disorder disorders symptom symptoms diagnosis "
    "diagnoses defect defects fault faults toxic toxicity effect effects target targets output "
    "outcome outcomes class classes reaction reactions complication complications finding findings "
    "keyword keywords instrument instruments element elements genero etiqueta thema".split()
)  # fmt: skip


@dataclass(frozen=True)
class LabelFamily:
    """Columns that are labels of one kind."""

    columns: tuple[TypedColumn, ...]
    score: float
    why: str


def label_families(dataset: str, table: TableProfile, typed: TypedTable) -> Iterator[LabelFamily]:
    """Yield the families of labels of a table, the likeliest first.

    Args:
        dataset: Name of the dataset.
        table: What was measured about the table.
        typed: A typed sample of it.
    """
    flags = [column for column in typed.columns if positive(column) is not None]
    rest = [
        column
        for column in typed.columns
        if (column.profile.type not in ("constant", "identifier") or is_formula(column))
        and column not in flags
    ]
    if len(flags) < FEWEST_LABELS:
        return
    formula = any(is_formula(column) for column in rest)
    merit = {each.column: each.score for each in merits(table, typed, dataset)}
    if not formula and _asks_otherwise(merit, [column.name for column in flags]):
        return
    if len(flags) >= 5 and len(flags) >= 0.6 * (len(flags) + len(rest)) and len(rest) >= 1:
        why = f"{len(flags)} of its columns say yes or no to one kind of question"
        if formula or any(column.profile.type == "text" for column in rest) or len(rest) <= 3:
            yield LabelFamily(tuple(flags), 3.3 if formula else 2.7, why)
            return
    names = [column.name for column in typed.columns]
    places = [names.index(column.name) for column in flags]
    block = places[-1] - places[0] + 1 == len(flags)
    at_end = places[-1] == len(names) - 1 or places[0] == 0
    numbers = sum(column.profile.type in ("number", "text") for column in rest)
    if block and at_end and len(flags) >= 4 and numbers >= max(5, 0.8 * len(rest)):
        why = f"its {len(flags)} yes-or-no columns stand together at one end of the table"
        yield LabelFamily(tuple(flags), 2.4, why)
        return
    stems: dict[str, list[TypedColumn]] = defaultdict(list)
    for column in flags:
        for stem in _stems(column.name):
            stems[stem].append(column)
    for stem, members in sorted(stems.items(), key=lambda pair: -len(pair[1])):
        told = set(words(stem)) & _LABELLED
        if len(members) >= FEWEST_LABELS and told and len(rest) >= 2:
            yield LabelFamily(tuple(members), 2.2, f"{len(members)} columns are called {stem!r}")
            return


def _asks_otherwise(merit: dict[str, float], flags: Sequence[str]) -> bool:
    """Whether the flags describe the rows, and something else is what anybody asks of them."""
    inside = [merit.get(name, -2.0) for name in flags]
    outside = max((score for name, score in merit.items() if name not in flags), default=0.0)
    return outside >= OBVIOUS or max(inside) - float(np.median(inside)) >= APART


def _stems(name: str) -> list[str]:
    parts = words(name)
    if is_question(name) or len(parts) < 2:
        return []
    return [parts[0], parts[-1]]


def positive(column: TypedColumn) -> str | None:
    """Return the value that says yes, None where the column is no flag."""
    said = {value.strip().casefold(): value for value in column.values}
    for pair, yes in _FLAGS.items():
        if said.keys() == pair:
            return said[yes]
    return None


def is_formula(column: TypedColumn) -> bool:
    """Return whether a column writes molecules down, in SMILES."""
    sample = column.values[:200]
    fits = sum(
        re.fullmatch(r"[A-Za-z0-9@+\-\[\]\(\)=#$/\\%.:*]+", value) is not None and are_closed(value)
        for value in sample
    )
    signs = Counter(sign for value in sample for sign in value)
    rings = signs["("] + signs["="] + signs["1"]
    return bool(sample) and fits >= 0.98 * len(sample) and rings > 2 * len(sample)
