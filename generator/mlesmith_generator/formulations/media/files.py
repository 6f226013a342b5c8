"""Files with a label: which class a picture or a recording is of, or which number belongs to it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from mlesmith_env.manifest import Manifest, MetricSpec, SubmissionForm
from mlesmith_env.metrics import get_metric
from mlesmith_env.recipes.model import (
    Holdout,
    KeepValues,
    Media,
    RequireValue,
    SampleRows,
    Select,
    TableRecipe,
)
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm.holdouts import shares
from mlesmith_generator.brainstorm.rarest import allowed, private_rows
from mlesmith_generator.describe import files as wording
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.naming import entity, readable
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.media.amounts import Amount, amounts_of, is_of_file
from mlesmith_generator.formulations.media.labels import (
    SMALLEST,
    SMALLEST_CLASS,
    Label,
    classes_of,
    is_mask,
    labels_of,
    listing,
)
from mlesmith_generator.formulations.media.subjects import (
    by_subject,
    hidden_whole,
    is_inside,
    is_subject,
    named_subject,
    noun_of,
    subject_of,
)
from mlesmith_generator.formulations.media.traces import media_column, scan_files
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.records import CollectionProfile, DatasetProfile, Idea

MOST_FILES = 2_000
MOST_BYTES = 200_000_000
"""Files and bytes of a task; of larger collections a sample is taken."""
_TARGETS = ("answers", "scores")
NOUNS = {"image": "pictures", "audio": "recordings", "midi": "pieces"}
"""What files are called by what they hold; also the folder that they are in."""
_FEW = 250
"""Pieces below which more of them are hidden, so that a score says something."""


class FilesFormulation:
    """One label a file."""

    name = "files"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether files are the data, and one number or class is asked of each."""
        recipe = manifest.recipe
        return (
            manifest.modality in ("image", "audio")
            and isinstance(recipe, TableRecipe)
            and bool(recipe.media)
            and manifest.submission.kind in ("number", "label", "probability", "probabilities")
        )

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return an idea for each label that divides a collection into classes."""
        found: list[Proposal] = []
        for collection in profile.collections:
            if collection.media not in NOUNS or collection.files < SMALLEST:
                continue
            if collection.pairs and is_mask(collection):
                continue
            labels = labels_of(profile, collection, folder)
            for label in labels:
                classes = classes_of(label)
                if classes and not (label.table and is_of_file(label.column)):
                    found.append(_proposal(profile, collection, label, classes, labels, seed))
            found += [
                _amount_proposal(profile, collection, amount, labels, seed)
                for amount in amounts_of(profile, collection, labels, folder, seed=seed)
            ]
        return sorted(found, key=lambda proposal: -proposal.score)[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder: first sight, averages, look-alikes, and models of descriptions."""
        parts = (*_TARGETS, "media/files", reading_of(manifest), "models")
        names = (
            "first_sight",
            "averages",
            "look_alikes",
            "described_linear",
            "described_forest",
            "mixture",
        )
        rungs = [Program(name, parts, family="media") for name in names]
        return (SAMPLE, Program("constant", _TARGETS, trivial=True), *rungs)

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return the column of the paths."""
        return {"MEDIA": media_column(manifest)}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Return what the files tell beside what they show."""
        return scan_files(task, prepared, tables)

    @property
    def sections(self) -> Mapping[str, Section]:
        """Context, files and columns speak of files."""
        return {
            "Context": wording.context_section,
            "Files": wording.files_section,
            "Columns": wording.columns_section,
        }


def reading_of(manifest: Manifest) -> str:
    """Return the part of programs that reads a task's files."""
    recipe = manifest.recipe
    folder = recipe.media[0].folder if isinstance(recipe, TableRecipe) and recipe.media else ""
    return {"recordings": "media/sounds", "pieces": "media/pieces"}.get(folder, "media/pictures")


def _proposal(
    profile: DatasetProfile,
    collection: CollectionProfile,
    label: Label,
    classes: tuple[str, ...],
    labels: Sequence[Label],
    seed: int,
) -> Proposal:
    counts = label.counts
    subject = subject_of(label, labels, classes)
    hidden = hidden_whole(subject, label, classes)
    column = "file"
    steps = [*label.transforms, RequireValue(column=label.name)]
    if set(counts) - set(classes):
        steps.append(KeepValues(column=label.name, values=classes))
    used = min(1.0, most_files(collection) / collection.files)
    shown = [counts[value] * used for value in classes]
    if hidden is not None:
        steps += [step for step in hidden.transforms if step not in steps]
        holdout = by_subject(hidden, label)
    else:
        holdout = _by_chance("stratified", collection, sum(shown))
    rarest = private_rows(min(shown), holdout)
    metric = _metric(profile.dataset, label.name, shown, rarest)
    names = [column, *([hidden.name] if hidden is not None else []), label.name]
    steps.append(Select(columns=tuple(dict.fromkeys(names))))
    steps += sampled(collection)
    recipe = TableRecipe(
        reader=listing(collection),
        transforms=tuple(steps),
        target=label.name,
        holdout=holdout,
        seed=seed,
        media=(Media(column=column, folder=NOUNS[collection.media]),),
    )
    binary = len(classes) == 2
    accepted = get_metric(metric).kinds
    kind = "probability" if binary else "probabilities"
    form = SubmissionForm(
        columns=classes if kind == "probabilities" and kind in accepted else (label.name,),
        kind=kind if kind in accepted else "label",
        classes=classes,
        rows=1,
    )
    what = NOUNS[collection.media]
    idea = Idea(
        dataset=profile.dataset,
        table=collection.name,
        target=label.name,
        target_source=label.name,
        objective="binary" if binary else "multiclass",
        metric=metric,
        holdout=holdout,
        signal=0.5,
        justification=(
            f"{collection.files} {what} are sorted into {len(classes)} classes by their "
            f"{label.origin}; telling them apart is what one would ask of such a collection."
        ),
        formulation="files",
        modality="image" if collection.media == "image" else "audio",
        recipe=recipe,
        form=form,
        topic=label.name.replace("_", " "),
        question=_question(label, what, len(classes))
        + (f" from unseen {nu.plural(entity(hidden.name))}" if hidden is not None else ""),
        measured=_told(label, collection, subject, hidden),
    )
    few = 0.4 if min(counts[value] for value in classes) < 2 * SMALLEST_CLASS else 0.0
    return Proposal(idea, label.weight - few)


def _place(label: Label, collection: CollectionProfile) -> str:
    """Return where a label stood at the source, in words; empty where a table told it."""
    if label.field is not None:
        return label.field.place
    if label.origin != "folder":
        return ""
    level = int(label.name.removeprefix("folder_")) if label.name.startswith("folder_") else 0
    if len(collection.folders) == 1:
        return "the folder that the file lay in"
    return (
        "the outermost folder of its path"
        if level == 0
        else f"the folder at level {level + 1} of its path"
    )


def _question(label: Label, what: str, classes: int) -> str:
    if label.field is not None and label.field.known:
        return f"tell the {readable(label.name)} of each {what.removesuffix('s')}"
    return f"tell {classes} classes of {what} apart"


def sampled(collection: CollectionProfile) -> list[SampleRows]:
    """Return what makes a large collection as small as a task may be."""
    most = most_files(collection)
    return [SampleRows(rows=most)] if collection.files > most else []


def most_files(collection: CollectionProfile) -> int:
    """Return how many files of a collection a task may have."""
    return min(MOST_FILES, int(MOST_BYTES / max(1, collection.bytes / collection.files)))


def _amount_proposal(
    profile: DatasetProfile,
    collection: CollectionProfile,
    amount: Amount,
    labels: Sequence[Label],
    seed: int,
) -> Proposal:
    what = NOUNS[collection.media]
    subject = named_subject(labels, amount.name)
    hidden = hidden_whole(subject, subject) if subject is not None else None
    steps = [*amount.transforms, RequireValue(column=amount.name)]
    names = ["file", amount.name]
    if hidden is not None:
        steps += [step for step in hidden.transforms if step not in steps]
        names.insert(1, hidden.name)
        holdout = by_subject(hidden)
    else:
        holdout = _by_chance("random", collection, amount.files)
    recipe = TableRecipe(
        reader=listing(collection),
        transforms=(*steps, Select(columns=tuple(names)), *sampled(collection)),
        target=amount.name,
        holdout=holdout,
        seed=seed,
        media=(Media(column="file", folder=what),),
    )
    counting = amount.objective == "counting"
    asked = amount.name.replace("_", " ")
    idea = Idea(
        dataset=profile.dataset,
        table=collection.name,
        target=amount.name,
        target_source=amount.name,
        objective=amount.objective,
        metric=amount.metric,
        holdout=holdout,
        signal=0.5,
        justification=f"{amount.files} {what} come with a number: {amount.told}.",
        formulation="files",
        modality="image" if collection.media == "image" else "audio",
        recipe=recipe,
        form=SubmissionForm(columns=(amount.name,), kind="number", rows=1),
        topic=asked,
        question="count what is to be seen" if counting else f"predict {asked} of {what}",
        measured=_whose(subject, hidden),
    )
    return Proposal(idea, amount.weight)


def _by_chance(
    kind: Literal["random", "stratified"], collection: CollectionProfile, files: float
) -> Holdout:
    """Return the holdout by chance: of few files more are hidden, or a score says nothing."""
    test, private = shares(int(files))
    if collection.media == "midi" and collection.files < _FEW:
        test, private = 0.55, 0.7
    return Holdout(kind=kind, test_fraction=test, private_fraction=private)


def _told(
    label: Label, collection: CollectionProfile, subject: Label | None, hidden: Label | None
) -> dict[str, str]:
    """Return what the page tells: where the label stood, and whose files are on both sides."""
    place = _place(label, collection)
    return {**({"place": place} if place else {}), **_whose(subject, hidden, label)}


def _whose(
    subject: Label | None, hidden: Label | None, label: Label | None = None
) -> dict[str, str]:
    if hidden is not None:
        return {"subject": entity(hidden.name)}
    if subject is None:
        return {}
    inside = label is not None and is_inside(subject, label)
    if inside or is_subject(subject):
        noun = entity(noun_of(subject))
        shared = nu.counted(len(subject.counts), noun, words=True)
        return {"shared_inside" if inside else "shared": shared, "subject": noun}
    return {}


def _metric(dataset: str, name: str, counts: Sequence[float], rarest: float) -> MetricSpec:
    uneven = max(counts) > 3 * min(counts)
    if len(counts) == 2:
        options = ("roc_auc", "log_loss", "f1") if uneven else ("accuracy", "roc_auc", "log_loss")
    elif uneven:
        options = ("f1_macro", "balanced_accuracy", "log_loss")
    else:
        options = ("accuracy", "log_loss", "f1_macro")
    options = allowed(options, rarest)
    mark = hashlib.sha256(f"{dataset}/{name}".encode()).digest()[0]
    return MetricSpec(name=options[mark % len(options)])


FILES = FilesFormulation()
