"""Columns that would give a target away: copies, codes, parts of a sum, coarser or finer forms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.formulation import Formulation
from mlesmith_generator.profiler.relations import lookup_support
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.records import Exclusion, Relation

ROWS = 2000
NEAR_PERFECT = 0.98
"""Skill of a one-column model from which the column is a form of the target."""
_MAX_IDENTITY = 3


def giveaways(
    made: Formulation, table: TypedTable, relations: tuple[Relation, ...], *, seed: int = 0
) -> tuple[Exclusion, ...]:
    """Return the columns that a task with this target has to leave out, each with its reason."""
    rows = _rows(made, seed)
    truth = made.truth[rows]
    found: dict[str, str] = {}
    if made.target != made.source:
        found[made.source] = "the target is made from it"
    for column in table.columns:
        profile = column.profile
        if column.name == made.source or profile.type == "constant":
            continue
        reason = _twin(column, rows, truth, made)
        if reason:
            found[column.name] = reason
    for name, reason in _related(made.source, relations, set(found)).items():
        found.setdefault(name, reason)
    if made.objective == "regression":
        found |= _identities(made, table, rows, truth, set(found))
    return tuple(Exclusion(column=name, reason=reason) for name, reason in found.items())


def _rows(made: Formulation, seed: int) -> NDArray[np.int64]:
    good = np.flatnonzero(np.isfinite(made.truth))
    if len(good) <= ROWS:
        return good
    return np.sort(np.random.default_rng(seed).choice(good, ROWS, replace=False))


def _twin(
    column: TypedColumn, rows: NDArray[np.int64], truth: NDArray[np.float64], made: Formulation
) -> str:
    """Return why one column alone gives the target away, or an empty string."""
    codes = column.codes[rows]
    if made.objective == "regression":
        return _twin_of_number(column, rows, codes, truth)
    labels = truth.astype(np.int64)
    if len(np.unique(codes)) < 0.5 * len(rows) and lookup_support(codes, labels) >= 0.985:
        return "its value tells the target"
    missing = (codes < 0).astype(np.int64)
    if 0.01 < missing.mean() < 0.99 and _label_skill(missing, labels) >= 0.95:
        return "it is filled in only where the target has one value"
    x = _as_numbers(column, rows, codes, truth)
    if _tree_skill(x, truth, classify=True) >= NEAR_PERFECT:
        return "it alone predicts the target almost perfectly"
    return ""


def _twin_of_number(
    column: TypedColumn,
    rows: NDArray[np.int64],
    codes: NDArray[np.int64],
    truth: NDArray[np.float64],
) -> str:
    present = codes >= 0
    if present.sum() < 20:
        return ""
    distinct = len(np.unique(codes[present]))
    if distinct < 0.3 * present.sum() and _explained(codes[present], truth[present]) >= 0.985:
        return "its value tells the target"
    if _coarser(codes[present], truth[present]):
        return "it is a coarser form of the target"
    x = _as_numbers(column, rows, codes, truth)
    if column.profile.type in ("number", "date") and _monotone_skill(x, truth) >= NEAR_PERFECT:
        return "it rises or falls with the target almost exactly"
    if _tree_skill(x, truth, classify=False) >= NEAR_PERFECT:
        return "it alone predicts the target almost perfectly"
    return ""


def _label_skill(x: NDArray[np.int64], labels: NDArray[np.int64]) -> float:
    size = int(labels.max()) + 1
    table = np.bincount(x * size + labels, minlength=2 * size).reshape(-1, size)
    base = np.bincount(labels).max() / len(labels)
    return float((table.max(axis=1).sum() / len(labels) - base) / (1 - base + 1e-12))


def _as_numbers(
    column: TypedColumn,
    rows: NDArray[np.int64],
    codes: NDArray[np.int64],
    truth: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Numbers as they are, missing below all; levels by their mean target."""
    if column.profile.type in ("number", "date", "boolean") and np.isfinite(column.numbers).any():
        values = column.numeric()[rows]
        low = np.nanmin(values) if np.isfinite(values).any() else 0.0
        return np.where(np.isfinite(values), values, low - 1.0 - abs(low))
    shifted = codes + 1
    count = np.bincount(shifted)
    if len(count) > 0.5 * len(rows):
        return shifted.astype(np.float64)
    mean = np.bincount(shifted, weights=truth) / np.maximum(count, 1)
    return mean[shifted]


def _tree_skill(x: NDArray[np.float64], truth: NDArray[np.float64], *, classify: bool) -> float:
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    if len(np.unique(x[:200])) < 2 and len(np.unique(x)) < 2:
        return 0.0
    matrix = x[:, None].astype(np.float32)
    if not np.isfinite(matrix).all():
        return 0.0
    if classify:
        guess = DecisionTreeClassifier(max_depth=2, random_state=0).fit(matrix, truth)
        base = np.bincount(truth.astype(np.int64)).max() / len(truth)
        hit = float((guess.predict(matrix) == truth).mean())
        return (hit - base) / (1 - base + 1e-12)
    if abs(np.corrcoef(_rank(x), _rank(truth))[0, 1]) < 0.5 and len(np.unique(x)) > 20:
        return 0.0
    guess = DecisionTreeRegressor(max_depth=2, random_state=0).fit(matrix, truth)
    return 1.0 - float(((truth - guess.predict(matrix)) ** 2).sum()) / _total(truth)


def _monotone_skill(x: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    from sklearn.isotonic import isotonic_regression

    close = float(np.corrcoef(_rank(x), _rank(truth))[0, 1])
    if not abs(close) > 0.9:
        return 0.0
    order = np.lexsort((truth, x))
    values = truth[order]
    _, first = np.unique(x[order], return_inverse=True)
    pooled = np.bincount(first, weights=values) / np.bincount(first)
    fitted = isotonic_regression(
        pooled, sample_weight=np.bincount(first).astype(float), increasing=close > 0
    )
    return 1.0 - float(((values - fitted[first]) ** 2).sum()) / _total(truth)


def _rank(values: NDArray[np.float64]) -> NDArray[np.float64]:
    _, inverse = np.unique(values, return_inverse=True)
    return inverse.astype(np.float64)


def _total(truth: NDArray[np.float64]) -> float:
    return float(((truth - truth.mean()) ** 2).sum()) + 1e-300


def _explained(codes: NDArray[np.int64], truth: NDArray[np.float64]) -> float:
    """Return the share of variance between levels, adjusted for the number of levels."""
    _, level = np.unique(codes, return_inverse=True)
    mean = np.bincount(level, weights=truth) / np.bincount(level)
    within = float(((truth - mean[level]) ** 2).sum()) / max(1, len(truth) - len(mean))
    return 1.0 - within / (_total(truth) / max(1, len(truth) - 1))


def _coarser(codes: NDArray[np.int64], truth: NDArray[np.float64]) -> bool:
    """Return whether a column's values are stretches of the target's range that do not overlap."""
    _, level = np.unique(codes, return_inverse=True)
    size = int(level.max()) + 1
    if not 2 <= size <= max(2, len(np.unique(truth)) // 2) or size > 40:
        return False
    share = np.bincount(level).max() / len(level)
    if share > 0.97:
        return False
    order = np.argsort(truth, kind="stable")
    mean = np.bincount(level, weights=_rank(truth)) / np.bincount(level)
    place = np.argsort(np.argsort(mean))
    sequence = place[level][order]
    highest = np.maximum.accumulate(sequence)
    lowest = np.minimum.accumulate(sequence[::-1])[::-1]
    values = truth[order]
    crossed = (sequence < highest) | (sequence > lowest)
    tied = np.isin(values, values[1:][np.diff(values) == 0]) & crossed
    wrong = (crossed & ~tied).mean() + 0.5 * tied.mean()
    return bool(wrong < 0.01)


def _related(source: str, relations: tuple[Relation, ...], known: set[str]) -> dict[str, str]:
    """Columns to leave out because they share a sum, product or copy with the target."""
    found: dict[str, str] = {}
    for relation in relations:
        members = {relation.target, *relation.columns}
        if source not in members or members & (known | set(found)):
            continue
        if relation.kind in ("duplicate", "monotone"):
            other = next(iter(members - {source}), None)
            if other:
                found[other] = "it is another form of the target"
        elif relation.kind in ("sum", "product", "difference", "ratio"):
            if relation.target != source:
                found[relation.target] = f"it is a {relation.kind} that contains the target"
            else:
                found[relation.columns[0]] = f"the target is a {relation.kind} that contains it"
    return found


def _identities(
    made: Formulation,
    table: TypedTable,
    rows: NDArray[np.int64],
    truth: NDArray[np.float64],
    known: set[str],
) -> dict[str, str]:
    """Columns of which a weighted sum gives the target: leave out the closest until it does not."""
    names: list[str] = []
    parts: list[NDArray[np.float64]] = []
    for column in table.columns:
        usable = column.profile.type in ("number", "boolean") and column.name != made.source
        if not usable or column.name in known or len(names) >= 150:
            continue
        values = column.numeric()[rows]
        if np.isfinite(values).mean() > 0.9:
            names.append(column.name)
            parts.append(np.where(np.isfinite(values), values, np.nanmean(values)))
    found: dict[str, str] = {}
    if not names or len(rows) < 3 * len(names):
        return found
    matrix = np.stack(parts, axis=1)
    matrix = (matrix - matrix.mean(axis=0)) / (matrix.std(axis=0) + 1e-12)
    goal = (truth - truth.mean()) / (truth.std() or 1.0)
    alive = np.ones(len(names), dtype=bool)
    for _ in range(_MAX_IDENTITY):
        weights, *_ = np.linalg.lstsq(matrix[:, alive], goal, rcond=1e-8)
        left = goal - matrix[:, alive] @ weights
        if float(np.quantile(np.abs(left), 0.98)) > 0.01:
            break
        close = np.abs(matrix.T @ goal) * alive
        taking = np.zeros(len(names))
        taking[alive] = np.abs(weights)
        chosen = int(np.argmax(np.where(taking > 0.02, close, -1.0)))
        found[names[chosen]] = "with other columns it adds up to the target"
        alive[chosen] = False
        if not alive.any():
            break
    return found
