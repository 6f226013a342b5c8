"""A small task for tests of the environment: how far a spring stretches, scored by RMSE."""

from __future__ import annotations

import hashlib
import random
import tempfile
from pathlib import Path

from mlesmith_env.manifest import (
    Anchors,
    Limits,
    Manifest,
    MetricSpec,
    Reference,
    SourceRef,
    SubmissionForm,
    Thresholds,
)
from mlesmith_env.package import DESCRIPTION, MANIFEST, dump_manifest, seal, write_package
from mlesmith_env.recipes.model import Holdout, TableReader, TableRecipe
from mlesmith_env.recipes.preparation import prepare
from mlesmith_env.sources import SourceFile, SourceRecord, dump_source

FLOOR, CEILING = 8.0, 2.0
TASK_ID = "mlesmith/spring-stretch-v1"
DESCRIPTION_TEXT = "# Stretch of springs\n\nPredict `stretch`, in mm — from `load`. Ω ≈ 3.\n"


def predict(expression: str, before: str = "", after: str = "") -> str:
    """A program that predicts an expression in `load`, a float."""
    return f"""\
import csv
{before}
with open("input/test.csv") as file:
    rows = list(csv.DictReader(file))
with open("submission.csv", "w") as file:
    file.write("id,stretch\\n")
    for row in rows:
        load = float(row["load"])
        file.write(f"{{row['id']}},{{float({expression})}}\\n")
{after}
"""


POOR = predict("15")
GOOD = predict("2.5 * load")
BEST = predict("3 * load")
AWFUL = predict("-1e9")
WRONG_FORMAT = 'open("submission.csv", "w").write("id,stretch\\n1,nan\\n")\n'


def write_task(
    root: Path, limits: Limits | None = None, description: str = DESCRIPTION_TEXT
) -> Path:
    """Write raw data, source record and package under a registry root; returns the package."""
    raw = root.parent / f"{root.name}-raw"
    raw.mkdir(parents=True)
    draw = random.Random(5)
    rows = []
    for _ in range(160):
        load = draw.uniform(0, 10)
        rows.append(
            f"{load:.4f},{draw.choice(['steel', 'brass'])},{3 * load + draw.gauss(0, 1):.4f}"
        )
    content = ("load,metal,stretch\n" + "\n".join(rows) + "\n").encode()
    (raw / "springs.csv").write_bytes(content)
    record = SourceRecord(
        dataset="springs",
        uri=raw.as_uri(),
        licence="CC0-1.0",
        files=(
            SourceFile(
                path="springs.csv", bytes=len(content), sha256=hashlib.sha256(content).hexdigest()
            ),
        ),
    )
    recipe = TableRecipe(
        reader=TableReader(files=("springs.csv",)),
        target="stretch",
        holdout=Holdout(kind="random"),
    )
    form = SubmissionForm(columns=("stretch",), kind="number", rows=1)
    with tempfile.TemporaryDirectory() as temporary:
        into = Path(temporary)
        prepared = prepare(recipe, form, raw, description=description, into=into)
        rows_to_predict = len((into / "public/test.csv").read_text().splitlines()) - 1
    at = [FLOOR + share * (CEILING - FLOOR) for share in (0.2, 0.4, 0.6, 0.8)]
    anchors = Anchors(
        floor=FLOOR,
        ceiling=CEILING,
        thresholds=Thresholds(median=at[0], bronze=at[1], silver=at[2], gold=at[3]),
    )
    manifest = Manifest(
        slug="spring-stretch",
        version=1,
        title="Stretch of springs",
        domain="physics",
        modality="tabular",
        objective="regression",
        metric=MetricSpec(name="rmse"),
        source=SourceRef(dataset="springs", sha256=record.sha256),
        recipe=recipe,
        submission=form.model_copy(update={"rows": rows_to_predict}),
        reference=Reference(public=anchors, private=anchors.model_copy(update={"floor": 9.0})),
        limits=limits or Limits(max_steps=6, step_timeout_s=60.0, memory_bytes=2 * 1024**3),
        split="train",
        prepared=prepared,
        digest="0" * 64,
    )
    dump_source(record, root / "sources" / "springs.yaml")
    manifest = seal(manifest, description)
    package = root / "tabular" / manifest.name
    write_package(package, {MANIFEST: dump_manifest(manifest), DESCRIPTION: description})
    return package
