"""Small datasets of our own, and pages written for them through the real preparation."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.manifest import Limits, MetricSpec, Objective, SubmissionForm
from mlesmith_env.metrics import get_metric
from mlesmith_env.recipes.model import Bin, DropColumns, Holdout, TableRecipe, Transform
from mlesmith_env.recipes.preparation import prepare
from mlesmith_generator.describe import Facts, Page, facts_of, slug_of, title_of
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea


def orchard(rows: int = 300, seed: int = 1) -> pd.DataFrame:
    """Trees of an orchard: numbers, a category, a flag, gaps, a date, a group, a yield."""
    draw = np.random.default_rng(seed)
    height = draw.normal(3.2, 0.6, rows).round(2)
    sort = draw.choice(["Boskop", "Elstar", "Gala", "Rubin"], rows, p=[0.5, 0.2, 0.2, 0.1])
    grafted = draw.integers(0, 2, rows)
    harvest = 12 * height + 6 * (sort == "Gala") + 4 * grafted + draw.normal(0, 3, rows)
    frame = pd.DataFrame(
        {
            "height_m": height,
            "trunk_width": (height * 4 + draw.normal(0, 0.2, rows)).round(1),
            "sort": sort,
            "grafted": grafted,
            "aphids": draw.poisson(0.3, rows) * draw.integers(1, 40, rows),
            "planted": [
                f"{1990 + i % 30}-{1 + i % 12:02d}-05" for i in draw.integers(0, 999, rows)
            ],
            "orchard_id": draw.integers(1, 40, rows),
            "x7": draw.normal(size=rows).round(3),
            "harvest_kg": harvest.clip(0).round(1),
        }
    )
    frame.loc[draw.random(rows) < 0.2, "trunk_width"] = np.nan
    return frame


def write(
    frame: pd.DataFrame,
    *,
    target: str,
    objective: Objective = "regression",
    metric: str = "rmse",
    holdout: Holdout | None = None,
    transforms: Sequence[Transform] = (),
    exclusions: Sequence[Exclusion] = (),
    classes: Sequence[str] = (),
    dataset: str = "orchard",
) -> Page:
    """Write a page for a table: profile, preparation, facts, all real."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "raw"
        folder.mkdir()
        frame.to_csv(folder / f"{dataset}.csv", index=False)
        profile = profile_dataset(folder, dataset)
        return _page(
            folder, profile, target, objective, metric, holdout, transforms, exclusions, classes
        )


def _page(
    folder: Path,
    profile: DatasetProfile,
    target: str,
    objective: Objective,
    metric: str,
    holdout: Holdout | None,
    transforms: Sequence[Transform],
    exclusions: Sequence[Exclusion],
    classes: Sequence[str],
) -> Page:
    table = profile.tables[0]
    dropped = tuple(each.column for each in exclusions)
    made = (*transforms, DropColumns(columns=dropped)) if dropped else tuple(transforms)
    source = next((t.column for t in made if isinstance(t, Bin)), target)
    idea = Idea(
        dataset=profile.dataset,
        table=table.name,
        target=target,
        target_source=source,
        objective=objective,
        metric=MetricSpec(name=metric),
        holdout=holdout or Holdout(kind="random"),
        transforms=tuple(transforms),
        exclusions=tuple(exclusions),
        justification="made for a test",
    )
    recipe = TableRecipe(reader=table.reader, transforms=made, target=target, holdout=idea.holdout)
    found = get_metric(metric)
    if objective == "regression":
        form = SubmissionForm(columns=(target,), kind="number", rows=1)
    elif objective == "binary" and "probability" in found.kinds:
        form = SubmissionForm(columns=(target,), kind="probability", classes=tuple(classes), rows=1)
    elif "probabilities" in found.kinds:
        form = SubmissionForm(
            columns=tuple(classes), kind="probabilities", classes=tuple(classes), rows=1
        )
    else:
        form = SubmissionForm(columns=(target,), kind="label", classes=tuple(classes), rows=1)
    facts = prepared_facts(recipe, form, folder)
    return Page(
        slug=slug_of(profile, idea),
        title=title_of(profile, idea),
        profile=profile,
        table=table,
        idea=idea,
        recipe=recipe,
        form=form.model_copy(update={"rows": facts.test_rows}),
        metric=found,
        limits=Limits(),
        facts=facts,
    )


def prepared_facts(recipe: TableRecipe, form: SubmissionForm, folder: Path) -> Facts:
    """Prepare a task and measure its files."""
    into = folder.parent / "prepared"
    prepare(recipe, form, folder, description="", into=into)
    train, test, sample, answers = (
        pd.read_csv(into / name, dtype=str, keep_default_na=False, na_values=[""])
        for name in (
            "public/train.csv",
            "public/test.csv",
            "public/sample_submission.csv",
            "private/answers.csv",
        )
    )
    return facts_of(train, test, sample, recipe=recipe, form=form, answers=answers)


def renamed(page: Page, number: int) -> Page:
    """The same task under another slug: all that may change is the choice of words."""
    return replace(page, slug=f"{page.slug}-{number}-retold")
