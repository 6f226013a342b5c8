"""Tasks made of a frame, as whole packages on disk, for tests of ladder and execution gate."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

from mlesmith_env.manifest import (
    Anchors,
    Limits,
    Manifest,
    MetricSpec,
    Objective,
    PredictionKind,
    Reference,
    SourceRef,
    SubmissionForm,
    Thresholds,
)
from mlesmith_env.metrics import get_metric
from mlesmith_env.package import (
    DESCRIPTION,
    LEADERBOARD,
    MANIFEST,
    dump_manifest,
    seal,
    write_package,
)
from mlesmith_env.recipes.model import Holdout, TableReader, TableRecipe
from mlesmith_env.recipes.preparation import prepare
from mlesmith_env.sources import dump_source, record_folder
from mlesmith_env.task import Task

PAGE = "# A made task\n\nPredict the target.\n"


def write_task(
    root: Path,
    frame: pd.DataFrame,
    target: str,
    kind: PredictionKind,
    metric: str,
    *,
    holdout: Holdout | None = None,
    limits: Limits | None = None,
    params: dict[str, float | int | str] | None = None,
) -> Task:
    """Write raw data, source record and package below a folder; anchors are placeholders."""
    raw, registry = root / "raw", root / "registry"
    raw.mkdir(parents=True)
    frame.to_csv(raw / "table.csv", index=False)
    record = record_folder(raw, "made", uri=raw.as_uri(), licence="CC0-1.0")
    classes = () if kind == "number" else tuple(sorted(frame[target].astype(str).unique()))
    objective: Objective = "regression"
    if classes:
        objective = "binary" if len(classes) == 2 else "multiclass"
    recipe = TableRecipe(
        reader=TableReader(files=("table.csv",)),
        target=target,
        holdout=holdout or Holdout(kind="random"),
        id_column="row",
    )
    form = SubmissionForm(
        id_column="row",
        columns=classes if kind == "probabilities" else (target,),
        kind=kind,
        classes=classes,
        rows=1,
    )
    with tempfile.TemporaryDirectory() as temporary:
        into = Path(temporary)
        prepared = prepare(recipe, form, raw, description=PAGE, into=into)
        rows = len(pd.read_csv(into / "public" / "sample_submission.csv"))
    spec = MetricSpec(name=metric, params=params or {})
    low, high = (0.0, 1.0) if get_metric(spec).sign > 0 else (1.0, 0.0)
    at = [low + share * (high - low) for share in (0.2, 0.4, 0.6, 0.8)]
    anchors = Anchors(
        floor=low,
        ceiling=high,
        thresholds=Thresholds(median=at[0], bronze=at[1], silver=at[2], gold=at[3]),
    )
    manifest = Manifest(
        slug="made-task",
        version=1,
        title="A made task",
        domain="tests",
        modality="tabular",
        objective=objective,
        metric=spec,
        source=SourceRef(dataset="made", sha256=record.sha256),
        recipe=recipe,
        submission=form.model_copy(update={"rows": rows}),
        reference=Reference(public=anchors, private=anchors),
        limits=limits or Limits(),
        split="train",
        prepared=prepared,
        digest="0" * 64,
    )
    dump_source(record, registry / "sources" / "made.yaml")
    return _write(registry, manifest, {})


def with_reference(
    task: Task,
    reference: Reference,
    leaderboard: tuple[tuple[str, float, float], ...] | None = None,
) -> Task:
    """Return the task sealed anew with other anchors, and a leaderboard that belongs to it."""
    manifest = seal(task.manifest.model_copy(update={"reference": reference}), PAGE)
    files: dict[str, str] = {}
    if leaderboard is not None:
        rows = [f"{name},{public!r},{private!r}" for name, public, private in leaderboard]
        files[LEADERBOARD] = "\n".join(
            [f"# digest: {manifest.digest}", "name,public,private", *rows]
        )
    return _write(task.directory.parent.parent, manifest, files)


def _write(registry: Path, manifest: Manifest, files: dict[str, str]) -> Task:
    manifest = seal(manifest, PAGE)
    package = registry / "tabular" / manifest.name
    write_package(package, {MANIFEST: dump_manifest(manifest), DESCRIPTION: PAGE, **files})
    return Task.load(package)
