"""A task as a Gymnasium environment: an agent writes programs, the task's metric rewards them."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, cast

import gymnasium as gym

from mlesmith_env.actions import ACTION_KINDS, CONTENT_LENGTH, action_space, check_action
from mlesmith_env.branches import SessionBranches
from mlesmith_env.briefing import Briefing
from mlesmith_env.configuration import RENDER_MODES, configure
from mlesmith_env.episode import Episode, StepResult, Submission
from mlesmith_env.errors import (
    InvalidActionError,
    ResetNeededError,
    SandboxLostError,
    SnapshotError,
)
from mlesmith_env.metrics import get_metric
from mlesmith_env.observations import (
    Info,
    Observation,
    describe_ending,
    final_grade,
    frame,
    inform,
    observation_space,
    observe,
)
from mlesmith_env.programs import ProgramRunner, scale_of
from mlesmith_env.responses import carry_out
from mlesmith_env.spaces import cleaned
from mlesmith_env.trajectory import TrajectoryLog, new_episode_folder

if TYPE_CHECKING:
    from mlesmith_env.sandbox import Snapshots
    from mlesmith_env.task import Task


class TaskEnv(SessionBranches, gym.Env[Observation, Mapping[str, str]]):
    """Plays one task.

    Args:
        task: The task, or its slug, id or package folder.
        sandbox: Where programs run: `local` (confined), `docker` (confined, in a container) or
            `subprocess` (not confined).
        reward: `improvement`, `progress`, `score` or `terminal`.
        step_timeout_s: Seconds that one run may take; by default the task's limit.
        time_limit_s: Wall-clock seconds of an episode, thinking included; by default the task's.
        feedback: `public` tells scores on public rows, `none` tells none before the end.
        max_steps: Steps of an episode; by default the task's limit.
        stateful: Whether variables live on from step to step, as in a notebook; such sessions
            have snapshots.
        libraries: Modules that `local` loads, besides NumPy and so on, before any program is
            forked: `("lightgbm",)` saves every step their import.
        isolation: `reuse` keeps the sandbox over episodes, emptied and checked; `fresh` makes a new
            one for each.
        sandbox_options: For `docker`: `image`, `gpus`, `cpus`; see `SandboxOptions`.
        log_dir: Each episode gets a folder in it. Without it files go with the next `reset`.
        render_mode: `ansi` or None.

    Raises:
        InvalidSettingError: A keyword has a value outside its domain.
        UnsupportedTaskError: A keyword asks for what is not there yet.
        UnknownTaskError: No registry has the task.
    """

    metadata: ClassVar[dict[str, Any]] = {  # pyright: ignore[reportIncompatibleVariableOverride]
        "render_modes": list(RENDER_MODES),
        "render_fps": 1,
    }

    def __init__(
        self,
        task: Task | str | os.PathLike[str],
        *,
        sandbox: str = "local",
        reward: str = "improvement",
        step_timeout_s: float | None = None,
        time_limit_s: float | None = None,
        feedback: str = "public",
        max_steps: int | None = None,
        stateful: bool = False,
        libraries: Sequence[str] = (),
        isolation: str = "reuse",
        sandbox_options: Mapping[str, object] | None = None,
        log_dir: str | os.PathLike[str] | None = None,
        render_mode: str | None = None,
    ) -> None:
        """Check the keywords; nothing is prepared or started before `reset`."""
        if isinstance(task, str | os.PathLike):
            from mlesmith_env.registry import load_task

            task = load_task(task)
        self.task: Task = task
        self.configuration = configure(
            task.manifest.limits,
            sandbox=sandbox,
            reward=reward,
            step_timeout_s=step_timeout_s,
            time_limit_s=time_limit_s,
            feedback=feedback,
            max_steps=max_steps,
            stateful=stateful,
            libraries=libraries,
            isolation=isolation,
            sandbox_options=sandbox_options,
            log_dir=log_dir,
            render_mode=render_mode,
        )
        self.render_mode = render_mode
        self.action_space = cast("gym.Space[Mapping[str, str]]", action_space())
        self.observation_space = observation_space(self.configuration.limits.max_steps)
        self._metric = get_metric(task.manifest.metric)
        self._private = scale_of(task, "private")
        self._runner = ProgramRunner(task, self.configuration)
        self._briefing: Briefing | None = None
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._episode: Episode | None = None
        self._running = False
        self._frame = "No episode yet: call reset()."

    @property
    def submissions(self) -> Mapping[int, Path]:
        """The kept files of this episode's valid submissions by step, for the host's side.

        They stay until the next `reset` or `close`, and beyond where there is a `log_dir`.
        """
        return self._episode.submissions if self._episode else MappingProxyType({})

    @property
    def episode_dir(self) -> Path | None:
        """The folder of the current or last episode, None before the first."""
        return self._episode.folder if self._episode else None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, Info]:
        """Begin an episode with an empty workspace.

        Args:
            seed: Fixes every step's random state; without one, seeds follow from the last.
            options: None are known; ignored.

        Returns:
            The observation, whose feedback is the briefing, and the info.

        Raises:
            DataUnavailableError: The task's raw bytes are not at hand.
            SandboxUnavailableError: This machine can not give the sandbox, or that of the task's
                scripts.
            ScriptError: The task's `prepare.py` failed.
            TrajectoryError: The episode's folder can not be written.
        """
        super().reset(seed=seed)
        began = time.perf_counter()
        episode_seed = int(self.np_random.integers(2**63))
        self._leave_episode()
        public_dir = self.task.prepare().public_dir
        # Read the answers now, so that no step is charged for it.
        self.task.grader.start()
        self._runner.reset(public_dir)
        if self._briefing is None:
            self._briefing = Briefing(
                self.task.manifest,
                self.task.description,
                public_dir,
                self.configuration.limits,
                self.configuration.shows_scores,
                self.configuration.stateful,
            )
        folder = new_episode_folder(self._log_dir(), self.task.manifest.name)
        self._episode = episode = Episode(
            folder,
            TrajectoryLog(folder, self._header(episode_seed)),
            seed=episode_seed,
            max_steps=self.configuration.limits.max_steps,
            time_limit_s=self.configuration.limits.time_limit_s,
            metric=self._metric,
            shows_scores=self.configuration.shows_scores,
        )
        self._running = True
        result = StepResult("ok", self._briefing.opening)
        observation = observe(episode, result)
        info = inform(self.task.id, "", episode, result, time.perf_counter() - began)
        self._frame = self._framed(episode, info, observation)
        return observation, info

    def step(self, action: Mapping[str, str]) -> tuple[Observation, float, bool, bool, Info]:
        """Carry out an action; whatever is wrong with it costs a step and is told, not raised.

        Raises:
            ResetNeededError: No episode is running.
            SandboxError: The sandbox broke down; the episode can not go on.
            MetricError: The task's `metric.py` gave no valid score; the same.
            TrajectoryError: The episode's log can not be written; the same.
        """
        episode = self._episode
        if episode is None or not self._running:
            raise ResetNeededError(
                "no episode is running: call reset() first, and again after terminated, "
                "truncated, close() or an error"
            )
        try:
            return self._step(episode, action)
        except OSError as error:
            self._abandon()
            raise SandboxLostError(
                f"the episode can not go on, its files can not be used: {error}; make room, then "
                "reset()"
            ) from error
        except BaseException:
            self._abandon()
            raise

    def render(self) -> str | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the last step as text; None, with Gymnasium's warning, without `render_mode`."""
        if self.render_mode is None:
            gym.logger.warn(
                'render() was called without a render mode; use gym.make(id, render_mode="ansi")'
            )
            return None
        return self._frame

    def close(self) -> None:
        """End the episode and the sandbox and remove temporary files; may be called again."""
        self._leave_episode()
        self._runner.close()
        self.task.close()
        temporary, self._temporary = self._temporary, None
        if temporary is not None:
            temporary.cleanup()

    def _kept_snapshots(self) -> tuple[int, ...]:
        return self._runner.sessions.snapshots if self._running else ()

    def _between_steps(self, name: str, act: Callable[[Snapshots], int]) -> int:
        episode = self._episode
        if episode is None or not self._running:
            raise ResetNeededError(f"no episode is running: call reset() before {name}()")
        try:
            snapshot = act(self._runner.sessions)
            episode.log.event(name, {"snapshot": snapshot, "step": episode.step})
        except SnapshotError:
            raise
        except BaseException:
            self._abandon()
            raise
        return snapshot

    def _step(
        self, episode: Episode, action: object
    ) -> tuple[Observation, float, bool, bool, Info]:
        began = time.perf_counter()
        episode.step += 1
        kind, content = _as_given(action)
        briefing = cast("Briefing", self._briefing)
        try:
            result = carry_out(check_action(action), episode, briefing, self._runner)
        except InvalidActionError as problem:
            error = cleaned(str(problem))
            result = StepResult("invalid_action", f"Nothing was done: {error}", error=error)
        reward = self.configuration.reward.step(result.outcome)
        if result.submission is not None:
            episode.paid_best = result.outcome.best_after
        terminated = result.ends
        truncated = not terminated and not (episode.steps_left and episode.seconds_left)
        overhead_s = max(0.0, time.perf_counter() - began - result.execution_s)
        info = inform(self.task.id, kind, episode, result, overhead_s)
        self._record(episode, content, info, reward)
        ending = ""
        if terminated or truncated:
            chosen = result.chosen if terminated else episode.default_choice
            settlement, info["final"] = self._settle(episode, chosen, reward)
            reward += settlement
            ending = describe_ending(self._metric.name, chosen, info["final"], truncated=truncated)
            self._running = False
            elapsed_s = time.perf_counter() - began
            info["durations"]["overhead"] = max(0.0, elapsed_s - result.execution_s)
        episode.total_reward += reward
        observation = observe(episode, result, ending)
        self._frame = self._framed(episode, info, observation)
        return observation, reward, terminated, truncated, info

    def _settle(
        self, episode: Episode, chosen: Submission | None, reward: float
    ) -> tuple[float, dict[str, Any]]:
        grade = final_grade(self.task.grader.grade(chosen.path, "private") if chosen else None)
        progress = self._private.clip(grade["progress"])
        paid = self.configuration.reward.settle(progress, episode.paid_best, self._private)
        episode.log.settle(
            {
                "step": chosen.step if chosen else 0,
                "grade": grade,
                "reward": paid,
                "return": episode.total_reward + reward + paid,
            }
        )
        episode.log.close()
        return paid, grade

    def _record(self, episode: Episode, content: str, info: Info, reward: float) -> None:
        kept = episode.submissions.get(episode.step)
        output = episode.file_of_step("outputs", ".txt")
        episode.log.step(
            episode.step,
            {
                **info,
                "content": content,
                "seed": episode.step_seed,
                "reward": reward,
                "submission": kept.relative_to(episode.folder) if kept else None,
                "output": output.relative_to(episode.folder) if output.exists() else None,
            },
        )
        told = f"{info['kind'] or 'unknown':<13} {info['status']}"
        if info["score"] == info["score"]:
            told += f", {self._metric.name} {info['score']:.6g}, progress {info['progress']:.3f}"
        title = next((line.strip() for line in content.splitlines() if line.strip()), "")
        episode.note(f"{told} | {title[:80]}" if title else told)

    def _header(self, episode_seed: int) -> dict[str, Any]:
        from mlesmith_env import __version__

        return {
            "task_id": self.task.id,
            "digest": self.task.manifest.digest,
            "version": __version__,
            "np_random_seed": self.np_random_seed,
            "episode_seed": episode_seed,
            "configuration": self.configuration.plain(),
        }

    def _framed(self, episode: Episode, info: Info, observation: Observation) -> str:
        return frame(
            info,
            observation,
            step=episode.step,
            max_steps=episode.max_steps,
            total=episode.total_reward,
        )

    def _log_dir(self) -> Path:
        if self.configuration.log_dir is not None:
            return self.configuration.log_dir
        if self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="mlesmith-episodes-")
        return Path(self._temporary.name)

    def _leave_episode(self) -> None:
        self._running = False
        episode, self._episode = self._episode, None
        if episode is None:
            return
        episode.log.close()
        if self._temporary is not None:
            # What can not be removed now goes with the temporary folder itself, in `close`.
            shutil.rmtree(episode.folder, ignore_errors=True)

    def _abandon(self) -> None:
        self._running = False
        self._runner.close()


def _as_given(action: object) -> tuple[str, str]:
    """Kind (empty where it is none of ours) and content of an action that nobody checked yet."""
    if not isinstance(action, Mapping):
        return "", ""
    given = cast("Mapping[Any, Any]", action)
    kind, content = given.get("kind"), given.get("content", "")
    known = isinstance(kind, str) and kind in ACTION_KINDS
    said = content if isinstance(content, str) else repr(content)
    return str(kind) if known else "", said[:CONTENT_LENGTH]
