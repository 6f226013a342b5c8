"""Labels of pairs of texts: when they are asked for, and that no text is met on both sides."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.generator.formulations.made_texts import labelled_pairs
from tests.generator.formulations.making import generated, proposals


def test_labelled_pairs_of_texts_are_asked_for(tmp_path: Path):
    (found,) = proposals(labelled_pairs(tmp_path / "asked"), "pair_labels")
    assert found.idea.target == "is_duplicate"
    assert found.idea.objective == "binary"
    classes = ("contradiction", "neutral", "entailment")
    (found,) = proposals(labelled_pairs(tmp_path / "inferred", classes=classes), "pair_labels")
    assert found.idea.objective == "multiclass"


def test_a_title_and_a_text_are_no_pair(tmp_path: Path):
    folder = labelled_pairs(tmp_path / "news")
    table = pd.read_csv(folder / "questions.csv")
    table.columns = ["qid", "title", "description", "label"]
    table.to_csv(folder / "questions.csv", index=False)
    assert not proposals(folder, "pair_labels")


def test_a_task_of_labelled_pairs_passes_all_gates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = labelled_pairs(tmp_path / "data" / "town__questions")
    task = generated(folder, "binary", tmp_path / "registry", monkeypatch)
    public = task.prepare().public_dir
    train, test = (pd.read_csv(public / f"{part}.csv") for part in ("train", "test"))
    texts = ["question1", "question2"]
    assert not set(train[texts].to_numpy().ravel()) & set(test[texts].to_numpy().ravel())
