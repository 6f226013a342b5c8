"""Hidden rules: functions of amounts and kinds, drawn term by term."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.synthetic.streams import Floats, Stream, mean_and_spread

Codes = NDArray[np.int64]
_REFERENCE = 2_000
"""Rows on which a rule is put on the scale of mean 0 and variance 1."""


@dataclass(frozen=True)
class Inputs:
    """What a rule sees.

    Attributes:
        amounts: Amounts on the scale from -1 to 1, shape (rows, a).
        kinds: Codes of levels, shape (rows, k).
    """

    amounts: Floats
    kinds: Codes


Term = Callable[[Inputs], Floats]


@dataclass(frozen=True)
class Rule:
    """A sum of terms, scaled to mean 0 and variance 1 over evenly drawn rows."""

    terms: tuple[Term, ...]
    centre: float
    spread: float

    def __call__(self, inputs: Inputs) -> Floats:
        """Return the value of the rule for each row."""
        return (_sum(self.terms, inputs) - self.centre) / self.spread


def draw_rule(stream: Stream, amounts: int, levels: Sequence[int], *, difficulty: float) -> Rule:
    """Return a rule over the first few of so many amounts and kinds.

    The harder, the more inputs it uses, the more of it lies in products and gates of two of them,
    and the less in straight lines.

    Args:
        stream: Where the draws come from.
        amounts: How many amounts there are to choose from.
        levels: Number of levels of each kind.
        difficulty: From 0 to 1.
    """
    used = stream.some(range(amounts), min(amounts, 2 + round(2 * difficulty)))
    kinds = stream.some(range(len(levels)), min(len(levels), 1 + round(difficulty)))
    terms: list[Term] = []
    for place in used:
        bent = stream.uniform(1)[0] < 0.2 + 0.6 * difficulty
        terms.append(_bent(stream, place) if bent else _straight(stream, place))
    terms += [_level(stream, place, levels[place]) for place in kinds]
    for _ in range(round(3 * difficulty)):
        first, second = stream.some(used, 2)
        if kinds and stream.uniform(1)[0] < 0.5:
            terms.append(_gated(stream, first, kinds[0], levels[kinds[0]]))
        else:
            terms.append(_crossed(stream, first, second))
    known = Inputs(
        stream.uniform(_REFERENCE * amounts).reshape(_REFERENCE, amounts) * 2.0 - 1.0,
        np.column_stack(
            [stream.whole(0, size - 1, _REFERENCE) for size in levels]
            or [np.zeros(_REFERENCE, np.int64)]
        ),
    )
    centre, spread = mean_and_spread(_sum(tuple(terms), known))
    return Rule(tuple(terms), centre, max(spread, 1e-6))


def _sum(terms: Sequence[Term], inputs: Inputs) -> Floats:
    total = np.zeros(len(inputs.amounts))
    for term in terms:
        total = total + term(inputs)
    return total


def _weight(stream: Stream) -> float:
    return stream.sign() * stream.between(0.6, 1.4)


def _straight(stream: Stream, place: int) -> Term:
    weight = _weight(stream)
    return lambda inputs: weight * inputs.amounts[:, place]


def _bent(stream: Stream, place: int) -> Term:
    weight, edge = _weight(stream), stream.between(-0.4, 0.4)
    shape = stream.one(("hinge", "step", "valley", "wave"))
    if shape == "hinge":
        return lambda inputs: 2.0 * weight * np.maximum(0.0, inputs.amounts[:, place] - edge)
    if shape == "step":
        return lambda inputs: weight * np.where(inputs.amounts[:, place] > edge, 1.0, -1.0)
    if shape == "valley":
        return lambda inputs: 2.0 * weight * np.abs(inputs.amounts[:, place] - edge)
    turns = stream.one((1.0, 1.5, 2.0))
    return lambda inputs: weight * _wave(turns * (inputs.amounts[:, place] + 1.0) + edge)


def _wave(turns: Floats) -> Floats:
    """A triangle wave between -1 and 1 with period 1."""
    return 4.0 * np.abs(turns - np.floor(turns) - 0.5) - 1.0


def _level(stream: Stream, place: int, size: int) -> Term:
    table = stream.uniform(size) * 2.4 - 1.2
    return lambda inputs: table[inputs.kinds[:, place]]


def _crossed(stream: Stream, first: int, second: int) -> Term:
    weight = 1.8 * _weight(stream)
    return lambda inputs: weight * inputs.amounts[:, first] * inputs.amounts[:, second]


def _gated(stream: Stream, amount: int, kind: int, size: int) -> Term:
    weight, level = 1.8 * _weight(stream), int(stream.whole(0, size - 1, 1)[0])
    return lambda inputs: np.where(
        inputs.kinds[:, kind] == level, weight * inputs.amounts[:, amount], 0.0
    )
