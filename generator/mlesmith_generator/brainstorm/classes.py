"""Columns of labels as targets."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.recipes.model import ExcludeValues, MapValues, RequireValue, Transform
from mlesmith_generator.brainstorm.levels import level_order
from mlesmith_generator.brainstorm.naming import name_weight
from mlesmith_generator.brainstorm.objectives import class_objective
from mlesmith_generator.brainstorm.target import Target, derived_name
from mlesmith_generator.profiler.typed import BLANKS, TypedColumn, key_like
from mlesmith_generator.profiler.words import words

MAX_CLASSES = 30
SMALLEST_CLASS = 8
"""Rows of a class, at least; and at least this share of the rows:"""
SMALLEST_SHARE = 0.008
SMALLEST_MINORITY = 20
"""Rows that are not of the largest class, at least."""
_NOMINAL = frozenset(
    {"class", "type", "category", "group", "label", "code", "species", "cluster", "kind", "klasse",
     "classe", "clase", "tipo", "target", "region", "area", "site", "race", "origin", "status"}
)  # fmt: skip
_OTHERS = frozenset({"other", "others"})
_COUNT_WORDS = frozenset(
    {"count", "counts", "number", "num", "n", "visits", "children", "kids", "years", "months",
     "days", "weeks", "hours", "times", "total", "no", "age", "points", "goals", "rooms", "stay",
     "los", "anzahl", "nombre", "cantidad", "duration", "price", "cost", "amount"}
)  # fmt: skip
_CLASS_WORDS = (_NOMINAL - {"area", "region", "site", "race", "origin"}) | {
    "level", "stage", "grade",
}  # fmt: skip


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


def classification(column: TypedColumn) -> Target | None:
    """Return the column as classes, or None where fewer than two have enough rows.

    Labels are stripped, and those that differ in case only are one. Rare classes are left out
    where they are few rows, else grouped as `other`; words for missing are no class.
    """
    labels = _tidy(column)
    counts: dict[str, int] = defaultdict(int)
    for label, count in zip(labels, column.counts().tolist(), strict=True):
        if label is not None:
            counts[label] += count
    total = sum(counts.values())
    least = max(SMALLEST_CLASS, int(np.ceil(SMALLEST_SHARE * total)))
    common = sorted(counts, key=lambda label: -counts[label])
    kept = [label for label in common[:MAX_CLASSES] if counts[label] >= least]
    rare = [label for label in common if label not in set(kept)]
    lost = sum(counts[label] for label in rare)
    if len(kept) < 2 or sum(counts[label] for label in kept[1:]) < SMALLEST_MINORITY:
        return None
    if lost > 0.35 * total:
        return None
    grouped = lost > 0.05 * total and lost >= 2 * least and len(rare) > 1
    ordered = None if grouped else _order(column, kept, [counts[label] for label in kept])
    classes = list(ordered or kept)
    if grouped:
        # A class of that name takes the rare ones in: two others would be told apart by nobody.
        rest_of = next((label for label in kept if label.casefold() in _OTHERS), "other")
        classes = [label for label in classes if label != rest_of] + [rest_of]
    place = {label: float(number) for number, label in enumerate(classes)}
    rest = place[classes[-1]] if grouped else np.nan
    lookup = [np.nan if label is None else place.get(label, rest) for label in labels]
    return Target(
        column.name,
        column.name,
        class_objective(len(classes), ordered=ordered is not None),
        _steps(column, labels, classes, grouped, declared=ordered is not None),
        np.array([*lookup, np.nan])[column.codes],
        tuple(classes),
        ordered is not None,
        "grouped" if grouped else "as is",
    )


def one_class(column: TypedColumn, first: Target) -> list[Target]:
    """Return a binary form: the upper levels against the lower, or one class against the rest."""
    good = first.truth[np.isfinite(first.truth)].astype(np.int64)
    shares = np.bincount(good, minlength=len(first.classes)) / max(1, len(good))
    if first.ordered:
        return _upper(first, shares)
    real = first.classes[:-1] if first.kind == "grouped" else first.classes
    eligible = [place for place in range(len(real)) if 0.15 <= shares[place] <= 0.6]
    if name_weight(column.name) < 0 or not eligible:
        return []
    chosen = min(eligible, key=lambda place: abs(shares[place] - 0.35))
    label = first.classes[chosen]
    target = derived_name(first.source, "is_" + (derived_name(label, "").strip("_") or "one"))
    return [_mapped(first, target, {label: label}, "not " + label, (chosen,), label)]


def _upper(first: Target, shares: NDArray[np.float64]) -> list[Target]:
    above = 1.0 - np.cumsum(shares)[:-1]
    cut = int(np.argmin(np.abs(above - 0.5))) + 1
    if not 0.1 <= above[cut - 1] <= 0.9:
        return []
    lowest = first.classes[cut]
    target = derived_name(first.source, "upper")
    name = lowest if cut == len(first.classes) - 1 else f"{lowest} or above"
    values = dict.fromkeys(first.classes[cut:], name)
    above_places = tuple(range(cut, len(first.classes)))
    return [_mapped(first, target, values, f"below {lowest}", above_places, name)]


def _mapped(
    first: Target,
    target: str,
    values: dict[str, str],
    rest: str,
    positive: Sequence[int],
    label: str,
) -> Target:
    step = MapValues(column=first.target, into=target, values=values, other=rest)
    known = np.isfinite(first.truth)
    truth = np.where(known, np.isin(first.truth, positive).astype(np.float64), np.nan)
    return Target(
        target,
        first.source,
        "binary",
        (*first.transforms, step),
        truth,
        (rest, label),
        False,
        "one class",
    )


def _tidy(column: TypedColumn) -> list[str | None]:
    """Return the label of each value, stripped, in the commonest case; None for a blank."""
    counts = column.counts()
    best: dict[str, tuple[int, str]] = {}
    for value, count in zip(column.values, counts.tolist(), strict=True):
        label = " ".join(value.split())
        key = label.casefold()
        if key not in best or count > best[key][0]:
            best[key] = (count, label)
    spoken = len(best) - sum(key in BLANKS for key in best)
    return [
        None
        if (key := " ".join(value.split()).casefold()) in BLANKS and key != "none" and spoken >= 2
        else best[key][1]
        for value in column.values
    ]


def _steps(
    column: TypedColumn,
    labels: list[str | None],
    classes: list[str],
    grouped: bool,
    *,
    declared: bool,
) -> tuple[Transform, ...]:
    name = column.name
    require = RequireValue(column=name)
    gaps = bool((column.codes < 0).any())
    kept = {
        value: label
        for value, label in zip(column.values, labels, strict=True)
        if label is not None and label in set(classes)
    }
    silent = tuple(
        value for value, label in zip(column.values, labels, strict=True) if label is None
    )
    numeric = all(re.fullmatch(r"-?[0-9.]+", label) for label in classes)
    plain = all(value == label for value, label in kept.items())
    if grouped:
        first = (ExcludeValues(column=name, values=silent),) if silent else ()
        known = {value: label for value, label in kept.items() if label != classes[-1]}
        return (
            require,
            *first,
            MapValues(column=name, into=name, values=known, other=classes[-1]),
        )
    if not plain or (declared and not numeric):
        order = {label: place for place, label in enumerate(classes)}
        ordered = dict(sorted(kept.items(), key=lambda pair: order[pair[1]]))
        return (MapValues(column=name, into=name, values=ordered), require)
    gone = tuple(value for value in column.values if value not in kept)
    steps: list[Transform] = [require] if gaps else []
    return (*steps, ExcludeValues(column=name, values=gone)) if gone else tuple(steps)


def _order(column: TypedColumn, labels: list[str], counts: list[int]) -> list[str] | None:
    """Return the labels in order, or None. Numbers may be codes: those have to look ordered."""
    order = level_order(labels)
    if order is None or column.profile.type != "number":
        return order
    nominal = bool(_NOMINAL & set(words(column.name))) or key_like(column.name)
    if not nominal and not re.fullmatch(r"column_\d+", column.name):
        return order
    steps = np.diff([counts[labels.index(label)] for label in order])
    rising, falling = np.flatnonzero(steps > 0), np.flatnonzero(steps < 0)
    single = not len(rising) or not len(falling) or rising.max() < falling.min()
    return order if len(order) >= 5 and single else None


def _even_steps(column: TypedColumn) -> bool:
    """Whether the values are a few halves or quarters, as on a clinical scale."""
    seen = np.sort(column.numbers[np.isfinite(column.numbers)])
    quarters = seen * 4
    return bool(np.allclose(quarters, np.round(quarters)) and np.ptp(seen) <= 10)


def _decays(column: TypedColumn) -> bool:
    """Whether low values are the most frequent and it thins out upwards, as counts do."""
    order = np.argsort(column.numbers)
    counts = column.counts()[order]
    from_zero = (column.profile.minimum or 0) == 0
    return bool(from_zero and counts[0] == counts.max() and len(counts) > 3)
