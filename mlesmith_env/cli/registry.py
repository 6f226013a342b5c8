"""`mlesmith list` and `mlesmith show`."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from mlesmith_env import registry
from mlesmith_env.errors import MlesmithError

Filters = Annotated[
    list[str] | None,
    typer.Option(
        "--where", "-w", help="Keep tasks with this value, as column=value; repeat for more."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def list_tasks(where: Filters = None, as_json: AsJson = False) -> None:
    """List the registered tasks.

    Example: `mlesmith list --where objective=binary --where available=true`
    """
    frame = registry.tasks(**dict(_filter(text) for text in where or []))
    if as_json:
        typer.echo(frame.to_json(orient="records", force_ascii=False))
        return
    shown = ["id", "objective", "metric", "domain", "rows", "split", "available"]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in shown:
        table.add_column(name, no_wrap=name == "id", justify="right" if name == "rows" else "left")
    for row in frame[shown].itertuples(index=False):
        table.add_row(*("yes" if v is True else "no" if v is False else str(v) for v in row))
    console = Console(highlight=False)
    console.print(table)
    console.print(f"\n{len(frame)} task(s); `mlesmith show <id>` prints one")


def show(
    task: Annotated[str, typer.Argument(help="Slug or id, for instance `abalone-rings`.")],
    as_json: AsJson = False,
) -> None:
    """Show a task: its description, and its manifest with `--json`.

    Example: `mlesmith show breast-cancer-diagnosis`
    """
    loaded = registry.load_task(task)
    manifest = loaded.manifest
    if as_json:
        data = manifest.model_dump(mode="json")
        data["id"] = manifest.id
        data["directory"] = str(loaded.directory)
        typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    console.print(Markdown(loaded.description))
    anchors = manifest.reference.private
    console.print(f"\n[bold]{manifest.id}[/]  {manifest.objective}, {manifest.metric.name}")
    console.print(f"private rows: floor {anchors.floor:.6g}, ceiling {anchors.ceiling:.6g}")
    console.print(
        f"dataset {loaded.source.dataset} ({loaded.source.uri}), licence: "
        f"{loaded.source.licence or 'not known'}",
        soft_wrap=True,
    )
    console.print(f"package {loaded.directory}", soft_wrap=True)


def _filter(text: str) -> tuple[str, object]:
    name, found, value = text.partition("=")
    if not found:
        raise MlesmithError(f"--where takes column=value, got {text!r}")
    known: dict[str, object] = {"true": True, "false": False}
    if value.isdigit():
        return name, int(value)
    return name, known.get(value.lower(), value)
