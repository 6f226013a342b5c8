"""Does the id of a row, or the place where it stands, tell its target?

Ids and places are made by preparation and mean nothing; so here not 1 % from perfect is the line,
but anything that is beyond chance and of any use. Neighbours are looked at, too: blocks of one
class in the order of the ids are readable without any trend.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mlesmith_generator.gates.readings import readings
from mlesmith_generator.gates.rows import TRAIN, Floats, Ints, TaskRows, ranks
from mlesmith_generator.gates.strength import quantile_codes
from mlesmith_generator.gates.verdict import Finding, Scan

_SIGMAS = 6.0
_EFFECT = 0.08
"""Share of the target's variance (or correlation of neighbours) below which nobody gains."""


def scan_ids(rows: TaskRows) -> Scan:
    """Look for ids that tell the target: by size, by a piece of them, or by their neighbours."""
    column = rows.id_values
    findings: list[Finding] = []
    strongest = 0.0
    for reading in readings(column):
        how = reading.how or "their size"
        for groups in _groups_of(reading.codes, reading.numbers):
            effect, sigmas = association(groups, rows)
            strongest = max(strongest, effect if sigmas > _SIGMAS else 0.0)
            if sigmas >= _SIGMAS and effect >= _EFFECT:
                evidence = (
                    f"the ids, read by {how}, explain {effect:.1%} of the target "
                    f"{rows.target_name!r} ({sigmas:.0f} standard deviations beyond chance)"
                )
                findings.append(Finding("id-leak", evidence, "refactor"))
        if reading.numbers is not None:
            effect, sigmas = neighbours(reading.numbers, rows)
            if sigmas >= _SIGMAS and effect >= _EFFECT:
                evidence = (
                    f"rows with neighbouring ids (by {how}) have alike targets "
                    f"{rows.target_name!r}: correlation {effect:.2f}, {sigmas:.0f} standard "
                    "deviations beyond chance"
                )
                findings.append(Finding("id-leak", evidence, "refactor"))
    measured = f"{column.distinct} ids by size, pieces and neighbours; at most {strongest:.1%}"
    return Scan("target-in-ids", measured, tuple(findings[:3]))


def scan_order(rows: TaskRows) -> Scan:
    """Look for files whose row order tells the target."""
    findings: list[Finding] = []
    files = (("train.csv", rows.part == TRAIN), ("test.csv", rows.hidden))
    for name, mask in files:
        part = rows.select(mask, ())
        if len(part) < 20:
            continue
        place = part.position.astype(np.float64)
        trend, sure = association(quantile_codes(place, 20), part)
        near, close = neighbours(place, part)
        told: list[str] = []
        if sure >= _SIGMAS and trend >= _EFFECT:
            told.append(f"the place in {name} explains {trend:.1%} of the target")
        if close >= _SIGMAS and near >= _EFFECT:
            told.append(f"neighbouring rows of {name} have alike targets (correlation {near:.2f})")
        if told:
            findings.append(Finding("order-leak", "; ".join(told), "refactor"))
    return Scan("target-in-row-order", "places and neighbours in both files", tuple(findings))


def _groups_of(codes: Ints | None, numbers: Floats | None) -> Iterator[Ints]:
    if codes is not None:
        yield codes + 1
    if numbers is not None:
        yield quantile_codes(numbers, 20)


def association(groups: Ints, rows: TaskRows) -> tuple[float, float]:
    """Return the share of the target that groups explain beyond chance, and how sure that is.

    The share is the variance between groups (of ranks, or the mean over classes) less what
    random groups of that number would show; the second is that in standard deviations of chance.
    """
    n, count = len(groups), np.bincount(groups)
    used = int((count > 0).sum())
    if n < 20 or not 1 < used < n / 2:
        return 0.0, 0.0
    total, share = 0.0, 0.0
    for y in _scales(rows):
        spread = float(((y - y.mean()) ** 2).sum())
        if spread > 0:
            means = np.bincount(groups, weights=y, minlength=len(count)) / np.maximum(count, 1)
            total += spread
            share += float((count * (means - y.mean()) ** 2).sum())
    if total <= 0:
        return 0.0, 0.0
    share /= total
    # Under chance the share follows a beta law with these degrees of freedom.
    expected = (used - 1) / (n - 1)
    variance = 2 * (used - 1) * (n - used) / ((n - 1) ** 2 * (n + 1))
    return share - expected, (share - expected) / float(np.sqrt(variance))


def neighbours(place: Floats, rows: TaskRows) -> tuple[float, float]:
    """Return how alike targets of neighbouring places are, and that in deviations of chance."""
    # Equal places are in no order: that of the rows here, training first, would be one.
    drawn = np.random.default_rng(len(place)).permutation(len(place))
    order = np.lexsort((drawn, place))
    order = order[np.isfinite(place[order])]
    if len(order) < 20:
        return 0.0, 0.0
    total, product = 0.0, 0.0
    for y in _scales(rows):
        z = y[order] - y[order].mean()
        total += float((z * z).sum())
        product += float((z[1:] * z[:-1]).sum())
    if total <= 0:
        return 0.0, 0.0
    correlation = product / total
    return correlation, correlation * float(np.sqrt(len(order)))


def _scales(rows: TaskRows) -> Iterator[Floats]:
    """The target as columns of numbers: its ranks, or one indicator a class (the 30 largest)."""
    if rows.regression:
        yield ranks(rows.y)
        return
    counts = np.bincount(rows.truth.codes)
    for code in np.argsort(-counts, kind="stable")[:30]:
        yield (rows.truth.codes == code).astype(np.float64)
