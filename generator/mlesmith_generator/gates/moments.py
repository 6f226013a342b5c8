"""Tasks that ask for the future: do the public files, or the page, tell what they must not?"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.manifest import Manifest
from mlesmith_generator.brainstorm.series import pace_of, stamps_of
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.rows import Column, as_numbers, ranks
from mlesmith_generator.gates.series import moments
from mlesmith_generator.gates.verdict import Finding, Scan

ALIKE = 0.98
"""Rank correlation within series from which a column is a form of the target."""
_FEWEST = 20


def scan_moments(tables: Tables, manifest: Manifest) -> list[Scan]:
    """Return whether the horizon is the declared one, and columns that move as the target does."""
    return [_scan_horizon(tables, manifest), _scan_companions(tables, manifest)]


def _series_of(table: pd.DataFrame, manifest: Manifest) -> NDArray[np.object_]:
    group = manifest.recipe.holdout.group
    if group is None or group not in table.columns:
        return np.full(len(table), "all", dtype=object)
    return table[group].to_numpy(dtype=object)


def _scan_horizon(tables: Tables, manifest: Manifest) -> Scan:
    """Check that every series has its last moments hidden, as many as declared, and no others."""
    name, holdout = "horizon", manifest.recipe.holdout
    test, train, time = tables.test, tables.train, holdout.column or ""
    if holdout.kind != "last" or time not in test.columns or time not in train.columns:
        evidence = f"a forecast needs a `last` holdout by a column of times; it is {holdout.kind}"
        return Scan(name, "", (Finding("time-crossing", evidence),))
    both = pd.concat([train[[time]], test[[time]]], ignore_index=True)
    stamps = moments(Column(time, pd.Series(both[time])))
    owners = np.concatenate([_series_of(train, manifest), _series_of(test, manifest)])
    if stamps is None:
        evidence = f"{time!r} holds neither dates nor numbers"
        return Scan(name, "", (Finding("time-crossing", evidence),))
    hidden = np.arange(len(both)) >= len(train)
    counts = _moments_by_series(owners[hidden], stamps[hidden])
    pasts = _moments_by_series(owners[~hidden], stamps[~hidden])
    findings: list[Finding] = []
    most = max(counts.values(), default=0)
    if holdout.horizon is not None and most != holdout.horizon:
        evidence = f"up to {most} moments of a series are hidden, not {holdout.horizon}"
        findings.append(Finding("horizon-wrong", evidence))
    orphans = sorted(set(counts) - set(pasts))
    if orphans:
        evidence = f"{len(orphans)} series have no past at all, such as {orphans[0]!r}"
        findings.append(Finding("horizon-wrong", evidence))
    told = f"at most {most} moments of each of {len(counts)} series"
    return Scan(name, told, tuple(findings))


def _moments_by_series(owners: NDArray[np.object_], stamps: NDArray[np.float64]) -> dict[str, int]:
    """Return the number of different moments of every series."""
    pairs = pd.DataFrame({"series": owners.astype(str), "stamp": stamps}).drop_duplicates()
    names, counts = np.unique(np.asarray(pairs["series"], dtype=str), return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))


def _scan_companions(tables: Tables, manifest: Manifest) -> Scan:
    """Look for columns that rise and fall with the target step by step, also in the future.

    Such a column is another measurement of the same moment: nobody has it beforehand.
    """
    name, target = "measured-with-the-target", manifest.recipe.target
    train, time = tables.train, manifest.recipe.holdout.column or ""
    own = {manifest.submission.id_column, target, time, manifest.recipe.holdout.group}
    columns = [str(each) for each in tables.test.columns if each not in own]
    if target not in train.columns or time not in train.columns:
        return Scan(name, "there is no past")
    stamps = moments(Column(time, pd.Series(train[time])))
    if stamps is None:
        return Scan(name, "no times")
    _, codes = np.unique(_series_of(train, manifest).astype(str), return_inverse=True)
    order = np.lexsort((stamps, codes))
    same = codes[order][1:] == codes[order][:-1]
    truth = np.diff(as_numbers(train[target].to_numpy(dtype=object))[order])[same]
    findings: list[Finding] = []
    for each in columns:
        values = np.diff(as_numbers(train[each].to_numpy(dtype=object))[order])[same]
        good = np.isfinite(values) & np.isfinite(truth)
        if good.sum() < _FEWEST or np.ptp(values[good]) == 0 or np.ptp(truth[good]) == 0:
            continue
        share = abs(float(np.corrcoef(ranks(values[good]), ranks(truth[good]))[0, 1]))
        if share >= ALIKE:
            evidence = (
                f"column {each!r} moves from moment to moment as the target {target!r} does (rank "
                f"correlation of the changes {share:.3f}), and the test file tells it"
            )
            findings.append(Finding("target-proxy", evidence, columns=(each,)))
    return Scan(name, f"{len(columns)} columns beside time and series", tuple(findings))


def horizons_told(text: str) -> set[tuple[int, str]]:
    """Return how many steps of which unit a text calls the next or the last ones."""
    found = re.findall(
        r"\b(?:next|last|final|most recent) ([0-9][0-9,]*) ([a-z0-9-]+(?: steps?)?)",
        text.casefold(),
    )
    units = {"second", "minute", "quarter-hour", "half-hour", "hour", "day", "week", "month"}
    units |= {"quarter", "half-year", "year"}
    told = {(int(number.replace(",", "")), unit.removesuffix("s")) for number, unit in found}
    return {(number, unit) for number, unit in told if unit in units or unit.endswith("step")}


def pace_word(tables: Tables, manifest: Manifest) -> str:
    """Return the step between moments of the training file as a noun, empty where it has none."""
    time = manifest.recipe.holdout.column or ""
    if time not in tables.train.columns:
        return ""
    found = stamps_of(pd.Series(tables.train[time]))
    if found is None:
        return ""
    unit, stamps = found
    codes = np.unique(_series_of(tables.train, manifest).astype(str), return_inverse=True)[1]
    pace = pace_of(codes.astype(np.int64), stamps, unit)
    return pace.word if pace is not None else ""
