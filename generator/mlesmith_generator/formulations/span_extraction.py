"""Span extraction: the piece of a text that answers, such as a slot or the part that was marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from mlesmith_env.manifest import Manifest, MetricSpec, SubmissionForm
from mlesmith_env.metrics.tags import entities
from mlesmith_env.recipes.model import (
    DropColumns,
    Entity,
    Extract,
    Holdout,
    RenameColumns,
    RequireValue,
    SampleRows,
    TableRecipe,
    Transform,
)
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.describe.spans import SECTIONS
from mlesmith_generator.designer import free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.sequence_labelling import (
    FIRST,
    TAGS,
    TOKENS,
    first_of,
    has_alternatives,
    is_chunked,
    parts_of,
)
from mlesmith_generator.formulations.several import chosen, holdout_of
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.texts import scan_texts
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.profiler.table import measure_file
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea, TableProfile

TEXT = "text"
FEWEST = 150
"""Rows with exactly one answer."""
MOST = 12_000
VARIED = 40
"""Different answers that there must be, or it is a choice between a few."""
_FIXED = 0.75
"""Share of rows in which a piece may stand at the same end of its text: no question otherwise."""
_KINDS_ASKED = 2
_INSIDE = 0.97
"""Share of the rows in which the answer stands in the text."""
_PART = 0.7
"""Length of the answer, as a share of that of the text, up to which it is a piece of it."""
_METRICS = ("span_f1", "span_exact_match", "span_jaccard")

_TEXTS = ("span/texts",)
_CONTEXT = (*_TEXTS, "span/context")
_TOKENS = (*_CONTEXT, "tags/signs", "span/tokens")

PROGRAMS = (
    SAMPLE,
    Program("constant", _TEXTS, trivial=True, family="span"),
    Program("whole_text", _TEXTS, family="span"),
    Program("known_phrases", _TEXTS, family="span"),
    Program("context_words", _CONTEXT, family="span"),
    Program("token_classifier", _TOKENS, family="span"),
    Program("blend", _TOKENS, family="span"),
)
"""The ladder, from the foot up."""


class SpanExtraction:
    """A piece of each text."""

    name = "span_extraction"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for a piece of a text."""
        return manifest.submission.kind == "span"

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return ideas for kinds of entities, and for columns that hold a piece of another."""
        found: list[Proposal] = []
        for table in profile.tables:
            names = {column.name for column in table.columns}
            texts = [column for column in table.columns if column.type == "text"]
            if table.rows < FEWEST or not ({TOKENS, TAGS} <= names or len(texts) >= 1):
                continue
            typed = measure_file(table.reader, folder, seed=seed).table
            if {TOKENS, TAGS} <= names:
                found += _of_entities(profile, table, typed, seed)
            else:
                found += _of_columns(profile, table, typed, seed)
        return found[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return the name of the column of texts."""
        return {"TEXT": TEXT}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Return what is seen of texts on both sides, and of answers in public columns."""
        return scan_texts(task.manifest, tables, (TEXT,))

    @property
    def sections(self) -> Mapping[str, Section]:
        """Context and target speak of pieces of text."""
        return SECTIONS


def _of_entities(
    profile: DatasetProfile, table: TableProfile, typed: TypedTable, seed: int
) -> Iterator[Proposal]:
    """Yield the kinds of entities that many sentences name exactly once."""
    tags, tokens = typed[TAGS], typed[TOKENS]
    several = has_alternatives(tags.values)
    counts: Counter[str] = Counter()
    mentions: dict[str, Counter[str]] = {}
    for one, other in zip(tokens.codes.tolist(), tags.codes.tolist(), strict=True):
        told = tuple(first_of(t) if several else t for t in tags.values[other].split())
        spans = list(entities(told))
        per_kind = Counter(kind for _, _, kind in spans)
        text = tokens.values[one].split()
        for start, end, kind in spans:
            if per_kind[kind] == 1 and end - start < len(text):
                counts[kind] += 1
                mentions.setdefault(kind, Counter())[" ".join(text[start:end]).casefold()] += 1
    if not is_chunked(Counter(t for v in tags.values for t in v.split())):
        return
    scale = table.rows / max(1, typed.rows)
    good = [
        kind
        for kind, rows in counts.most_common()
        if rows * scale >= FEWEST
        and len(mentions[kind]) >= max(VARIED, 0.15 * rows)
        and max(mentions[kind].values()) <= 0.2 * rows
    ]
    lengths = {
        kind: sum(text.count(" ") + 1 for text in mentions[kind]) / len(mentions[kind])
        for kind in good
    }
    # Longer names first: where they end is a part of the question.
    good.sort(key=lambda kind: -min(2.5, lengths[kind]) * min(1.0, counts[kind] / 400))
    exclusions, holdout, held = parts_of(table)
    for place, kind in enumerate(good[:_KINDS_ASKED]):
        target = "_".join(words(kind)) or "entity"
        target = target if target not in (TEXT, TOKENS, TAGS) else f"{target}_found"
        steps: list[Transform] = [RequireValue(column=TOKENS)]
        if several:
            steps.append(Extract(column=TAGS, into=TAGS, pattern=FIRST, words=True))
        steps += [
            Entity(tokens=TOKENS, tags=TAGS, kind=kind, into=target),
            RequireValue(column=target),
        ]
        left = (Exclusion(column=TAGS, reason="it tells where the answer stands"), *exclusions)
        steps.append(DropColumns(columns=tuple(each.column for each in left)))
        steps.append(RenameColumns(names={TOKENS: TEXT}))
        rows = int(counts[kind] * scale)
        if rows > MOST:
            steps.append(SampleRows(rows=MOST))
        justification = (
            f"{rows} sentences name exactly one {' '.join(words(kind))}, {len(mentions[kind])} "
            f"different ones; {held}."
        )
        idea = _idea(
            profile,
            table,
            target,
            TAGS,
            steps,
            holdout=holdout,
            exclusions=left,
            justification=justification,
            seed=seed,
        )
        yield Proposal(idea, 2.9 - 0.5 * place)


def _of_columns(
    profile: DatasetProfile, table: TableProfile, typed: TypedTable, seed: int
) -> Iterator[Proposal]:
    """Yield a column whose values are pieces of the text beside it."""
    texts = [column for column in typed.columns if column.profile.type == "text"]
    for text in sorted(texts, key=lambda column: -column.profile.mean_length):
        for answer in typed.columns:
            if answer is text or not _is_piece(answer, text):
                continue
            names = {text.name: TEXT} if text.name != TEXT else {}
            left = tuple(
                Exclusion(column=column.name, reason="it may tell where the answer stands")
                for column in typed.columns
                if column not in (text, answer)
                and (column.profile.type != "category" or column.profile.distinct > 30)
                and not (column.profile.type == "text" and not _is_piece(column, text))
            )
            steps: list[Transform] = [RequireValue(column=text.name)]
            steps.append(RequireValue(column=answer.name))
            if left:
                steps.append(DropColumns(columns=tuple(each.column for each in left)))
            if names:
                steps.append(RenameColumns(names=names))
            if table.rows > MOST:
                steps.append(SampleRows(rows=MOST))
            holdout, held = holdout_of(table, [text.name, answer.name])
            if holdout.column in {each.column for each in left}:
                continue  # What groups the rows would be left out.
            idea = _idea(
                profile,
                table,
                answer.name,
                answer.name,
                steps,
                holdout=holdout,
                exclusions=left,
                justification=f"{answer.name!r} is a piece of {text.name!r} in each row; {held}.",
                seed=seed,
            )
            yield Proposal(idea, 3.4)
            return


def _is_piece(answer: TypedColumn, text: TypedColumn) -> bool:
    """Whether the values of a column stand in the text of their row, not always at one end."""
    if answer.profile.distinct < VARIED or answer.profile.type in ("number", "date", "boolean"):
        return False
    if answer.name == TEXT or answer.profile.mean_length < 3:
        return False
    shares: list[float] = []
    inside = first = last = 0
    for one, other in zip(answer.codes[:2_000].tolist(), text.codes[:2_000].tolist(), strict=True):
        if one >= 0 and other >= 0:
            piece, whole = answer.values[one], text.values[other]
            found = re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", whole)
            inside += found is not None
            first += whole.startswith(piece)
            last += whole.endswith(piece)
            shares.append(len(piece) / max(1, len(whole)))
    if len(shares) < FEWEST or max(first, last) > _FIXED * len(shares):
        return False
    return inside >= _INSIDE * len(shares) and median(shares) <= _PART


def _idea(
    profile: DatasetProfile,
    table: TableProfile,
    target: str,
    source: str,
    steps: Sequence[Transform],
    *,
    holdout: Holdout,
    exclusions: tuple[Exclusion, ...],
    justification: str,
    seed: int,
) -> Idea:
    id_column = free_id({*(column.name for column in table.columns), TEXT, target})
    told = " ".join(words(target))
    return Idea(
        dataset=profile.dataset,
        table=table.name,
        target=target,
        target_source=source,
        objective="span_extraction",
        metric=MetricSpec(name=chosen(_METRICS, profile.dataset, target)),
        holdout=holdout,
        exclusions=exclusions,
        justification=justification,
        formulation="span_extraction",
        modality="text",
        recipe=TableRecipe(
            reader=table.reader,
            transforms=tuple(steps),
            target=target,
            holdout=holdout,
            id_column=id_column,
            seed=seed,
        ),
        form=SubmissionForm(id_column=id_column, columns=(target,), kind="span", rows=1),
        topic=f"{told} span",
        question=f"find the {told} in a text",
    )


SPAN_EXTRACTION = SpanExtraction()
