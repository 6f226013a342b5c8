"""`mlesmith prepare` and `mlesmith cache`."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console

from mlesmith_env import cache, registry, settings
from mlesmith_env.cli.registry import AsJson

cache_app = typer.Typer(
    no_args_is_help=True, help="What is in the cache of prepared data, and emptying it."
)


def prepare(
    tasks: Annotated[list[str], typer.Argument(help="Slugs or ids.")], as_json: AsJson = False
) -> None:
    """Prepare the data of tasks and print where they are.

    Example: `mlesmith prepare abalone-rings`
    """
    made: dict[str, dict[str, str]] = {}
    for name in tasks:
        task = registry.load_task(name)
        prepared = task.prepare()
        made[task.id] = {"public": str(prepared.public_dir), "private": str(prepared.private_dir)}
        if not as_json:
            typer.echo(f"{task.id}\n  public   {prepared.public_dir}")
            typer.echo(f"  private  {prepared.private_dir}")
    if as_json:
        typer.echo(json.dumps(made, ensure_ascii=False))


@cache_app.command("list")
def list_cache(as_json: AsJson = False) -> None:
    """List what the cache holds.

    Example: `mlesmith cache list`
    """
    found = cache.entries()
    if as_json:
        rows = [{"key": e.key, "bytes": e.bytes, "age_s": e.age_s} for e in found]
        typer.echo(json.dumps(rows))
        return
    for entry in found:
        typer.echo(f"{entry.bytes / 1e6:10.2f} MB  {entry.age_s / 86400:6.1f} days  {entry.key}")
    total = sum(entry.bytes for entry in found)
    typer.echo(f"{len(found)} entries, {total / 1e6:.1f} MB in {settings.cache_root()}")


@cache_app.command("prune")
def prune_cache(
    older_than_days: Annotated[
        float, typer.Option(help="Remove what was not used for so long; 0 removes everything.")
    ] = 0.0,
) -> None:
    """Remove prepared data; it is made again when needed.

    Example: `mlesmith cache prune --older-than-days 30`
    """
    removed = cache.prune(older_than_s=older_than_days * 86400.0)
    freed = sum(entry.bytes for entry in removed)
    Console(highlight=False).print(f"removed {len(removed)} entries, {freed / 1e6:.1f} MB")
