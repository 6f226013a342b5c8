"""From a good task to one with scripts of the same data, good ones or spoilt ones."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from mlesmith_env.manifest import Manifest, ScriptMetric
from mlesmith_env.package import DESCRIPTION, MANIFEST, dump_manifest, seal, write_package
from mlesmith_env.recipes.draws import order
from mlesmith_env.recipes.holdout import split_rows
from mlesmith_env.recipes.model import ScriptRecipe, TableRecipe
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.transforms import apply_transforms
from mlesmith_env.task import Task
from mlesmith_generator.scripted import scripted_task

from .making import Exhibit

COST = ScriptMetric(
    name="asymmetric_cost",
    direction="minimize",
    perfect=0.0,
    range=(0.0, None),
    kinds=("number",),
    summary="Mean cost of an error; a guess that is too high costs double.",
    timeout_s=10.0,
)
COST_PY = """\
import numpy as np


def evaluate(submission, answers):
    both = answers.merge(submission, on="id", suffixes=("_true", ""))
    error = both["TARGET"] - both["TARGET_true"]
    return float(np.where(error > 0, 2 * error, -error).mean())
"""

_PREPARE_PY = """\
import csv

PARTS = {parts!r}
TARGET = {target!r}
FEATURES = {features!r}
SAMPLE = {sample!r}


def prepare(raw, public, private):
    with open(raw / {file!r}, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    tables = {{"train": [], "test": [], "sample": [], "answers": []}}
    for number, identity, part in PARTS:
        row = rows[number]
        known = [identity, *(row[name] for name in FEATURES)]
        if part == "train":
            tables["train"].append([*known, row[TARGET]])
        else:
            tables["test"].append(known)
            tables["sample"].append([identity, *SAMPLE[1]])
            tables["answers"].append([identity, row[TARGET], part.capitalize()])
    header = ["id", *FEATURES]
    write(public / "train.csv", [*header, TARGET], tables["train"])
    write(public / "test.csv", header, tables["test"])
    write(public / "sample_submission.csv", SAMPLE[0], tables["sample"])
    write(private / "answers.csv", ["id", TARGET, "Usage"], tables["answers"])


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\\n")
        writer.writerow(header)
        writer.writerows(rows)
"""


def prepare_py(task: Task) -> str:
    """A script that gives the rows of each part that the task's recipe gives."""
    recipe = task.manifest.recipe
    assert isinstance(recipe, TableRecipe)
    file = recipe.reader.files[0]
    raw = task.directory.parents[2] / "raw"
    folder = next(path.parent for path in raw.rglob(file)) if raw.is_dir() else _folder(task)
    frame = apply_transforms(read_table(recipe.reader, folder), recipe.transforms, seed=recipe.seed)
    parts = split_rows(frame, recipe)
    ids = order(recipe.seed, "ids", len(frame))
    shuffled = order(recipe.seed, "shuffle", len(frame))
    prepared = task.prepare()
    sample = pd.read_csv(prepared.public_dir / "sample_submission.csv", dtype=str, nrows=1)
    test = pd.read_csv(prepared.public_dir / "test.csv", dtype=str, nrows=1)
    return _PREPARE_PY.format(
        parts=[(int(row), str(ids[row]), str(parts[row])) for row in shuffled],
        target=recipe.target,
        features=[name for name in test.columns if name != "id"],
        sample=(list(sample.columns), sample.iloc[0, 1:].tolist()),
        file=file,
    )


def _folder(task: Task) -> Path:
    from urllib.parse import urlsplit

    return Path(urlsplit(task.source.folder or task.source.uri).path)


def with_scripts(
    task: Task,
    *,
    prepare: str | None = None,
    metric: str | None = None,
    declared: ScriptMetric = COST,
    pinned: bool = True,
    **recipe: Any,
) -> Exhibit:
    """Give a task scripts in the place of its recipe or its metric.

    Args:
        task: A good task, whose package is replaced.
        prepare: Source of `prepare.py`.
        metric: Source of `metric.py`; `TARGET` in it becomes the target's name.
        declared: What is declared of it.
        pinned: Whether what `prepare.py` gives is pinned; else the pins of the recipe stay, for
            scripts that can not be run.
        **recipe: What else the recipe declares.
    """
    manifest, description = task.manifest, task.description
    assert isinstance(manifest.recipe, TableRecipe)
    changes: dict[str, Any] = {}
    scripts: dict[str, str] = {}
    if prepare is not None:
        scripts["prepare.py"] = prepare
        holdout = manifest.recipe.holdout
        known = {"target": manifest.recipe.target, "holdout": holdout, "timeout_s": 60.0}
        changes["recipe"] = ScriptRecipe(**{**known, **recipe})
    if metric is not None:
        scripts["metric.py"] = metric.replace("TARGET", manifest.recipe.target)
        changes["metric"] = declared
        description = _described(description, declared)
    data = manifest.model_dump(mode="json") | {
        name: value.model_dump(mode="json") for name, value in changes.items()
    }
    manifest = Manifest.model_validate(data)
    registry = task.directory.parent.parent
    shutil.rmtree(task.directory)
    if pinned and prepare is not None:
        made = scripted_task(manifest, description, scripts, task.source, registry)
        return Exhibit(made.directory)
    return Exhibit(_written(manifest, description, scripts, task.directory))


def _written(
    manifest: Manifest, description: str, scripts: dict[str, str], directory: Path
) -> Path:
    import hashlib

    digest = hashlib.sha256(description.encode()).hexdigest()
    prepared = {**manifest.prepared, f"public/{DESCRIPTION}": digest}
    manifest = seal(manifest.model_copy(update={"prepared": prepared}), description, scripts)
    files = {MANIFEST: dump_manifest(manifest), DESCRIPTION: description, **scripts}
    write_package(directory, files)
    return directory


def _described(description: str, declared: ScriptMetric) -> str:
    better = "higher" if declared.direction == "maximize" else "lower"
    section = (
        f"## Metric\n\nSubmissions are scored by `{declared.name}`: {declared.summary} The "
        f"{better} the score, the better; {declared.perfect:g} is perfect.\n\n"
    )
    text, count = re.subn(
        r"^## [^\n]*(?:[Mm]etric|[Ee]valuation|[Ss]cor)[^\n]*\n.*?(?=^## |\Z)",
        lambda match: section,
        description,
        count=1,
        flags=re.MULTILINE | re.DOTALL,
    )
    assert count == 1, description
    return text


def lines_in_prepare(task: Task, code: str) -> str:
    """The good script with lines at the end of `prepare`."""
    body = "".join(f"    {line}\n" for line in code.splitlines())
    return prepare_py(task).replace("\n\ndef write(", f"{body}\n\ndef write(")


def returning(expression: str, before: str = "") -> str:
    """A metric that first computes the good score, `score`, and then returns something."""
    body = COST_PY.replace("    return float(", "    score = float(")
    extra = "".join(f"    {line}\n" for line in before.splitlines())
    return f"{body}{extra}    return {expression}\n"
