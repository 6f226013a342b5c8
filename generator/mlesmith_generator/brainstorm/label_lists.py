"""Labels that a table lists in one cell (`Drama|Comedy`), or ticks in columns of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.recipes.model import (
    Combine,
    DropColumns,
    Indicators,
    MapValues,
    RenameColumns,
    RequireValue,
    Transform,
)
from mlesmith_generator.brainstorm.naming import is_question
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words

MOST_LABELS, FEWEST_LABELS = 20, 3
RAREST, COMMONEST = 0.03, 0.9
"""Shares of the lists between which a label is worth asking for."""
COVERED = 0.5
"""Share of all that is listed that these labels make up: of names and places few come back."""
SEVERAL = 0.15
"""Share of the lists that name two labels or more."""
LONGEST = 50
"""Letters of a label."""
_SEPARATORS = ("|", ";", ",")
_TRIM = "[](){}'\" "
_FREE = 1.5
"""Different sets for each label, where labels are free; a value with a comma in it gives fewer."""
_SAYS = 0.6
"""Share of the labels of its row that another column names, from which it tells them."""
_LONG = 120
"""Letters from which a text may name its labels, as a review names a genre."""
_DETERMINED = 0.97
"""Share of right guesses of a label from another column's value from which it is settled."""
_KINDS = frozenset(
    "label labels tag tags topic topics genre genres category categories theme themes subject "
    "subjects keyword keywords emotion emotions mood moods style styles symptom symptoms disease "
    "diseases disorder disorders diagnosis diagnoses defect defects fault faults cause causes "
    "reason reasons effect effects reaction reactions complication complications finding findings "
    "ingredient ingredients allergen allergens skill skills hobby hobbies interest interests "
    "sector sectors industry industries section sections field fields area areas aspect aspects "
    "concept concepts intent intents hazard hazards injury injuries material materials technique "
    "techniques instrument instruments cuisine cuisines mechanic mechanics genero generos "
    "etiqueta etiquetas categoria categorias tema temas thema themen mots".split()
)
"""Words for what is listed because somebody said it of the row."""


@dataclass(frozen=True)
class LabelList:
    """Labels that are listed.

    Attributes:
        name: What the list is called.
        sources: The raw columns that hold it.
        steps: Transforms that give a column of 0 and 1 for each label; rows without a list go.
        labels: Names of these columns, the commonest first.
        truth: 0 and 1 for each row that has a list, (rows, labels).
        rows: Places of these rows.
        told: Share of everything listed that the labels make up.
    """

    name: str
    sources: tuple[str, ...]
    steps: tuple[Transform, ...]
    labels: tuple[str, ...]
    truth: NDArray[np.float64]
    rows: NDArray[np.int64]
    told: float


def listed(table: TypedTable) -> Iterator[LabelList]:
    """Yield the columns that list labels, and the runs of columns in which they are ticked."""
    taken = {column.name for column in table.columns}
    for column in table.columns:
        named = set(words(column.name)) & _KINDS
        if named and column.profile.type in ("text", "category", "identifier"):
            found = _in_cells(column, taken)
            if found is not None:
                yield found
    for run in _ticked(table):
        found = _in_ticks(run, taken)
        if found is not None:
            yield found


def telling(table: TypedTable, found: LabelList) -> Iterator[tuple[str, str]]:
    """Yield other columns that name or settle the labels of their row, each with the reason."""
    plain = [label.casefold() for label in found.labels]
    counts = found.truth.sum(axis=1)
    for column in table.columns:
        if column.name in found.sources or column.profile.type in ("constant", "number", "date"):
            continue
        codes = column.codes[found.rows]
        known = codes >= 0
        if column.profile.mean_length < _LONG:
            texts = [column.values[code].casefold() if code >= 0 else "" for code in codes.tolist()]
            named = [
                sum(plain[place] in text for place in np.flatnonzero(row))
                for text, row in zip(texts, found.truth, strict=True)
            ]
            if sum(named) >= _SAYS * max(1.0, counts[known].sum()) and known.mean() > 0.2:
                yield column.name, "it names the labels"
                continue
        if column.profile.distinct > 0.1 * len(codes) or known.mean() < 0.2:
            continue
        sizes = np.maximum(1, np.bincount(codes[known], minlength=len(column.values)))
        for label, truth in zip(found.labels, found.truth.T, strict=True):
            share = np.bincount(codes[known], truth[known], minlength=len(column.values)) / sizes
            right = float(
                np.where(share[codes[known]] >= 0.5, truth[known], 1 - truth[known]).mean()
            )
            usual = max(float(truth[known].mean()), 1 - float(truth[known].mean()))
            if usual < _DETERMINED and right >= max(_DETERMINED, 1 - 0.1 * (1 - usual)):
                yield column.name, f"it settles whether {label!r} holds"
                break


def _in_cells(column: TypedColumn, taken: set[str]) -> LabelList | None:
    best: LabelList | None = None
    for separator in _SEPARATORS:
        holding = np.array([separator in value for value in column.values], dtype=bool)
        if not holding.any() or float(column.counts()[holding].sum()) < SEVERAL * len(column.codes):
            continue
        parts = [_parts(value, separator) for value in column.values]
        labels = _labels(parts, column.codes)
        if labels is None:
            continue
        names, prefix = _names(labels, column.name, taken)
        steps = [
            RequireValue(column=column.name),
            *_made(column.name, separator, labels, names, prefix, _TRIM),
        ]
        found = _list(column.name, (column.name,), steps, names, parts, labels, column.codes)
        if found is not None and (best is None or found.told > best.told):
            best = found
    return best


def _parts(value: str, separator: str) -> frozenset[str]:
    cut = (part.strip().strip(_TRIM).strip() for part in value.split(separator))
    return frozenset(part for part in cut if part)


def _labels(parts: Sequence[frozenset[str]], codes: NDArray[np.int64]) -> tuple[str, ...] | None:
    """Return the labels that are common enough, and None where it is no list of labels."""
    counts: Counter[str] = Counter()
    rows = np.bincount(codes[codes >= 0], minlength=len(parts)).tolist()
    for part, times in zip(parts, rows, strict=True):
        counts.update(dict.fromkeys(part, times))
    total, everything = sum(rows), sum(counts.values())
    kept = [
        label
        for label, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        if RAREST * total <= number <= COMMONEST * total and _is_label(label)
    ][:MOST_LABELS]
    if len(kept) < FEWEST_LABELS or sum(counts[label] for label in kept) < COVERED * everything:
        return None
    chosen = frozenset(kept)
    sets: Counter[frozenset[str]] = Counter()
    for part, times in zip(parts, rows, strict=True):
        sets[part & chosen] += times
    several = sum(times for own, times in sets.items() if len(own) >= 2)
    partners = {label: {o for own in sets if label in own for o in own} for label in kept}
    lonely = sum(len(partners[label]) < 3 for label in kept)
    if several < SEVERAL * total or len(sets) < _FREE * len(kept) or lonely > 0.25 * len(kept):
        return None
    return tuple(kept)


def _is_label(text: str) -> bool:
    return len(text) <= LONGEST and any(letter.isalpha() for letter in text) and "\n" not in text


def _names(labels: Sequence[str], source: str, taken: set[str]) -> tuple[tuple[str, ...], str]:
    """Return names for the columns of the labels, and a prefix where a column has such a name."""
    plain = tuple(" ".join(label.replace("|", "/").replace("`", "'").split()) for label in labels)
    lowered = {name.casefold() for name in taken} | {"id", "usage"}
    prefix = f"{source}: " if any(name.casefold() in lowered for name in plain) else ""
    if len({name.casefold() for name in plain}) < len(plain):
        plain = tuple(labels)
    return tuple(prefix + name for name in plain), prefix


def _list(
    name: str,
    sources: tuple[str, ...],
    steps: Sequence[Transform],
    names: tuple[str, ...],
    parts: Sequence[frozenset[str]],
    labels: Sequence[str],
    codes: NDArray[np.int64],
) -> LabelList | None:
    rows = np.flatnonzero(codes >= 0)
    table = np.array([[label in own for label in labels] for own in parts], dtype=np.float64)
    truth = table[codes[rows]]
    everything = np.array([len(own) for own in parts], dtype=np.float64)[codes[rows]].sum()
    if not len(rows) or (truth.sum(axis=1) == 1).mean() > 0.95:
        return None
    told = float(truth.sum() / max(1.0, everything))
    return LabelList(name, sources, tuple(steps), names, truth, rows, told)


def _ticked(table: TypedTable) -> Iterator[list[TypedColumn]]:
    """Yield runs of columns that hold one value, where it was ticked, or nothing."""
    run: list[TypedColumn] = []
    for column in (*table.columns, None):
        if column is not None and len(column.values) == 1 and 0.03 < column.profile.missing < 0.97:
            run.append(column)
            continue
        if len(run) >= max(4, FEWEST_LABELS):
            yield run
        run = []


def _in_ticks(run: Sequence[TypedColumn], taken: set[str]) -> LabelList | None:
    own = [column.values[0].strip() for column in run]
    columns = tuple(column.name for column in run)
    steps: list[Transform] = []
    if len(set(own)) < len(own):  # The same word in all: the columns say what is ticked.
        if len(set(own)) > 1 or any(is_question(name) for name in columns):
            return None
        own = list(columns)
        steps += [MapValues(column=c.name, into=c.name, values={c.values[0]: c.name}) for c in run]
    separator = next((sign for sign in "|;\t" if not any(sign in label for label in own)), None)
    ticks = np.column_stack([column.codes >= 0 for column in run])
    answered = ticks.any(axis=1)
    if separator is None or not all(map(_is_label, own)) or not answered.any():
        return None
    shares = ticks[answered].mean(axis=0).tolist()
    kept = [label for label, share in zip(own, shares, strict=True) if RAREST <= share <= COMMONEST]
    kept = kept[:MOST_LABELS]
    several = (ticks.sum(axis=1) >= 2)[answered].mean()
    if len(kept) < FEWEST_LABELS or several < SEVERAL:
        return None
    sets, codes = np.unique(ticks, axis=0, return_inverse=True)
    parts = [frozenset(each for each, on in zip(own, row, strict=True) if on) for row in sets]
    codes = np.where(answered, codes.ravel(), -1).astype(np.int64)
    into = next(name for name in ("ticked", "ticked_boxes", "all_ticked") if name not in taken)
    names, prefix = _names(kept, "ticked", taken - set(columns))
    steps += [
        Combine(columns=columns, into=into, separator=separator),
        RequireValue(column=into),
        DropColumns(columns=columns),
        *_made(into, separator, kept, names, prefix),
    ]
    return _list(columns[0], columns, steps, names, parts, kept, codes)


def _made(
    column: str,
    separator: str,
    labels: Sequence[str],
    names: Sequence[str],
    prefix: str,
    trim: str = "",
) -> Iterator[Transform]:
    """Yield what makes a column of each label, under its name, and drops the list."""
    yield Indicators(
        column=column, separator=separator, values=tuple(labels), prefix=prefix, trim=trim
    )
    yield DropColumns(columns=(column,))
    made = {prefix + label: name for label, name in zip(labels, names, strict=True)}
    if renamed := {old: new for old, new in made.items() if old != new}:
        yield RenameColumns(names=renamed)
