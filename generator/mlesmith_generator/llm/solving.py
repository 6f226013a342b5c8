"""A model plays a task in its environment, as an agent would: a witness beside the ladder."""

from __future__ import annotations

import time

from mlesmith_env.env import TaskEnv
from mlesmith_env.observations import Observation
from mlesmith_env.task import Task
from mlesmith_generator.gates.verdict import Finding, Scan, report
from mlesmith_generator.ladder import LadderResult
from mlesmith_generator.llm.answers import Move
from mlesmith_generator.llm.studio import Studio
from mlesmith_generator.llm.toolbox import fenced
from mlesmith_generator.records import GateReport

STEPS = 6
"""Programs that the solver may run."""


def played(task: Task, ladder: LadderResult, studio: Studio) -> GateReport:
    """Have a task played by the model that plays the solver; it must end above the floor.

    Args:
        task: The task, with placeholders for anchors.
        ladder: What its reference programs scored, which gives the anchors.
        studio: Where the model works.

    Raises:
        ProviderError: The model gave no usable answer. Nothing is said of the task.
        BudgetError: What may be spent is spent.
        SandboxError: The sandbox broke down.
    """
    began = time.monotonic()
    manifest = task.manifest.model_copy(update={"reference": ladder.reference})
    anchored = Task(
        manifest,
        task.description,
        task.directory,
        task.source,
        nearby=task.nearby,
        scripts=task.scripts,
        aside=task.aside,
    )
    # The clock of an episode runs while the model thinks, which says nothing of the task.
    limits = manifest.limits
    env = TaskEnv(
        anchored,
        sandbox=studio.assignment.sandbox,
        max_steps=STEPS + 1,
        time_limit_s=limits.time_limit_s + studio.meter.seconds,
    )
    try:
        progress, told = _episode(env, studio)
    finally:
        env.close()
        anchored.close()
    if progress > 0:
        scan = Scan("solver", told, value=progress)
    else:
        scan = Scan("solver", told, (Finding("solver-at-floor", told),))
    return report("execution", [scan], time.monotonic() - began)


def _episode(env: TaskEnv, studio: Studio) -> tuple[float, str]:
    """Return the private progress that the solver ends with, and what came of it in words."""
    talk = studio.talk("solver", env.task.manifest.slug, looking=False)
    observation, info = env.reset(seed=studio.assignment.seed)
    question, runs = _marked("The task", observation), 0
    for _ in range(STEPS):
        move = talk.ask(question, Move)
        if move.finished or not move.program.strip():
            break
        runs += 1
        action = {"kind": "execute_code", "content": move.program}
        observation, _, ended, truncated, info = env.step(action)
        if ended or truncated:
            break
        question = _marked("What came of your program", observation)
    if "final" not in info:
        _, _, _, _, info = env.step({"kind": "submit", "content": ""})
    final = info["final"]
    if not final["valid"]:
        return float("-inf"), f"no valid submission came of {runs} program(s): {final['error']}"
    progress = float(final["progress"])
    return progress, f"private progress {progress:.4g} after {runs} program(s)"


def _marked(lead: str, observation: Observation) -> str:
    """Return what the environment tells, between marks: page, heads of files, printed lines."""
    return f"{lead}, as the environment tells it:\n{fenced(str(observation['feedback']))}"
