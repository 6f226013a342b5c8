"""A draft on disk: what a person decides about a task, before anything is measured.

```
my-task/
  task.yaml         names, metric, recipe, submission: a manifest without what must be measured
  description.md    what a competitor reads
  source.yaml       the record of the raw files
  prepare.py, metric.py    where recipe or metric are of kind `script`
```
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import yaml
from pydantic import Field, ValidationError

from mlesmith_env.documents import parse_yaml, read_document
from mlesmith_env.errors import ManifestError
from mlesmith_env.manifest import (
    METRIC,
    PREPARE,
    Anchors,
    AnyMetricSpec,
    Limits,
    Manifest,
    Modality,
    Objective,
    Provenance,
    Record,
    Reference,
    ScriptMetric,
    Slug,
    SourceRef,
    SubmissionForm,
    split_of,
)
from mlesmith_env.metrics import get_metric
from mlesmith_env.package import DESCRIPTION, DRAFT_SOURCE, MANIFEST, write_package
from mlesmith_env.recipes.model import Recipe, ScriptRecipe
from mlesmith_env.sources import SourceRecord, load_source
from mlesmith_generator import __version__
from mlesmith_generator.ladder.thresholds import thresholds_between

TODO = "TODO"
_LARGEST = 4 * 1024**2
_TAGS = ("kind", "op")
"""Keys by which kinds of records are told apart."""


class HandDraft(Record):
    """`task.yaml` of a draft: the manifest's keys that a person decides, with the same meaning."""

    slug: Slug
    version: int = Field(default=1, ge=1)
    title: str = Field(min_length=1)
    domain: str = Field(min_length=1)
    modality: Modality = "tabular"
    objective: Objective
    metric: AnyMetricSpec
    recipe: Recipe
    submission: SubmissionForm
    """Its `rows` are counted when the draft is sealed."""
    limits: Limits = Field(default_factory=Limits)
    justification: str = ""
    """Why this makes a good task."""

    @property
    def scripts(self) -> tuple[str, ...]:
        """Names of the scripts that belong to it."""
        found = [PREPARE] if isinstance(self.recipe, ScriptRecipe) else []
        return (*found, *([METRIC] if isinstance(self.metric, ScriptMetric) else []))


@dataclass(frozen=True)
class DraftFolder:
    """Everything that a draft folder holds."""

    draft: HandDraft
    description: str
    source: SourceRecord
    scripts: Mapping[str, str] = field(default_factory=dict[str, str])


def write_draft(folder: Path, content: DraftFolder) -> None:
    """Write a draft folder, complete or not at all.

    Raises:
        ManifestError: There is such a folder already; a person's work is never overwritten.
    """
    if folder.exists():
        raise ManifestError(f"{folder} is there already; choose another --output, or remove it")
    head = (
        "# A draft. Edit this file, description.md and the scripts (if there are any), then run\n"
        f"#   mlesmith seal {folder.name} --registry ./tasks\n"
        "# What is measured (rows, files, anchors, digest) is filled in there.\n"
        "# Keys: docs/tasks.md, `Recipes` and `The manifest`; metrics: docs/metrics.md.\n"
    )
    files = {
        MANIFEST: head + _yaml(_short(content.draft)),
        DESCRIPTION: content.description,
        DRAFT_SOURCE: _yaml(content.source.model_dump(mode="json")),
        **content.scripts,
    }
    write_package(folder, files)


def read_draft(folder: Path) -> DraftFolder:
    """Read a draft folder.

    Raises:
        ManifestError: A file is missing or does not follow the schema; the message names it.
    """
    path = folder / MANIFEST
    text = _read(path)
    try:
        draft = HandDraft.model_validate(parse_yaml(text, path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        raise ManifestError(f"{path}: {where}: {first['msg']}") from error
    scripts = {name: _read(folder / name) for name in draft.scripts}
    return DraftFolder(
        draft, _read(folder / DESCRIPTION), load_source(folder / DRAFT_SOURCE), scripts
    )


def draft_manifest(content: DraftFolder, representative: str) -> Manifest:
    """Return the manifest of a draft, with placeholders for what is not measured yet.

    Args:
        content: The draft.
        representative: The dataset by whose name the split goes.
    """
    draft, source = content.draft, content.source
    metric = get_metric(draft.metric)
    low, high = (0.0, 1.0) if metric.direction == "maximize" else (1.0, 0.0)
    thresholds = thresholds_between(low, high, np.linspace(low, high, 5))
    anchors = Anchors(floor=low, ceiling=high, thresholds=thresholds)
    return Manifest(
        **draft.model_dump(exclude={"justification"}),
        source=SourceRef(dataset=source.dataset, sha256=source.sha256),
        reference=Reference(public=anchors, private=anchors),
        split=split_of(representative),
        prepared={},
        provenance=Provenance(
            planner="hand",
            generator_version=__version__,
            justification=draft.justification,
        ),
        digest="0" * 64,
    )


def _short(draft: HandDraft) -> dict[str, Any]:
    """Return a draft as plain data, without what is as it is by default."""
    short = draft.model_dump(mode="json", exclude_defaults=True)
    return cast("dict[str, Any]", _with_tags(short, draft.model_dump(mode="json")))


def _with_tags(short: object, whole: object) -> object:
    """Return short data with the keys of the whole by which kinds are told apart."""
    if isinstance(short, dict) and isinstance(whole, dict):
        some, all_ = cast("dict[str, Any]", short), cast("dict[str, Any]", whole)
        kept = [key for key in all_ if key in some or key in _TAGS]
        return {key: _with_tags(some.get(key, all_[key]), all_[key]) for key in kept}
    if isinstance(short, list) and isinstance(whole, list):
        pairs = zip(cast("list[object]", short), cast("list[object]", whole), strict=True)
        return [_with_tags(one, other) for one, other in pairs]
    return short


def _yaml(data: dict[str, Any]) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)


def _read(path: Path) -> str:
    try:
        return read_document(path, _LARGEST).decode("utf-8")
    except FileNotFoundError as error:
        raise ManifestError(
            f"{path.parent} is no draft of a task: it has no {path.name}; make one with "
            "`mlesmith new`"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path} can not be read: {error}") from error
