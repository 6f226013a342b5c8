"""Labels of pairs of texts: whether both say the same, or one follows from the other."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import CLASSED, Manifest, MetricSpec
from mlesmith_env.recipes.model import (
    Connect,
    DropColumns,
    Holdout,
    KeepValues,
    RequireValue,
    SampleRows,
    Select,
    TableRecipe,
    Transform,
)
from mlesmith_env.recipes.text import text_frame
from mlesmith_env.recipes.transforms import apply_transforms
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm import holdouts
from mlesmith_generator.brainstorm.rarest import allowed, private_rows
from mlesmith_generator.describe.pair_labels import SECTIONS
from mlesmith_generator.designer import free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.pairs import (
    ALL_SIGNS,
    LEARNT,
    ONE_SIGN,
    SIMPLE,
    text_columns,
)
from mlesmith_generator.formulations.program import Program
from mlesmith_generator.formulations.several import chosen
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.texts import scan_pairs, scan_texts, words_of
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.profiler.table import measure_file
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea, TableProfile

GROUP = "pair_texts"
"""Column that numbers pairs which share a text, directly or by way of others; nobody sees it."""
SMALLEST, MOST = 300, 20_000
KIN = 1.3
"""How many times more words the texts of a pair share than those of pairs drawn by chance."""
MOST_CLASSES, RAREST = 5, 0.03
LARGEST = 0.1
"""Share of the pairs that may hang together in one piece; else only one text is kept apart."""
_READ = 3_000
_SIDES = frozenset(
    "1 2 a b one two first second left right x y i ii s1 s2 q1 q2 t1 t2 p h pre hyp".split()
)
_ENDS = (
    ("premise", "hypothesis"),
    ("claim", "evidence"),
    ("question", "sentence"),
    ("question", "answer"),
    ("question", "passage"),
    ("query", "document"),
    ("query", "passage"),
    ("query", "title"),
    ("headline", "body"),
    ("context", "response"),
    ("text", "hypothesis"),
    ("original", "paraphrase"),
    ("source", "target"),
)
"""Words for the two texts of a pair that are not called alike."""
_LABELS = frozenset(
    "label labels gold duplicate duplicates paraphrase paraphrases entailment entailed entails "
    "judgment judgement relation relatedness class target quality relevance relevant match "
    "matching matched same similar similarity equivalent equivalence verdict stance contradiction "
    "inference".split()
)
_SAYING = frozenset(
    "entailment neutral contradiction entails contradicts not_entailment paraphrase duplicate "
    "equivalent not_equivalent similar dissimilar related unrelated relevant irrelevant agree "
    "disagree agrees disagrees discuss discusses supports refutes supported refuted".split()
)
"""Classes that say how one text stands to another."""

PROGRAMS = (
    *SIMPLE,
    Program("words_of_both", (*ONE_SIGN, "pairs/words"), family="pairs"),
    *LEARNT,
    Program("all_together", (*ALL_SIGNS, "pairs/words"), family="pairs"),
)
"""The ladder, from the foot up."""


@dataclass(frozen=True)
class _Pair:
    """Two columns of texts and the label of each pair."""

    texts: tuple[TypedColumn, TypedColumn]
    label: TypedColumn
    classes: tuple[str, ...]
    """Those that are common enough, the commonest first."""
    rows: NDArray[np.int64]
    """Places of the pairs that have one of them."""

    @property
    def shares(self) -> tuple[float, ...]:
        """Share of each class among these pairs."""
        codes = self.label.codes[self.rows]
        places = [self.label.values.index(name) for name in self.classes]
        return tuple(float((codes == place).mean()) for place in places)


class PairLabels:
    """A class of two texts that says how one stands to the other."""

    name = "pair_labels"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for a class of pairs of texts, connected pairs together."""
        steps = manifest.recipe.transforms if isinstance(manifest.recipe, TableRecipe) else ()
        return manifest.objective in CLASSED and any(isinstance(step, Connect) for step in steps)

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return an idea for each table of labelled pairs."""
        found: list[Proposal] = []
        for table in profile.tables:
            texts = sum(column.type == "text" for column in table.columns)
            if texts < 2 or table.rows < SMALLEST:
                continue
            typed = measure_file(table.reader, folder, seed=seed).table
            pair = next(_pairs(typed, seed), None)
            if pair is not None:
                found.append(Proposal(_idea(profile, table, typed, pair, seed), 4.2))
        return found[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return the names of the columns of texts."""
        return {"TEXTS": list(text_columns(manifest))}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Return what is seen of pairs and of their texts on both sides."""
        manifest = task.manifest
        columns = text_columns(manifest)
        step = next(s for s in _steps(manifest) if isinstance(s, Connect))
        apart = scan_pairs(manifest, tables, columns, apart=step.columns)
        return [apart, *scan_texts(manifest, tables, ())]

    @property
    def sections(self) -> Mapping[str, Section]:
        """Context and holdout speak of pairs."""
        return SECTIONS


def _steps(manifest: Manifest) -> tuple[Transform, ...]:
    return manifest.recipe.transforms if isinstance(manifest.recipe, TableRecipe) else ()


def _pairs(typed: TypedTable, seed: int) -> Iterator[_Pair]:
    texts = [column for column in typed.columns if column.profile.type == "text"]
    for one, other in itertools.combinations(texts, 2):
        alike = _called_alike(one.name, other.name)
        if not alike and not _called_as_ends(one.name, other.name):
            continue
        for label in typed.columns:
            found = _labelled(one, other, label, seed)
            if found is not None:
                yield found


def _called_alike(one: str, other: str) -> bool:
    """Whether names differ in which of two they say alone: `question1`, `question2`."""
    first, second = words(one), words(other)
    if len(first) != len(second):
        return False
    apart = [pair for pair in zip(first, second, strict=True) if pair[0] != pair[1]]
    if len(apart) != 1:
        return False
    left, right = apart[0]
    return {left, right} <= _SIDES or (left[:-1] == right[:-1] and {left[-1], right[-1]} <= _SIDES)


def _called_as_ends(one: str, other: str) -> bool:
    first, second = set(words(one)), set(words(other))
    return any((a in first and b in second) or (b in first and a in second) for a, b in _ENDS)


def _labelled(one: TypedColumn, other: TypedColumn, label: TypedColumn, seed: int) -> _Pair | None:
    if label.profile.type not in ("boolean", "category", "number") or label in (one, other):
        return None
    if not 2 <= len(label.values) <= 2 * MOST_CLASSES:
        return None
    both = (one.codes >= 0) & (other.codes >= 0) & (label.codes >= 0)
    counts = np.bincount(label.codes[both], minlength=len(label.values))
    order = np.argsort(-counts, kind="stable")
    common = [int(place) for place in order if counts[place] >= max(30, RAREST * both.sum())]
    values = [label.values[place] for place in common]
    kept = [(p, v) for p, v in zip(common, values, strict=True) if any(c.isalnum() for c in v)]
    said = sum("_".join(words(value)) in _SAYING for _, value in kept)
    if not 2 <= len(kept) <= MOST_CLASSES or not (said or _LABELS & set(words(label.name))):
        return None
    rows = np.flatnonzero(both & np.isin(label.codes, [place for place, _ in kept]))
    if len(rows) < SMALLEST:
        return None
    drawn = np.random.default_rng(seed).permutation(rows)[:_READ]
    bags = [
        [frozenset(words_of(column.values[code])) for code in column.codes[drawn].tolist()]
        for column in (one, other)
    ]
    own = float(np.mean([_shared(a, b) for a, b in zip(*bags, strict=True)]))
    chance = float(np.mean([_shared(a, b) for a, b in zip(bags[0], bags[1][1:], strict=False)]))
    if own < KIN * chance:
        return None
    return _Pair((one, other), label, tuple(value for _, value in kept), rows)


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


def _kept_apart(pair: _Pair) -> tuple[str, ...]:
    """Return both columns of texts, or where all hangs together the one that repeats itself."""
    names = [column.name for column in pair.texts]
    texts = [[column.values[c] for c in column.codes[pair.rows].tolist()] for column in pair.texts]
    frame = text_frame(dict(zip(names, texts, strict=True)))
    step = Connect(columns=tuple(names), into=GROUP)
    groups = Counter(apply_transforms(frame, (step,), seed=0)[GROUP].tolist())
    if max(groups.values()) <= LARGEST * len(pair.rows):
        return tuple(names)
    repeats = [len(pair.rows) / len(set(values)) for values in texts]
    return (names[int(np.argmax(repeats))],)


def _idea(
    profile: DatasetProfile, table: TableProfile, typed: TypedTable, pair: _Pair, seed: int
) -> Idea:
    names = (*(column.name for column in pair.texts), pair.label.name)
    apart = _kept_apart(pair)
    left = tuple(column.name for column in table.columns if column.name not in names)
    steps: list[Transform] = [RequireValue(column=name) for name in names]
    if len(pair.classes) < len(pair.label.values):
        steps.append(KeepValues(column=pair.label.name, values=pair.classes))
    if left:
        steps.append(DropColumns(columns=left))
    steps.append(Select(columns=names))
    if table.rows > MOST:
        steps.append(SampleRows(rows=MOST))
    steps.append(Connect(columns=apart, into=GROUP))
    rows = min(MOST, int(len(pair.rows) * table.rows / typed.rows))
    test, private = holdouts.shares(rows)
    holdout = Holdout(
        kind="group",
        column=GROUP,
        drop_column=True,
        test_fraction=test,
        private_fraction=private,
    )
    shares = sorted(pair.shares)
    if len(pair.classes) == 2:
        even = shares[0] >= 0.3
        metrics = ("roc_auc", "accuracy", "log_loss") if even else ("roc_auc", "average_precision")
    else:
        fitting = ("accuracy", "f1_macro", "log_loss") if shares[0] > 0.1 else ("f1_macro",)
        metrics = allowed(fitting, private_rows(shares[0] * rows, holdout)) or ("log_loss",)
    both = "texts of both columns" if len(apart) == 2 else f"texts of {apart[0]!r}"
    return Idea(
        dataset=profile.dataset,
        table=table.name,
        target=names[2],
        target_source=names[2],
        objective="binary" if len(pair.classes) == 2 else "multiclass",
        metric=MetricSpec(name=chosen(metrics, profile.dataset, *names)),
        holdout=holdout,
        exclusions=tuple(
            Exclusion(column=name, reason="it is no part of the pair") for name in left
        ),
        justification=(
            f"{len(pair.rows)} pairs of texts have one of {len(pair.classes)} labels, and texts of "
            f"a pair share more words than chance gives; {both} are on one side of the holdout, "
            "with all pairs that have them."
        ),
        formulation="pair_labels",
        modality="text",
        recipe=TableRecipe(
            reader=table.reader,
            transforms=tuple(steps),
            target=names[2],
            holdout=holdout,
            id_column=free_id({*(column.name for column in table.columns), GROUP}),
            seed=seed,
        ),
        topic=" ".join(words(names[2])[:3]),
        question="tell how one text stands to another",
    )


PAIR_LABELS = PairLabels()
