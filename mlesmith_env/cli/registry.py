"""`mlesmith list` and `mlesmith show`."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from mlesmith_env import registry
from mlesmith_env.errors import MlesmithError

if TYPE_CHECKING:
    from pandas import DataFrame

Filters = Annotated[
    list[str] | None,
    typer.Option(
        "--where", "-w", help="Keep tasks with column=value or min_column=number; repeat for more."
    ),
]
_SHOWN = (
    "id objective metric headroom difficulty seconds rows split domain licence available".split()
)
"""Columns of the printed table, the most telling first."""
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


Sort = Annotated[
    str,
    typer.Option("--sort", help="Column to sort by; with a minus in front the largest come first."),
]


Licences = Annotated[
    list[str] | None,
    typer.Option("--licence", help="Keep tasks with this licence, for instance MIT; repeatable."),
]


def list_tasks(
    where: Filters = None, licence: Licences = None, sort: Sort = "id", as_json: AsJson = False
) -> None:
    """List the registered tasks.

    `headroom` is how far the best reference solution stands above the best trivial one, in
    standard errors; `difficulty` goes from 0 to 1; `seconds` are those of all reference solutions.

    Example: `mlesmith list --where objective=binary --licence MIT --licence CC0 --sort -difficulty`
    """
    filters = dict(_filter(text) for text in where or [])
    if licence:
        filters["licence"] = licence
    frame = _sorted(registry.tasks(**filters), sort)
    if as_json:
        typer.echo(frame.to_json(orient="records", force_ascii=False))
        return
    console = Console(highlight=False)
    widths = {
        name: max(len(text) for text in (name, *map(_cell, frame[name]))) + 1 for name in _SHOWN
    }
    if not console.is_terminal:
        console.width = sum(widths.values())
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    columns: list[str] = []
    for name in _SHOWN:
        # On a narrow terminal a few whole columns say more than a bit of each.
        if columns and sum(widths[column] for column in (*columns, name)) > console.width + 1:
            continue
        columns.append(name)
        numbers = frame[name].dtype.kind in "fi"
        table.add_column(name, no_wrap=True, justify="right" if numbers else "left")
    for row in frame[columns].itertuples(index=False):
        table.add_row(*(_cell(value) for value in row))
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
    for number in (int, float):
        try:
            return name, number(value)
        except ValueError:
            continue
    return name, known.get(value.lower(), value)


def _sorted(frame: DataFrame, sort: str) -> DataFrame:
    column = sort.removeprefix("-")
    if column not in frame.columns:
        raise MlesmithError(f"--sort takes a column ({', '.join(frame.columns)}), got {column!r}")
    return frame.sort_values([column, "id"], ascending=[column == sort, True], ignore_index=True)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.3g}"
    return str(value)
