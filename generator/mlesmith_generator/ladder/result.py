"""What a ladder measured: every rung's scores, and the anchors that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.errors import GenerationError
from mlesmith_env.manifest import Anchors, Part, Reference
from mlesmith_env.metrics import Metric
from mlesmith_generator.ladder.thresholds import thresholds_between

OPTIMUM = "optimum"
"""Name of the rung that is no program but the best possible prediction, where that is known."""


@dataclass(frozen=True)
class RungResult:
    """How one rung went.

    Attributes:
        name: Name of the rung.
        trivial: Whether it looks at no feature.
        status: Status of the step, as in `info["status"]`.
        seconds: Wall-clock seconds of the step, the sandbox's own included.
        predictions: Canonical predictions in the order of the grader's ids; None where there is
            no valid submission.
        scores: Score on each part; empty where there is none.
        output: Head and tail of what it printed.
        error: What went wrong, or empty.
    """

    name: str
    trivial: bool
    status: str
    seconds: float
    predictions: NDArray[Any] | None
    scores: dict[Part, float]
    output: str = ""
    error: str = ""

    @property
    def worked(self) -> bool:
        """Whether it handed in a valid submission."""
        return self.predictions is not None


@dataclass(frozen=True)
class LadderResult:
    """All rungs of one task, from the foot up, with the metric that scored them.

    Attributes:
        metric: The metric.
        rungs: The rungs.
        steps: What one row changes of a score, by part; nothing where scores know no steps.
    """

    metric: Metric
    rungs: tuple[RungResult, ...]
    steps: Mapping[Part, float] = field(default_factory=dict[Part, float])

    @property
    def seconds(self) -> float:
        """Wall-clock seconds of all rungs."""
        return sum(rung.seconds for rung in self.rungs)

    @property
    def worked(self) -> tuple[RungResult, ...]:
        """The rungs with a valid submission, from the foot up."""
        return tuple(rung for rung in self.rungs if rung.worked)

    def rung(self, name: str) -> RungResult | None:
        """Return the named rung where it handed in a valid submission."""
        return next((rung for rung in self.worked if rung.name == name), None)

    def floor_rung(self, part: Part) -> RungResult:
        """Return the trivial rung that scores best on a part; raises GenerationError."""
        return self._best(part, trivial_only=True)

    def ceiling_rung(self, part: Part) -> RungResult:
        """Return the best possible prediction, or else the rung that scores best on a part.

        Raises:
            GenerationError: No rung worked.
        """
        return self.rung(OPTIMUM) or self._best(part, trivial_only=False)

    def gap(self, part: Part) -> float:
        """Return how much better the ceiling is than the floor: never negative."""
        floor, ceiling = self.floor_rung(part), self.ceiling_rung(part)
        return self.metric.sign * (ceiling.scores[part] - floor.scores[part])

    @property
    def reference(self) -> Reference:
        """The anchors of both parts; raises GenerationError where there is no room between them."""
        return Reference(public=self._anchors("public"), private=self._anchors("private"))

    @property
    def leaderboard(self) -> tuple[tuple[str, float, float], ...]:
        """Name, public and private score of every rung that worked, best private score first."""
        rows = [(rung.name, rung.scores["public"], rung.scores["private"]) for rung in self.worked]
        return tuple(sorted(rows, key=lambda row: (-self.metric.sign * row[2], row[0])))

    def _anchors(self, part: Part) -> Anchors:
        floor, ceiling = self.floor_rung(part).scores[part], self.ceiling_rung(part).scores[part]
        if self.gap(part) <= 0:
            raise GenerationError(
                f"no rung is better on the {part} rows than the trivial ones ({floor:.6g} by "
                f"{self.metric.name}): the task has no scale"
            )
        scores = [rung.scores[part] for rung in self.worked if not rung.trivial]
        return Anchors(
            floor=floor,
            ceiling=ceiling,
            thresholds=thresholds_between(
                floor, ceiling, np.array(scores), step=self.steps.get(part, 0.0)
            ),
        )

    def _best(self, part: Part, *, trivial_only: bool) -> RungResult:
        candidates = [rung for rung in self.worked if rung.trivial or not trivial_only]
        if not candidates:
            raise GenerationError("no trivial rung of the ladder handed in a valid submission")
        # The first of equals, so that the same scores always name the same rung.
        return max(candidates, key=lambda rung: self.metric.sign * rung.scores[part])


def anchors_from(ladder: LadderResult) -> Reference:
    """Return the anchors of both parts by the ladder's one rule.

    On each part by itself, the floor is the score of the best trivial rung and the ceiling that
    of the best rung; the thresholds follow from the rungs between (`thresholds_between`).

    Raises:
        GenerationError: On one of the parts no rung is better than the trivial ones.
    """
    return ladder.reference
