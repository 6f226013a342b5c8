"""Questions about a text whose answer is a piece of it: reading comprehension."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mlesmith_env.manifest import Manifest, MetricSpec, SubmissionForm
from mlesmith_env.recipes.model import (
    DropColumns,
    Extract,
    Holdout,
    RenameColumns,
    RequireValue,
    SampleRows,
    Select,
    TableRecipe,
    Transform,
)
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm import holdouts
from mlesmith_generator.describe.questions import SECTIONS
from mlesmith_generator.designer import free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.several import chosen
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.texts import scan_apart, scan_texts
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.profiler.table import measure_file
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea, TableProfile

TEXT, QUESTION, ANSWER = "text", "question", "answer"
FEWEST, MOST = 300, 4_000
FEWEST_TEXTS = 30
"""Texts, or what they belong to, that there must be: whole ones are hidden."""
FEWEST_DOCUMENTS = 40
_ASKED = 0.6
"""Share of the questions that end with a question mark, where the column is not called so."""
_TOLD = 0.3
"""Share of the questions that have an answer."""
_INSIDE = 0.95
_READ = 600
_PATTERNS = ("", r'"text": "([^"\\]+)"', r'^\["([^"\\]+)"')
"""How an answer stands in its cell: as it is, in a list of records, first in a list of texts."""
_METRICS = ("span_f1", "span_f1", "span_jaccard")

_TEXTS = ("qa/texts",)
_PIECES = (*_TEXTS, "qa/pieces")
_MODELS = (*_PIECES, "qa/models")

PROGRAMS = (
    SAMPLE,
    Program("constant", _TEXTS, trivial=True, family="qa"),
    Program("likely_sentence", _TEXTS, family="qa"),
    Program("window", _PIECES, family="qa"),
    Program("kind_of_answer", _PIECES, family="qa"),
    Program("linear", _MODELS, family="qa"),
    Program("boosting", _MODELS, family="qa"),
    Program("blend", _MODELS, family="qa"),
)
"""The ladder, from the foot up."""


@dataclass(frozen=True)
class _Asked:
    """The columns of a table of questions."""

    text: TypedColumn
    question: TypedColumn
    answer: TypedColumn
    pattern: str
    """What takes the answer out of its cell; empty where it is the cell."""
    document: TypedColumn | None
    """What several texts belong to, such as an article."""
    told: float
    """Share of the questions that have an answer."""


class QuestionAnswering:
    """A piece of a text that answers a question."""

    name = "question_answering"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks questions about texts."""
        recipe = manifest.recipe
        return (
            manifest.submission.kind == "span"
            and isinstance(recipe, TableRecipe)
            and any(isinstance(s, Select) and QUESTION in s.columns for s in recipe.transforms)
        )

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return an idea for each table of questions whose answers stand in a text."""
        found: list[Proposal] = []
        for table in profile.tables:
            texts = sum(column.type == "text" for column in table.columns)
            if table.rows < FEWEST or texts < 2:
                continue
            typed = measure_file(table.reader, folder, seed=seed).table
            asked = _asked(typed)
            if asked is not None:
                found.append(Proposal(_idea(profile, table, typed, asked, seed), 4.5))
        return found[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return the names of the columns of texts and questions."""
        return {"TEXT": TEXT, "QUESTION": QUESTION}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Return what is seen of texts on both sides, and of answers in public columns."""
        return [*scan_texts(task.manifest, tables, (TEXT,)), scan_apart(tables, TEXT)]

    @property
    def sections(self) -> Mapping[str, Section]:
        """Context, target and metric speak of questions."""
        return SECTIONS


def _asked(typed: TypedTable) -> _Asked | None:
    texts = [column for column in typed.columns if column.profile.type == "text"]
    questions = sorted((each for each in texts if _is_question(each)), key=_length)
    for text in sorted(texts, key=lambda column: -_length(column)):
        for question in questions:
            if question is text or _length(text) < 2 * _length(question):
                continue
            for answer in typed.columns:
                if answer in (text, question) or answer.profile.type in ("number", "date"):
                    continue
                for pattern in _PATTERNS:
                    told = _answered(answer, pattern, text)
                    if told:
                        document = _document(typed, text, {question.name, answer.name})
                        return _Asked(text, question, answer, pattern, document, told)
    return None


def _length(column: TypedColumn) -> float:
    return column.profile.mean_length


def _is_question(column: TypedColumn) -> bool:
    marks = [value.rstrip().endswith(("?", "\uff1f")) for value in column.values[:_READ]]
    named = {"question", "query"} & set(words(column.name))
    return bool(marks) and float(np.mean(marks)) >= (0.2 if named else _ASKED)


def _answered(answer: TypedColumn, pattern: str, text: TypedColumn) -> float:
    """Return the share of the rows whose answer is a piece of the text, 0 where it is another."""
    rows = np.flatnonzero(text.codes >= 0)[:_READ]
    found = inside = 0
    shares: list[float] = []
    for row in rows.tolist():
        if answer.codes[row] < 0:
            continue
        cell, whole = answer.values[answer.codes[row]], text.values[text.codes[row]]
        if pattern:
            match = re.search(pattern, cell)
            cell = match.group(1).strip() if match else ""
        if cell:
            found += 1
            inside += cell in whole
            shares.append(len(cell) / max(1, len(whole)))
    if found < max(50, _TOLD * len(rows)) or inside < _INSIDE * found:
        return 0.0
    return found / len(rows) if float(np.median(shares)) <= 0.5 else 0.0


def _document(typed: TypedTable, text: TypedColumn, known: set[str]) -> TypedColumn | None:
    """Return what texts belong to: each to one, and several to many of them."""
    for column in typed.columns:
        if column is text or column.name in known or column.profile.missing > 0.02:
            continue
        if not FEWEST_DOCUMENTS <= column.profile.distinct < 0.8 * text.profile.distinct:
            continue
        pairs = len({*zip(text.codes.tolist(), column.codes.tolist(), strict=True)})
        if pairs <= 1.02 * text.profile.distinct and column.counts().max() <= 0.2 * typed.rows:
            return column
    return None


def _idea(
    profile: DatasetProfile, table: TableProfile, typed: TypedTable, asked: _Asked, seed: int
) -> Idea:
    answer = asked.answer.name
    steps: list[Transform] = [RequireValue(column=asked.text.name)]
    if asked.pattern:
        steps.append(Extract(column=answer, into=answer, pattern=asked.pattern))
    steps.append(RequireValue(column=answer))
    names = {asked.question.name: QUESTION, asked.text.name: TEXT, answer: ANSWER}
    document = asked.document.name if asked.document is not None else None
    raw = (*([document] if document else []), *names)
    left = tuple(column.name for column in table.columns if column.name not in raw)
    if left:
        steps.append(DropColumns(columns=left))
    renamed = {old: new for old, new in names.items() if old != new}
    if document in (TEXT, QUESTION, ANSWER):
        renamed[document] = f"{document}_group"
    if renamed:
        steps.append(RenameColumns(names=renamed))
    kept = renamed.get(document, document) if document else None
    steps.append(Select(columns=(*([kept] if kept else []), QUESTION, TEXT, ANSWER)))
    if table.rows * asked.told > MOST:
        steps.append(SampleRows(rows=MOST))
    test, private = holdouts.shares(min(MOST, int(table.rows * asked.told)))
    holdout = Holdout(
        kind="group",
        column=kept or TEXT,
        test_fraction=test,
        private_fraction=private,
    )
    id_column = free_id({*(column.name for column in table.columns), TEXT, QUESTION, ANSWER})
    return Idea(
        dataset=profile.dataset,
        table=table.name,
        target=ANSWER,
        target_source=answer,
        objective="span_extraction",
        metric=MetricSpec(name=chosen(_METRICS, profile.dataset, answer)),
        holdout=holdout,
        exclusions=tuple(
            Exclusion(column=name, reason="it is no part of the question, and may tell the answer")
            for name in left
        ),
        justification=(
            f"{asked.told:.0%} of {table.rows} questions have an answer that stands in "
            f"{asked.text.name!r}; whole values of {holdout.column!r} are held out."
        ),
        formulation="question_answering",
        modality="text",
        recipe=TableRecipe(
            reader=table.reader,
            transforms=tuple(steps),
            target=ANSWER,
            holdout=holdout,
            id_column=id_column,
            seed=seed,
        ),
        form=SubmissionForm(id_column=id_column, columns=(ANSWER,), kind="span", rows=1),
        topic="answers",
        question="answer questions about a text",
    )


QUESTION_ANSWERING = QuestionAnswering()
