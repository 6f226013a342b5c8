"""Progress of many jobs: a bar on a terminal, plain lines without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from mlesmith_env.executor import Outcome

Job = TypeVar("Job")
Result = TypeVar("Result")


def follow(
    outcomes: Iterable[Outcome[Job, Result]],
    line: Callable[[Outcome[Job, Result]], str],
    *,
    console: Console,
    title: str,
    total: int,
    completed: int = 0,
) -> Iterator[Outcome[Job, Result]]:
    """Pass outcomes on as they come, printing a line for each.

    Args:
        outcomes: As an executor yields them.
        line: What to print of one; nothing where it is empty.
        console: Where to print.
        title: What is counted.
        total: How many there will have been at the end.
        completed: How many of them were there before.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task(title, total=total, completed=completed)
        for outcome in outcomes:
            progress.advance(bar)
            if text := line(outcome):
                progress.console.print(text, markup=False, soft_wrap=True)
            yield outcome
