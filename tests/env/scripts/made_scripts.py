"""Small tasks with scripts: loads that break ropes, scored by a metric of their own."""

from __future__ import annotations

import csv
import hashlib
import random
import tempfile
from pathlib import Path
from typing import Any

from mlesmith_env.manifest import (
    Anchors,
    Limits,
    Manifest,
    MetricSpec,
    Reference,
    ScriptMetric,
    SourceRef,
    SubmissionForm,
    Thresholds,
    split_of,
)
from mlesmith_env.package import DESCRIPTION, MANIFEST, dump_manifest, seal, write_package
from mlesmith_env.recipes.model import Holdout, ScriptRecipe, TableReader, TableRecipe
from mlesmith_env.sources import SourceFile, SourceRecord, dump_source
from mlesmith_env.task import Task

FLOOR, CEILING = 8.0, 2.0
PAGE = "# Ropes\n\nPredict `load` of the ropes in `input/test.csv`.\n"

PREPARE = '''\
"""Ropes: every third row is hidden."""
import csv
import random


def prepare(raw, public, private):
    with open(raw / "ropes.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    random.shuffle(rows)
    parts = {"train": [], "test": [], "sample": [], "answers": []}
    for number, row in enumerate(rows):
        features = {"id": f"r{number}", "width": row["width"], "kind": row["kind"]}
        if number % 3:
            parts["train"].append({**features, "load": row["load"]})
        else:
            usage = "Public" if number % 2 else "Private"
            parts["test"].append(features)
            parts["sample"].append({"id": features["id"], "load": "10.0"})
            truth = {"id": features["id"], "load": row["load"], "weight": number % 4 + 1}
            parts["answers"].append({**truth, "Usage": usage})
    places = {
        "train": public / "train.csv",
        "test": public / "test.csv",
        "sample": public / "sample_submission.csv",
        "answers": private / "answers.csv",
    }
    for name, path in places.items():
        with open(path, "w", newline="") as file:
            writer = csv.DictWriter(file, list(parts[name][0]), lineterminator="\\n")
            writer.writeheader()
            writer.writerows(parts[name])
'''

METRIC = '''\
"""Mean of the errors, each weighted; what is too high counts double."""
import numpy as np


def evaluate(submission, answers):
    both = answers.merge(submission, on="id", suffixes=("_true", ""))
    error = (both["load"] - both["load_true"]).to_numpy()
    cost = np.where(error > 0, 2 * error, -error)
    return float(np.average(cost, weights=both["weight"] if "weight" in both else None))
'''

UNPREPARED = {"public/description.md": hashlib.sha256(PAGE.encode()).hexdigest()}
"""Pins nothing of what a script gives, so that it is not run when the task is written."""

RECIPE = ScriptRecipe(target="load", holdout=Holdout(kind="random"), timeout_s=60.0, seed=3)
DECLARED = ScriptMetric(
    name="weighted_cost",
    direction="minimize",
    perfect=0.0,
    range=(0.0, None),
    kinds=("number",),
    summary="Mean cost of the errors, weighted by rope.",
)


def write_ropes(raw: Path, rows: int = 150) -> Path:
    """Write `ropes.csv`: width, kind, and a load that depends on them."""
    draw = random.Random(11)
    raw.mkdir(parents=True, exist_ok=True)
    path = raw / "ropes.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["width", "kind", "load"])
        for _ in range(rows):
            width, kind = draw.uniform(1, 10), draw.choice(["hemp", "nylon"])
            load = 3 * width + (4 if kind == "nylon" else 0) + draw.gauss(0, 1)
            writer.writerow([f"{width:.3f}", kind, f"{load:.3f}"])
    return path


def write_task(
    root: Path,
    *,
    prepare: str | None = PREPARE,
    metric: str | None = METRIC,
    declared: ScriptMetric = DECLARED,
    recipe: ScriptRecipe = RECIPE,
    slug: str = "rope-load",
    **changes: Any,
) -> Path:
    """Write a task into a registry root and return its folder.

    Without a script, recipe or metric are the ordinary ones. What `prepare` gives is pinned; where
    it fails, nothing is, so that the failure shows when the task is prepared.
    """
    raw = root.parent / "raw"
    path = write_ropes(raw)
    content = path.read_bytes()
    record = SourceRecord(
        dataset="ropes",
        uri=raw.absolute().as_uri(),
        licence="CC0-1.0",
        files=(
            SourceFile(
                path=path.name, bytes=len(content), sha256=hashlib.sha256(content).hexdigest()
            ),
        ),
    )
    dump_source(record, root / "sources" / "ropes.yaml")
    scripts = {
        name: text
        for name, text in (("prepare.py", prepare), ("metric.py", metric))
        if text is not None
    }
    table = TableRecipe(
        reader=TableReader(files=(path.name,)), target="load", holdout=Holdout(kind="random")
    )
    anchors = _anchors()
    fields: dict[str, Any] = {
        "slug": slug,
        "version": 1,
        "title": "Loads of ropes",
        "domain": "physics",
        "modality": "tabular",
        "objective": "regression",
        "metric": MetricSpec(name="rmse") if metric is None else declared,
        "source": SourceRef(dataset="ropes", sha256=record.sha256),
        "recipe": table if prepare is None else recipe,
        "submission": SubmissionForm(columns=("load",), kind="number", rows=1),
        "reference": Reference(public=anchors, private=anchors),
        "limits": Limits(step_timeout_s=60, max_steps=6),
        "split": split_of("ropes"),
        "prepared": {},
        "digest": "0" * 64,
    }
    manifest = Manifest(**{**fields, **changes})
    if not manifest.prepared:
        manifest = _pinned(manifest, record, scripts)
    manifest = seal(manifest, PAGE, scripts)
    folder = root / "tabular" / manifest.name
    write_package(folder, {MANIFEST: dump_manifest(manifest), DESCRIPTION: PAGE, **scripts})
    return folder


def _pinned(manifest: Manifest, record: SourceRecord, scripts: dict[str, str]) -> Manifest:
    task = Task(manifest, PAGE, Path(manifest.name), record, scripts=scripts)
    with tempfile.TemporaryDirectory() as temporary:
        into = Path(temporary)
        prepared = task.make(into)
        rows = (into / "private" / "answers.csv").read_text().count("\n") - 1
    form = manifest.submission.model_copy(update={"rows": rows})
    return manifest.model_copy(update={"prepared": prepared, "submission": form})


def _anchors() -> Anchors:
    at = [FLOOR + share * (CEILING - FLOOR) for share in (0.2, 0.4, 0.6, 0.8)]
    thresholds = Thresholds(median=at[0], bronze=at[1], silver=at[2], gold=at[3])
    return Anchors(floor=FLOOR, ceiling=CEILING, thresholds=thresholds)
