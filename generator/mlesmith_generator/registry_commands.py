"""`mlesmith registry …`: looking at a registry as a whole."""

from __future__ import annotations

import json
from dataclasses import asdict
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


@app.command()
def duplicates(
    root: Root = None,
    settle: Annotated[
        bool,
        typer.Option("--settle", help="Bring splits up to date; what changes is sealed anew."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the clusters of datasets that hold the same data, with the evidence.

    All datasets of a cluster belong to one split, `train` or `eval`. `mlesmith generate` sees to
    that at its end; `--settle` is for registries that were put together in another way. Exit
    status 1 where it is not so. Datasets of different registries are not compared.

    Example: `mlesmith registry duplicates --registry ./tasks`
    """
    from mlesmith_generator import admission
    from mlesmith_generator.duplicates.clusters import clusters_of, unsettled
    from mlesmith_generator.duplicates.fingerprint import read_fingerprints

    roots = roots_of(root)
    if settle:
        for one in roots:
            admission.settle(one)
    found = [(one, cluster) for one in roots for cluster in clusters_of(read_fingerprints(one))]
    wrong = [name for one, cluster in found for name in unsettled(cluster, one)]
    console = Console(highlight=False, soft_wrap=True, stderr=as_json)
    if as_json:
        typer.echo(json.dumps([asdict(cluster) for _, cluster in found], ensure_ascii=False))
    else:
        for _, cluster in found:
            console.print(", ".join(cluster.datasets))
            for pair in cluster.pairs:
                console.print(f"  {' and '.join(pair.datasets)}: {pair.told}")
        console.print(f"{len(found)} cluster(s) of datasets that hold the same data")
    if wrong:
        console.print(f"not in the split of their cluster: {', '.join(wrong)}; run with --settle")
    raise typer.Exit(1 if wrong else 0)


def roots_of(root: Path | None) -> tuple[Path, ...]:
    """Return the registry that was named, or all that are known."""
    return registry.default_roots() if root is None else (root.expanduser().absolute(),)
