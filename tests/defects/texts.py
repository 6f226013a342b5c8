"""Texts: tagged sentences, documents, labelled lines, scored pairs; good ones and spoilt ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.manifest import MetricSpec
from mlesmith_env.task import Task
from tests.generator.formulations.made_texts import (
    asked_texts,
    documents,
    labelled_pairs,
    marked_lines,
    scored_pairs,
    tagged_sentences,
)

from .cases import defect, legitimate_built
from .making import Exhibit, Tables, first, repackage, reworded


def told_documents(folder: Path) -> Path:
    """Write documents that end with the name of their class."""
    for path in documents(folder).rglob("*.txt"):
        path.write_text(f"{path.read_text()}Filed under {path.parent.name}.\n")
    return folder


def tagged(root: Path) -> Task:
    """Return a good task of tagged sentences."""
    return first(root, tagged_sentences, "sequence_labelling")


def paired(root: Path) -> Task:
    """Return a good task of pairs of texts."""
    return first(root, scored_pairs, "similarity")


@legitimate_built(execution=True)
def sentences_with_tags(root: Path) -> Exhibit:
    return Exhibit(tagged(root).directory)


@legitimate_built()
def documents_in_folders(root: Path) -> Exhibit:
    return Exhibit(first(root, documents, "documents").directory)


@legitimate_built()
def lines_with_a_label_in_front(root: Path) -> Exhibit:
    return Exhibit(first(root, marked_lines, "lines").directory)


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
    return Exhibit(first(root, told_documents, "documents").directory)


@defect("leak", "pairs-crossing")
def hidden_pairs_that_training_has_the_other_way_round(root: Path) -> Exhibit:
    tables = Tables.of(paired(root))
    half = len(tables.test) // 2
    tables.test.loc[: half - 1, "sentence1"] = tables.train["sentence2"].head(half).to_numpy()
    tables.test.loc[: half - 1, "sentence2"] = tables.train["sentence1"].head(half).to_numpy()
    return tables.written(root)


def pieces(root: Path) -> Task:
    """Return a good task of pieces of texts: the one place that a sentence names."""
    return first(root, tagged_sentences, "span_extraction")


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


# Questions about texts


def asked(root: Path) -> Task:
    """Return a good task of questions whose answers stand in a text."""
    return first(root, asked_texts, "question_answering")


@legitimate_built()
def questions_about_texts(root: Path) -> Exhibit:
    return Exhibit(asked(root).directory)


@defect("leak", "target-copy")
def an_answer_in_small_letters_beside_its_question(root: Path) -> Exhibit:
    tables = Tables.of(asked(root))
    seen, hidden = (told.str.lower() for told in (tables.train["answer"], tables.truth()))
    return tables.told("marked", seen, hidden).written(root)


@defect("leak", "group-crossing")
def texts_that_training_asks_about_too(root: Path) -> Exhibit:
    tables = Tables.of(asked(root))
    tables.train.loc[:9, "text"] = tables.test["text"].head(10).to_numpy()
    tables.train.loc[:9, "title"] = tables.test["title"].head(10).to_numpy()
    return tables.written(root)


@defect("data", "sample-reveals-answers")
def sample_answers_that_are_right(root: Path) -> Exhibit:
    tables = Tables.of(asked(root))
    return tables.guessed({"answer": tables.truth()}).written(root)


@defect("description", "description-untrue")
def a_page_on_which_wrong_answers_are_better(root: Path) -> Exhibit:
    return reworded(asked(root), "higher is better", "lower is better")


# Pairs


@defect("leak", "target-copy", "target-proxy")
def how_alike_two_texts_are_in_percent(root: Path) -> Exhibit:
    tables = Tables.of(paired(root))
    seen, hidden = (20 * told.astype(float) for told in (tables.train["score"], tables.truth()))
    return tables.told("percent", seen.round(1), hidden.round(1)).written(root)


@defect("leak", "pairs-crossing", "near-copies")
def hidden_pairs_that_training_has_but_for_a_word(root: Path) -> Exhibit:
    tables = Tables.of(paired(root))
    place = tables.answers.set_index("id").index.get_indexer(tables.test["id"].head(80))
    tables.test.loc[:79, "sentence1"] = tables.train.loc[:79, "sentence1"].to_numpy()
    second = tables.train.loc[:79, "sentence2"] + " really"
    tables.test.loc[:79, "sentence2"] = second.to_numpy()
    tables.answers.loc[place, "score"] = tables.train.loc[:79, "score"].to_numpy()
    return tables.written(root)


@defect("data", "target-invalid")
def a_likeness_in_words(root: Path) -> Exhibit:
    tables = Tables.of(paired(root))
    tables.answers.loc[3, "score"] = "alike"
    return tables.written(root)


@defect("data", "sample-reveals-answers")
def sample_scores_that_know_how_alike_texts_are(root: Path) -> Exhibit:
    tables = Tables.of(paired(root))
    noise = np.random.default_rng(6).normal(0, 1.5, len(tables.test))
    return tables.guessed({"score": tables.truth().astype(float) + noise}).written(root)


@defect("description", "description-untrue")
def a_page_with_scores_up_to_ten(root: Path) -> Exhibit:
    return reworded(paired(root), "| `score` | number | 0 to 5 |", "| `score` | number | 0 to 10 |")


@defect("description", "description-untrue")
def a_page_that_names_another_measure_of_likeness(root: Path) -> Exhibit:
    return reworded(paired(root), "spearman", "pearson")


# Labels of pairs


def duplicates(root: Path) -> Task:
    """Return a good task of pairs of questions that are duplicates or not."""
    return first(root, labelled_pairs, "pair_labels")


@legitimate_built()
def pairs_of_questions_with_a_label(root: Path) -> Exhibit:
    return Exhibit(duplicates(root).directory)


@defect("leak", "pairs-crossing")
def a_question_that_stands_on_both_sides(root: Path) -> Exhibit:
    tables = Tables.of(duplicates(root))
    tables.test.loc[:9, "question1"] = tables.train["question2"].head(10).to_numpy()
    return tables.written(root)


@defect("leak", "pairs-crossing", "near-copies")
def hidden_questions_that_training_has_the_other_way_round(root: Path) -> Exhibit:
    tables = Tables.of(duplicates(root))
    tables.test.loc[:49, "question1"] = tables.train["question2"].head(50).to_numpy()
    tables.test.loc[:49, "question2"] = tables.train["question1"].head(50).to_numpy()
    return tables.written(root)


@defect("leak", "target-copy", "target-proxy")
def whether_questions_were_merged(root: Path) -> Exhibit:
    tables = Tables.of(duplicates(root))
    words = {"1": "merged", "0": "open"}
    truth = (tables.train["is_duplicate"], tables.truth())
    return tables.told("state", *(told.map(words) for told in truth)).written(root)


@defect("description", "description-untrue", "description-incomplete")
def a_page_with_another_label_of_pairs(root: Path) -> Exhibit:
    return reworded(duplicates(root), "`is_duplicate`", "`is_answered`")


@defect("data", "target-invalid")
def a_pair_with_a_label_that_is_none(root: Path) -> Exhibit:
    tables = Tables.of(duplicates(root))
    tables.answers.loc[0, "is_duplicate"] = "perhaps"
    return tables.written(root)


# Documents


def _filed(root: Path) -> Task:
    return first(root, documents, "documents")


@defect("leak", "near-copies")
def hidden_documents_that_training_has_but_for_a_word(root: Path) -> Exhibit:
    tables = Tables.of(_filed(root))
    drawn = tables.train[tables.train["text"].str.split().str.len() >= 12].head(60)
    rows = range(len(drawn))
    tables.test.loc[rows, "text"] = ("really " + drawn["text"]).to_numpy()
    place = tables.answers.set_index("id").index.get_indexer(tables.test["id"].head(len(drawn)))
    tables.answers.loc[place, "category"] = drawn["category"].to_numpy()
    return tables.written(root)


@defect("leak", "duplicate-rows", "near-copies")
def a_few_hidden_documents_that_training_has(root: Path) -> Exhibit:
    tables = Tables.of(_filed(root))
    place = tables.answers.set_index("id").index.get_indexer(tables.test["id"].head(8))
    tables.test.loc[:7, "text"] = tables.train.loc[:7, "text"].to_numpy()
    tables.answers.loc[place, "category"] = tables.train.loc[:7, "category"].to_numpy()
    return tables.written(root)


@defect("leak", "target-copy", "target-proxy")
def shelves_that_are_the_classes(root: Path) -> Exhibit:
    tables = Tables.of(_filed(root))
    shelf = {"money": "M", "plants": "P", "sport": "S"}
    seen, hidden = (told.map(shelf) for told in (tables.train["category"], tables.truth()))
    return tables.told("shelf", seen, hidden).written(root)


@defect("leak", "target-in-text")
def documents_that_begin_with_a_code_of_their_class(root: Path) -> Exhibit:
    tables = Tables.of(_filed(root))
    code = {"money": "xqa", "plants": "xqb", "sport": "xqc"}
    for frame, truth in ((tables.train, tables.train["category"]), (tables.test, tables.truth())):
        frame["text"] = (truth.map(code) + " " + frame["text"]).to_numpy()
    return tables.written(root)


@defect("leak", "id-leak")
def ids_of_documents_that_count_class_by_class(root: Path) -> Exhibit:
    tables = Tables.of(_filed(root))
    both = (tables.train, tables.answers)
    truth = pd.concat([frame.set_index("id")["category"] for frame in both])
    order = np.argsort(truth.to_numpy().astype(str), kind="stable")
    new = dict(zip(truth.index[order], map(str, range(len(truth))), strict=True))
    for frame in (tables.train, tables.test, tables.sample, tables.answers):
        frame["id"] = frame["id"].map(new)
    return tables.written(root)


@defect("data", "sample-reveals-answers")
def sample_classes_that_are_often_right(root: Path) -> Exhibit:
    tables = Tables.of(_filed(root))
    random = np.random.default_rng(5)
    others = random.choice(["money", "plants", "sport"], len(tables.test))
    guess = np.where(random.random(len(others)) < 0.5, tables.truth().to_numpy(), others)
    return tables.guessed({"category": guess}).written(root)


@defect("data", "target-invalid")
def a_document_of_a_class_that_is_none(root: Path) -> Exhibit:
    tables = Tables.of(_filed(root))
    tables.answers.loc[0, "category"] = "weather"
    return tables.written(root)


@defect("worth", "metric-unfit", "grading-fails")
def classes_of_documents_judged_by_their_distance(root: Path) -> Exhibit:
    return repackage(_filed(root), metric=MetricSpec(name="mae"))


@defect("description", "description-untrue", "description-incomplete")
def a_page_with_a_class_of_documents_that_is_none(root: Path) -> Exhibit:
    return reworded(_filed(root), "`plants`", "`animals`")


# Lines


def _lined(root: Path) -> Task:
    return first(root, marked_lines, "lines")


@defect("leak", "label-in-text", "target-in-text")
def lines_that_keep_their_label_in_front(root: Path) -> Exhibit:
    tables = Tables.of(_lined(root))
    for frame, truth in ((tables.train, tables.train["label"]), (tables.test, tables.truth())):
        frame["text"] = ("__label__" + truth + " " + frame["text"]).to_numpy()
    return tables.written(root)


@defect("leak", "near-copies")
def hidden_lines_that_training_has_but_for_a_word(root: Path) -> Exhibit:
    tables = Tables.of(_lined(root))
    drawn = tables.train[tables.train["text"].str.split().str.len() >= 12].head(50)
    tables.test.loc[range(len(drawn)), "text"] = (drawn["text"] + " really").to_numpy()
    return tables.written(root)


@defect("leak", "target-in-test")
def the_label_of_a_line_in_the_test_file(root: Path) -> Exhibit:
    tables = Tables.of(_lined(root))
    tables.test["label"] = tables.truth()
    return tables.written(root)


@defect("leak", "order-leak")
def lines_in_the_order_of_their_labels(root: Path) -> Exhibit:
    tables = Tables.of(_lined(root))
    order = np.argsort(tables.truth().to_numpy().astype(str), kind="stable")
    tables.test = tables.test.iloc[order]
    tables.sample = tables.sample.set_index("id").loc[tables.test["id"]].reset_index()
    return tables.written(root)


@defect("data", "sample-reveals-answers")
def sample_probabilities_that_lean_to_the_label(root: Path) -> Exhibit:
    tables = Tables.of(_lined(root))
    truth = tables.truth()
    leaning = {name: np.where(truth == name, 0.4, 0.3) for name in ("money", "plants", "sport")}
    return tables.guessed(leaning).written(root)


@defect("description", "description-untrue")
def a_page_on_which_wrong_labels_are_better(root: Path) -> Exhibit:
    return reworded(_lined(root), "higher is better", "lower is better")


@defect("description", "description-untrue")
def a_page_with_fewer_lines_than_there_are(root: Path) -> Exhibit:
    return reworded(_lined(root), "| `train.csv` | 174 |", "| `train.csv` | 120 |")
