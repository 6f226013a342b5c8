"""`mlesmith new`: a draft of a task, filled in from a profile of the data."""

from __future__ import annotations

import difflib
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from mlesmith_env.errors import GenerationError
from mlesmith_env.forms import FITTING
from mlesmith_env.manifest import MetricSpec, Objective
from mlesmith_env.metrics import get_metric
from mlesmith_env.recipes.model import Holdout
from mlesmith_env.recipes.operations import RequireValue
from mlesmith_env.recipes.reader import read_table
from mlesmith_generator.byhand.draft import TODO, DraftFolder, HandDraft, write_draft
from mlesmith_generator.byhand.scripting import with_scripts
from mlesmith_generator.dataset import open_dataset
from mlesmith_generator.designer import design
from mlesmith_generator.formulations.table import TABLE
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea, TableProfile
from mlesmith_generator.refactor import Names, refactor

USUAL: dict[Objective, str] = {"regression": "rmse", "binary": "roc_auc", "multiclass": "log_loss"}
"""The metric of each objective where none is given."""
NOTE = (
    f"<!-- {TODO}: read this page as a competitor would, and say in your own words what the data\n"
    "are and why anybody would want to predict this. Keep it true; then remove this note. -->\n\n"
)
_IDEAS = 30
_MOST_CLASSES = 20
_FEWEST_ROWS = 5


def scaffold(
    slug: str,
    data: str,
    target: str,
    *,
    output: Path,
    table: str | None = None,
    metric: str | None = None,
    objective: Objective | None = None,
    script: bool = False,
    seed: int = 0,
) -> Path:
    """Write a draft folder and return it.

    Where the Brainstormer has an idea for the target as it is, its holdout, metric and exclusions
    (copies of the target, identifiers) are taken over; else the plainest ones that fit.

    Args:
        slug: Name of the task.
        data: A SOURCE as `mlesmith generate` takes it: a file, a folder, `sklearn:<name>`.
        target: Column to predict.
        output: The folder to write; there may be none yet.
        table: Name of the table, where several have the target.
        metric: A metric of the catalogue.
        objective: What is asked; told by the target's values where it is not given.
        script: Whether to write `prepare.py` and `metric.py` in place of a recipe and a metric of
            the catalogue.
        seed: Seed of holdout and ids.

    Raises:
        GenerationError: There is no such column, or no task can be made of it.
        MetricError: There is no such metric.
        ManifestError: The folder is there already.
    """
    with open_dataset(data) as dataset:
        profile = profile_dataset(dataset.folder, dataset.name, seed=seed)
        chosen = _table(profile, target, table)
        idea = _idea(profile, chosen, target, objective, dataset.folder, seed)
        if metric is not None:
            get_metric(metric)
            idea = idea.model_copy(update={"metric": MetricSpec(name=metric)})
        drafted = design(idea, profile, dataset.folder, seed=seed)
        with tempfile.TemporaryDirectory(prefix="mlesmith-new-") as workshop:
            names = Names(Path(workshop), dataset.slug)
            task = refactor(drafted, dataset, names, Path(workshop), seed=seed)
            manifest = task.manifest
            draft = HandDraft(
                slug=slug,
                title=manifest.title,
                domain=manifest.domain,
                modality=manifest.modality,
                objective=manifest.objective,
                metric=manifest.metric,
                recipe=manifest.recipe,
                submission=manifest.submission.model_copy(update={"rows": 1}),
                limits=manifest.limits,
                justification=idea.justification,
            )
            content = DraftFolder(draft, task.description, task.source)
        if script:
            content = with_scripts(content, drafted, dataset.folder)
    write_draft(output, replace(content, description=NOTE + content.description))
    return output


def _table(profile: DatasetProfile, target: str, name: str | None) -> TableProfile:
    if not profile.tables:
        raise GenerationError("; ".join(profile.problems) or "no file here reads as a table")
    tables = [table for table in profile.tables if name in (None, table.name)]
    if not tables:
        known = ", ".join(table.name for table in profile.tables)
        raise GenerationError(f"there is no table {name!r}; there are {known}")
    having = [t for t in tables if target in {column.name for column in t.columns}]
    if not having:
        columns = [column.name for table in tables for column in table.columns]
        close = difflib.get_close_matches(target, columns, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise GenerationError(
            f"there is no column {target!r}{hint}; there are {', '.join(columns[:40])}"
        )
    if len(having) > 1:
        told = ", ".join(table.name for table in having)
        raise GenerationError(f"several tables have a column {target!r}: choose --table of {told}")
    return having[0]


def _idea(
    profile: DatasetProfile,
    table: TableProfile,
    target: str,
    objective: Objective | None,
    folder: Path,
    seed: int,
) -> Idea:
    """Return the Brainstormer's idea for a target, else the plainest one."""
    one = profile.model_copy(update={"tables": (table,)})
    try:
        proposals = TABLE.propose(one, folder, limit=_IDEAS, seed=seed)
    except GenerationError:
        # It has no idea for any column; whether this one is worth it is for the gates to say.
        proposals = ()
    for proposal in proposals:
        idea = proposal.idea
        if idea.target == target and objective in (None, idea.objective):
            return idea
    asked = objective or _objective(table, target, folder)
    metric = USUAL.get(asked) or next(
        (name for name in ("rmse", "log_loss", "accuracy") if _fits(name, asked)), ""
    )
    if not metric:
        raise GenerationError(
            f"`mlesmith new` knows no metric for the objective {asked!r}; write the draft for "
            "another one and change task.yaml"
        )
    exclusions = [
        Exclusion(column=column.name, reason="identifies the row")
        for column in table.columns
        if column.type in ("identifier", "constant") and column.name != target
    ]
    return Idea(
        dataset=profile.dataset,
        table=table.name,
        target=target,
        target_source=target,
        objective=asked,
        metric=MetricSpec(name=metric),
        holdout=Holdout(kind="random" if "number" in FITTING[asked] else "stratified"),
        transforms=(RequireValue(column=target),),
        exclusions=tuple(exclusions),
        justification=f"Somebody wants to know {target}.",
    )


def _objective(table: TableProfile, target: str, folder: Path) -> Objective:
    column = table.column(target)
    if column.type == "number" and column.distinct > _MOST_CLASSES:
        return "regression"
    counts = Counter(read_table(table.reader, folder)[target].dropna().astype(str))
    if not 2 <= len(counts) <= _MOST_CLASSES or min(counts.values()) < _FEWEST_ROWS:
        raise GenerationError(
            f"{target!r} is no number and has {len(counts)} different values, of which the rarest "
            f"stands in {min(counts.values(), default=0)} row(s): give --objective, or choose a "
            "column with 2 to 20 classes"
        )
    return "binary" if len(counts) == 2 else "multiclass"


def _fits(metric: str, objective: Objective) -> bool:
    return any(kind in get_metric(metric).kinds for kind in FITTING[objective])
