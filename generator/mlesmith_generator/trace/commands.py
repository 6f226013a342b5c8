"""`mlesmith trace`: reading how the tasks of a dataset came to be."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from mlesmith_env.package import write_atomically


def trace(
    dataset: Annotated[str, typer.Argument(help="Slug of the dataset, as the ledger has it.")],
    registry: Annotated[Path, typer.Option(help="Registry to which its tasks were written.")],
    page: Annotated[
        Path | None, typer.Option("--page", help="Write the story as one HTML page.")
    ] = None,
    attempt: Annotated[
        int | None,
        typer.Option("--attempt", help="Which attempt, from 1; by default the last that ended."),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Show messages, arguments and results whole.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Read how the tasks of a dataset came to be: ideas, conversations, drafts, defects, costs.

    Everything comes from the ledger and the transcripts in the registry. With `--page` the story
    goes there and is not printed.

    Example: `mlesmith trace my-data --registry ./tasks --page story.html`
    """
    from mlesmith_generator.trace.page import render
    from mlesmith_generator.trace.reading import story_of
    from mlesmith_generator.trace.text import tell

    story = story_of(registry.expanduser().absolute(), dataset, attempt)
    if page is not None:
        write_atomically(page.expanduser(), render(story))
    if as_json:
        typer.echo(json.dumps(asdict(story), ensure_ascii=False, allow_nan=False))
        return
    console = Console(highlight=False, soft_wrap=True)
    if page is None:
        tell(story, console, full=full)
    else:
        console.print(f"written: {page}", markup=False)
