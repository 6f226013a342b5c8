"""What the columns that a target is predicted from are about: numbers, texts or spelled matter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from mlesmith_env.manifest import Modality
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import word_count, words

_LOOKED_AT = 400
_FEWEST = 20
"""Different values that tell how a column is spelled."""
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
_BRACKETED = re.compile(r"\[[^\[\]]*\]")
_RING = re.compile(r"%[0-9]{2}|[0-9]")
_STRAND = 15.0
"""Letters of a usual value, or columns in a row, that make a strand."""
_NUCLEOTIDES = frozenset("ACGTUN")
_AMBIGUOUS = frozenset("RYSWKMBDHV-.?")
_RESIDUES = frozenset("ACDEFGHIKLMNPQRSTVWYBXZUO*-")
_NUMBERED = re.compile(r"(.*?)([0-9]+)")


def is_smiles(column: TypedColumn) -> bool:
    """Return whether a column holds molecules as SMILES strings."""
    return _spells(column) and are_smiles(column.name, column.values)


def _spells(column: TypedColumn) -> bool:
    return column.profile.type in ("text", "identifier", "category")


def are_smiles(name: str, column: Sequence[str]) -> bool:
    """Return whether the values of a column are molecules as SMILES strings.

    All but a few values have to be spelled of atoms, bonds, branches and rings, each ring opened
    and closed, and most have to show a bond, branch or ring, which words do not.
    """
    values = _some(column)
    spelled = sum(_SMILES.fullmatch(value) is not None and are_closed(value) for value in values)
    bonded = sum(_BOND.search(value) is not None for value in values)
    named = bool({"smiles", "smi", "canonicalsmiles"} & set(words(name)))
    enough = len(column) >= _FEWEST and spelled >= 0.97 * len(values)
    return enough and bonded >= (0.4 if named else 0.7) * len(values)


def are_closed(smiles: str) -> bool:
    """Return whether each ring that a SMILES string opens is closed, as those of codes are not.

    The number of a ring, a digit or two behind a percent sign, stands at both of its ends. Digits
    in square brackets number no ring.
    """
    rings = Counter(_RING.findall(_BRACKETED.sub("", smiles)))
    return all(ends % 2 == 0 for ends in rings.values())


def _some(column: Sequence[str]) -> list[str]:
    return [value.strip() for value in column[:: max(1, len(column) // _LOOKED_AT)]]


def is_strand(column: TypedColumn) -> bool:
    """Return whether a column holds strands of letters: nucleotides, or residues of proteins.

    Nucleotides have at least three different letters, none of them above 70 %; proteins are in
    capitals and use fifteen of their letters or more.
    """
    return _spells(column) and _is_stranded(column.values)


def _is_stranded(column: Sequence[str]) -> bool:
    values = _some(column)
    if len(column) < _FEWEST or any(" " in value for value in values):
        return False
    return sum(map(len, values)) >= _STRAND * len(values) and _are_strands(values)


def _are_strands(values: Collection[str]) -> bool:
    letters = Counter("".join(values))
    whole = sum(letters.values())
    if not whole:
        return False
    upper = Counter("".join(values).upper())
    pure = sum(upper[letter] for letter in _NUCLEOTIDES)
    doubtful = sum(upper[letter] for letter in _AMBIGUOUS)
    if pure + doubtful == whole and pure >= 0.95 * whole:
        frequent = [letter for letter in _NUCLEOTIDES if upper[letter] >= 0.02 * whole]
        return len(frequent) >= 3 and max(upper.values()) <= 0.7 * whole
    known = sum(letters[letter] for letter in _RESIDUES)
    return known == whole and len(letters) >= 15


def sites_of(columns: Iterable[TypedColumn]) -> tuple[str, ...]:
    """Return columns of one name and a number that hold one nucleotide each, by their numbers.

    There are none unless there are at least fifteen.
    """
    runs: dict[str, list[tuple[int, str]]] = {}
    for column in columns:
        named = _NUMBERED.fullmatch(column.name)
        values = [value.strip().upper() for value in column.values]
        if named is None or len(values) < 3 or not all(len(value) == 1 for value in values):
            continue
        if set(values) <= _NUCLEOTIDES | _AMBIGUOUS and len(set(values) & _NUCLEOTIDES) >= 3:
            runs.setdefault(named[1], []).append((int(named[2]), column.name))
    longest = sorted(max(runs.values(), key=len, default=[]))
    return tuple(name for _, name in longest) if len(longest) >= _STRAND else ()


def is_spelled(column: TypedColumn) -> bool:
    """Return whether letters and signs of a column say something, though no words are formed."""
    return is_smiles(column) or is_strand(column)


def is_worded(column: TypedColumn) -> bool:
    """Return whether a column holds texts of several words each."""
    return column.profile.type == "text" and _are_worded(column.values)


def _are_worded(column: Sequence[str]) -> bool:
    values = _some(column)
    return sum(map(word_count, values)) >= _WORDED * len(values)


def is_matter(name: str, values: Sequence[str]) -> bool:
    """Return whether the different values of a column are texts, molecules or strands.

    Such a column is what the rows are about, and no key of theirs, however rarely it repeats.
    """
    return are_smiles(name, values) or _is_stranded(values) or _are_worded(values)


def modality_of(table: TypedTable, left_out: Collection[str]) -> Modality:
    """Return what the columns of a table are about, less those that are left out."""
    shown = [
        column
        for column in table.columns
        if column.name not in left_out and column.profile.type != "constant"
    ]
    if any(is_smiles(column) for column in shown):
        return "molecule"
    if any(is_strand(column) for column in shown) or sites_of(shown):
        return "sequence"
    texts = [column for column in shown if is_worded(column)]
    if not texts:
        return "tabular"
    others = len(shown) - len(texts)
    if others <= max(_FEW, len(texts)):
        return "text"
    longest = max(column.profile.mean_length for column in texts)
    return "mixed" if longest >= _LONG else "tabular"
