"""Are there copies, or near-copies, of hidden rows among the training rows?

Copies alone prove nothing: a table of six short categories repeats itself by nature, and the
recipes keep rows that are equal in every column on one side. What counts is that a hidden row has
a twin whose features could not be equal by chance and whose target is the answer.

What a code parts, such as the number of an order, is looked up where most hidden rows have a twin
in all else whose answer is theirs.

A near-copy is told without a scale: the nearest training row is twenty times nearer than the
fifth nearest, which does not happen between independent rows in three or more dimensions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.codes import ALIKE, FEWEST, VARIED, is_code
from mlesmith_generator.brainstorm.matter import is_matter
from mlesmith_generator.gates.closeness import NEIGHBOURS, nearest_of, space_of, twinned
from mlesmith_generator.gates.rows import (
    PRIVATE,
    PUBLIC,
    TRAIN,
    Column,
    Floats,
    Ints,
    Mask,
    TaskRows,
    ranks,
)
from mlesmith_generator.gates.verdict import Finding, Scan

_MOST_COLUMNS = 60
_MOST_CELLS = 30_000_000
_PAIRS = 2e7
"""Distances that a search for near-copies may compute, and a quarter of it for comparison."""
_MOST_LEFT_OUT = 8
_MOST = 0.5
"""Share of the hidden rows from which twins that a code parts are a look-up."""
_SAME = 0.8
"""Agreement of targets from which rows with equal features are copies of one another."""
_SENTENCE = 8
"""Words of a text that does not come about by chance."""
_ROOM = 3.0
"""Powers of ten by which the space of values has to exceed the table to rule out chance."""


@dataclass(frozen=True)
class _Twins:
    """Hidden rows that have a twin on the other side.

    Attributes:
        share: Share of the hidden rows that were looked at.
        count: Their number.
        agreement: How well the twin's target tells the answer, from 0 (chance) to 1.
        copied: Share of the hidden rows that have a twin with the very same target, less what
            chance gives.
        sure: How many standard deviations that is above chance.
    """

    share: float
    count: int
    agreement: float
    copied: float = 0.0
    sure: float = 0.0


def scan_duplicates(rows: TaskRows) -> Scan:
    """Look for hidden rows that stand, as they are or slightly changed, among the others."""
    if not len(rows.columns):
        return Scan("rows-across-the-holdout", "no features")
    keys = row_keys(rows)
    findings: list[Finding] = []
    crossing = _exact(rows, keys, rows.hidden, rows.part == TRAIN)
    measured = (
        f"{crossing.count} hidden rows ({crossing.share:.1%}) have a twin in the training rows"
    )
    finding = _judge_exact(rows, keys, crossing, "the training rows", "duplicate-rows")
    if finding is not None:
        findings.append(finding)
    between = _exact(rows, keys, rows.part == PRIVATE, rows.part == PUBLIC)
    finding = _judge_exact(rows, keys, between, "the public rows", "private-rows-in-public")
    if finding is not None:
        findings.append(finding)
    if not findings:
        findings += [*_all_but_one(rows)] or _all_but_a_code(rows)
    if not any(finding.code == "duplicate-rows" for finding in findings):
        near = _near(rows, keys)
        if near is not None:
            measured += f"; {near[0].share:.1%} of those searched have a near-twin"
            finding = _judge_near(*near, continuous=rows.regression and rows.classes > 50)
            if finding is not None:
                findings.append(finding)
    return Scan("rows-across-the-holdout", measured, tuple(findings))


def _all_but_one(rows: TaskRows) -> Iterator[Finding]:
    """Twins that differ in one nearly unique column only: a counter or a time of copying."""
    for single, keys in _but_one(rows):
        name = single.name
        others = tuple(column.name for column in rows.columns if column.name != name)
        rest = rows.select(rows.part >= 0, others)
        twins = _exact(rest, keys, rows.hidden, rows.part == TRAIN)
        finding = _judge_exact(rest, keys, twins, "the training rows", "duplicate-rows")
        if finding is not None:
            told = f"but for {name!r}: {finding.evidence}"
            values = [str(value) for value in single.values]
            # Rows that differ in their text or molecule are not the same rows.
            warning = finding.warning or twins.share < 0.02 or is_matter(name, values)
            yield Finding(finding.code, told, finding.stage, (name,), warning)
            return


def _all_but_a_code(rows: TaskRows) -> list[Finding]:
    """Twins that only the code of something apart divides, and that have the answer in most rows.

    Equal rows whose answers differ are honest, and so are tables of a few short columns that
    repeat themselves throughout.
    """
    codes = [
        column
        for column in rows.columns
        if column.distinct >= FEWEST and is_code(column.name) and not _measured(column)
    ]
    if not codes or len(rows.columns) < 3:
        return []
    for code, keys in _without(rows, codes):
        twins = _exact(rows, keys, rows.hidden, rows.part == TRAIN)
        varied = int(keys.max()) + 1 >= VARIED * len(rows)
        if varied and min(twins.share, twins.copied) >= _MOST and twins.agreement >= ALIKE:
            told = (
                f"but for {code.name!r}, {twins.share:.0%} of the hidden rows stand in the "
                f"training rows with the same features; their targets agree "
                f"{twins.agreement:.0%} beyond chance"
            )
            return [Finding("duplicate-rows", told, columns=(code.name,))]
    return []


def row_keys(rows: TaskRows) -> Ints:
    """Return a number for each row, equal where all features are equal as values. (rows,)."""
    total = np.zeros(len(rows), dtype=np.uint64)
    for _, part in _column_keys(rows):
        total += part
    return np.asarray(pd.factorize(total)[0], dtype=np.int64)


def _column_keys(rows: TaskRows) -> Iterator[tuple[Column, NDArray[np.uint64]]]:
    """Yield a random number for each value of each column; equal rows have equal sums of them."""
    columns = rows.columns
    most = max(_MOST_COLUMNS, _MOST_CELLS // len(rows))
    if len(columns) > most:
        # Enough to tell rows apart: those with the most different values.
        columns = tuple(sorted(columns, key=lambda item: -item.distinct)[:most])
    random = np.random.default_rng(0)
    for column in columns:
        values = column.numbers if column.numeric else column.codes
        codes = pd.factorize(values, use_na_sentinel=False)[0]
        yield column, random.integers(1, 2**63, int(codes.max()) + 1, dtype=np.uint64)[codes]


def _but_one(rows: TaskRows) -> Iterator[tuple[Column, Ints]]:
    """Yield keys of the rows without one column that is nearly unique, such as a counter."""
    single = [
        column
        for column in rows.columns
        if column.distinct > 0.5 * len(rows) and not _measured(column)
    ]
    if not 0 < len(single) <= _MOST_LEFT_OUT or len(rows.columns) < 3:
        return
    yield from _without(rows, single)


def _without(rows: TaskRows, left_out: list[Column]) -> Iterator[tuple[Column, Ints]]:
    """Yield keys of the rows without one of the columns, one after the other."""
    parts = {column.name: part for column, part in _column_keys(rows)}
    total = np.zeros(len(rows), dtype=np.uint64)
    for part in parts.values():
        total += part
    for column in left_out:
        if column.name in parts:
            rest = total - parts[column.name]
            yield column, np.asarray(pd.factorize(rest)[0], dtype=np.int64)


def _measured(column: Column) -> bool:
    """Whether a column holds fractions, as no counter, key or time of copying does."""
    finite = column.numbers[np.isfinite(column.numbers)] if column.numeric else np.empty(0)
    return bool(len(finite) and (finite != np.rint(finite)).mean() > 0.1)


def _exact(rows: TaskRows, keys: Ints, asked: Mask, known: Mask) -> _Twins:
    """Twins with equal features: the asked rows whose key stands among the known rows."""
    if not asked.any() or not known.any():
        return _Twins(0.0, 0, 0.0)
    has = np.zeros(int(keys.max()) + 1, dtype=bool)
    has[keys[known]] = True
    twins = asked & has[keys]
    count = int(twins.sum())
    if not count:
        return _Twins(0.0, 0, 0.0)
    guess = _answers_of_keys(rows, keys, known)[keys[twins]]
    agreement = _agreement(rows, rows.y[twins], guess)
    pairs = keys * rows.classes + rows.truth.codes
    same = int(np.isin(pairs[twins], pairs[known]).sum())
    shares = np.bincount(rows.truth.codes) / len(rows)
    # A twin repeats the target by chance as often as the target's value is frequent.
    chance = float(shares[rows.truth.codes[twins]].mean())
    beyond = max(0.0, (same / count - chance) / (1.0 - chance)) if chance < 1.0 else 0.0
    asked_rows = int(asked.sum())
    deviation = np.sqrt(count * chance * (1.0 - chance)) + 0.5
    return _Twins(
        count / asked_rows,
        count,
        agreement,
        beyond * count / asked_rows,
        float((same - count * chance) / deviation),
    )


def _answers_of_keys(rows: TaskRows, keys: Ints, known: Mask) -> Floats:
    """The mean (or most frequent) target of the known rows, by key."""
    size = int(keys.max()) + 1
    if rows.regression:
        sums = np.bincount(keys[known], weights=rows.y[known], minlength=size)
        return sums / np.maximum(np.bincount(keys[known], minlength=size), 1)
    pairs, counts = np.unique(
        keys[known] * rows.classes + rows.truth.codes[known], return_counts=True
    )
    result = np.zeros(size)
    order = np.argsort(counts, kind="stable")
    result[pairs[order] // rows.classes] = pairs[order] % rows.classes
    return result


def _agreement(rows: TaskRows, truth: Floats, guess: Floats) -> float:
    """How much better than chance the guess is: kappa, or R² of the ranks' differences."""
    if not rows.regression:
        shares = np.bincount(rows.truth.codes, minlength=rows.classes) / len(rows)
        chance = float(shares[truth.astype(np.int64)].mean())
        right = float((truth == guess).mean())
        return (right - chance) / (1.0 - chance) if chance < 1 else 0.0
    everything = np.concatenate([rows.y, truth, guess])
    rank = ranks(everything)[len(rows.y) :]
    error = float(((rank[: len(truth)] - rank[len(truth) :]) ** 2).mean())
    # Ranks of independent rows differ by 1/6 in the mean square.
    return 1.0 - 6.0 * error


def _judge_exact(
    rows: TaskRows, keys: Ints, twins: _Twins, where: str, code: str
) -> Finding | None:
    if twins.count < 2:
        return None
    train = rows.part == TRAIN
    repeated = _repeated(keys, train)
    copied = _repeated(keys * rows.classes + rows.truth.codes, train)
    asked = "private" if "public" in where else "hidden"
    evidence = (
        f"{twins.count} of the {asked} rows ({twins.share:.1%}) stand in {where} with the same "
        f"features; their targets agree {max(twins.agreement, 0.0):.0%} beyond chance, and "
        f"{repeated:.1%} of the training rows repeat one another"
    )
    # What repeats itself within the training rows repeats itself across the holdout as well.
    prose = _has_prose(rows)
    noise = 4.0 * np.sqrt(max(copied, 0.002 if prose else 0.02) * twins.share / twins.count)
    excess = twins.copied - copied - noise
    if _room(rows) < _ROOM:
        # A small space of values fills up by itself: only an excess is a copy.
        excess = min(excess, twins.share - repeated - noise)
        sure, least = (2.0, 0.01) if prose else (4.0, 0.05)
        return Finding(code, evidence) if twins.sure >= sure and excess >= least else None
    planted = twins.sure >= 2.0 and twins.copied >= 0.005 and excess > 0.0
    # Things measured again and again share features, and their targets only so far.
    many = twins.sure >= 4.0 and twins.copied >= 0.1 and twins.agreement >= _SAME
    alike = twins.agreement >= 0.9 and twins.share >= max(0.1, 2.0 * repeated + noise)
    # Where rows do not repeat themselves by nature, a handful of twins is no accident.
    usual = repeated + 4.0 * np.sqrt(max(repeated, 0.002) * twins.share / twins.count)
    strangers = twins.agreement >= _SAME and twins.share >= 0.005 and twins.share > usual
    if planted or many or alike or strangers:
        return Finding(code, evidence)
    if twins.agreement >= _SAME and twins.share >= 0.01:
        return Finding(code, evidence, warning=True)
    return None


def _has_prose(rows: TaskRows) -> bool:
    """Whether a column holds sentences, which nobody writes twice by chance."""
    return any(
        column.distinct > 0.5 * len(rows)
        and float(np.median([len(str(text).split()) for text in column.values[:500]])) >= _SENTENCE
        for column in rows.columns
    )


def _repeated(keys: Ints, mask: Mask) -> float:
    """Share of the masked rows that have another with the same key."""
    codes = pd.factorize(keys[mask])[0]
    return float((np.bincount(codes)[codes] > 1).mean()) if len(codes) else 0.0


def _room(rows: TaskRows) -> float:
    """How much larger the space of feature values is than the table, in powers of ten.

    Columns count by the exponential of their entropy, as if they were independent; that is too
    much for columns that repeat one another, so correlated ones are counted at half.
    """
    power = 0.0
    for column in rows.columns:
        shares = np.bincount(column.codes + 1) / len(rows)
        shares = shares[shares > 0]
        power += float(-(shares * np.log10(shares)).sum())
    return 0.5 * power + 0.5 * min(power, 6.0) - float(np.log10(len(rows)))


def _near(rows: TaskRows, keys: Ints) -> tuple[_Twins, float] | None:
    """Near-twins of hidden rows among training rows, and the share of training rows with one.

    None where the question makes no sense. Rows that have an exact equal are left out: they are
    judged as such.
    """
    space = space_of(rows)
    train = np.flatnonzero(rows.part == TRAIN)
    if space is None or len(train) < 10 * NEIGHBOURS:
        return None
    random = np.random.default_rng(0)
    most = max(200, int(_PAIRS / len(train)))
    hidden = np.flatnonzero(rows.hidden)
    hidden = hidden[~np.isin(keys[hidden], keys[train])]
    hidden = hidden[random.permutation(len(hidden))[:most]]
    if len(hidden) < 10:
        return None
    nearest, partner = nearest_of(space[hidden], space[train])
    twins = twinned(nearest[:, :NEIGHBOURS])
    alone = train[np.bincount(keys[train])[keys[train]] == 1]
    alone = alone[random.permutation(len(alone))[: most // 4]]
    # The nearest row of a training row is the row itself.
    usual = nearest_of(space[alone], space[train])[0][:, 1:] if len(alone) else np.ones((1, 2))
    natural = float(twinned(usual).mean())
    count = int(twins.sum())
    if not count:
        return _Twins(0.0, 0, 0.0), natural
    truth, guess = rows.y[hidden[twins]], rows.y[train[partner[twins]]]
    share = count / len(hidden)
    copied = share * float((truth == guess).mean())
    return _Twins(share, count, _agreement(rows, truth, guess), copied), natural


def _judge_near(twins: _Twins, natural: float, *, continuous: bool) -> Finding | None:
    if twins.count < 4 or twins.share < 0.01:
        return None
    evidence = (
        f"{twins.count} of the hidden rows searched ({twins.share:.1%}) have a training row that "
        f"is twenty times nearer than the next ones, and its target agrees {twins.agreement:.0%} "
        f"beyond chance ({natural:.1%} of the training rows have such a twin)"
    )
    noise = 4.0 * np.sqrt(max(natural, 0.002) * twins.share / twins.count)
    planted = twins.share - natural - noise >= 0.005
    # Isomers and consecutive days are alike by nature; copies in number have the very same target.
    many = twins.share >= (0.05 if twins.copied >= 0.9 * twins.share and continuous else 0.2)
    refused = twins.agreement >= 0.95 and (planted or many)
    return Finding("near-duplicate-rows", evidence, warning=not refused)
