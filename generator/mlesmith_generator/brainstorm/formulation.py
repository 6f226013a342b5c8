"""Turning a column into something to predict."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import Objective
from mlesmith_env.recipes.model import (
    Bin,
    ExcludeValues,
    MapValues,
    ParseNumber,
    RequireValue,
    Transform,
)
from mlesmith_generator.brainstorm.naming import name_weight
from mlesmith_generator.profiler.typed import TypedColumn
from mlesmith_generator.profiler.words import words

MAX_CLASSES = 30
MOSTLY = 0.9
"""Share of one number from which a column is no amount: rather whether there is any."""
SMALLEST_MINORITY = 20
"""Rows that are not of the largest class, at least."""
_NOMINAL = frozenset(
    {"class", "type", "category", "group", "label", "code", "species", "cluster", "kind", "klasse",
     "classe", "clase", "tipo", "target", "region", "area", "site", "race", "origin", "status"}
)  # fmt: skip
_COUNT_WORDS = frozenset(
    {"count", "counts", "number", "num", "n", "visits", "children", "kids", "years", "months",
     "days", "weeks", "hours", "times", "total", "no", "age", "points", "goals", "rooms", "stay",
     "los", "anzahl", "nombre", "cantidad", "duration", "price", "cost", "amount"}
)  # fmt: skip
_CLASS_WORDS = frozenset(
    {"class", "type", "category", "group", "label", "level", "status", "code", "stage", "grade",
     "species", "cluster", "kind", "klasse", "classe", "clase", "tipo", "target"}
)  # fmt: skip


@dataclass(frozen=True)
class Formulation:
    """A target with its objective.

    Attributes:
        target: Name of the target after the transforms.
        source: The raw column that it comes from.
        objective: What is asked.
        transforms: What makes it, in order.
        truth: For each row the class number, or the value; NaN where the row is left out.
        classes: Labels by class number; empty for regression.
        ordered: Whether the classes have an order.
        kind: `as is`, `parsed`, `grouped`, `bands`, `any`, `above` or `one class`.
    """

    target: str
    source: str
    objective: Objective
    transforms: tuple[Transform, ...]
    truth: NDArray[np.float64]
    classes: tuple[str, ...]
    ordered: bool
    kind: str

    @property
    def rows(self) -> int:
        """Number of rows that have a target."""
        return int(np.isfinite(self.truth).sum())


def primary(column: TypedColumn) -> Formulation | None:
    """Return the natural way to predict a column, or None where there is none."""
    profile = column.profile
    if profile.type in ("constant", "identifier", "text", "date"):
        return None
    if profile.type != "number" or numeric_classes(column):
        return _classification(column)
    made = _regression(column)
    if made is None:
        return None
    values = made.truth[np.isfinite(made.truth)]
    usual = float(np.unique(values, return_counts=True)[1].max() / len(values))
    if usual < MOSTLY:
        return made
    return _any(made) if profile.zeros >= MOSTLY and values.min() >= 0 else None


def alternatives(column: TypedColumn, first: Formulation) -> list[Formulation]:
    """Return other objectives for the same column: bands, any or none, one class or the rest."""
    if first.objective == "regression":
        values = first.truth[np.isfinite(first.truth)]
        zero = float((values == 0).mean()) if len(values) else 0.0
        if 0.15 <= zero <= 0.9 and values.min() >= 0:
            return [_any(first), *_bands(first, values[values > 0])]
        return [*_bands(first, values), *_above(first, values)]
    if first.objective == "multiclass":
        return _one_class(column, first)
    return []


def numeric_classes(column: TypedColumn) -> bool:
    """Return whether a number stands for classes or ordered levels rather than an amount."""
    profile = column.profile
    if profile.distinct == 2:
        return True
    if not profile.integer or profile.distinct > 15:
        return 3 <= profile.distinct <= 6 and _even_steps(column)
    parts = set(words(column.name))
    low, high = profile.minimum or 0.0, profile.maximum or 0.0
    if high - low > 30:
        return False
    if _CLASS_WORDS & parts:
        return True
    if _COUNT_WORDS & parts or profile.distinct > 7:
        return False
    return profile.distinct >= 0.6 * (high - low + 1) and not _decays(column)


def _even_steps(column: TypedColumn) -> bool:
    """Whether the values are a few halves or quarters, as on a clinical scale."""
    seen = np.sort(column.numbers[np.isfinite(column.numbers)])
    quarters = seen * 4
    return bool(np.allclose(quarters, np.round(quarters)) and np.ptp(seen) <= 10)


def _decays(column: TypedColumn) -> bool:
    """Whether low values are the most frequent and it thins out upwards, as counts do."""
    order = np.argsort(column.numbers)
    counts = column.counts()[order]
    return bool(
        (column.profile.minimum or 0) == 0 and counts[0] == counts.max() and len(counts) > 3
    )


def _regression(column: TypedColumn) -> Formulation | None:
    truth = column.numeric()
    good = np.isfinite(truth)
    seen = np.unique(truth[good])
    counted = len(seen) >= 3 and seen[0] == 0 and column.profile.integer
    if not (counted or len(seen) >= 5) or good.mean() < 0.1:
        return None
    transforms: list[Transform] = []
    if column.profile.number_text:
        transforms.append(ParseNumber(column=column.name, into=column.name))
    if not good.all():
        transforms.append(RequireValue(column=column.name))
    return Formulation(
        column.name,
        column.name,
        "regression",
        tuple(transforms),
        truth,
        (),
        False,
        "parsed" if column.profile.number_text else "as is",
    )


def _classification(column: TypedColumn) -> Formulation | None:
    counts = column.counts()
    total = int(counts.sum())
    least = max(8, int(np.ceil(0.008 * total)))
    order = np.argsort(-counts, kind="stable")
    kept = [int(place) for place in order[:MAX_CLASSES] if counts[place] >= least]
    rare = [place for place in range(len(counts)) if place not in set(kept)]
    if len(kept) < 2 or counts[kept[1:]].sum() < SMALLEST_MINORITY:
        return None
    transforms: list[Transform] = []
    if (column.codes < 0).any():
        transforms.append(RequireValue(column=column.name))
    lost = int(counts[rare].sum())
    if lost > 0.35 * total:
        return None
    grouped = lost > 0.05 * total and lost >= 2 * least and len(rare) > 1
    classes = [column.values[place] for place in kept]
    other = "other" if "other" not in classes else "all others"
    lookup = np.full(len(counts) + 1, np.nan)
    lookup[kept] = np.arange(len(kept))
    if grouped:
        values = {column.values[place]: column.values[place] for place in kept}
        transforms.append(
            MapValues(column=column.name, into=column.name, values=values, other=other)
        )
        lookup[rare] = len(kept)
        classes.append(other)
    elif rare:
        gone = tuple(column.values[place] for place in rare)
        transforms.append(ExcludeValues(column=column.name, values=gone))
    return Formulation(
        column.name,
        column.name,
        "binary" if len(classes) == 2 else "multiclass",
        tuple(transforms),
        lookup[column.codes],
        tuple(classes),
        not grouped and len(classes) > 2 and _is_ordered(column, classes, counts[kept]),
        "grouped" if grouped else "as is",
    )


def _is_ordered(column: TypedColumn, classes: list[str], counts: NDArray[np.int64]) -> bool:
    """Whether classes are levels. Numbers may be codes: those of a class have to look ordered."""
    if not ordered_levels(classes):
        return False
    if column.profile.type != "number":
        return True
    parts = set(words(column.name))
    nominal = bool(_NOMINAL & parts) or bool(re.fullmatch(r"column_\d+", column.name))
    if not nominal:
        return True
    steps = np.diff(counts[np.argsort([float(label) for label in classes])])
    rising = np.flatnonzero(steps > 0)
    falling = np.flatnonzero(steps < 0)
    single = not len(rising) or not len(falling) or rising.max() < falling.min()
    return len(classes) >= 5 and bool(single)


_LEVELS = (
    "never rarely sometimes often usually always",
    "none little some much",
    "none low medium high",
    "low mid high",
    "poor fair average good excellent",
    "unacc acc good vgood",
    "low medium high very_high",
    "bad better good best",
    "strongly_disagree disagree neutral agree strongly_agree",
    "none poor low average best",
    "small medium large",
    "very_unfavorable unfavorable neutral favorable very_favorable",
    "mild moderate severe",
    "no_damage minor medium substantial",
    "never occas regul heavy",
    "rare medium_rare medium medium_well well",
)


def ordered_levels(values: list[str]) -> bool:
    """Return whether class labels are levels: numbers, numbered or words such as low and high."""
    numbered = [re.match(r"\s*[^\d]{0,3}(\d+(?:\.\d+)?)", value) for value in values]
    if all(numbered):
        return len({found.group(1) for found in numbered if found}) == len(values)
    plain = {re.sub(r"[^a-z]+", "_", value.lower()).strip("_") for value in values}
    return any(len(plain & set(scale.split())) >= max(3, len(plain) - 1) for scale in _LEVELS)


def derived_name(source: str, suffix: str) -> str:
    """Return a name for a target made from a column, such as `box_office_band`."""
    plain = re.sub(r"[^0-9A-Za-z]+", "_", source).strip("_").lower() or "target"
    return f"{plain}_{suffix}"


def _bands(first: Formulation, values: NDArray[np.float64]) -> list[Formulation]:
    if len(np.unique(values)) < 12:
        return []
    low, high = (_edge(values, share) for share in (1 / 3, 2 / 3))
    inner = (values >= low) & (values < high)
    shares = [(values < low).mean(), inner.mean(), (values >= high).mean()]
    if not low < high or min(shares) < 0.2:
        return []
    labels = ("low", "medium", "high")
    return [_binned(first, "band", (low, high), labels, "bands")]


def _above(first: Formulation, values: NDArray[np.float64]) -> list[Formulation]:
    edge = _edge(values, 0.5)
    share = float((values >= edge).mean())
    if not 0.3 <= share <= 0.7:
        return []
    return [_binned(first, "level", (edge,), ("lower half", "upper half"), "above")]


def _any(first: Formulation) -> Formulation:
    values = first.truth[np.isfinite(first.truth)]
    edge = _round_between(0.0, float(values[values > 0].min()))
    return _binned(first, "any", (edge,), ("none", "some"), "any")


def _binned(
    first: Formulation, suffix: str, edges: tuple[float, ...], labels: tuple[str, ...], kind: str
) -> Formulation:
    target = derived_name(first.source, suffix)
    cut = Bin(column=first.target, into=target, edges=edges, labels=labels)
    truth = np.where(
        np.isfinite(first.truth),
        np.searchsorted(np.array(edges), first.truth, side="right").astype(np.float64),
        np.nan,
    )
    return Formulation(
        target,
        first.source,
        "binary" if len(labels) == 2 else "multiclass",
        (*first.transforms, cut),
        truth,
        labels,
        len(labels) > 2,
        kind,
    )


def _edge(values: NDArray[np.float64], share: float) -> float:
    """Return a short number that cuts the values near the share, never on a value of the data."""
    seen = np.unique(values)
    cut = float(np.quantile(values, share))
    place = int(np.clip(np.searchsorted(seen, cut), 1, len(seen) - 1))
    return _round_between(float(seen[place - 1]), float(seen[place]))


def _round_between(low: float, high: float) -> float:
    """Return the shortest decimal number above low and not above high."""
    for digits in range(1, 17):
        candidate = float(f"{(low + high) / 2:.{digits}g}")
        if low < candidate <= high:
            return candidate
    return high


def _one_class(column: TypedColumn, first: Formulation) -> list[Formulation]:
    """The class nearest to a third of the rows against the rest."""
    if name_weight(column.name) < 0 and not first.ordered:
        return []
    good = first.truth[np.isfinite(first.truth)].astype(np.int64)
    shares = np.bincount(good, minlength=len(first.classes)) / max(1, len(good))
    eligible = [
        place
        for place, label in enumerate(first.classes)
        if label in column.values and 0.15 <= shares[place] <= 0.6
    ]
    if not eligible:
        return []
    chosen = min(eligible, key=lambda place: abs(shares[place] - 0.35))
    label = first.classes[chosen]
    target = derived_name(first.source, "is_" + (derived_name(label, "").strip("_") or "one"))
    rest = "not " + label.strip()
    mapped = MapValues(column=first.target, into=target, values={label: label}, other=rest)
    truth = np.where(np.isfinite(first.truth), (first.truth == chosen).astype(float), np.nan)
    return [
        Formulation(
            target, first.source, "binary", (*first.transforms, mapped), truth,
            (rest, label), False, "one class",
        )
    ]  # fmt: skip
