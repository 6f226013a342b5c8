"""`mlesmith registry …`: looking at a registry as a whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from mlesmith_env import registry
from mlesmith_env.package import write_atomically

app = typer.Typer(
    no_args_is_help=True,
    help="Look at a registry as a whole. Example: `mlesmith registry report --output ./report`",
)
Root = Annotated[
    Path | None,
    typer.Option("--registry", help="One registry; by default all that `mlesmith list` knows."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


@app.command()
def report(
    root: Root = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for `report.html` and `report.json`.")
    ] = Path("registry-report"),
    as_json: AsJson = False,
) -> None:
    """Draw what a registry holds: kinds of tasks, yield of the gates, quality, licences.

    Writes one page that needs no network, and the same numbers as JSON.

    Example: `mlesmith registry report --registry ./tasks --output ./report`
    """
    from mlesmith_generator.report import render, survey_of

    survey = survey_of(roots_of(root))
    page = render(survey)
    data = survey.model_dump(mode="json")
    write_atomically(output / "report.html", page)
    write_atomically(
        output / "report.json",
        json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n",
    )
    if as_json:
        typer.echo(json.dumps(data, ensure_ascii=False, allow_nan=False))
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{survey.tasks} tasks from {survey.datasets} datasets")
    for name in ("modality", "objective", "domain", "metric"):
        counts = getattr(survey, name)
        told = ", ".join(f"{label} {count}" for label, count in list(counts.items())[:8])
        console.print(f"{name}: {told}" + (", …" if len(counts) > 8 else ""))
    console.print(f"written: {output / 'report.html'}, {output / 'report.json'}")


def roots_of(root: Path | None) -> tuple[Path, ...]:
    """Return the registry that was named, or all that are known."""
    return registry.default_roots() if root is None else (root.expanduser().absolute(),)
