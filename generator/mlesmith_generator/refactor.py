"""The Refactor: brings a draft into the one layout, as a candidate package with prepared data.

What can only be known from the prepared rows is filled in here: how many there are, what the
training file holds (for the description) and the digests of every file.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import pandas as pd

from mlesmith_env.errors import GenerationError, MlesmithError
from mlesmith_env.manifest import (
    Anchors,
    Manifest,
    Provenance,
    Reference,
    SourceRef,
    Thresholds,
    split_of,
)
from mlesmith_env.metrics import get_metric
from mlesmith_env.package import (
    DESCRIPTION,
    MANIFEST,
    dump_manifest,
    parse_manifest,
    seal,
    write_package,
)
from mlesmith_env.recipes.preparation import further_files, prepare
from mlesmith_env.registry import SOURCES
from mlesmith_env.sources import dump_source
from mlesmith_env.task import PREPARED, Task
from mlesmith_generator import __version__
from mlesmith_generator.dataset import Dataset
from mlesmith_generator.describe import Page, describe, domain_of, facts_of, slug_of, title_of
from mlesmith_generator.designer import Draft
from mlesmith_generator.formulations import NAMED
from mlesmith_generator.profiler.collections import pinned_files


class Names:
    """Hands out slugs that no other task has.

    Args:
        registry: The root that the tasks will enter.
        dataset: Slug of the dataset; its own older tasks do not stand in the way.
        qualifier: Words that tell this dataset from another of the same subject, or empty.
    """

    def __init__(self, registry: Path, dataset: str, qualifier: str = "") -> None:
        """Remember the registry; folders are looked at when a slug is asked for."""
        self._registry = registry
        self._dataset = dataset
        self.qualifier = qualifier
        self._taken: set[str] = set()

    def free(self, slug: str) -> bool:
        """Tell whether a slug can be given to a new task of this dataset."""
        if slug in self._taken:
            return False
        return all(map(self._ours, self._registry.glob(f"*/{slug}-v1/{MANIFEST}")))

    def _ours(self, path: Path) -> bool:
        try:
            manifest = parse_manifest(path.read_text(encoding="utf-8"), origin=path)
        except MlesmithError:
            # Not ours to judge here; whoever it belongs to keeps the name.
            return False
        return manifest.source.dataset == self._dataset

    def take(self, slug: str) -> None:
        """Give a slug to a task that was admitted."""
        self._taken.add(slug)


def refactor(draft: Draft, dataset: Dataset, names: Names, workshop: Path, *, seed: int) -> Task:
    """Write a candidate package into a workshop folder and return it as a task.

    Its anchors are placeholders (0 and 1 in the metric's direction) until the ladder has run.

    Raises:
        RecipeError: The recipe does not fit the data.
        GenerationError: No rows are left, or no free name.
    """
    idea, profile = draft.idea, draft.profile
    with tempfile.TemporaryDirectory(dir=workshop, prefix="prepared-") as temporary:
        into = Path(temporary)
        prepared = prepare(draft.recipe, draft.form, dataset.folder, description="", into=into)
        train = _read(into / "public" / "train.csv")
        test = _read(into / "public" / "test.csv")
        sample = _read(into / "public" / "sample_submission.csv")
        answers = _read(into / "private" / "answers.csv")
        further = {
            Path(name).stem: _read(into / name)
            for name in further_files(draft.recipe)
            if name.endswith(".csv")
        }
    if test.empty or train.empty:
        raise GenerationError("no rows are left to train on or to hide after preparation")
    form = draft.form.model_copy(update={"rows": len(test)})
    slug = slug_of(profile, idea, free=names.free, qualifier=names.qualifier)
    title = title_of(profile, idea)
    metric = get_metric(draft.metric)
    facts = facts_of(
        train,
        test,
        sample,
        recipe=draft.recipe,
        form=form,
        table=draft.table,
        further=further,
        answers=answers,
    )
    page = Page(
        slug=slug,
        title=title,
        profile=profile,
        table=draft.table,
        # What gates had taken out is told with what the idea left out.
        idea=idea.model_copy(update={"exclusions": draft.exclusions}),
        recipe=draft.recipe,
        form=form,
        metric=metric,
        limits=draft.limits,
        facts=facts,
        train=train,
    )
    description = describe(page, NAMED[idea.formulation].sections)
    prepared[f"public/{DESCRIPTION}"] = hashlib.sha256(description.encode()).hexdigest()
    record = dataset.record(pinned_files(profile, dataset.folder))
    low, high = (0.0, 1.0) if metric.direction == "maximize" else (1.0, 0.0)
    manifest = Manifest(
        slug=slug,
        version=1,
        title=title,
        domain=idea.domain or domain_of(profile),
        modality=idea.modality,
        objective=idea.objective,
        metric=draft.metric,
        source=SourceRef(dataset=record.dataset, sha256=record.sha256),
        recipe=draft.recipe,
        submission=form,
        reference=Reference(public=_placeholder(low, high), private=_placeholder(low, high)),
        limits=draft.limits,
        split=split_of(record.dataset),
        prepared=dict(sorted(prepared.items())),
        provenance=Provenance(
            planner="rules",
            generator_version=__version__,
            seed=seed,
            justification=idea.justification,
        ),
        digest="0" * 64,
    )
    manifest = seal(manifest, description)
    dump_source(record, workshop / SOURCES / f"{record.dataset}.yaml")
    directory = workshop / idea.modality / manifest.name
    write_package(directory, {MANIFEST: dump_manifest(manifest), DESCRIPTION: description})
    return Task.load(directory, nearby=dataset.folder, aside=workshop / PREPARED)


def _placeholder(low: float, high: float) -> Anchors:
    def between(share: float) -> float:
        return low + share * (high - low)

    thresholds = Thresholds(
        median=between(0.4), bronze=between(0.6), silver=between(0.8), gold=between(0.9)
    )
    return Anchors(floor=low, ceiling=high, thresholds=thresholds)


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
