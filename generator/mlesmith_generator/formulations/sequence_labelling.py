"""Sequence labelling: a tag for each token of a sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from mlesmith_env.manifest import Manifest, MetricSpec, SubmissionForm
from mlesmith_env.metrics.tags import OUTSIDE
from mlesmith_env.recipes.model import (
    DropColumns,
    Extract,
    Holdout,
    RequireValue,
    SampleRows,
    TableRecipe,
    Transform,
)
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm import holdouts
from mlesmith_generator.brainstorm.partition import REASON
from mlesmith_generator.brainstorm.rarest import allowed, private_rows
from mlesmith_generator.describe import tagging as wording
from mlesmith_generator.designer import free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.several import chosen
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.texts import scan_texts
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.profiler.table import measure_file
from mlesmith_generator.profiler.typed import TypedTable
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea, TableProfile

TOKENS, TAGS = "tokens", "tags"
"""Columns of a table of tagged sentences."""
FEWEST_SENTENCES = 150
MOST_SENTENCES = 12_000
"""More are sampled: programs read them again and again."""
FEWEST_TAGGED = 60
"""Sentences that need a tag other than `O`."""
RAREST = 0.005
"""Share of the tokens that needs such a tag."""
MOST_TAGS = 150
DOCUMENTS = 30
"""Files from which on each is a document, and not a part that its publisher made."""
FIRST = r"^([^,|]+)[,|]"

_SENTENCES = ("tags/sentences",)
_SIGNS = (*_SENTENCES, "tags/signs")
_CHAINS = (*_SIGNS, "tags/chains")
_TOKENS = (*_CHAINS, "tags/tokens")

PROGRAMS = (
    SAMPLE,
    Program("constant", _SENTENCES, trivial=True, family="tags"),
    Program("random_draw", _SENTENCES, trivial=True, family="tags"),
    Program("word_lookup", _SIGNS, family="tags"),
    Program("hidden_markov", _CHAINS, family="tags"),
    Program("token_classifier", _TOKENS, family="tags"),
    Program("token_chain", _TOKENS, family="tags"),
    Program("perceptron", (*_CHAINS, "tags/perceptron"), family="tags"),
    Program("blend", (*_TOKENS, "tags/perceptron"), family="tags"),
)
"""The ladder, from the foot up."""


class SequenceLabelling:
    """Names of things, or parts of speech, token by token."""

    name = "sequence_labelling"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for tags."""
        return manifest.submission.kind == "tags"

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return an idea for each table of tagged sentences."""
        found: list[Proposal] = []
        for table in profile.tables:
            names = {column.name for column in table.columns}
            if table.rows < FEWEST_SENTENCES or not {TOKENS, TAGS} <= names:
                continue
            typed = measure_file(table.reader, folder, seed=seed).table
            idea = _idea(profile, table, typed, seed)
            if idea is not None:
                found.append(Proposal(idea, 3.2))
        return found[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return the name of the column of tokens."""
        return {"TOKENS": TOKENS}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Return what is seen of sentences on both sides, and of tags in public columns."""
        return scan_texts(task.manifest, tables, (TOKENS,))

    @property
    def sections(self) -> Mapping[str, Section]:
        """Context, target and metric speak of tokens and tags."""
        return {
            "Context": wording.context_section,
            "Target": wording.target_section,
            "Metric": wording.metric_section,
        }


def _idea(
    profile: DatasetProfile, table: TableProfile, typed: TypedTable, seed: int
) -> Idea | None:
    several = has_alternatives(typed[TAGS].values)
    counts: Counter[str] = Counter()
    tagged, column = 0, typed[TAGS]
    for value, rows in zip(column.values, column.counts().tolist(), strict=True):
        tags = [first_of(tag) if several else tag for tag in value.split()]
        counts.update({tag: rows * number for tag, number in Counter(tags).items()})
        tagged += rows * any(tag != OUTSIDE for tag in tags)
    told = sum(number for tag, number in counts.items() if tag != OUTSIDE)
    if not 2 <= len(counts) <= MOST_TAGS or told < RAREST * sum(counts.values()):
        return None
    if tagged * table.rows / max(1, typed.rows) < FEWEST_TAGGED:
        return None
    chunked = is_chunked(counts)
    exclusions, holdout, held = parts_of(table)
    id_column = free_id({each.name for each in table.columns})
    transforms: list[Transform] = [RequireValue(column=TOKENS), RequireValue(column=TAGS)]
    if several:
        transforms.append(Extract(column=TAGS, into=TAGS, pattern=FIRST, words=True))
    if exclusions:
        transforms.append(DropColumns(columns=tuple(each.column for each in exclusions)))
    if table.rows > MOST_SENTENCES:
        transforms.append(SampleRows(rows=MOST_SENTENCES))
    used = min(table.rows, MOST_SENTENCES) / max(1, typed.rows)
    rarest = min(number for tag, number in counts.items() if tag != OUTSIDE)
    plain = allowed(("tag_accuracy", "tag_f1_macro"), private_rows(rarest * used, holdout))
    metrics = ("entity_f1",) if chunked else plain
    kinds = {tag.partition("-")[2] for tag in counts if tag != OUTSIDE} if chunked else set(counts)
    return Idea(
        dataset=profile.dataset,
        table=table.name,
        target=TAGS,
        target_source=TAGS,
        objective="sequence_labelling",
        metric=MetricSpec(name=chosen(metrics, profile.dataset, table.name)),
        holdout=holdout,
        exclusions=exclusions,
        justification=(
            f"{table.rows} sentences have a tag on each token, {len(kinds)} "
            f"{'types of entities' if chunked else 'tags'}; {held}."
        ),
        formulation="sequence_labelling",
        modality="text",
        recipe=TableRecipe(
            reader=table.reader,
            transforms=tuple(transforms),
            target=TAGS,
            holdout=holdout,
            id_column=id_column,
            seed=seed,
        ),
        form=SubmissionForm(id_column=id_column, columns=(TAGS,), kind="tags", rows=1),
        topic="entities" if chunked else "token tags",
        question="tag the named entities" if chunked else "tag every token",
    )


def has_alternatives(rows: Sequence[str]) -> bool:
    """Return whether some tokens have several tags, as annotators gave them: `B-PER,B-ORG`."""
    tags = Counter(tag for row in rows for tag in row.split())
    joined = [tag for tag in tags if first_of(tag) != tag]
    single = tags.keys() - set(joined)
    parts = {part for tag in joined for part in re.split(r"[,|]", tag)}
    return bool(joined) and len(parts & single) >= 0.8 * len(parts)


def first_of(tag: str) -> str:
    """Return the first of several tags."""
    found = re.match(FIRST, tag)
    return found[1] if found else tag


def is_chunked(tags: Mapping[str, int]) -> bool:
    """Return whether tags mark entities: `B-…` and `I-…` among tokens that have none, `O`."""
    marked = [tag for tag in tags if tag != OUTSIDE]
    return OUTSIDE in tags and all(
        tag[:2] in ("B-", "I-", "E-", "S-", "L-", "U-") for tag in marked
    )


def parts_of(table: TableProfile) -> tuple[tuple[Exclusion, ...], Holdout, str]:
    """Return what is left out, the holdout, and how that is told."""
    test, private = holdouts.shares(table.rows)
    name = table.reader.file_column
    others = tuple(
        Exclusion(column=column.name, reason="it is no part of the sentence")
        for column in table.columns
        if column.name not in (TOKENS, TAGS, name)
    )
    if name is not None and len(table.reader.files) >= DOCUMENTS:
        holdout = Holdout(
            kind="group",
            column=name,
            drop_column=True,
            test_fraction=test,
            private_fraction=private,
        )
        return others, holdout, "whole documents are held out"
    if name is not None:
        others = (*others, Exclusion(column=name, reason=REASON))
    holdout = Holdout(kind="random", test_fraction=test, private_fraction=private)
    return others, holdout, "sentences are held out at random, equal ones together"


SEQUENCE_LABELLING = SequenceLabelling()
