"""The state of one episode: what was submitted, what is best, what was done."""

from __future__ import annotations

import hashlib
import math
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np

from mlesmith_env.errors import InvalidActionError
from mlesmith_env.rewards import Outcome
from mlesmith_env.trajectory import TrajectoryLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlesmith_env.metrics import Metric

Status = Literal[
    "ok",
    "error",
    "timeout",
    "out_of_memory",
    "killed",
    "output_limit",
    "invalid_submission",
    "invalid_action",
]
STATUSES: tuple[Status, ...] = (
    "ok",
    "error",
    "timeout",
    "out_of_memory",
    "killed",
    "output_limit",
    "invalid_submission",
    "invalid_action",
)
_HISTORY_SHOWN = 30


@dataclass(frozen=True)
class Submission:
    """A valid submission that the environment keeps.

    Attributes:
        step: The step whose run wrote it.
        path: The file, outside the sandbox.
        score: Score on the public rows.
        progress: Progress on the public rows, unclipped.
        repeated: Whether an earlier step of the episode wrote the same bytes.
    """

    step: int
    path: Path
    score: float
    progress: float
    repeated: bool


@dataclass(frozen=True)
class StepResult:
    """What carrying out an action gave, before it is paid, told and logged.

    Attributes:
        status: As `info["status"]` shows it.
        body: What the agent is told.
        error: What was wrong, in a sentence; empty where nothing was.
        submission: The valid submission that this step's run wrote and that was scored.
        valid_submission: Whether this step's run wrote a valid submission.
        execution_s: Seconds that the program ran.
        outcome: What it did to the standing on public rows.
        chosen: For `submit`: the submission that counts.
        ends: Whether the action ends the episode.
    """

    status: Status
    body: str = ""
    error: str = ""
    submission: Submission | None = None
    valid_submission: bool = False
    execution_s: float = 0.0
    outcome: Outcome = field(default_factory=Outcome)
    chosen: Submission | None = None
    ends: bool = False


def number_of_step(content: str) -> int:
    """Return the step that a content such as `3` or `step 3` names, 0 where it names none."""
    word = content.strip().lower().removeprefix("step").strip(" #:.")
    return int(word) if word.isdecimal() and len(word) < 10 else 0


class Episode:
    """What is known of a running episode. Every method costs the same at any step.

    Args:
        folder: Where its files are kept.
        log: Its trajectory.
        seed: Entropy from which each step's seed is drawn.
        max_steps: Its budget of steps.
        time_limit_s: Its budget of wall-clock seconds, which runs from now.
        metric: The task's metric, which says what is better.
        shows_scores: Whether scores on public rows are told before the end.
    """

    def __init__(
        self,
        folder: Path,
        log: TrajectoryLog,
        *,
        seed: int,
        max_steps: int,
        time_limit_s: float,
        metric: Metric,
        shows_scores: bool,
    ) -> None:
        """Begin the episode."""
        self.folder = folder
        self.log = log
        self.seed = seed
        self.max_steps = max_steps
        self.metric = metric
        self.shows_scores = shows_scores
        self.step = 0
        self.total_reward = 0.0
        self.paid_best = 0.0
        self.best: Submission | None = None
        self.last: Submission | None = None
        self._submissions: dict[int, Submission] = {}
        self._paths: dict[int, Path] = {}
        self._digests: set[bytes] = set()
        self._history: deque[str] = deque(maxlen=_HISTORY_SHOWN)
        self._deadline = time.monotonic() + time_limit_s

    @property
    def submissions(self) -> Mapping[int, Path]:
        """The kept files of valid submissions by step."""
        return MappingProxyType(self._paths)

    @property
    def steps_left(self) -> int:
        """Steps that may still be taken."""
        return max(0, self.max_steps - self.step)

    @property
    def seconds_left(self) -> float:
        """Wall-clock seconds of the budget that are left, 0 where it is used up."""
        return max(0.0, self._deadline - time.monotonic())

    @property
    def best_progress(self) -> float:
        """Best progress on public rows as it may be told; NaN where there is none."""
        return self.best.progress if self.best and self.shows_scores else math.nan

    @property
    def step_seed(self) -> int:
        """The seed of the current step's program, a function of the episode's seed and the step."""
        return int(np.random.SeedSequence([self.seed, self.step]).generate_state(1)[0])

    def file_of_step(self, folder: str, suffix: str) -> Path:
        """Where the current step keeps a file."""
        return self.folder / folder / f"{self.step:04d}{suffix}"

    def keep(self, path: Path, score: float, progress: float) -> tuple[Submission, bool]:
        """Keep the valid submission of the current step.

        Returns:
            The submission, and whether it is the best so far on public rows.
        """
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
        kept = Submission(self.step, path, score, progress, digest in self._digests)
        self._digests.add(digest)
        self._submissions[self.step] = self.last = kept
        self._paths[self.step] = path
        improved = self.best is None or self.metric.better(score, self.best.score)
        if improved:
            self.best = kept
        return kept, improved

    def choose(self, content: str) -> Submission | None:
        """Return the submission that a `submit` with this content means.

        Raises:
            InvalidActionError: It names no step that wrote a valid submission.
        """
        if not content.strip():
            return self.default_choice
        kept = self._submissions.get(number_of_step(content))
        if kept is None:
            steps = ", ".join(map(str, list(self._submissions)[-20:])) or "none so far"
            raise InvalidActionError(
                f"submit {content.strip()[:40]!r} names no step with a valid submission; there "
                f"are: {steps}. Leave the content empty for the "
                + ("best on public rows" if self.shows_scores else "last valid one")
            )
        return kept

    @property
    def default_choice(self) -> Submission | None:
        """The best on public rows, or the last valid one where scores are withheld."""
        return self.best if self.shows_scores else self.last

    def note(self, line: str) -> None:
        """Add the current step's line to the history."""
        self._history.append(f"{self.step:>4}  {line}")

    def history(self) -> str:
        """Return the last steps, one line each, and the standing."""
        lines = list(self._history)
        if self.step - 1 > len(lines):
            lines.insert(0, f"[the first {self.step - 1 - len(lines)} steps are left out]")
        if not lines:
            lines = ["Nothing was done yet."]
        chosen = self.default_choice
        if chosen is None:
            lines.append("No valid submission so far.")
        elif self.shows_scores:
            lines.append(
                f"Best on public rows: step {chosen.step}, {self.metric.name} "
                f"{chosen.score:.6g}, progress {chosen.progress:.3f}."
            )
        else:
            lines.append(f"Last valid submission: step {chosen.step}.")
        return "\n".join(lines)
