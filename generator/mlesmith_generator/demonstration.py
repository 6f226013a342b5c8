"""The demo: a raw dataset, verified tasks, an episode, a leaderboard, in under a minute."""

from __future__ import annotations

import time
from pathlib import Path

import gymnasium as gym
from rich.console import Console
from rich.table import Table

import mlesmith_env
from mlesmith_env.agents import ScriptedAgent
from mlesmith_env.cli.episodes import final_line, play_episode
from mlesmith_env.errors import GenerationError
from mlesmith_env.leaderboard import read_leaderboard
from mlesmith_env.metrics import get_metric
from mlesmith_env.package import LEADERBOARD
from mlesmith_env.registry import read_index
from mlesmith_env.task import Task
from mlesmith_generator.generation import Settings, generate_all
from mlesmith_generator.ledger import events_by_dataset
from mlesmith_generator.verification import VerificationJob, verify_package

SOURCE = "sklearn:diabetes"
"""Real, and at hand wherever scikit-learn is installed."""


def demonstrate(folder: Path) -> None:
    """Generate, verify and play, with everything kept in one folder.

    Raises:
        GenerationError: No task came out, or one does not verify again.
    """
    began = time.monotonic()
    console = Console(highlight=False)
    root = folder / "registry"
    console.rule("1. from a raw dataset to tasks", align="left")
    console.print(f"$ mlesmith generate {SOURCE} --ideas 2 --registry {root}", soft_wrap=True)
    if not generate_all([SOURCE], Settings(registry=root, ideas=2)):
        raise GenerationError(f"{SOURCE} gave no task; the lines above say why")

    console.rule("2. verified once more, from the package on disk", align="left")
    package = _first(root)
    verdict = verify_package(VerificationJob(package, "local", skip_unavailable=False))
    for report in verdict.reports:
        passed = sum(check.passed for check in report.checks)
        console.print(f"  {report.gate:11} {passed} of {len(report.checks)} checks passed")
    if not verdict.passed:
        raise GenerationError(f"{package.name} does not verify; see `mlesmith verify`")

    console.rule("3. an episode through gym.make", align="left")
    mlesmith_env.register_tasks(root)
    task = mlesmith_env.load_task(package)
    # By its folder: the package's own registry may hold a task of that id, too.
    console.print(f'env = gymnasium.make("{task.id}", task="{package}")', soft_wrap=True)
    env = gym.make(task.id, task=str(package), log_dir=folder / "episode")
    final, total, _ = play_episode(env, ScriptedAgent(task), console, seed=0)
    console.print(final_line(final, total))

    console.rule("4. against the ladder of reference solutions (private rows)", align="left")
    console.print(_standing(task, final))
    console.rule("5. where everything is", align="left")
    for what, path in (
        ("tasks", root),
        ("what a competitor reads", task.directory / "description.md"),
        ("evidence of the gates", task.directory / "verification.json"),
        ("every attempt and defect", root / "generation.jsonl"),
        ("the episode, step by step", folder / "episode"),
        ("prepared data", task.prepare().public_dir),
    ):
        console.print(f"  {what:26} {path}", soft_wrap=True)
    console.print(
        f"\ndone in {time.monotonic() - began:.1f} s; next: mlesmith play {task.directory}",
        soft_wrap=True,
    )


def _first(root: Path) -> Path:
    """Return the package of the first idea that became a task."""
    ids = {str(entry.fields["id"]): entry.directory for entry in read_index(root)}
    events = [event for log in events_by_dataset(root).values() for event in log]
    return next(ids[event["id"]] for event in events if event["event"] == "task")


def _standing(task: Task, final: dict[str, object]) -> Table:
    board = read_leaderboard(task.directory / LEADERBOARD, digest=task.manifest.digest)
    rows = [(entry.name, entry.private) for entry in board.entries]
    rows.append(("this episode", float(str(final["score"]))))
    metric = get_metric(task.manifest.metric)
    rows.sort(key=lambda row: -metric.sign * row[1])
    table = Table(box=None, pad_edge=False, padding=(0, 2))
    table.add_column("rank", justify="right")
    table.add_column("solution")
    table.add_column(f"{metric.name} ({metric.direction})", justify="right")
    for rank, (name, score) in enumerate(rows, 1):
        table.add_row(
            str(rank), name, f"{score:.5g}", style="bold green" if name == "this episode" else ""
        )
    return table
