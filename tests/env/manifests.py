"""Small hand-made manifests and the files that grading needs, for tests of anything that grades."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlesmith_env.manifest import (
    Anchors,
    Manifest,
    MetricSpec,
    Reference,
    SourceRef,
    SubmissionForm,
    Thresholds,
)
from mlesmith_env.recipes.model import Holdout, TableReader, TableRecipe

DIGEST = "0" * 64


def make_anchors(floor: float = 10.0, ceiling: float = 2.0) -> Anchors:
    """Anchors with thresholds at 20, 40, 60 and 80 % of the way."""
    at = [floor + share * (ceiling - floor) for share in (0.2, 0.4, 0.6, 0.8)]
    thresholds = Thresholds(median=at[0], bronze=at[1], silver=at[2], gold=at[3])
    return Anchors(floor=floor, ceiling=ceiling, thresholds=thresholds)


def make_manifest(**overrides: Any) -> Manifest:
    """A regression task of six hidden rows scored by RMSE; any field may be overridden."""
    fields: dict[str, Any] = {
        "slug": "shells-rings",
        "version": 1,
        "title": "Rings of shells",
        "domain": "biology",
        "modality": "tabular",
        "objective": "regression",
        "metric": MetricSpec(name="rmse"),
        "source": SourceRef(dataset="shells", sha256=DIGEST),
        "recipe": TableRecipe(
            reader=TableReader(files=("shells.csv",)),
            target="rings",
            holdout=Holdout(kind="random"),
        ),
        "submission": SubmissionForm(columns=("rings",), kind="number", rows=6),
        "reference": Reference(public=make_anchors(), private=make_anchors()),
        "split": "train",
        "prepared": {},
        "digest": DIGEST,
    }
    return Manifest(**{**fields, **overrides})


def write_answers(
    path: Path,
    truth: Sequence[object],
    *,
    ids: Sequence[str] | None = None,
    usage: Sequence[str] | None = None,
    target: str = "rings",
) -> Path:
    """Write an answers file; by default ids `a0`, `a1`, … with every third row public."""
    ids = ids or [f"a{i}" for i in range(len(truth))]
    usage = usage or ["Public" if i % 3 == 0 else "Private" for i in range(len(truth))]
    rows = zip(ids, truth, usage, strict=True)
    lines = [f"id,{target},Usage", *(f"{i},{t},{u}" for i, t, u in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


def write_leaderboard(
    path: Path, entries: Sequence[tuple[str, float, float]], digest: str = DIGEST
) -> Path:
    """Write a leaderboard of (name, public score, private score)."""
    lines = [f"# digest: {digest}", "name,public,private"]
    lines += [f"{name},{public!r},{private!r}" for name, public, private in entries]
    path.write_text("\n".join(lines) + "\n")
    return path
