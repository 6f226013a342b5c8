"""Reward schemes: pure functions of scores and the manifest's fixed anchors.

Progress is `(score - floor) / (ceiling - floor)`. In rewards it is clipped to 0 below and to the
progress of the perfect score above, and no valid submission is 0; so nothing here depends on
other runs, and every reward is finite.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from typing import Protocol

from mlesmith_env.errors import InvalidSettingError, UnsupportedTaskError


@dataclass(frozen=True)
class Scale:
    """The scale of one part of the hidden rows.

    Attributes:
        floor: Score of progress 0.
        ceiling: Score of progress 1.
        perfect: Score that can not be bettered.
        sign: +1 where a larger score is better, -1 where a smaller one is.
    """

    floor: float
    ceiling: float
    perfect: float
    sign: int

    @property
    def highest(self) -> float:
        """Progress of the perfect score, the largest that a reward knows; at least 0."""
        span = self.ceiling - self.floor
        highest = (self.perfect - self.floor) / span if span else 0.0
        return max(0.0, highest) if math.isfinite(highest) else 0.0

    def clip(self, progress: float) -> float:
        """Return a progress as rewards count it; NaN (no valid submission) is 0."""
        if math.isnan(progress):
            return 0.0
        return min(max(progress, 0.0), self.highest)

    def signed_score(self, progress: float) -> float:
        """Return the score that a clipped progress stands for, negated where less is better."""
        return self.sign * (self.floor + self.clip(progress) * (self.ceiling - self.floor))


@dataclass(frozen=True)
class Outcome:
    """What a step did to the standing on public rows.

    Attributes:
        progress: Progress of the submission of this step, clipped; 0 where there is none, or
            where the same file was scored before.
        best_before: Best clipped progress before the step, 0 where there was none.
        best_after: The same after the step.
    """

    progress: float = 0.0
    best_before: float = 0.0
    best_after: float = 0.0


class RewardScheme(Protocol):
    """Pays for steps and for the settlement; has no memory."""

    @property
    def name(self) -> str:
        """As `gym.make(..., reward=name)` takes it."""
        ...

    def step(self, outcome: Outcome) -> float:
        """Return what a step pays, the last one's settlement aside."""
        ...

    def settle(self, progress: float, paid_best: float, scale: Scale) -> float:
        """Return what the settlement pays, on top of its step.

        Args:
            progress: Private progress of the chosen submission, clipped.
            paid_best: Best clipped public progress that steps were paid for; 0 where scores are
                withheld during the episode.
            scale: The scale of the private rows.
        """
        ...


@dataclass(frozen=True)
class Improvement:
    """Steps pay the gain in best public progress; a settled episode returns private progress."""

    name: str = "improvement"

    def step(self, outcome: Outcome) -> float:
        """Return the gain in best public progress."""
        return outcome.best_after - outcome.best_before

    def settle(self, progress: float, paid_best: float, scale: Scale) -> float:
        """Return what brings the sum of all rewards to the private progress."""
        return progress - paid_best


@dataclass(frozen=True)
class Progress:
    """Each step pays the public progress of its own submission, for credit step by step.

    The return is no score of the episode. The same file pays once only.
    """

    name: str = "progress"

    def step(self, outcome: Outcome) -> float:
        """Return the public progress of this step's submission."""
        return outcome.progress

    def settle(self, progress: float, paid_best: float, scale: Scale) -> float:
        """Return the private progress."""
        return progress


@dataclass(frozen=True)
class Terminal:
    """Only the settlement pays: the private progress."""

    name: str = "terminal"

    def step(self, outcome: Outcome) -> float:
        """Return 0."""
        return 0.0

    def settle(self, progress: float, paid_best: float, scale: Scale) -> float:
        """Return the private progress."""
        return progress


@dataclass(frozen=True)
class Score:
    """Only the settlement pays: the private score in the metric's own units.

    It is negated where a smaller score is better, and clipped as progress is: what is worse than
    the floor, or no valid submission, pays the floor, so that doing nothing is never better than
    trying.
    """

    name: str = "score"

    def step(self, outcome: Outcome) -> float:
        """Return 0."""
        return 0.0

    def settle(self, progress: float, paid_best: float, scale: Scale) -> float:
        """Return the private score, negated where less is better."""
        return scale.signed_score(progress)


_SCHEMES: dict[str, RewardScheme] = {
    scheme.name: scheme for scheme in (Improvement(), Progress(), Score(), Terminal())
}
_LATER = ("rank", "milestones")


def reward_names() -> tuple[str, ...]:
    """Return the names of the reward schemes."""
    return tuple(_SCHEMES)


def get_reward(name: str) -> RewardScheme:
    """Return a reward scheme by name.

    Raises:
        UnsupportedTaskError: The scheme is planned and not there yet.
        InvalidSettingError: There is no such scheme.
    """
    if name in _LATER:
        raise UnsupportedTaskError(
            f"reward={name!r} is not there yet; use one of {', '.join(_SCHEMES)}"
        )
    scheme = _SCHEMES.get(name)
    if scheme is None:
        close = difflib.get_close_matches(str(name), _SCHEMES, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise InvalidSettingError(
            f"there is no reward {name!r}{hint}; use one of {', '.join(_SCHEMES)}"
        )
    return scheme
