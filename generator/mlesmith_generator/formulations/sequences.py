"""Sequences: the class, or a number, of a whole series of measurements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from mlesmith_env.manifest import AMOUNTS, CLASSED, Manifest
from mlesmith_env.recipes.model import Combine, Gather, RequireValue, TableRecipe, Transform
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm import holdouts
from mlesmith_generator.brainstorm.courses import Courses, courses, summary
from mlesmith_generator.brainstorm.judging import Bench, judge
from mlesmith_generator.brainstorm.merit import Merit
from mlesmith_generator.brainstorm.naming import name_weight
from mlesmith_generator.brainstorm.targets import primary
from mlesmith_generator.describe import sequences as wording
from mlesmith_generator.describe.naming import readable
from mlesmith_generator.designer import free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.courses import scan_overlaps
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.profiler.table import Measured, measure_table, profile_table
from mlesmith_generator.records import DatasetProfile

_TARGETS = ("answers", "scores")
_MODELS = (*_TARGETS, "models", "sequences/cases", "sequences/models")

PROGRAMS = (
    SAMPLE,
    Program("constant", _TARGETS, trivial=True),
    Program("random_draw", _TARGETS, trivial=True, kinds=("label",)),
    Program("typical", _TARGETS, trivial=True, kinds=("number", "probability", "probabilities")),
    Program("nearest", _MODELS, family="sequences"),
    Program("warped_nearest", _MODELS, family="sequences"),
    Program("summary_linear", _MODELS, family="sequences"),
    Program("summary_forest", _MODELS, family="sequences"),
    Program("interval_forest", _MODELS, family="sequences"),
    Program("random_kernels", _MODELS, family="sequences"),
    Program("blend", _MODELS, family="sequences"),
)
"""The ladder, from the foot up."""
_LABEL = 2.2
"""Merit of what stands beside a series as its label."""
_MOST = 4.5


class Sequences:
    """A label for each case, which is a series."""

    name = "sequences"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for a class or a number of whole series."""
        recipe = manifest.recipe
        return (
            manifest.modality == "time-series"
            and manifest.objective in AMOUNTS | CLASSED
            and isinstance(recipe, TableRecipe)
            and (
                recipe.reader.format == "ts"
                or any(isinstance(each, Gather | Combine) for each in recipe.transforms)
            )
            and recipe.holdout.kind not in ("last", "time")
        )

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return ideas for the labels of series."""
        found: list[Proposal] = []
        for each in courses(profile, folder, seed):
            for label in each.labels[:3]:
                proposal = _proposal(profile, each, label, seed)
                if proposal is not None:
                    found.append(proposal)
        return sorted(found, key=lambda proposal: -proposal.score)[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return nothing more."""
        return {}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Look for series that are pieces of one recording."""
        return [scan_overlaps(tables)]

    @property
    def sections(self) -> Mapping[str, Section]:
        """The context and the columns speak of series."""
        return {"Context": wording.context_section, "Columns": wording.columns_section}


def _proposal(profile: DatasetProfile, found: Courses, label: str, seed: int) -> Proposal | None:
    frame = summary(found, label)
    typed = measure_table(frame, seed=seed)
    measured = Measured(typed, len(frame), int(frame.duplicated().sum()))
    table = profile_table(found.table, found.reader, measured)
    bench = Bench(profile.dataset, table, typed, 1.0, seed, profile.dataset)
    made = primary(typed[label])
    if made is None or (made.classes and _rarest(made.truth) < 5):
        return None
    merit = Merit(label, max(_LABEL, name_weight(label)), (found.origin,))
    scored = judge(bench, made, holdouts.plain(made, bench.rows_of(made)), merit)
    if scored is None or scored.by_time:
        return None
    idea = scored.idea
    others = tuple(each for each in found.labels if each != label)
    transforms: list[Transform] = list(found.steps)
    if others:
        transforms = [_narrowed(each, others) for each in transforms]
    transforms += [each for each in idea.transforms if not isinstance(each, RequireValue)]
    needed = (idea.target, *found.channels)
    transforms += [RequireValue(column=column) for column in needed]
    recipe = TableRecipe(
        reader=found.reader,
        transforms=tuple(transforms),
        target=idea.target,
        holdout=idea.holdout,
        id_column=free_id({str(name) for name in found.frame.columns}),
        seed=seed,
    )
    what = "series" if len(found.channels) == 1 else f"{len(found.channels)} parallel series"
    named = readable(label)
    asked = "the class" if named in ("label", "class", "target") and made.classes else named
    asked = "the value" if asked in ("label", "class", "target") else asked
    idea = idea.model_copy(
        update={
            "formulation": "sequences",
            "modality": "time-series",
            "recipe": recipe,
            "exclusions": (),
            "transforms": (),
            "topic": f"{'' if asked.startswith('the ') else asked} series",
            "question": f"predict {asked} of {what}",
            "measured": {"channels": str(len(found.channels))},
        }
    )
    return Proposal(idea, min(scored.score, _MOST))


def _rarest(truth: np.ndarray) -> int:
    good = truth[np.isfinite(truth)].astype(np.int64)
    counts = np.bincount(good)
    return int(counts[counts > 0].min())


def _narrowed(transform: Transform, without: tuple[str, ...]) -> Transform:
    """Return a selection of columns without other labels: they tell of the same case."""
    if transform.op != "select":
        return transform
    kept = tuple(name for name in transform.columns if name not in without)
    return transform.model_copy(update={"columns": kept})


SEQUENCES = Sequences()
