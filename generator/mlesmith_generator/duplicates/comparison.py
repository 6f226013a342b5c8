"""Whether two datasets hold the same rows, from their fingerprints alone.

Rows that both have kept are laid side by side, and columns are matched by whether their cells agree
row by row more often than by chance. What chance would give is measured on the same cells, each
row against all others: two columns of small whole numbers agree often, and tell little.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.duplicates.fingerprint import (
    KEPT_FILES,
    WHOLE_ROW,
    Fingerprint,
    Sample,
    TableFingerprint,
)

FEWEST_ROWS = 5
"""Rows in common below which nothing is said."""
ALIKE = 0.5
"""Share of the cells of a row that the other row must have somewhere."""
AGREEMENT = 0.8
"""Agreement beyond chance (Cohen's kappa) from which on a column is known again."""
COLUMN_BITS = 10.0
"""Evidence in bits, beyond what the choice among all pairs of columns gives, for one column."""
TABLE_BITS = 40.0
"""Evidence in bits for a table."""
KNOWN_AGAIN = 0.5
"""Share of the columns of the narrower table that have to be known again."""
ROW_BITS = 16.0
"""How much less than all possible rows a table has to hold, in bits, for a whole row to tell."""
CONTAINED = 0.5
"""Share of the smaller table's kept rows that the other must hold, where whole rows count."""
TEXT_LETTERS = 25.0
"""Mean letters of a value from which on it is a text, which by itself says where it comes from."""
MOST_CODES = 20
"""Values that a column may have which is known again though it is spelt in another way."""
_LEAST_CHANCE = 1 / 200


@dataclass(frozen=True)
class Match:
    """What two tables have in common.

    Attributes:
        tables: Names of both tables: their first files; empty where files were compared.
        columns: Names of the columns that were known again, in both tables.
        share: Share of the narrower table's columns that were known again.
        overlap: Estimated share of the smaller table's rows that the other has too.
        bits: Strength of the evidence.
        told: The evidence in words.
    """

    tables: tuple[str, str]
    columns: tuple[tuple[str, str], ...]
    share: float
    overlap: float
    bits: float
    told: str


def compare(a: Fingerprint, b: Fingerprint) -> tuple[Match, ...]:
    """Return what two datasets have in common, strongest first: tables, and the same files.

    Nothing where they are not of the same data.
    """
    matches = [compare_tables(one, other) for one in a.tables for other in b.tables]
    found = [match for match in (*matches, compare_files(a, b)) if match is not None]
    return tuple(sorted(found, key=lambda match: (-match.bits, match.tables)))


def compare_files(a: Fingerprint, b: Fingerprint) -> Match | None:
    """Return whether at least half of the smaller dataset's bytes are files that the other has."""
    mine, theirs = dict(a.files), dict(b.files)
    if not mine or not theirs:
        return None
    # Where files were left out, both know all of them up to the smaller of their last digests only.
    full = [max(side) for side in (mine, theirs) if len(side) == KEPT_FILES]
    sizes = [
        sum(size for name, size in side.items() if not full or name <= min(full))
        for side in (mine, theirs)
    ]
    common = mine.keys() & theirs.keys()
    share = sum(mine[name] for name in common) / max(1, min(sizes))
    if share < CONTAINED:
        return None
    told = f"{len(common)} file(s) are the same bytes, {share:.0%} of the smaller one's"
    return Match(("", ""), (), share, share, math.inf, told)


def compare_tables(a: TableFingerprint, b: TableFingerprint) -> Match | None:
    """Return what two tables have in common, or None where they are not of the same data."""
    shared = np.intersect1d(a.all_keys, b.all_keys, assume_unique=True)
    if len(shared) < FEWEST_ROWS:
        return _as_a_whole(a, b)
    return _by_rows(a, b) or _as_a_whole(a, b) or _less_one(a, b)


def _by_rows(a: TableFingerprint, b: TableFingerprint) -> Match | None:
    left, right, overlap, letters = _side_by_side(a, b)
    total = len(left)
    if total < FEWEST_ROWS:
        return None
    equal = (left[:, :, None] == right[:, None, :]) & (left[:, :, None] != 0)
    kept = _alike(left, right, equal)
    rows = int(kept.sum())
    if rows < FEWEST_ROWS:
        return None
    left, right, equal = left[kept], right[kept], equal[kept]
    agreeing = equal.sum(axis=0)
    either = ((left[:, :, None] != 0) | (right[:, None, :] != 0)).sum(axis=0)
    chance = _chance(left, right, agreeing)
    kappa = (agreeing / np.maximum(either, 1) - chance) / (1 - chance)
    search = math.log2(len(a.columns) * len(b.columns))
    bits = agreeing * -np.log2(chance) - search
    pairs = _assigned(a.columns, b.columns, kappa, bits)
    tellable = min(_tellable(left, search), _tellable(right, search))
    share = min(1.0, len(pairs) / tellable) if tellable else 0.0
    evidence = sum(float(bits[pair]) for pair in pairs) - _choice_bits(total, rows)
    by_text = letters >= TEXT_LETTERS and len(pairs) == 1 and overlap >= CONTAINED
    if share < KNOWN_AGAIN or evidence < TABLE_BITS or (len(pairs) < 2 and not by_text):
        return None
    told = (
        f"{rows} of {total} sampled rows agree in {len(pairs)} columns, {share:.0%} of those that "
        f"can be told: {_renamed(a, b, pairs)}; about {overlap:.0%} of the smaller table's rows"
    )
    pairs += _recoded(left, right, pairs, search)
    names = tuple((a.columns[i], b.columns[j]) for i, j in pairs)
    return Match((a.name, b.name), names, share, overlap, evidence, told)


def _as_a_whole(a: TableFingerprint, b: TableFingerprint) -> Match | None:
    """Compare the sums over all rows: even rows that tell nothing are the same all together."""
    if a.rows != b.rows or a.checksum != b.checksum:
        return None
    told = f"all {a.rows:,} rows are the same, but for their order"
    return Match((a.name, b.name), tuple(_same_names(a, b)), 1.0, 1.0, math.inf, told)


def _less_one(a: TableFingerprint, b: TableFingerprint) -> Match | None:
    """Compare whole rows, with one column left out on either side or on both."""
    for i, one in enumerate((_whole(a), *a.less_one_hashes)):
        for j, other in enumerate((_whole(b), *b.less_one_hashes)):
            if _row_bits(a, i - 1) < ROW_BITS or _row_bits(b, j - 1) < ROW_BITS:
                continue
            common, contained = _contained(one, other)
            if common < FEWEST_ROWS or contained < CONTAINED:
                continue
            out = [t.columns[k - 1] if k else "none" for t, k in ((a, i), (b, j))]
            names = _same_names(a, b)
            if i and j:
                names = [pair for pair in names if a.columns[i - 1] != pair[0]]
                names.append((a.columns[i - 1], b.columns[j - 1]))
            told = (
                f"{common} sampled rows are the same but for one column (left out: {out[0]} and "
                f"{out[1]}), {contained:.0%} of the smaller sample"
            )
            return Match((a.name, b.name), tuple(names), 1.0, contained, TABLE_BITS, told)
    return None


def _side_by_side(
    a: TableFingerprint, b: TableFingerprint
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], float, float]:
    """Return the rows that both have kept, (rows, columns of each), the overlap and the letters."""
    rows: dict[bytes, tuple[NDArray[np.uint8], NDArray[np.uint8]]] = {}
    overlap = letters = 0.0
    for one in a.samples:
        for other in b.samples:
            if (one.column == WHOLE_ROW) != (other.column == WHOLE_ROW):
                continue
            if one.column == WHOLE_ROW and min(_row_bits(a), _row_bits(b)) < ROW_BITS:
                continue
            common, places, others = np.intersect1d(
                one.key_hashes, other.key_hashes, assume_unique=True, return_indices=True
            )
            for place, its in zip(places, others, strict=True):
                left, right = one.rows[place], other.rows[its]
                rows.setdefault(left.tobytes() + b"|" + right.tobytes(), (left, right))
            if len(common) >= FEWEST_ROWS:
                overlap = max(overlap, _contained(one.key_hashes, other.key_hashes)[1])
                letters = max(letters, min(one.letters, other.letters))
    if not rows:
        return np.empty((0, 1), np.uint8), np.empty((0, 1), np.uint8), 0.0, 0.0
    lefts, rights = zip(*rows.values(), strict=True)
    return np.stack(lefts), np.stack(rights), overlap, letters


def _alike(
    left: NDArray[np.uint8], right: NDArray[np.uint8], equal: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which rows have at least `ALIKE` of the cells of the one with fewer in the other."""
    found_left = equal.any(axis=2).sum(axis=1) / np.maximum((left != 0).sum(axis=1), 1)
    found_right = equal.any(axis=1).sum(axis=1) / np.maximum((right != 0).sum(axis=1), 1)
    return np.maximum(found_left, found_right) >= ALIKE


def _chance(
    left: NDArray[np.uint8], right: NDArray[np.uint8], agreeing: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return how often cells of two columns agree across different rows, (left, right columns)."""
    rows = len(left)
    counts = [
        np.stack([np.bincount(column, minlength=256)[1:] for column in side.T])
        for side in (left, right)
    ]
    across = (counts[0] @ counts[1].T - agreeing) / (rows * (rows - 1))
    return np.clip(across, _LEAST_CHANCE, 1 - 1e-9)


def _tellable(side: NDArray[np.uint8], search: float) -> int:
    """Return how many columns of a table could be known again on these rows."""
    present = (side != 0).sum(axis=0)
    chance = np.diag(_chance(side, side, np.diag(present)))
    return int((present * -np.log2(chance) - search >= COLUMN_BITS).sum())


def _assigned(
    mine: tuple[str, ...],
    theirs: tuple[str, ...],
    kappa: NDArray[np.float64],
    bits: NDArray[np.float64],
) -> list[tuple[int, int]]:
    """Return the columns that are known again, each at most once, the surest first."""
    found = np.argwhere((kappa >= AGREEMENT) & (bits >= COLUMN_BITS))
    ranked = sorted(
        ((int(i), int(j)) for i, j in found),
        key=lambda pair: (
            -round(float(kappa[pair] * bits[pair]), 6),
            mine[pair[0]].casefold() != theirs[pair[1]].casefold(),
            pair,
        ),
    )
    pairs: list[tuple[int, int]] = []
    for i, j in ranked:
        if all(i != one and j != other for one, other in pairs):
            pairs.append((i, j))
    return pairs


def _recoded(
    left: NDArray[np.uint8],
    right: NDArray[np.uint8],
    pairs: list[tuple[int, int]],
    search: float,
) -> list[tuple[int, int]]:
    """Return columns of a few values that say the same in other words, such as `m` and `male`.

    Among rows that are known to be the same, every value of one column stands beside one value of
    the other, and the other way round, more often than the most frequent value would have it.
    """
    taken_left, taken_right = {i for i, _ in pairs}, {j for _, j in pairs}
    found: list[tuple[float, int, int]] = []
    for i in set(range(left.shape[1])) - taken_left:
        for j in set(range(right.shape[1])) - taken_right:
            both = (left[:, i] != 0) & (right[:, j] != 0)
            mine, theirs = left[both, i].astype(int), right[both, j].astype(int)
            if len(mine) < FEWEST_ROWS:
                continue
            table = np.bincount(mine * 256 + theirs, minlength=65536).reshape(256, 256)
            counts = table.sum(axis=1)
            shares = counts[counts > 0] / len(mine)
            if len(shares) < 2 or len(shares) > MOST_CODES:
                continue
            pure = min(table.max(axis=0).sum(), table.max(axis=1).sum()) / len(mine)
            kappa = (pure - shares.max()) / (1 - shares.max())
            bits = len(mine) * float(-(shares * np.log2(shares)).sum()) - search
            if kappa >= AGREEMENT and bits >= COLUMN_BITS:
                found.append((-kappa * bits, i, j))
    chosen: list[tuple[int, int]] = []
    for _, i, j in sorted(found):
        if all(i != one and j != other for one, other in chosen):
            chosen.append((i, j))
    return chosen


def _contained(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> tuple[int, float]:
    """Return how many hashes both sketches hold, and the share of the smaller that this is.

    Below the largest hash of either sketch both are complete, so the share is that of all keys.
    """
    if not len(one) or not len(other):
        return 0, 0.0
    top = min(one[-1], other[-1])
    common = len(np.intersect1d(one, other, assume_unique=True))
    fewest = min(int((one <= top).sum()), int((other <= top).sum()))
    return common, common / fewest if fewest else 0.0


def _whole(table: TableFingerprint) -> NDArray[np.uint32]:
    samples = (sample for sample in table.samples if sample.column == WHOLE_ROW)
    sample: Sample | None = next(samples, None)
    return np.empty(0, np.uint32) if sample is None else sample.key_hashes


def _same_names(a: TableFingerprint, b: TableFingerprint) -> list[tuple[str, str]]:
    by_name = {name.casefold(): name for name in b.columns}
    return [(name, by_name[name.casefold()]) for name in a.columns if name.casefold() in by_name]


def _row_bits(table: TableFingerprint, without: int = WHOLE_ROW) -> float:
    """Return how many fewer rows there are than there might be, in bits, less one column."""
    return table.row_bits - (table.bits[without] if without >= 0 else 0.0)


def _choice_bits(total: int, chosen: int) -> float:
    """Return what choosing these rows among all in common may have given: log2 of the binomial."""
    logs = [math.lgamma(n + 1) for n in (total, chosen, total - chosen)]
    return (logs[0] - logs[1] - logs[2]) / math.log(2)


def _renamed(a: TableFingerprint, b: TableFingerprint, pairs: list[tuple[int, int]]) -> str:
    groups: defaultdict[bool, list[str]] = defaultdict(list)
    for i, j in pairs:
        mine, theirs = a.columns[i], b.columns[j]
        same = mine.casefold() == theirs.casefold()
        groups[same].append(mine if same else f"{mine} = {theirs}")
    shown = [*groups[False], *groups[True]]
    return ", ".join(shown[:8]) + (", …" if len(shown) > 8 else "")
