"""What the columns that a target is predicted from are about: numbers, texts or molecules."""

from __future__ import annotations

import re
from collections.abc import Collection

from mlesmith_env.manifest import Modality
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words

_LOOKED_AT = 400
_WORDED = 4.0
"""Words of a usual value from which a column holds texts rather than names."""
_LONG = 60.0
"""Characters of a usual text that weighs against several other columns."""
_FEW = 2
"""Other columns beside which a text still carries the question."""
_SMILES = re.compile(
    r"(?:\[[A-Za-z0-9@+\-:*]+\]|Br|Cl|[BCNOPSFI]|[bcnops]|[()=#\\/.:@~*$-]|%?[0-9])+"
)
_BOND = re.compile(r"[=#(]|[a-zA-Z\]][0-9]")


def is_smiles(column: TypedColumn) -> bool:
    """Return whether a column holds molecules as SMILES strings.

    All but a few values have to be spelled of atoms, bonds, branches and rings, and most have to
    show a bond, branch or ring, which words do not.
    """
    if column.profile.type not in ("text", "identifier", "category") or len(column.values) < 20:
        return False
    step = max(1, len(column.values) // _LOOKED_AT)
    values = [value.strip() for value in column.values[::step]]
    spelled = sum(_SMILES.fullmatch(value) is not None for value in values)
    bonded = sum(_BOND.search(value) is not None for value in values)
    named = bool({"smiles", "smi", "canonicalsmiles"} & set(words(column.name)))
    return spelled >= 0.97 * len(values) and bonded >= (0.4 if named else 0.7) * len(values)


def is_worded(column: TypedColumn) -> bool:
    """Return whether a column holds texts of several words each."""
    if column.profile.type != "text":
        return False
    values = column.values[:: max(1, len(column.values) // _LOOKED_AT)]
    return sum(len(value.split()) for value in values) >= _WORDED * len(values)


def modality_of(table: TypedTable, left_out: Collection[str]) -> Modality:
    """Return what the columns of a table are about, less those that are left out."""
    shown = [
        column
        for column in table.columns
        if column.name not in left_out and column.profile.type != "constant"
    ]
    if any(is_smiles(column) for column in shown):
        return "molecule"
    texts = [column for column in shown if is_worded(column)]
    if not texts:
        return "tabular"
    others = len(shown) - len(texts)
    if others <= max(_FEW, len(texts)):
        return "text"
    longest = max(column.profile.mean_length for column in texts)
    return "mixed" if longest >= _LONG else "tabular"
