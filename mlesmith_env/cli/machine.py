"""`mlesmith doctor`."""

from __future__ import annotations

import json

import typer
from rich.console import Console

from mlesmith_env import registry, settings
from mlesmith_env.cli.registry import AsJson


def doctor(as_json: AsJson = False) -> None:
    """Tell what this machine gives for isolation, what is missing and what to do about it.

    Exit status 1 where agents' code can not be confined here.

    Example: `mlesmith doctor`
    """
    from mlesmith_env.sandbox.doctor import examine

    examination = examine()
    places = {
        "registry": [str(root) for root in registry.default_roots()],
        "cache": str(settings.cache_root()),
        "mirror": [str(tree) for tree in settings.data_mirrors()],
    }
    if as_json:
        findings = [
            {"name": f.name, "ok": f.ok, "detail": f.detail, "remedy": f.remedy}
            for f in examination.findings
        ]
        typer.echo(json.dumps({"usable": examination.usable, "findings": findings, **places}))
    else:
        console = Console(highlight=False)
        for finding in examination.findings:
            mark = "[green]yes[/]" if finding.ok else "[yellow]no [/]"
            console.print(f"{mark}  [bold]{finding.name}[/]: {finding.detail}")
            if not finding.ok and finding.remedy:
                console.print(f"     {finding.remedy}")
        for name, place in places.items():
            shown = ", ".join(place) if isinstance(place, list) else place
            console.print(f"{name:9} {shown or 'none'}", soft_wrap=True)
        verdict = (
            "[green]the local sandbox works here[/]"
            if examination.usable
            else "[red]the local sandbox refuses to run here[/]"
        )
        console.print(verdict)
    raise typer.Exit(0 if examination.usable else 1)
