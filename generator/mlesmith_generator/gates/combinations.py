"""Do features tell what several truths of a row are together: how many, which sum, which set?

Each truth alone may be safe from a column that nevertheless was made from all of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.manifest import Manifest, Objective
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.rows import TaskRows
from mlesmith_generator.gates.singles import scan_singles
from mlesmith_generator.gates.verdict import Finding, Scan

_FEW = 3
"""Truths up to which pairs of them are looked at."""
_ROWS_SEEN = 1_500
_COMBINED = "combined truth"

Combination = tuple[str, Objective, NDArray[np.object_]]
"""What it is in words, what it amounts to, and its value in each row, None where unknown."""


def scan_combinations(manifest: Manifest, tables: Tables) -> Scan:
    """Look for a column that gives a combination of the truths of its row.

    Of labels their number, whether any holds, and the whole set; of numbers their sum, the largest
    and the smallest, and of few numbers the differences and ratios of pairs.
    """
    name, truth, form = "truths-together", list(manifest.truth), manifest.submission
    train = _numbers(tables.train, truth)
    answers = _numbers(tables.answers, truth)
    of_kind = {"multilabel": _of_labels, "numbers": _of_numbers}[form.kind]
    findings: list[Finding] = []
    told: list[str] = []
    hidden = [name for name in truth if name in tables.train.columns]
    seen = tables.train.drop(columns=hidden)
    for (words, objective, known), (_, _, asked) in zip(
        of_kind(train), of_kind(answers), strict=True
    ):
        rows = TaskRows.of(
            seen.assign(**{_COMBINED: known}),
            tables.test,
            tables.answers.assign(**{_COMBINED: asked}),
            target=_COMBINED,
            objective=objective,
            holdout=manifest.recipe.holdout,
            id_column=form.id_column,
        )
        if not rows.usable:
            continue
        told.append(words)
        findings += [
            Finding(
                "truth-combined",
                each.evidence.replace(f"the target {_COMBINED!r}", words),
                columns=each.columns,
            )
            for each in scan_singles(rows.sample(_ROWS_SEEN)).findings
            if not each.warning
        ]
    first = {finding.columns: finding for finding in reversed(findings)}
    return Scan(name, f"no column tells {', '.join(told) or 'anything'}", tuple(first.values()))


def _numbers(frame: pd.DataFrame, names: list[str]) -> NDArray[np.float64]:
    columns = [pd.to_numeric(cast("pd.Series", frame[name]), errors="coerce") for name in names]
    return np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])


def _of_labels(truth: NDArray[np.float64]) -> Iterator[Combination]:
    count = truth.sum(axis=1)
    yield "how many labels hold", "multiclass", _text(count)
    yield "whether any label holds", "binary", _text(np.where(np.isnan(count), count, count > 0))
    code = np.full(len(truth), None, dtype=object)
    known = np.isfinite(count)
    code[known] = ["".join(str(int(value)) for value in row) for row in truth[known]]
    yield "which labels hold together", "multiclass", code


def _of_numbers(truth: NDArray[np.float64]) -> Iterator[Combination]:
    yield "the sum of the targets", "regression", _text(truth.sum(axis=1))
    yield "the largest of the targets", "regression", _text(truth.max(axis=1))
    yield "the smallest of the targets", "regression", _text(truth.min(axis=1))
    if truth.shape[1] > _FEW:
        return
    for one, other in itertools.combinations(range(truth.shape[1]), 2):
        apart = truth[:, one] - truth[:, other]
        yield "the difference of two targets", "regression", _text(apart)
        yield "the distance of two targets", "regression", _text(np.abs(apart))
        with np.errstate(all="ignore"):
            yield "the ratio of two targets", "regression", _text(truth[:, one] / truth[:, other])
        yield "the product of two targets", "regression", _text(truth[:, one] * truth[:, other])


def _text(values: NDArray[np.float64]) -> NDArray[np.object_]:
    told = [f"{value:.12g}" if np.isfinite(value) else None for value in values.tolist()]
    return np.array(told, dtype=object)
