"""Running an agent's program and judging what it wrote."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from mlesmith_env.actions import Action
from mlesmith_env.briefing import clipped
from mlesmith_env.configuration import Configuration
from mlesmith_env.episode import Episode, Status, StepResult
from mlesmith_env.errors import (
    InvalidSubmissionError,
    SandboxError,
    SnapshotError,
    UnsupportedTaskError,
)
from mlesmith_env.metrics import get_metric
from mlesmith_env.rewards import Outcome, Scale
from mlesmith_env.sandbox import (
    ExecutionResult,
    Sandbox,
    SandboxLimits,
    SandboxSpec,
    Snapshots,
    make_sandbox,
)
from mlesmith_env.spaces import cleaned

if TYPE_CHECKING:
    from mlesmith_env.task import Task

SUBMISSION = "submission.csv"
_OUTPUT_TOLD = 12_000


class ProgramRunner:
    """Runs the programs of one environment, in one sandbox over all its episodes.

    Args:
        task: The task, whose grader judges submissions outside the sandbox.
        configuration: How it is played.
    """

    def __init__(self, task: Task, configuration: Configuration) -> None:
        """Remember what to run for; the sandbox is made by `reset`."""
        self._task = task
        self._configuration = configuration
        self._metric = get_metric(task.manifest.metric)
        self._public = scale_of(task, "public")
        self._sandbox: Sandbox | None = None

    def reset(self, public_dir: Path) -> None:
        """Give the next episode an empty workspace, in a new sandbox where there is none."""
        if self._configuration.isolation == "fresh":
            self.close()
        if self._sandbox is not None:
            try:
                self._sandbox.reset()
            except SandboxError:
                # Lost between two episodes, where nothing is at stake: a new one takes its place.
                self.close()
            else:
                return
        limits = self._configuration.limits
        options = self._configuration.sandbox_options
        spec = SandboxSpec(
            public_dir=public_dir,
            closed=self._task.closed_paths(),
            limits=SandboxLimits(
                memory_bytes=limits.memory_bytes,
                workspace_bytes=limits.workspace_bytes,
                output_bytes=limits.output_bytes,
                processes=limits.processes,
                cpus=options.cpus,
            ),
            stateful=self._configuration.stateful,
            image=options.image,
            gpus=options.gpus,
            libraries=self._configuration.libraries,
        )
        sandbox = make_sandbox(self._configuration.sandbox, spec)
        if self._configuration.stateful and not isinstance(sandbox, Snapshots):
            raise UnsupportedTaskError(
                f"stateful=True is not there yet in sandbox={sandbox.name!r}: use sandbox='local'"
            )
        try:
            sandbox.start()
        except BaseException:
            sandbox.close()
            raise
        self._sandbox = sandbox

    def empty_workspace(self) -> None:
        """Empty the workspace during an episode, and begin a new session where there is one."""
        if self._configuration.stateful:
            self.sessions.renew()
        else:
            self._running.reset()

    @property
    def sessions(self) -> Snapshots:
        """The sandbox as one that keeps snapshots.

        Raises:
            SnapshotError: It is none.
        """
        sandbox = self._running
        if not self._configuration.stateful or not isinstance(sandbox, Snapshots):
            raise SnapshotError(
                "only a session has snapshots: make the environment with stateful=True"
            )
        return sandbox

    def close(self) -> None:
        """End the sandbox; the next `reset` makes a new one."""
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            sandbox.close()

    def run(self, action: Action, episode: Episode) -> StepResult:
        """Run the program of a `validate_code` or `execute_code` action and judge its submission.

        Raises:
            SandboxError: The sandbox broke down, which is no fault of the program.
        """
        timeout_s = min(self._configuration.limits.step_timeout_s, episode.seconds_left)
        result = self._running.run(
            action.content, timeout_s=max(timeout_s, 0.001), seed=episode.step_seed
        )
        output = episode.file_of_step("outputs", ".txt")
        shutil.move(result.output_path, output)
        submitted = episode.file_of_step("submissions", ".csv")
        try:
            found = self._running.take(
                SUBMISSION, submitted, max_bytes=self._configuration.limits.submission_bytes
            )
            refused = ""
        except InvalidSubmissionError as problem:
            found, refused = False, str(problem)
        if result.status != "ok":
            # A file that a failed run left may be half-written or older than the failure.
            submitted.unlink(missing_ok=True)
            return self._failed(result, left_file=found or bool(refused))
        if refused:
            return self._invalid(result, refused)
        if not found:
            return self._without_file(action, result)
        if action.kind == "validate_code":
            return self._validated(result, submitted)
        return self._scored(result, submitted, episode)

    @property
    def _running(self) -> Sandbox:
        if self._sandbox is None:
            raise RuntimeError("ProgramRunner.reset() comes before run()")
        return self._sandbox

    def _failed(self, result: ExecutionResult, *, left_file: bool) -> StepResult:
        error = cleaned(result.error) or f"the run ended with status {result.status}"
        told = [f"The run failed ({result.status}){_seconds(result)}: {error}"]
        if left_file:
            told.append(f"The {SUBMISSION} that it left does not count.")
        return _result(result, told, status=result.status, error=error)

    def _invalid(self, result: ExecutionResult, error: str) -> StepResult:
        error = cleaned(error)
        told = [_ended(result), f"Its {SUBMISSION} can not be scored: {error}"]
        return _result(result, told, status="invalid_submission", error=error)

    def _without_file(self, action: Action, result: ExecutionResult) -> StepResult:
        if action.kind == "execute_code":
            return _result(result, [_ended(result), f"It wrote no {SUBMISSION}: nothing to score."])
        error = f"the program wrote no {SUBMISSION} in its current folder"
        return self._invalid(result, error)

    def _validated(self, result: ExecutionResult, submitted: Path) -> StepResult:
        try:
            self._task.grader.predictions(submitted)
        except InvalidSubmissionError as problem:
            return self._invalid(result, str(problem))
        finally:
            submitted.unlink(missing_ok=True)
        told = f"Its {SUBMISSION} has the right format. It was not scored and is not kept."
        return _result(result, [_ended(result), told], valid=True)

    def _scored(self, result: ExecutionResult, submitted: Path, episode: Episode) -> StepResult:
        grade = self._task.grader.grade(submitted, "public")
        if not grade.valid:
            submitted.replace(submitted.with_suffix(".invalid.csv"))
            return self._invalid(result, grade.error or "")
        score = math.nan if grade.score is None else float(grade.score)
        progress = math.nan if grade.progress is None else float(grade.progress)
        before = episode.best
        kept, improved = episode.keep(submitted, score, progress)
        if not self._configuration.shows_scores:
            told = f"Its {SUBMISSION} is valid. Scores are not told in this episode."
            return _result(result, [_ended(result), told], valid=True)
        better = "larger" if self._metric.direction == "maximize" else "smaller"
        line = (
            f"Public {self._metric.name} {score:.6g} ({better} is better), progress {progress:.4f}"
        )
        if before is None:
            line += ": the first valid submission."
        elif improved:
            line += f": the best so far (before: {before.score:.6g} in step {before.step})."
        elif kept.repeated:
            line += ": the same file as in an earlier step."
        else:
            line += f"; the best is {before.score:.6g} in step {before.step}."
        outcome = Outcome(
            progress=0.0 if kept.repeated else self._public.clip(progress),
            best_before=self._public.clip(before.progress) if before else 0.0,
            best_after=self._public.clip(episode.best.progress) if episode.best else 0.0,
        )
        return StepResult(
            status="ok",
            body=_told(result, [_ended(result), line]),
            submission=kept,
            valid_submission=True,
            execution_s=result.execution_s,
            outcome=outcome,
        )


def scale_of(task: Task, part: str) -> Scale:
    """Return the scale of the public or private rows of a task."""
    reference = task.manifest.reference
    anchors = reference.public if part == "public" else reference.private
    metric = get_metric(task.manifest.metric)
    return Scale(anchors.floor, anchors.ceiling, metric.perfect, metric.sign)


def _ended(result: ExecutionResult) -> str:
    return f"The program ended without an error{_seconds(result)}."


def _seconds(result: ExecutionResult) -> str:
    # Whole seconds, and none for a short run: what is told is then the same for the same seed.
    return f" after {result.execution_s:.0f} s" if result.execution_s >= 1 else ""


def _told(result: ExecutionResult, lines: list[str]) -> str:
    if result.session == "lost":
        lines = [*lines, "The session ended with it: all variables are gone."]
    elif result.session == "renewed":
        lines = [*lines, "The session was lost before this step: only its own variables are there."]
    elif result.session == "kept" and result.status != "ok":
        lines = [*lines, "The session goes on: the variables so far are kept."]
    output = clipped(cleaned(result.output).rstrip(), _OUTPUT_TOLD)
    return "\n".join([*lines, "Output:", output] if output else [*lines, "It printed nothing."])


def _result(
    result: ExecutionResult,
    lines: list[str],
    *,
    status: Status = "ok",
    error: str = "",
    valid: bool = False,
) -> StepResult:
    return StepResult(
        status=status,
        body=_told(result, lines),
        error=error,
        valid_submission=valid,
        execution_s=result.execution_s,
    )
