"""`mlesmith generate`, `mlesmith verify` and `mlesmith demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Workers = Annotated[int, typer.Option(min=1, help="Datasets (or tasks) at once.")]
SandboxName = Annotated[str, typer.Option(help="Where reference programs run: `local`.")]


def generate(
    sources: Annotated[
        list[str],
        typer.Argument(
            help="Folders, files or archives (one dataset each), `sklearn:<name>`, "
            "`hf:<owner>/<name>`, `openml:<id>`, `kaggle:<owner>/<name>`, `url:<...>`, "
            "`synthetic:<form>:<seed>`, `synthetic:` for several."
        ),
    ],
    registry: Annotated[Path, typer.Option(help="Registry to write to; made where missing.")],
    ideas: Annotated[int, typer.Option(min=1, help="Ideas to try for each dataset.")] = 5,
    count: Annotated[
        int, typer.Option(min=1, help="How many worlds `synthetic:` or `synthetic:<form>` is.")
    ] = 10,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many datasets.")] = None,
    workers: Workers = 1,
    seed: Annotated[int, typer.Option(help="Same seed, same tasks.")] = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Leave out what the ledger has as done.")
    ] = False,
    sandbox: SandboxName = "local",
    as_json: AsJson = False,
) -> None:
    """Turn raw datasets into verified tasks.

    Writes the tasks, `generation.jsonl` (every attempt and defect) and `generation.json` (the
    summary) into the registry. Exit status 1 where no task came out or a dataset failed.

    Example: `mlesmith generate ./my-data ./more.zip openml:61 --registry ./tasks --workers 2`
    """
    from mlesmith_env import synthetic
    from mlesmith_generator.generation import Settings, generate_all

    sources = [each for source in sources for each in synthetic.expand(source, count, seed)]

    settings = Settings(registry=registry.absolute(), ideas=ideas, seed=seed, sandbox=sandbox)
    complete = generate_all(
        sources, settings, workers=workers, limit=limit, resume=resume, as_json=as_json
    )
    raise typer.Exit(0 if complete else 1)


def verify(
    targets: Annotated[
        list[str], typer.Argument(help="Task folders, registry folders, slugs or ids.")
    ],
    workers: Workers = 1,
    skip_unavailable: Annotated[
        bool, typer.Option("--skip-unavailable", help="Pass over tasks whose bytes are missing.")
    ] = False,
    update_quality: Annotated[
        bool, typer.Option("--update-quality", help="Measure `quality.json` anew where it passes.")
    ] = False,
    sandbox: SandboxName = "local",
    as_json: AsJson = False,
) -> None:
    """Judge tasks by the three gates, as when they were admitted.

    Exit status 0 when every task passes.

    Example: `mlesmith verify ./tasks --workers 2 --json`
    """
    from mlesmith_generator.verification import verify_all

    passed = verify_all(
        targets,
        workers=workers,
        skip_unavailable=skip_unavailable,
        update_quality=update_quality,
        sandbox=sandbox,
        as_json=as_json,
    )
    raise typer.Exit(0 if passed else 1)


def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo's files go.")] = Path("demo-output"),
) -> None:
    """Show the whole way, from a raw dataset to a graded episode, in under a minute.

    Example: `mlesmith demo`
    """
    from mlesmith_generator.demonstration import demonstrate

    demonstrate(folder.absolute())
