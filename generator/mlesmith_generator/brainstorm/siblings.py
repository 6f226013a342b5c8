"""Columns that were filled in together with the target: other verdicts of the same kind.

Who rates the service of a hotel rates its rooms on the same form, and whether it is recommended:
where one is asked for, the others are not known yet. They are told by their names, which share a
word for an outcome (or say a judgement each), by one scale, and by going together closely. What
two sides scored in one contest is known at one time as well, whether or not one tells the other.
Twins are measured at one time too: the span of one hand is no question beside that of the other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.lexicon import EARLIER_STAGES, JUDGEMENTS, WEIGHTS
from mlesmith_generator.brainstorm.naming import is_question
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.profiler.relations import lookup_skill
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import Exclusion

_JUDGED, _ALIKE = 0.5, 0.7
"""Rank correlation, or skill of a lookup, from which judgements go together, and other outcomes."""
_MEMBER = 0.4
"""The same for the others of a kind of which one is as close as that."""
_OUTCOME = 1.5
"""Weight from which a word that two names share is that of an outcome."""
_SCALE = 0.1
"""How far the ends of two scales may differ, as a share of the longer one."""
_LEVELS = 0.6
"""Share of the levels of two columns that have to be the same."""
_FEWEST = 30
_TWINS, _SHIFT = 0.9, 0.1
"""Rank correlation from which two measurements are twins, and how far the middle of their
differences may lie from zero, as a share of the distance between the quartiles."""
_HALVES = (
    ("left", "right"), ("l", "r"), ("lt", "rt"), ("dominant", "nondominant"), ("upper", "lower"),
    ("links", "rechts"), ("gauche", "droite"), ("izquierda", "derecha"), ("sinistra", "destra"),
    ("esquerda", "direita"), ("first", "second"), ("a", "b"),
)  # fmt: skip
"""What the two of a pair are called in names that are else the same."""
_AHEAD = frozenset(
    "ahead asking asked birth budgeted current estimate estimated intended list listed open "
    "original planned promised quoted requested scheduled upstream".split()
)
"""Words for what is known before the measurement of the same name: a list price, a planned load."""
_SIDES = (
    ("home", "away"), ("home", "visitor"), ("home", "visiting"), ("host", "guest"), ("w", "l"),
    ("winner", "loser"), ("winning", "losing"), ("team1", "team2"), ("player1", "player2"),
    ("team", "opponent"), ("team", "opp"), ("for", "against"), ("local", "visitante"),
    ("heim", "gast"), ("domicile", "extérieur"), ("casa", "fora"), ("casa", "trasferta"),
)  # fmt: skip
"""What the two sides of a contest are called in names that are else the same."""


def given_together(made: Target, table: TypedTable, known: set[str]) -> tuple[Exclusion, ...]:
    """Return the columns that were filled in together with a target, each with how close it is.

    Args:
        made: The target.
        table: The typed table.
        known: Columns that are left out already.
    """
    source = table[made.source]
    close: dict[str, float] = {}
    opponents: list[str] = []
    twins: list[str] = []
    certain = False
    for column in table.columns:
        if column.name == made.source or column.name in known:
            continue
        if _opposed(words(made.source), words(column.name)) and _same_kind(source, column):
            opponents.append(column.name)
            continue
        if _are_twins(source, column):
            twins.append(column.name)
            continue
        needed = _needed(source, column)
        if needed is None:
            continue
        close[column.name] = _closeness(source, column)
        certain |= close[column.name] >= needed
    against = "it is the other side's figure in the same contest"
    same = "it measures the same on the other of a pair, at the same time"
    kind = "it was given together with the target, a verdict of one kind"
    return (
        *(Exclusion(column=name, reason=against) for name in opponents),
        *(Exclusion(column=name, reason=same) for name in twins),
        *(
            Exclusion(column=name, reason=f"{kind} ({share:.2f})")
            for name, share in close.items()
            if certain and share >= _MEMBER
        ),
    )


def _opposed(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether names are of one outcome, and differ by the side of a contest alone."""
    rest, shared = set(one) ^ set(other), set(one) & set(other)
    outcome = any(WEIGHTS.get(word, 0.0) >= _OUTCOME for word in shared)
    return outcome and len(one) == len(other) and any(rest == set(sides) for sides in _SIDES)


def _are_twins(target: TypedColumn, other: TypedColumn) -> bool:
    """Return whether two numbers measure one thing twice: names, scales and values say so."""
    one, two = words(target.name), words(other.name)
    if not _same_kind(target, other) or min(len(one), len(two)) < 2 or is_question(target.name):
        return False
    if EARLIER_STAGES & {*one, *two} or _AHEAD & {*two} or not _called_alike(one, two):
        return False
    if target.profile.distinct < _FEWEST or not _same_scale(target, other):
        return False
    mine, its = target.numeric(), other.numeric()
    known = np.isfinite(mine) & np.isfinite(its)
    if _ranked(mine, its) < _TWINS:
        return False
    low, high = np.percentile(mine[known], (25, 75))
    return bool(abs(np.median(mine[known] - its[known])) <= _SHIFT * (high - low))


def _called_alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether names end in one noun, or differ by the side of a pair alone."""
    numbers = [[word for word in name if word.isdigit()] for name in (one, other)]
    if numbers[0] != numbers[1]:
        return False
    rest = set(one) ^ set(other)
    sides = len(one) == len(other) and any(rest == set(pair) for pair in _HALVES)
    return sides or (one[-1] == other[-1] and not one[-1].isdigit())


def _same_kind(one: TypedColumn, other: TypedColumn) -> bool:
    return one.profile.type == other.profile.type == "number"


def _needed(target: TypedColumn, other: TypedColumn) -> float | None:
    """Return how closely verdicts of one kind, by name and scale, have to go together."""
    if is_question(target.name) or is_question(other.name):
        return None
    one, two = words(target.name), words(other.name)
    if EARLIER_STAGES & {*one, *two} or _is_earlier(one, two):
        return None
    if JUDGEMENTS & set(one) and JUDGEMENTS & set(two):
        return _JUDGED
    shared = {word for word in set(one) & set(two) if WEIGHTS.get(word, 0.0) >= _OUTCOME}
    return _ALIKE if shared and _same_scale(target, other) else None


def _is_earlier(target: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether names differ by a number only, and the other's is of an earlier year or turn."""
    plain = [tuple(word for word in name if not word.isdigit()) for name in (target, other)]
    numbers = [[int(word) for word in name if word.isdigit()] for name in (target, other)]
    if plain[0] != plain[1] or not all(len(each) == 1 for each in numbers):
        return False
    return numbers[1][0] < numbers[0][0]


def _same_scale(one: TypedColumn, other: TypedColumn) -> bool:
    if one.profile.type != other.profile.type:
        return False
    if one.profile.type != "number":
        both = set(one.values) & set(other.values)
        return len(both) >= _LEVELS * max(len(one.values), len(other.values))
    ends = [
        (float(np.nanmin(each.numbers)), float(np.nanmax(each.numbers))) for each in (one, other)
    ]
    (low, high), (bottom, top) = ends
    slack = _SCALE * max(high - low, top - bottom)
    return abs(low - bottom) <= slack and abs(high - top) <= slack


def _closeness(one: TypedColumn, other: TypedColumn) -> float:
    """Return how closely two columns go together on the rows that have both, from 0 to 1."""
    both = (one.codes >= 0) & (other.codes >= 0)
    if both.sum() < _FEWEST:
        return 0.0
    if "number" == one.profile.type == other.profile.type:
        return abs(_ranked(one.numeric()[both], other.numeric()[both]))
    giver, taker = other.codes[both], one.codes[both]
    for levels, column in ((taker, other), (giver, one)):
        if column.profile.type == "number":
            return _parted(levels, column.numeric()[both])
    if len(np.unique(giver)) > len(giver) / 5 or len(np.unique(taker)) > len(taker) / 5:
        return 0.0
    return lookup_skill(giver, taker)


def _parted(levels: NDArray[np.int64], values: NDArray[np.float64]) -> float:
    """Return how well levels part the values: 0 by chance, 1 where ranks do not overlap.

    Of two levels it is the rank-biserial correlation, of more the correlation ratio of the ranks.
    """
    known = np.isfinite(values)
    ranks, level = _ranks(values[known]), np.unique(levels[known], return_inverse=True)[1]
    sizes = np.bincount(level)
    if len(ranks) < _FEWEST or ranks.std() == 0 or len(sizes) > len(ranks) / 5:
        return 0.0
    means = np.bincount(level, weights=ranks) / sizes
    if len(sizes) == 2:
        return float(abs(means[1] - means[0]) / (len(ranks) / 2))
    return float(np.sqrt(means[level].var() / ranks.var()))


def _ranked(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    both = np.isfinite(one) & np.isfinite(other)
    left, right = _ranks(one[both]), _ranks(other[both])
    if len(left) < _FEWEST or left.std() == 0 or right.std() == 0:
        return 0.0
    return float(np.corrcoef(left, right)[0, 1])


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return mean ranks, equal for equal values."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - counts / 2)[place]
