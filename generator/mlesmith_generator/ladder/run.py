"""Climbing the ladder: every rung is one step of one episode, in the sandbox, like any agent's."""

from __future__ import annotations

import numpy as np

from mlesmith_env.env import TaskEnv
from mlesmith_env.manifest import Part
from mlesmith_env.task import Task
from mlesmith_generator.ladder.optimum import optimal_rung
from mlesmith_generator.ladder.result import LadderResult, RungResult
from mlesmith_generator.ladder.rungs import Rung, ladder_for
from mlesmith_generator.ladder.steps import row_step

PARTS: tuple[Part, ...] = ("public", "private")
PATIENCE = 3.0
"""How many times the task's limits a rung may take before it is ended. On a busy machine a rung
takes longer; whether it kept within the limits is judged afterwards, and does not move anchors."""


def run_ladder(task: Task, *, sandbox: str = "local", seed: int = 0) -> LadderResult:
    """Run every reference program of a task in one episode and score what it hands in.

    A rung that crashes or takes too long is a result without predictions, not an error; one that
    comes to another on these data is left out.

    Args:
        task: The task; its anchors may still be placeholders.
        sandbox: Where the programs run.
        seed: Seed of the episode. The programs' own seed is the recipe's, so that anchors do not
            depend on who runs the ladder.

    Raises:
        SandboxError: The sandbox broke down or can not be had.
        DataUnavailableError: The task's raw bytes are not at hand.
    """
    rungs = ladder_for(task.manifest)
    limits = task.manifest.limits
    env = TaskEnv(
        task,
        sandbox=sandbox,
        max_steps=len(rungs) + 1,
        step_timeout_s=PATIENCE * limits.step_timeout_s,
        time_limit_s=PATIENCE * limits.time_limit_s,
    )
    try:
        env.reset(seed=seed)
        results: list[RungResult] = []
        truncated = False
        for step, rung in enumerate(rungs, 1):
            if truncated:
                results.append(_unrun(rung))
                continue
            result, truncated = _climb(env, rung, step)
            results.append(result)
    finally:
        env.close()
    unlike = [
        result
        for rung, result in zip(rungs, results, strict=True)
        if not any(other.name in rung.repeats and _alike(result, other) for other in results)
    ]
    optimum = optimal_rung(task)
    rungs_run = (*unlike, *([optimum] if optimum else []))
    worked = [rung for rung in rungs_run if rung.worked]
    steps: dict[Part, float] = {part: row_step(task.grader, part, worked) for part in PARTS}
    return LadderResult(task.grader.metric, rungs_run, steps)


def _alike(one: RungResult, other: RungResult) -> bool:
    """Return whether two rungs handed in the very same predictions."""
    first, second = one.predictions, other.predictions
    return first is not None and second is not None and np.array_equal(first, second)


def _climb(env: TaskEnv, rung: Rung, step: int) -> tuple[RungResult, bool]:
    """Return how a rung went, and whether the episode's time is up."""
    observation, _, _, truncated, info = env.step({"kind": "execute_code", "content": rung.code})
    grader, path = env.task.grader, env.submissions.get(step)
    predictions = None if path is None else grader.predictions(path)
    scores: dict[Part, float] = {}
    if predictions is not None:
        scores = {part: grader.score_predictions(predictions, part) for part in PARTS}
    error = info["error"]
    if predictions is None and not error:
        error = "it ended without a submission file"
    result = RungResult(
        name=rung.name,
        trivial=rung.trivial,
        status=info["status"],
        seconds=info["durations"]["execution"] + info["durations"]["overhead"],
        predictions=predictions,
        scores=scores,
        output=observation["feedback"],
        error=error,
    )
    return result, truncated


def _unrun(rung: Rung) -> RungResult:
    return RungResult(
        name=rung.name,
        trivial=rung.trivial,
        status="timeout",
        seconds=0.0,
        predictions=None,
        scores={},
        error="the episode's time was used up before it",
    )
