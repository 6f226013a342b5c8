"""Pairs of texts: how alike they are in meaning, or whether one says the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import Manifest, MetricSpec, SubmissionForm
from mlesmith_env.recipes.model import (
    DropColumns,
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
from mlesmith_generator.describe.association import spearman
from mlesmith_generator.describe.pairs import SECTIONS
from mlesmith_generator.designer import free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.several import chosen
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.texts import scan_pairs, words_of
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.profiler.table import measure_file
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea, TableProfile

SMALLEST, MOST = 300, 20_000
KIN = 3.0
"""How many times more words the texts of a pair share than those of pairs drawn by chance."""
SHARED = 0.08
"""Share of common words (Jaccard) that they have at least, on average."""
FOLLOWS = 0.15
"""Rank correlation of common words with a score that says how alike texts are."""
REPEATED = 0.1
"""Share of the pairs with a text that other pairs have, from which its pairs stay together."""
_SCORES = frozenset(
    "score similarity relatedness gold label rating sim semantic equivalence target".split()
)
_READ = 3_000

_ANSWERS = ("answers", "scores")
ONE_SIGN = (*_ANSWERS, "pairs/texts", "pairs/models")
ALL_SIGNS = (*_ANSWERS, "pairs/texts", "pairs/signs", "pairs/models")
"""Parts of programs that read one sign of likeness, or all of them."""

SIMPLE = (
    SAMPLE,
    Program("constant", _ANSWERS, trivial=True),
    Program("word_overlap", ONE_SIGN, family="pairs"),
    Program("cosine", ONE_SIGN, family="pairs"),
    Program("letters", ONE_SIGN, family="pairs"),
)
LEARNT = (
    Program("linear", ALL_SIGNS, family="pairs"),
    Program("boosting", ALL_SIGNS, family="pairs"),
)
PROGRAMS = (*SIMPLE, *LEARNT, Program("blend", ALL_SIGNS, family="pairs"))
"""The ladder, from the foot up."""


@dataclass(frozen=True)
class _Pair:
    """Two columns of texts and what is said of each pair."""

    texts: tuple[TypedColumn, TypedColumn]
    score: TypedColumn
    codes: tuple[NDArray[np.int64], NDArray[np.int64]]
    """Places of the texts in rows that have a score."""


class Pairs:
    """A score of two texts by how alike they are."""

    name = "similarity"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks how alike texts are."""
        return manifest.objective == "similarity"

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return an idea for each table of scored pairs."""
        found: list[Proposal] = []
        for table in profile.tables:
            texts = [column for column in table.columns if column.type == "text"]
            if len(texts) != 2 or table.rows < SMALLEST:
                continue
            typed = measure_file(table.reader, folder, seed=seed).table
            pair = _pair(typed, seed)
            if pair is not None:
                found.append(Proposal(_idea(profile, table, pair, seed), 4.5))
        return found[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return the names of the columns of texts."""
        return {"TEXTS": list(text_columns(manifest))}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Return what is seen of pairs on both sides."""
        return [scan_pairs(task.manifest, tables, text_columns(task.manifest))]

    @property
    def sections(self) -> Mapping[str, Section]:
        """The context speaks of pairs."""
        return SECTIONS


def text_columns(manifest: Manifest) -> tuple[str, ...]:
    """Return the names of the two columns of texts."""
    recipe = manifest.recipe
    if isinstance(recipe, TableRecipe):
        for made in recipe.transforms:
            if isinstance(made, Select):
                return made.columns[:2]
    return ()


def _pair(typed: TypedTable, seed: int) -> _Pair | None:
    one, other = (column for column in typed.columns if column.profile.type == "text")
    if not 0.33 <= one.profile.mean_length / max(1.0, other.profile.mean_length) <= 3.0:
        return None
    both = (one.codes >= 0) & (other.codes >= 0)
    bags = [[frozenset(words_of(value)) for value in column.values] for column in (one, other)]
    best: tuple[float, _Pair] | None = None
    for column in typed.columns:
        if not _is_score(column):
            continue
        rows = np.flatnonzero(both & np.isfinite(column.numeric()))
        if len(rows) < SMALLEST:
            continue
        codes = one.codes[rows], other.codes[rows]
        drawn = np.random.default_rng(seed).permutation(len(rows))[:_READ]
        shared = np.array([_jaccard(bags[0][a], bags[1][b]) for a, b in zip(*codes, strict=True)])
        chance = np.mean([
            _jaccard(bags[0][codes[0][row]], bags[1][codes[1][next_row]])
            for row, next_row in zip(drawn, np.roll(drawn, 1), strict=True)
        ])  # fmt: skip
        follows = spearman(shared, column.numeric()[rows])
        if shared.mean() >= max(SHARED, KIN * chance) and follows >= FOLLOWS:
            named = follows + bool(set(words(column.name)) & _SCORES)
            if best is None or named > best[0]:
                best = named, _Pair((one, other), column, codes)
    return best[1] if best is not None else None


def _is_score(column: TypedColumn) -> bool:
    """Whether a column may say how alike two texts are: a number on a scale of few steps."""
    profile = column.profile
    if profile.type != "number" or profile.number_text or profile.distinct < 5:
        return False
    low, high = profile.minimum or 0.0, profile.maximum or 0.0
    return -1.0 <= low <= 1.0 and 0.9 <= high <= 100.0


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def _idea(profile: DatasetProfile, table: TableProfile, pair: _Pair, seed: int) -> Idea:
    nameless = table.reader.header_rows == 0
    raw = [column.name for column in (*pair.texts, pair.score)]
    names = ["first_text", "second_text", "similarity"] if nameless else raw
    transforms: list[Transform] = []
    if nameless:
        transforms.append(RenameColumns(names=dict(zip(raw, names, strict=True))))
    transforms += [RequireValue(column=name) for name in names]
    left = tuple(column.name for column in table.columns if column.name not in raw)
    if left:
        transforms.append(DropColumns(columns=left))
    transforms.append(Select(columns=tuple(names)))
    if table.rows > MOST:
        transforms.append(SampleRows(rows=MOST))
    rows = len(pair.codes[0])
    test, private = holdouts.shares(rows)
    repeats = [float((np.bincount(codes)[codes] > 1).mean()) for codes in pair.codes]
    group = names[int(np.argmax(repeats))] if max(repeats) >= REPEATED else None
    holdout = Holdout(
        kind="random" if group is None else "group",
        column=group,
        test_fraction=test,
        private_fraction=private,
    )
    held = "pairs are held out at random"
    if group is not None:
        held = f"all pairs with one {group!r} are on one side, for texts stand in several pairs"
    id_column = free_id({*(column.name for column in table.columns), *names})
    metric = chosen(("pearson", "spearman", "pearson", "rmse"), profile.dataset, names[2])
    return Idea(
        dataset=profile.dataset,
        table=table.name,
        target=names[2],
        target_source=raw[2],
        objective="similarity",
        metric=MetricSpec(name=metric),
        holdout=holdout,
        exclusions=tuple(
            Exclusion(column=name, reason="it is no part of the pair") for name in left
        ),
        justification=(
            f"{rows} pairs of texts have a score that rises with the words that they share, and "
            f"the texts of a pair share more than chance gives; {held}."
        ),
        formulation="similarity",
        modality="text",
        recipe=TableRecipe(
            reader=table.reader,
            transforms=tuple(transforms),
            target=names[2],
            holdout=holdout,
            id_column=id_column,
            seed=seed,
        ),
        form=SubmissionForm(id_column=id_column, columns=(names[2],), kind="number", rows=1),
        topic="similarity",
        question="rate how alike two texts are",
    )


SIMILARITY = Pairs()
