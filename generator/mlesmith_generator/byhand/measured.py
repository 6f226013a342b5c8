"""The page of facts about a draft, from the files that its preparation gave."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from mlesmith_env.metrics import get_metric
from mlesmith_env.recipes.model import Recipe
from mlesmith_generator.byhand.draft import HandDraft
from mlesmith_generator.describe import Page, describe, facts_of
from mlesmith_generator.records import DatasetProfile, Idea, TableProfile


def measured_page(
    draft: HandDraft,
    public: Path,
    idea: Idea,
    profile: DatasetProfile,
    table: TableProfile | None,
    recipe: Recipe | None = None,
) -> str:
    """Return a page for a draft that asks for one number or class a row.

    Args:
        draft: The draft.
        public: Folder of the prepared `train.csv`, `test.csv` and `sample_submission.csv`; the
            answers are read from `private` beside it, where it is there.
        idea: What is asked, and why.
        profile: Profile of the dataset.
        table: Profile of the table that it is made of, where it is one.
        recipe: What to tell of target and holdout, where that is not the draft's recipe.
    """
    train, test, sample = (
        _read(public / f"{name}.csv") for name in ("train", "test", "sample_submission")
    )
    hidden = public.parent / "private" / "answers.csv"
    form = draft.submission.model_copy(update={"rows": len(test)})
    recipe = recipe or draft.recipe
    page = Page(
        slug=draft.slug,
        title=draft.title,
        profile=profile,
        table=table,
        idea=idea,
        recipe=recipe,
        form=form,
        metric=get_metric(draft.metric),
        limits=draft.limits,
        facts=facts_of(
            train,
            test,
            sample,
            recipe=recipe,
            form=form,
            table=table,
            answers=_read(hidden) if hidden.is_file() else None,
        ),
    )
    return describe(page)


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
