"""Nodes of a graph that are linked to the very same others, and carry the same answer."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.manifest import AMOUNTS, Manifest
from mlesmith_env.recipes.twins import twin_codes
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.rows import as_numbers
from mlesmith_generator.gates.verdict import Finding, Scan

_FEWEST, _SHARE = 5, 0.02
"""Hidden nodes, and share of them, that have their answer from a twin."""
_SAME = 0.9
"""Share of the hidden nodes with a twin in training whose answer has to be that of the twin."""
_BEYOND = 0.25
"""How far that lies above the share of the commonest answer."""


def scan_twins(manifest: Manifest, tables: Tables, edges: pd.DataFrame) -> Scan:
    """Look for hidden nodes with a twin in training that tells their answer."""
    form, target = manifest.submission, manifest.recipe.target
    hidden = tables.test.merge(tables.answers[[form.id_column, target]], on=form.id_column)
    both = pd.concat([tables.train, hidden], ignore_index=True)
    asked = np.arange(len(both)) >= len(tables.train)
    truth = _answers(cast("pd.Series", both[target]), amount=manifest.objective in AMOUNTS)
    told, same = 0, 0
    for codes in twin_codes(both, edges):
        first = dict(zip(codes[~asked].tolist(), truth[~asked].tolist(), strict=True))
        mine = [
            (answer, first[code])
            for code, answer in zip(codes[asked].tolist(), truth[asked].tolist(), strict=True)
            if code >= 0 and code in first
        ]
        told += len(mine)
        same += sum(answer == other for answer, other in mine)
    common = float(np.bincount(truth).max(initial=0)) / max(1, len(truth))
    share = same / max(1, told)
    evidence = (
        f"{told} of {int(asked.sum())} hidden nodes have the links of a node in training, and "
        f"{share:.1%} of these its {target!r}"
    )
    many = told >= max(_FEWEST, _SHARE * asked.sum())
    refused = many and share >= max(_SAME, min(1.0, common + _BEYOND))
    findings = (Finding("twins-crossing", evidence),) if refused else ()
    return Scan("graph-twins", evidence, findings, share if told else None)


def _answers(truth: pd.Series, *, amount: bool) -> NDArray[np.int64]:
    """Return a number for each answer, equal where answers are the same."""
    values = truth.to_numpy(dtype=object)
    codes = pd.factorize(as_numbers(values).round(9) if amount else values)[0]
    return np.asarray(codes + 1, dtype=np.int64)
