"""Where the answers of a task stand in its raw tables, and what to exchange to alter some of them.

Cells of every column that tells the target go together from row to row, so that its values stay
the same ones and each as frequent as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_generator.gates.matching import matched
from mlesmith_generator.gates.raw_cells import Places, RawTable, Texts, canonical_values
from mlesmith_generator.gates.rows import as_numbers

Mask = NDArray[np.bool_]

_FEWEST = 8
"""Hidden rows that have to be found in a raw table."""
_SAME = 0.99
_TOLD = 0.995
_FEWEST_TOLD = 20
_LARGEST_SHARE = 3
"""One in so many rows is altered where hidden ones are not known."""


@dataclass(frozen=True)
class Known:
    """What is known of the rows of a prepared task.

    Attributes:
        features: Canonical values of the columns of both public files, ids among them.
        truth: Canonical values of the columns of the truth.
        hidden: Where the answer is hidden. Shape (rows,).
    """

    features: Mapping[str, Texts]
    truth: Mapping[str, Texts]
    hidden: Mask


@dataclass(frozen=True)
class Exchange:
    """Cells of one raw table to be exchanged.

    Attributes:
        table: The raw table.
        names: The columns whose cells go.
        into: Rows that are given others' cells. Shape (n,).
        origin: The rows that they are taken from. Shape (n,).
        hidden_only: Whether all of them are known to be hidden rows of the task.
    """

    table: RawTable
    names: tuple[str, ...]
    into: Places
    origin: Places
    hidden_only: bool

    def content(self) -> bytes:
        """Return the file with the cells exchanged."""
        return self.table.exchanged(self.names, self.into, self.origin)


def exchange_of(table: RawTable, known: Known, *, seed: int = 0) -> Exchange | None:
    """Return what to exchange in a raw table; None where the answers do not stand in it.

    Where the hidden rows of the task are found in it, cells of half of them go among themselves;
    else those of a third of all rows.
    """
    random = np.random.default_rng(seed)
    everything = {**known.features, **known.truth}
    for ours, theirs in (
        (everything, table.columns),
        # Scaled columns keep their order, and with it the rank of each of their values.
        (ranked(everything), ranked(table.columns)),
    ):
        rows = matched(ours, theirs).rows
        found = rows >= 0
        if (found & known.hidden).sum() < _FEWEST:
            continue
        if names := _told_by(table, known, rows):
            truths = [values[found] for values in known.truth.values()]
            chosen = _half(rows[found & known.hidden], random)
            order = _order(truths, rows[found], chosen)
            return _exchanged(table, names, *order, hidden_only=True)
    names = _by_frequency(table, known)
    if not names:
        return None
    chosen = random.permutation(len(table))[: max(2, len(table) // _LARGEST_SHARE)]
    order = _order([table.columns[names[0]]], np.arange(len(table)), np.sort(chosen))
    return _exchanged(table, names, *order, hidden_only=False)


def _told_by(table: RawTable, known: Known, rows: Places) -> list[str]:
    """Return the columns that tell the truth of the rows found, less those that are features."""
    found = rows >= 0
    features = [values[found] for values in known.features.values()]
    raw = {name: values[rows[found]] for name, values in table.columns.items()}
    truths = [values[found] for values in known.truth.values()]
    names = [
        name
        for name, values in raw.items()
        # A column of the target's own name is written otherwise, such as an amount in words.
        if (_named(name, known.truth) or any(told(t, values) for t in truths))
        and not any(_alike(values, feature) for feature in features)
    ]
    if names:
        return names
    numeric = {name: values for name, values in raw.items() if _numeric(values)}
    free = {n: v for n, v in numeric.items() if not any(_alike(v, f) for f in features)}
    return next((pair for t in truths if (pair := _sum_of(t, free))), [])


def _numeric(values: Texts) -> bool:
    return float(np.isfinite(as_numbers(values[:50])).mean()) >= _SAME


def _named(name: str, targets: Iterable[str]) -> bool:
    """Whether a raw column has the name of one of the targets, in whichever spelling."""
    return _letters(name) in {_letters(target) for target in targets}


def _letters(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def ranked(columns: Mapping[str, Texts]) -> dict[str, Texts]:
    """Return the columns of numbers as the ranks of their values, all others as they are."""
    ranked: dict[str, Texts] = {}
    for name, values in columns.items():
        numbers = as_numbers(values)
        if np.isfinite(numbers).mean() < 0.5:
            ranked[name] = values
            continue
        ranks = pd.Series(numbers).rank(method="dense")
        ranked[name] = canonical_values(ranks.tolist())
    return ranked


def _exchanged(
    table: RawTable, names: Sequence[str], into: Places, origin: Places, *, hidden_only: bool
) -> Exchange | None:
    if not len(into):
        return None
    return Exchange(table, tuple(names), into, origin, hidden_only)


def _half(rows: Places, random: np.random.Generator) -> Places:
    return np.sort(random.permutation(rows)[: max(_FEWEST, len(rows) // 2)])


def _order(values: Sequence[Texts], at: Places, chosen: Places) -> tuple[Places, Places]:
    """Return rows and where their new cells come from, each from a row of another value."""
    joint = np.asarray(["\x1f".join(parts) for parts in zip(*values, strict=True)], dtype=object)
    of_row = dict(zip(at.tolist(), joint.tolist(), strict=True))
    told_by = np.asarray([of_row[row] for row in chosen.tolist()] + [""], dtype=object)[:-1]
    codes = pd.factorize(told_by)[0]
    counts = np.bincount(codes)
    if len(counts) < 2:
        return chosen[:0], chosen[:0]
    most, others = int(counts.argmax()), int(len(codes) - counts.max())
    # Of a value that most of the rows have, as many as there are others.
    kept = np.concatenate([np.flatnonzero(codes != most), np.flatnonzero(codes == most)[:others]])
    by_value = kept[np.argsort(codes[kept], kind="stable")]
    step = max(int(np.bincount(codes[kept]).max()), 1)
    step = min(max(step, len(kept) // 2), len(kept) - step) if len(kept) > step else 0
    if not step:
        return chosen[:0], chosen[:0]
    return chosen[by_value], chosen[np.roll(by_value, step)]


def _alike(first: Texts, second: Texts) -> bool:
    return bool((first[:50] == second[:50]).mean() > 0.8 and (first == second).mean() >= _SAME)


def told(truth: Texts, values: Texts) -> bool:
    """Return whether values tell the truth of their rows: the same, one for one, or in bands."""
    if len(pd.unique(truth)) < 2 or len(pd.unique(values)) < 2:
        return False
    if _alike(truth, values):
        return True
    return len(truth) >= _FEWEST_TOLD and (_one_for_each(truth, values) or _in_bands(truth, values))


def _one_for_each(truth: Texts, values: Texts) -> bool:
    """Whether rows of the same value have the same truth, in groups that say something."""
    codes, true = pd.factorize(values)[0], pd.factorize(truth)[0]
    grouped = np.bincount(codes)[codes] > 1
    # Rows of the commonest truth agree by chance.
    rare = grouped & (true != np.bincount(true).argmax())
    if grouped.mean() < 0.5 or rare.sum() < _FEWEST_TOLD / 2:
        return False
    low, high = np.full(codes.max() + 1, true.max()), np.full(codes.max() + 1, -1)
    np.minimum.at(low, codes, true)
    np.maximum.at(high, codes, true)
    pure = (low == high)[codes]
    return bool(pure[grouped].mean() >= _TOLD and pure[rare].mean() >= _TOLD)


def _in_bands(truth: Texts, values: Texts) -> bool:
    """Whether the truth rises or falls with a number, or is cut out of it."""
    numbers = as_numbers(values)
    given = np.isfinite(numbers)
    if given.mean() < _SAME or given.sum() < _FEWEST_TOLD:
        return False
    order = np.argsort(numbers[given], kind="stable")
    sizes = as_numbers(truth)[given]
    if np.isfinite(sizes).all() and len(np.unique(sizes)) > 2:
        by_number = np.lexsort((sizes, numbers[given]))
        steps, ties = np.diff(sizes[by_number]), np.diff(numbers[given][by_number]) == 0
        # Rows of the same number have to have the same truth.
        torn = int((ties & (steps != 0)).sum())
        for way in (steps, -steps):
            against = torn + int((~ties & (way < 0)).sum())
            along = int((~ties & (way > 0)).sum())
            if against <= (1 - _TOLD) * len(steps) and against <= 0.1 * along:
                return True
        return False
    codes = pd.factorize(truth[given])[0][order]
    if np.bincount(codes).min() < 3:
        return False
    return int((np.diff(codes) != 0).sum()) == len(np.unique(codes)) - 1


def _sum_of(truth: Texts, columns: Mapping[str, Texts]) -> list[str]:
    """Return two columns whose sum or difference is the truth, or none."""
    true = as_numbers(truth)
    if not np.isfinite(true).all():
        return []
    numbers = {name: as_numbers(values) for name, values in columns.items()}
    usable = [name for name, each in numbers.items() if np.isfinite(each).mean() >= _SAME][:60]
    scale = 1e-6 * max(float(np.abs(true).max()), 1e-12)
    for place, first in enumerate(usable):
        for second in usable[place + 1 :]:
            a, b = numbers[first], numbers[second]
            for result in (a + b, a - b, b - a):
                if (np.abs(result - true) <= scale).mean() >= _TOLD:
                    return [first, second]
    return []


def _by_frequency(table: RawTable, known: Known) -> list[str]:
    """Return the column that holds the values of the truth as often, and those that go with it."""
    best: list[tuple[tuple[bool, bool, int], str]] = []
    for target, values in known.truth.items():
        needed = pd.Series(values).value_counts()
        for name, column in table.columns.items():
            there = pd.Series(column).value_counts()
            held = np.minimum(needed.to_numpy(), there.reindex(needed.index, fill_value=0))
            same = _named(name, (target,))
            enough = float(held.sum()) >= _SAME * len(values) and len(needed) > 1
            # Few values are held by many columns: the name, or all the rows, must tell which.
            if same or (enough and (len(needed) > 20 or len(column) == len(values))):
                best.append(((not enough, not same, len(column) - len(values)), name))
    if not best:
        return []
    chosen = min(best, key=lambda each: each[0])[1]
    true = table.columns[chosen]
    twins = [n for n, v in table.columns.items() if n != chosen and _twins(true, v)]
    return [chosen, *twins]


def _twins(true: Texts, values: Texts) -> bool:
    return told(true, values) and told(values, true)
