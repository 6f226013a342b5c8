"""Lines: texts, one a line, and labels line by line in another file or in front of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mlesmith_env.manifest import Manifest
from mlesmith_env.recipes.model import (
    Extract,
    Join,
    MapValues,
    NumberRows,
    RenameColumns,
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
from mlesmith_generator.records import DatasetProfile, ParallelProfile

TEXT, LABEL, TOPIC = "text", "label", "topic"
_LINE, _FILE = "line", "file"
_NOWHERE = "\x1f"
"""A separator that no text holds: a line is one value."""
_MARK = r"^__label__(\S+)"
_REST = r"^__label__\S+\s+(.+)$"
_FOLDER = r"([^/]+)/[^/]+$"


class Lines:
    """The label of a text in a file of lines."""

    name = "lines"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task is about lines of text."""
        recipe = manifest.recipe
        if not isinstance(recipe, TableRecipe) or manifest.submission.kind in ("tags", "span"):
            return False
        return recipe.reader.delimiter == _NOWHERE or recipe.reader.format == "utterances"

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return an idea for the labels, and one for the folders where these divide the texts."""
        found: list[Proposal] = []
        for parallel in profile.parallels:
            table = derived_table(
                profile.dataset,
                parallel.name,
                reader_of(parallel),
                steps_of(parallel),
                folder,
                seed,
            )
            if table is None:
                continue
            held = "labels stand line by line beside the texts"
            why = held if parallel.labels else "a label stands in front of every text"
            asked = [(LABEL, 3.0, why, "tell the label of a text")]
            if parallel.folders:
                why = "the texts lie in a folder for each topic"
                asked.append((TOPIC, 2.0, why, "tell the topic of a text"))
            for target, merit, why, question in asked:
                scored = asked_for(
                    table,
                    target,
                    merit,
                    why,
                    formulation="lines",
                    topic=target,
                    question=question,
                )
                if scored is not None:
                    found.append(Proposal(scored.idea, scored.score))
        found += _intents(profile, folder, seed)
        return sorted(found, key=lambda proposal: -proposal.score)[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder of texts."""
        return WORDED.ladder

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return nothing more."""
        return {}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Return what is seen of texts on both sides, and of labels told in them."""
        return scan_texts(task.manifest, tables, (TEXT,))

    @property
    def sections(self) -> Mapping[str, Section]:
        """The context speaks of texts."""
        return SECTIONS


def _intents(profile: DatasetProfile, folder: Path, seed: int) -> Iterator[Proposal]:
    """Yield the labels of utterances, whose marked pieces are left out."""
    for table in profile.tables:
        if table.reader.format != "utterances" or table.column(LABEL).distinct < 2:
            continue
        steps = (RenameColumns(names={"tokens": TEXT}), Select(columns=(TEXT, LABEL)))
        made = derived_table(profile.dataset, table.name, table.reader, steps, folder, seed)
        scored = made and asked_for(
            made,
            LABEL,
            2.6,
            "every utterance has a label",
            formulation="lines",
            topic="intent",
            question="tell the intent of an utterance",
        )
        if scored is not None:
            yield Proposal(scored.idea, scored.score)


def reader_of(parallel: ParallelProfile) -> TableReader:
    """Return how the texts are read."""
    return _lines(parallel.texts, TEXT, parallel.encoding, tell_file=parallel.folders)


def steps_of(parallel: ParallelProfile) -> tuple[Transform, ...]:
    """Return what brings texts and labels together."""
    steps: list[Transform] = []
    if parallel.labels:
        labels = _lines(parallel.labels, LABEL, parallel.encoding)
        number = NumberRows(into=_LINE)
        steps += [
            number,
            Join(table=labels, transforms=(number,), on={_LINE: _LINE}, columns=(LABEL,)),
        ]
    else:
        steps += [
            Extract(column=TEXT, into=LABEL, pattern=_MARK),
            Extract(column=TEXT, into=TEXT, pattern=_REST),
        ]
    if parallel.names:
        steps.append(MapValues(column=LABEL, into=LABEL, values=parallel.names))
    kept = (TEXT, LABEL)
    if parallel.folders:
        steps.append(Extract(column=_FILE, into=TOPIC, pattern=_FOLDER))
        kept = (TEXT, TOPIC, LABEL)
    return (*steps, Select(columns=kept))


def _lines(
    files: tuple[str, ...], column: str, encoding: str, *, tell_file: bool = False
) -> TableReader:
    return TableReader(
        files=files,
        encoding="utf-8-sig" if encoding == "utf-8" else encoding,
        decode_errors="strict" if encoding == "utf-8" else "replace",
        delimiter=_NOWHERE,
        quote="",
        header_rows=0,
        columns=(column,),
        missing=("",),
        file_column=_FILE if tell_file else None,
    )


LINES = Lines()
