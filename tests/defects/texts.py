"""Texts: tagged sentences, documents, labelled lines, scored pairs; good ones and spoilt ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from mlesmith_env.manifest import MetricSpec
from mlesmith_env.task import Task
from mlesmith_generator.dataset import open_dataset
from mlesmith_generator.designer import design
from mlesmith_generator.formulations import NAMED
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.refactor import Names, refactor
from tests.generator.formulations.made_texts import (
    documents,
    marked_lines,
    scored_pairs,
    tagged_sentences,
)

from .cases import defect, legitimate_built
from .making import Exhibit, Tables, repackage, reworded

Folder = Callable[[Path], Path]


def told_documents(folder: Path) -> Path:
    """Write documents that end with the name of their class."""
    for path in documents(folder).rglob("*.txt"):
        path.write_text(f"{path.read_text()}Filed under {path.parent.name}.\n")
    return folder


def brewed(root: Path, write: Folder, formulation: str) -> Task:
    """Make a candidate package of the first idea of a formulation for a made-up folder."""
    folder = write(root / "raw" / "garden__notes")
    with open_dataset(str(folder)) as dataset:
        profile = profile_dataset(dataset.folder, dataset.name, seed=0)
        found = NAMED[formulation].propose(profile, dataset.folder, limit=1, seed=0)
        draft = design(found[0].idea, profile, dataset.folder, seed=0)
        registry = root / "registry"
        registry.mkdir()
        return refactor(draft, dataset, Names(registry, dataset.slug), registry, seed=0)


def tagged(root: Path) -> Task:
    """Return a good task of tagged sentences."""
    return brewed(root, tagged_sentences, "sequence_labelling")


def paired(root: Path) -> Task:
    """Return a good task of pairs of texts."""
    return brewed(root, scored_pairs, "similarity")


@legitimate_built(execution=True)
def sentences_with_tags(root: Path) -> Exhibit:
    return Exhibit(tagged(root).directory)


@legitimate_built()
def documents_in_folders(root: Path) -> Exhibit:
    return Exhibit(brewed(root, documents, "documents").directory)


@legitimate_built()
def lines_with_a_label_in_front(root: Path) -> Exhibit:
    return Exhibit(brewed(root, marked_lines, "lines").directory)


@legitimate_built()
def pairs_of_texts_with_a_score(root: Path) -> Exhibit:
    return Exhibit(paired(root).directory)


@defect("leak", "target-copy")
def tags_beside_the_tokens(root: Path) -> Exhibit:
    tables = Tables.of(tagged(root))
    truth = tables.answers.set_index("id")["tags"]
    tables.train["notes"] = tables.train["tags"].str.lower()
    tables.test["notes"] = truth.reindex(tables.test["id"]).str.lower().to_numpy()
    return tables.written(root)


@defect("leak", "target-copy")
def tags_of_the_row_above(root: Path) -> Exhibit:
    tables = Tables.of(tagged(root))
    truth = tables.answers.set_index("id")["tags"].reindex(tables.test["id"])
    tables.train["before"] = tables.train["tags"].shift(1).fillna("O")
    tables.test["before"] = truth.shift(1).fillna("O").to_numpy()
    return tables.written(root)


@defect("leak", "near-copies")
def hidden_sentences_that_training_has_but_for_a_word(root: Path) -> Exhibit:
    tables = Tables.of(tagged(root))
    long = tables.train[tables.train["tokens"].str.split().str.len() >= 8]
    drawn = long.iloc[[row % len(long) for row in range(len(tables.test))]]
    tables.test["tokens"] = (drawn["tokens"] + " really").to_numpy()
    tags = pd.Series((drawn["tags"] + " O").to_numpy(), index=tables.test["id"])
    tables.answers["tags"] = tags.reindex(tables.answers["id"]).to_numpy()
    return tables.written(root)


@defect("data", "sample-malformed")
def answers_with_a_tag_too_few(root: Path) -> Exhibit:
    tables = Tables.of(tagged(root))
    tables.answers["tags"] = tables.answers["tags"].str.rsplit(" ", n=1).str[0]
    return tables.written(root)


@defect("worth", "metric-unfit", "grading-fails")
def scores_from_nought_on_judged_in_percent(root: Path) -> Exhibit:
    return repackage(paired(root), metric=MetricSpec(name="mape"))


@defect("description", "description-untrue")
def a_page_that_calls_fewer_entities_better(root: Path) -> Exhibit:
    return reworded(tagged(root), "higher is better", "lower is better")


@defect("leak", "label-in-text")
def documents_that_say_their_class(root: Path) -> Exhibit:
    return Exhibit(brewed(root, told_documents, "documents").directory)


@defect("leak", "pairs-crossing")
def hidden_pairs_that_training_has_the_other_way_round(root: Path) -> Exhibit:
    tables = Tables.of(paired(root))
    half = len(tables.test) // 2
    tables.test.loc[: half - 1, "sentence1"] = tables.train["sentence2"].head(half).to_numpy()
    tables.test.loc[: half - 1, "sentence2"] = tables.train["sentence1"].head(half).to_numpy()
    return tables.written(root)


def pieces(root: Path) -> Task:
    """Return a good task of pieces of texts: the one place that a sentence names."""
    return brewed(root, tagged_sentences, "span_extraction")


@legitimate_built()
def pieces_of_texts(root: Path) -> Exhibit:
    return Exhibit(pieces(root).directory)


@defect("leak", "target-copy")
def a_piece_told_in_another_column(root: Path) -> Exhibit:
    tables = Tables.of(pieces(root))
    truth = tables.answers.set_index("id")[tables.target]
    tables.train["hint"] = tables.train[tables.target].str.upper()
    tables.test["hint"] = truth.reindex(tables.test["id"]).str.upper().to_numpy()
    return tables.written(root)
