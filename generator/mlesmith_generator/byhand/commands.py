"""`mlesmith new` and `mlesmith seal`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, cast, get_args

import typer
from rich.console import Console

from mlesmith_env.errors import GenerationError
from mlesmith_env.manifest import Objective

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def new(
    slug: Annotated[str, typer.Argument(help="Name of the task, for instance `flat-prices`.")],
    data: Annotated[str, typer.Option(help="A file, a folder, or `sklearn:<name>`.")],
    target: Annotated[str, typer.Option(help="Column to predict.")],
    table: Annotated[
        str | None, typer.Option(help="Table, where several have that column.")
    ] = None,
    metric: Annotated[str | None, typer.Option(help="A metric of the catalogue.")] = None,
    objective: Annotated[
        str | None, typer.Option(help="`regression`, `binary`, `multiclass`, …")
    ] = None,
    script: Annotated[
        bool, typer.Option("--script", help="Write `prepare.py` and `metric.py` to start from.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder to write; by default the name.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of holdout and ids.")] = 0,
) -> None:
    """Scaffold a task of your own data: a draft to edit, then to `mlesmith seal`.

    Example: `mlesmith new flat-prices --data flats.csv --target price --metric mae`
    """
    from mlesmith_generator.byhand.scaffold import scaffold

    if objective is not None and objective not in get_args(Objective):
        raise GenerationError(
            f"there is no objective {objective!r}; there are {', '.join(get_args(Objective))}"
        )
    folder = scaffold(
        slug,
        data,
        target,
        output=output or Path(slug),
        table=table,
        metric=metric,
        objective=cast("Objective | None", objective),
        script=script,
        seed=seed,
    )
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"wrote {folder}: {', '.join(sorted(path.name for path in folder.iterdir()))}")
    console.print(
        "next: edit description.md (it says what is to do) and task.yaml, then\n"
        f"  mlesmith seal {folder} --registry ./tasks"
    )


def seal(
    draft: Annotated[Path, typer.Argument(help="The draft folder.")],
    registry: Annotated[Path, typer.Option(help="Registry to write to; made where missing.")],
    sandbox: Annotated[str, typer.Option(help="Where reference programs run: `local`.")] = "local",
    as_json: AsJson = False,
) -> None:
    """Measure what a draft leaves open, judge it by the three gates, admit it to a registry.

    Exit status 0 where every gate passes. The draft stays as it is.

    Example: `mlesmith seal flat-prices --registry ./tasks`
    """
    from mlesmith_generator.byhand.sealing import seal_draft

    sealed = seal_draft(draft.expanduser(), registry.expanduser().absolute(), sandbox=sandbox)
    if as_json:
        data = {
            "directory": None if sealed.directory is None else str(sealed.directory),
            "gates": [report.model_dump(mode="json") for report in sealed.reports],
        }
        typer.echo(json.dumps(data, ensure_ascii=False))
    console = Console(highlight=False, soft_wrap=True, stderr=as_json)
    for report in sealed.reports:
        told = f"{len(report.checks)} checks" if report.passed else "defects:"
        console.print(f"{'pass' if report.passed else 'FAIL'}  {report.gate}  {told}")
        for defect in report.defects:
            console.print(f"      {defect.code}: {defect.evidence}")
    if sealed.directory is None:
        console.print(f"not admitted; mend {draft} and run `mlesmith seal` again")
        raise typer.Exit(1)
    console.print(f"sealed: {sealed.directory}")
