"""`mlesmith image`: what the docker sandbox needs to be made once."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from mlesmith_env.cli.registry import AsJson

image_app = typer.Typer(no_args_is_help=True, help="The image that the docker sandbox runs.")


@image_app.command("build")
def build_image(
    base: Annotated[
        str | None, typer.Option(help="Image to start from, with Python 3.11 or newer.")
    ] = None,
    tag: Annotated[str | None, typer.Option(help="Name of the new image.")] = None,
    wheels: Annotated[
        Path | None,
        typer.Option(
            help="Folder of wheels to install from, without any network.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    extra: Annotated[
        list[str] | None, typer.Option("--with", help="A further requirement; repeat for more.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Build the image that all tasks share: Python, the usual libraries, and the server.

    Example: `mlesmith image build --with lightgbm`
    """
    from mlesmith_env.sandbox.docker import engine, image

    console = Console(stderr=True, highlight=False)
    client = engine.connect()
    try:
        with console.status("building") as status:

            def tell(line: str) -> None:
                if sys.stderr.isatty():
                    status.update(line[:100])
                elif not as_json:
                    typer.echo(line)

            made = image.build(
                client,
                base=base or image.BASE,
                tag=tag,
                wheels=wheels,
                extra=extra or (),
                tell=tell,
            )
        size = int(client.images.get(made).attrs["Size"])
    finally:
        client.close()
    if as_json:
        typer.echo(json.dumps({"image": made, "bytes": size}))
    else:
        typer.echo(f"{made}  {size / 1e6:.0f} MB")


sandbox_app = typer.Typer(no_args_is_help=True, help="What sandboxes have left on this machine.")


@sandbox_app.command("prune")
def prune_sandboxes(as_json: AsJson = False) -> None:
    """Remove containers and folders of sandboxes whose own process is gone.

    Example: `mlesmith sandbox prune`
    """
    from mlesmith_env.errors import MissingExtraError, SandboxUnavailableError
    from mlesmith_env.sandbox.docker import engine, orphans
    from mlesmith_env.sandbox.workspace import remove_abandoned

    folders = [str(path) for path in remove_abandoned()]
    containers: list[orphans.Orphan] = []
    unreachable = ""
    try:
        client = engine.connect()
    except (MissingExtraError, SandboxUnavailableError) as error:
        # Then there may still be folders of the local sandbox.
        unreachable = str(error)
    else:
        try:
            containers = orphans.prune(client)
        finally:
            client.close()
    if as_json:
        found = [{"name": c.name, "status": c.status, "owner": c.owner} for c in containers]
        typer.echo(
            json.dumps({"folders": folders, "containers": found, "unreachable": unreachable})
        )
        return
    for folder in folders:
        typer.echo(f"removed {folder}")
    for container in containers:
        typer.echo(f"removed container {container.name} ({container.status})")
    typer.echo(f"{len(folders)} folders and {len(containers)} containers removed")
    if unreachable:
        typer.echo(f"containers were not looked for: {unreachable}")
