"""What an environment returns: the observation space, observations, infos, the rendered frame."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from mlesmith_env.briefing import clipped
from mlesmith_env.episode import STATUSES, Episode, StepResult, Submission
from mlesmith_env.spaces import Choice, UnicodeText, printable

if TYPE_CHECKING:
    from mlesmith_env.grading import Grade

Observation = dict[str, Any]
Info = dict[str, Any]

FEEDBACK_LENGTH = 64_000
"""Longest feedback, in characters."""
PROGRESS_BOUND = 1e6
"""Progress in an observation lies within this bound; `info` has it unclipped."""


def observation_space(max_steps: int) -> gym.spaces.Dict:
    """Return the space of observations of an environment with this budget of steps."""
    return gym.spaces.Dict(
        {
            "feedback": UnicodeText(FEEDBACK_LENGTH),
            "status": Choice(STATUSES),
            "progress": gym.spaces.Box(-PROGRESS_BOUND, PROGRESS_BOUND, (), np.float64),
            "best_progress": gym.spaces.Box(-PROGRESS_BOUND, PROGRESS_BOUND, (), np.float64),
            "steps_left": gym.spaces.Discrete(max_steps + 1),
        }
    )


def observe(episode: Episode, result: StepResult, ending: str = "") -> Observation:
    """Return the observation after a step (or after `reset`).

    Args:
        episode: The episode after the step.
        result: What the step gave.
        ending: How the episode ended, where it did.
    """
    told = clipped(printable(result.body), FEEDBACK_LENGTH - len(ending) - 2)
    return {
        "feedback": "\n\n".join(part for part in (told, ending) if part),
        "status": result.status,
        "progress": _bounded(result.submission.progress if result.submission else math.nan),
        "best_progress": _bounded(episode.best_progress),
        "steps_left": episode.steps_left,
    }


def inform(
    task_id: str, kind: str, episode: Episode, result: StepResult, overhead_s: float
) -> Info:
    """Return the info after a step: every key, always of the same type, NaN for no number."""
    scored = result.submission
    return {
        "task_id": task_id,
        "kind": kind,
        "status": str(result.status),
        "score": scored.score if scored else math.nan,
        "progress": scored.progress if scored else math.nan,
        "best_progress": episode.best_progress,
        "valid_submission": result.valid_submission,
        "error": result.error,
        "durations": {"execution": float(result.execution_s), "overhead": float(overhead_s)},
    }


def final_grade(grade: Grade | None) -> dict[str, Any]:
    """Return a private grade as a dict of one type a key; None is no valid submission.

    Numbers are floats, NaN where there is none, and texts are empty where there is none, so that
    Gymnasium's vector environments can put the grades of many episodes into arrays.
    """
    if grade is None:
        return {
            "valid": False,
            "score": math.nan,
            "progress": math.nan,
            "rank": math.nan,
            "medal": "",
            "error": "the episode ended without a valid submission",
        }
    return {
        "valid": bool(grade.valid),
        "score": _number(grade.score),
        "progress": _number(grade.progress),
        "rank": _number(grade.rank),
        "medal": grade.medal or "",
        "error": grade.error or "",
    }


def describe_ending(
    metric: str, chosen: Submission | None, grade: Mapping[str, Any], *, truncated: bool
) -> str:
    """Return how an episode ended, for its last feedback."""
    why = "A budget of the episode is used up" if truncated else "You submitted"
    if chosen is None:
        return f"{why}: the episode ends without a valid submission."
    if not grade["valid"]:
        return f"{why}: the submission of step {chosen.step} can not be scored: {grade['error']}"
    medal = f", {grade['medal']} medal" if grade["medal"] else ""
    return (
        f"{why}: the submission of step {chosen.step} counts. Private {metric} "
        f"{grade['score']:.6g}, progress {grade['progress']:.4f}{medal}."
    )


def frame(info: Info, observation: Observation, *, step: int, max_steps: int, total: float) -> str:
    """Return a step as text for a terminal."""
    rule = "-" * 72
    best = info["best_progress"]
    lines = [
        rule,
        f"{info['task_id']}  step {step}/{max_steps}  {info['kind'] or '-'}: {info['status']}",
        f"progress {_shown(info['progress'])}  best {_shown(best)}  return so far {total:.3f}",
        rule,
        str(observation["feedback"]),
    ]
    return "\n".join(lines)


def _bounded(progress: float) -> NDArray[np.float64]:
    value = 0.0 if math.isnan(progress) else progress
    return np.asarray(min(max(value, -PROGRESS_BOUND), PROGRESS_BOUND), dtype=np.float64)


def _number(value: float | int | None) -> float:
    return math.nan if value is None else float(value)


def _shown(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"
