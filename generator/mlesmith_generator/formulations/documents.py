"""Documents: files of text, and what the folders that they lie in say about them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from mlesmith_env.manifest import Manifest
from mlesmith_env.recipes.listing import TEXT
from mlesmith_env.recipes.model import (
    Extract,
    MapValues,
    Select,
    TableReader,
    TableRecipe,
    Transform,
)
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.describe.documents import SECTIONS
from mlesmith_generator.formulations.carried import TEXT as WORDED
from mlesmith_generator.formulations.derived import asked_for, derived_table
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import Program
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.texts import scan_texts
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.records import CollectionProfile, DatasetProfile, NamePart

LABEL, DOCUMENT = "category", "document"
MOST_FILES = 20_000
MOST_CLASSES = 40
SMALLEST_CLASS = 10
"""Documents that a folder must have to be a class."""
FEWEST_GROUPS = 25
FEWEST_WORDS = 3
"""Words of a usual document."""
_PARTS = frozenset("train training test testing dev val valid validation all data raw".split())
_COUNTER = re.compile(r"^\D*\d+$")
_ENDS = re.compile(r"[-_ .]")


class Documents:
    """The class of a document is the folder that it lies in."""

    name = "documents"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task is about files of text."""
        recipe = manifest.recipe
        return (
            isinstance(recipe, TableRecipe)
            and recipe.reader.format == "files"
            and (recipe.reader.text and not recipe.media)
        )

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return ideas for the folders of documents, the innermost first."""
        found: list[Proposal] = []
        for collection in profile.collections:
            if collection.media != "document" or collection.words < FEWEST_WORDS:
                continue
            if not SMALLEST_CLASS * 2 <= collection.files <= MOST_FILES:
                continue
            levels = [part for part in collection.folders if _is_class(part, collection.files)]
            for place, part in enumerate(reversed(levels)):
                proposal = _proposal(profile, collection, part, folder, 2.6 - 0.4 * place, seed)
                if proposal is not None:
                    found.append(proposal)
        return sorted(found, key=lambda proposal: -proposal.score)[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder of texts."""
        return WORDED.ladder

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return nothing more."""
        return {}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Return what is seen of documents on both sides, and of labels told in them."""
        return scan_texts(task.manifest, tables, (TEXT,))

    @property
    def sections(self) -> Mapping[str, Section]:
        """The context speaks of documents."""
        return SECTIONS


def _is_class(part: NamePart, files: int) -> bool:
    """Whether a level of folders divides the documents into classes."""
    known = [(value, rows) for value, rows in part.top if value]
    if not 2 <= part.distinct <= MOST_CLASSES or {v.casefold() for v, _ in known} <= _PARTS:
        return False
    large = [rows for _, rows in known if rows >= SMALLEST_CLASS]
    return len(large) >= 2 and sum(large) >= 0.9 * files


def _proposal(
    profile: DatasetProfile,
    collection: CollectionProfile,
    part: NamePart,
    folder: Path,
    merit: float,
    seed: int,
) -> Proposal | None:
    reader = TableReader(
        files=collection.patterns,
        format="files",
        text=True,
        encoding=collection.encoding,
        decode_errors="strict" if collection.encoding == "utf-8" else "replace",
        missing=("",),
    )
    steps: list[Transform] = [Extract(column="file", into=LABEL, pattern=part.pattern)]
    names = _short([value for value, _ in part.top if value])
    if names:
        steps.append(MapValues(column=LABEL, into=LABEL, values=names))
    group = _group(collection, part)
    if group is not None:
        steps.append(Extract(column=group.column, into=DOCUMENT, pattern=group.pattern))
    kept = (TEXT, LABEL) if group is None else (TEXT, DOCUMENT, LABEL)
    steps.append(Select(columns=kept))
    table = derived_table(profile.dataset, collection.name, reader, steps, folder, seed)
    if table is None:
        return None
    scored = asked_for(
        table,
        LABEL,
        merit,
        f"{collection.files} documents lie in {part.distinct} folders, one for each class",
        formulation="documents",
        group=DOCUMENT if group is not None else None,
        topic=LABEL,
        question=f"tell the category of a {'text' if collection.words < 60 else 'document'}",
    )
    return None if scored is None else Proposal(scored.idea, scored.score)


def _group(collection: CollectionProfile, label: NamePart) -> NamePart | None:
    """Return the part of names that documents of several classes share: versions of one text."""
    classes = {value.casefold() for value, _ in label.top}
    for part in collection.parts:
        usual = sorted(rows for _, rows in part.top)[len(part.top) // 2]
        counts = all(_COUNTER.match(value) for value, _ in part.top)
        same = {value.casefold() for value, _ in part.top} & classes
        if part.distinct >= FEWEST_GROUPS and 2 <= usual <= 20 and not counts and not same:
            return part
    return None


def _short(values: Sequence[str]) -> dict[str, str]:
    """Return names of classes without the words that all of them share; empty where none do."""
    shared = min(values, key=len, default="")
    while not all(value.endswith(shared) for value in values):
        shared = shared[1:]
    cut = _ENDS.search(shared)
    end = shared[cut.start() :] if cut else ""
    if len(end) < 2:
        return {}
    short = {value: value.removesuffix(end) for value in values}
    whole = all(short.values()) and max(Counter(short.values()).values()) == 1
    return short if whole else {}


DOCUMENTS = Documents()
