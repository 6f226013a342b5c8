"""Pictures in which something is to be found: boxes around it, or the pixels that it covers."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

from mlesmith_env.manifest import Manifest, MetricSpec, Objective, PredictionKind, SubmissionForm
from mlesmith_env.recipes.model import (
    Boxes,
    Extract,
    Gather,
    Holdout,
    ImageSize,
    Join,
    Mask,
    Media,
    RenameColumns,
    RequireValue,
    SampleRows,
    Select,
    TableRecipe,
    Transform,
)
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.describe import files as wording
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.media.labels import is_mask, listing
from mlesmith_generator.formulations.media.traces import media_column, scan_names, scan_twins
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.profiler.boxes import box_of
from mlesmith_generator.records import (
    CollectionProfile,
    DatasetProfile,
    Idea,
    Pair,
    Sidecar,
    TableProfile,
)

SMALLEST = 80
MOST = 600
"""Pictures of a task."""
_FEW = 150
"""Pictures below which more of them are hidden, so that a score says something."""
_COMPLETE = 0.7
_WIDTH, _HEIGHT = "width", "height"
_BASE = r"^(.*)\.[^./]+$"


class _Scenes(ABC):
    """What both ways of finding have in common."""

    name = "scenes"
    objective: Objective = "detection"
    folder = "boxes"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether the objective is this one."""
        return manifest.objective == self.objective

    @abstractmethod
    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return the columns of path and size."""
        return {"MEDIA": media_column(manifest), "WIDTH": _WIDTH, "HEIGHT": _HEIGHT}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Return whether hidden pictures are copies of training pictures."""
        return [scan_names(task, prepared, tables), scan_twins(task, prepared, tables)]

    def _proposal(
        self,
        profile: DatasetProfile,
        collection: CollectionProfile,
        steps: Sequence[Transform],
        target: str,
        words: tuple[str, str],
        seed: int,
    ) -> Proposal:
        shown = Select(columns=("file", _HEIGHT, _WIDTH, target))
        sampled = (SampleRows(rows=MOST),) if collection.files > MOST else ()
        share = 0.45 if collection.files < _FEW else 0.3
        holdout = Holdout(kind="random", test_fraction=share)
        recipe = TableRecipe(
            reader=listing(collection),
            transforms=(*steps, shown, *sampled),
            target=target,
            holdout=holdout,
            seed=seed,
            media=(Media(column="file", folder="pictures"),),
        )
        idea = Idea(
            dataset=profile.dataset,
            table=collection.name,
            target=target,
            target_source=target,
            objective=self.objective,
            metric=MetricSpec(name=self._metric(profile.dataset)),
            holdout=holdout,
            signal=0.5,
            justification=f"{collection.files} pictures come with {words[0]}.",
            formulation=self.name,
            modality="image",
            recipe=recipe,
            form=SubmissionForm(columns=(target,), kind=self._kind, rows=1),
            topic=target,
            question=words[1],
        )
        return Proposal(idea, 3.2)

    @property
    def _kind(self) -> PredictionKind:
        return "boxes" if self.objective == "detection" else "mask"

    def _metric(self, dataset: str) -> str:
        options = ("box_map_50",) if self._kind == "boxes" else ("mask_dice", "mask_iou")
        return options[hashlib.sha256(dataset.encode()).digest()[0] % len(options)]


class DetectionFormulation(_Scenes):
    """Boxes around things."""

    name = "detection"
    objective: Objective = "detection"

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return an idea for each table of boxes beside pictures."""
        found: list[Proposal] = []
        for collection in profile.collections:
            if collection.media != "image" or collection.files < SMALLEST:
                continue
            for sidecar in collection.sidecars:
                table = next(each for each in profile.tables if each.name == sidecar.table)
                box = box_of(table)
                unread = sidecar.pattern or sidecar.reading
                if box is None or sidecar.share < _COMPLETE or unread:
                    continue
                steps = _with_boxes(sidecar, table, box)
                words = ("a table of boxes around things", "find things and box them")
                found.append(self._proposal(profile, collection, steps, "boxes", words, seed))
        return found[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder: typical and frequent boxes, contrast, look-alikes, regression."""
        parts = ("media/boxes", "media/pictures")
        names = ("contrast", "look_alike_boxes", "regressed_box", "forest_box", "mixed_boxes")
        return (
            SAMPLE,
            Program("typical_box", ("media/boxes",), trivial=True, family="boxes"),
            Program("frequent_boxes", ("media/boxes",), trivial=True, family="boxes"),
            *(Program(name, parts, family="boxes") for name in names),
        )

    @property
    def sections(self) -> Mapping[str, Section]:
        """Context, files, columns and target speak of pictures and boxes."""
        return {
            "Context": wording.scenes_context_section,
            "Files": wording.files_section,
            "Columns": wording.columns_section,
            "Target": wording.boxes_section,
            "Metric": wording.plain_metric_section,
        }


class SegmentationFormulation(_Scenes):
    """Pixels that things cover."""

    name = "segmentation"
    objective: Objective = "segmentation"

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return an idea for each collection of pictures that has a mask for each."""
        found: list[Proposal] = []
        named = {collection.name: collection for collection in profile.collections}
        for collection in profile.collections:
            if collection.media != "image" or collection.files < SMALLEST or is_mask(collection):
                continue
            for pair in collection.pairs:
                masks = named.get(pair.other)
                if masks is None or pair.share < _COMPLETE or not is_mask(masks):
                    continue
                steps = _with_mask(pair, masks)
                words = ("a mask for each", "mark the pixels that stand for something")
                found.append(self._proposal(profile, collection, steps, "mask", words, seed))
        return found[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder: everywhere alike, thresholds, classifiers of pixels."""
        names = ("threshold", "unusual", "pixel_linear", "pixel_boosting", "smoothed_boosting")
        parts = ("media/masks",)
        return (
            SAMPLE,
            Program("everywhere_alike", parts, trivial=True, family="masks"),
            *(Program(name, parts, family="masks") for name in names),
        )

    @property
    def sections(self) -> Mapping[str, Section]:
        """Context, files, columns and target speak of pictures and masks."""
        return {
            "Context": wording.scenes_context_section,
            "Files": wording.files_section,
            "Columns": wording.columns_section,
            "Target": wording.mask_section,
            "Metric": wording.plain_metric_section,
        }


def _with_boxes(
    sidecar: Sidecar, table: TableProfile, box: tuple[str, tuple[str, str, str, str], str]
) -> list[Transform]:
    label, (x, y, right, bottom), form = box
    made = Boxes(
        label=label,
        x=x,
        y=y,
        right=right,
        bottom=bottom,
        form="corners" if form == "corners" else "size",
        into="boxes",
    )
    sizes = _sizes(table, (x, y, right, bottom))
    gathered = Gather(
        by=(sidecar.column,), columns=("boxes",), first=sizes, missing=None, blanks="keep"
    )
    named = RenameColumns(names=dict(zip(sizes, (_WIDTH, _HEIGHT), strict=False)))
    joined = Join(
        table=table.reader,
        transforms=(made, gathered, named) if sizes else (made, gathered),
        on={sidecar.key: sidecar.column},
        columns=("boxes", _WIDTH, _HEIGHT) if sizes else ("boxes",),
    )
    size = ImageSize(column="file", height_into=_HEIGHT, width_into=_WIDTH)
    return [joined, RequireValue(column="boxes"), *([] if sizes else [size])]


def _sizes(table: TableProfile, box: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of the width and height to which boxes refer, where the table has them.

    Pictures are often published smaller than they were when somebody drew the boxes.
    """
    names = {column.name.casefold(): column.name for column in table.columns}
    found = tuple(names[word] for word in ("width", "height") if word in names)
    return found if len(found) == 2 and not set(found) & set(box) else ()


def _with_mask(pair: Pair, masks: CollectionProfile) -> list[Transform]:
    base = Extract(column="file", into="base", pattern=_BASE)
    key = {"base": "base"} if pair.key == "path" else {"stem": "stem"}
    joined = Join(
        table=listing(masks),
        transforms=(base,) if pair.key == "path" else (),
        on=key,
        columns=("file",),
        prefix="mask_",
    )
    mask = Mask(column="mask_file", into="mask", height_into=_HEIGHT, width_into=_WIDTH)
    return [base, joined, RequireValue(column="mask_file"), mask]


DETECTION = DetectionFormulation()
SEGMENTATION = SegmentationFormulation()
