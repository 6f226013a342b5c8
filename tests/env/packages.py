"""Small real tasks, made by hand: a raw CSV, a source record, a sealed package in a registry."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from mlesmith_env.manifest import (
    Anchors,
    Limits,
    Manifest,
    MetricSpec,
    Reference,
    SourceRef,
    SubmissionForm,
    Thresholds,
    split_of,
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
from mlesmith_env.sources import SourceFile, SourceRecord, dump_source


def write_houses(folder: Path, rows: int = 120, seed: int = 0) -> Path:
    """Write `houses.csv`: area, rooms, district, a price that depends on them, and whether sold."""
    random = np.random.default_rng(seed)
    area = random.uniform(30, 200, rows).round(1)
    rooms = random.integers(1, 7, rows)
    district = random.choice(["north", "süd", "east, far"], rows)
    price = (area * 2 + rooms * 15 + random.normal(0, 12, rows)).round(2)
    sold = np.where(price + random.normal(0, 40, rows) > 250, "no", "yes")
    lines = ["area,rooms,district,price,sold"]
    lines += [
        f'{a},{r},"{d}",{p},{s}'
        for a, r, d, p, s in zip(area, rooms, district, price, sold, strict=True)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "houses.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_task(
    root: Path,
    *,
    slug: str = "houses-price",
    version: int = 1,
    rows: int = 120,
    target: str = "price",
    metric: str = "rmse",
    limits: Limits | None = None,
    floor: float = 100.0,
    ceiling: float = 15.0,
    **changes: Any,
) -> Path:
    """Write a task into a registry root and return its folder.

    The raw file lies beside the registry, in `<root>/../raw`, and is found by its `file:` address.
    """
    raw = root.parent / "raw"
    path = write_houses(raw, rows)
    content = path.read_bytes()
    record = SourceRecord(
        dataset="houses",
        title="Houses",
        uri=raw.absolute().as_uri(),
        licence="CC0-1.0",
        files=(
            SourceFile(
                path=path.name, bytes=len(content), sha256=hashlib.sha256(content).hexdigest()
            ),
        ),
    )
    dump_source(record, root / "sources" / "houses.yaml")
    kind = "number" if target == "price" else get_metric(MetricSpec(name=metric)).kinds[0]
    classes = () if kind == "number" else ("no", "yes")
    recipe = TableRecipe(
        reader=TableReader(files=(path.name,)),
        target=target,
        holdout=Holdout(kind="random" if kind == "number" else "stratified"),
    )
    form = SubmissionForm(
        columns=classes if kind == "probabilities" else (target,),
        kind=kind,
        classes=classes,
        rows=1,
    )
    description = f"# Houses\n\nPredict `{target}` of the houses in `input/test.csv`.\n"
    with tempfile.TemporaryDirectory() as temporary:
        prepared = prepare(recipe, form, raw, description=description, into=Path(temporary))
        hidden = (Path(temporary) / "private" / "answers.csv").read_text(encoding="utf-8")
    anchors = _anchors(floor, ceiling)
    fields: dict[str, Any] = {
        "slug": slug,
        "version": version,
        "title": "Prices of houses",
        "domain": "housing",
        "modality": "tabular",
        "objective": "regression" if kind == "number" else "binary",
        "metric": MetricSpec(name=metric),
        "source": SourceRef(dataset="houses", sha256=record.sha256),
        "recipe": recipe,
        "submission": form.model_copy(update={"rows": hidden.count("\n") - 1}),
        "reference": Reference(public=anchors, private=anchors),
        "limits": limits or Limits(step_timeout_s=60, max_steps=8),
        "split": split_of("houses"),
        "prepared": prepared,
        "digest": "0" * 64,
    }
    manifest = seal(Manifest(**{**fields, **changes}), description)
    board = f"# digest: {manifest.digest}\nname,public,private\n"
    board += f"forest,{ceiling!r},{ceiling!r}\nmean,{floor!r},{floor!r}\n"
    folder = root / "tabular" / manifest.name
    write_package(
        folder,
        {MANIFEST: dump_manifest(manifest), DESCRIPTION: description, LEADERBOARD: board},
    )
    return folder


def _anchors(floor: float, ceiling: float) -> Anchors:
    at = [floor + share * (ceiling - floor) for share in (0.2, 0.4, 0.6, 0.8)]
    thresholds = Thresholds(median=at[0], bronze=at[1], silver=at[2], gold=at[3])
    return Anchors(floor=floor, ceiling=ceiling, thresholds=thresholds)
