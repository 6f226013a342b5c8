"""Questions about texts: when they are asked, and that no text is met on both sides."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.generator.formulations.made_texts import asked_texts
from tests.generator.formulations.making import generated, proposals


def test_questions_inside_paragraphs_are_asked_by_article(tmp_path: Path):
    (found,) = proposals(asked_texts(tmp_path / "asked"), "question_answering")
    assert found.idea.holdout.column == "title"
    assert found.idea.target == "answer"


def test_questions_one_a_line_are_asked_by_text(tmp_path: Path):
    (found,) = proposals(asked_texts(tmp_path / "asked", nested=False), "question_answering")
    assert found.idea.holdout.column == "text"


def test_a_task_of_questions_passes_all_gates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = asked_texts(tmp_path / "data" / "town__questions")
    task = generated(folder, "span_extraction", tmp_path / "registry", monkeypatch)
    public = task.prepare().public_dir
    train, test = (pd.read_csv(public / f"{part}.csv") for part in ("train", "test"))
    assert not set(train["text"]) & set(test["text"])
    assert all(a in t for a, t in zip(train["answer"].astype(str), train["text"], strict=True))
