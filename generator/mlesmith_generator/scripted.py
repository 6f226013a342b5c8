"""Candidates whose preparation or metric is a script: what they give is measured, then pinned."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping
from pathlib import Path

from mlesmith_env.errors import GenerationError
from mlesmith_env.manifest import Manifest
from mlesmith_env.package import DESCRIPTION, MANIFEST, dump_manifest, seal, write_package
from mlesmith_env.registry import SOURCES
from mlesmith_env.sources import SourceRecord, dump_source
from mlesmith_env.task import PREPARED, Task


def scripted_task(
    manifest: Manifest,
    description: str,
    scripts: Mapping[str, str],
    source: SourceRecord,
    workshop: Path,
    *,
    nearby: Path | None = None,
) -> Task:
    """Prepare the data once, pin what came of it, and write the candidate package.

    The package then goes through the gates like any other; they prepare it again.

    Args:
        manifest: What is declared. `prepared`, `submission.rows` and `digest` are filled in here.
        description: Text of `description.md`.
        scripts: Sources of `prepare.py` and `metric.py`, by name, where the manifest declares them.
        source: The record of the raw files.
        workshop: Registry root that the package is written into.
        nearby: A folder in which the raw files are looked for first.

    Returns:
        The candidate, with the anchors that the manifest has.

    Raises:
        ScriptError: `prepare.py` failed, or left what it may not.
        GenerationError: It gave no table of answers.
        ManifestError: A script is declared and not given, or given and not declared.
        SandboxError: It can not be run.
    """
    draft = Task(manifest, description, workshop, source, nearby=nearby, scripts=scripts)
    with tempfile.TemporaryDirectory(prefix="mlesmith-scripted-") as temporary:
        into = Path(temporary)
        prepared = draft.make(into)
        rows = _rows(into / "private" / "answers.csv")
    form = manifest.submission.model_copy(update={"rows": rows})
    manifest = manifest.model_copy(update={"prepared": prepared, "submission": form})
    manifest = seal(manifest, description, scripts)
    dump_source(source, workshop / SOURCES / f"{source.dataset}.yaml")
    directory = workshop / manifest.modality / manifest.name
    files = {MANIFEST: dump_manifest(manifest), DESCRIPTION: description, **scripts}
    write_package(directory, files)
    return Task.load(directory, nearby=nearby, aside=workshop / PREPARED)


def _rows(answers: Path) -> int:
    """Return how many rows a CSV file has below its header; raises `GenerationError`."""
    try:
        with answers.open(newline="", encoding="utf-8") as file:
            rows = sum(1 for row in csv.reader(file) if row) - 1
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GenerationError(
            f"prepare.py gave no private/answers.csv that can be read: {error}"
        ) from error
    if rows < 1:
        raise GenerationError("prepare.py gave a private/answers.csv without rows")
    return rows
