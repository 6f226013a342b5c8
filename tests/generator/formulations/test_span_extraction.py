"""Pieces of texts: when they are asked for, and that their tasks stand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.recipes.model import Entity
from mlesmith_env.recipes.transforms import apply_transforms
from tests.generator.formulations.made_texts import tagged_sentences, texts
from tests.generator.formulations.making import generated, proposals


def marked_pieces(folder: Path, rows: int = 400, *, inside: bool = True) -> Path:
    """Write texts with a piece of each, which stands behind the word `namely`."""
    draw = np.random.default_rng(9)
    folder.mkdir(parents=True)
    told: list[tuple[str, str]] = []
    for text, _ in texts(rows, (9, 25)):
        words = text.split()
        start, size = int(draw.integers(1, 5)), int(draw.integers(2, 5))
        piece = words[start : start + size]
        whole = [*words[:start], "namely", *piece, "indeed", *words[start + size :]]
        told.append((" ".join(whole), " ".join(piece if inside else reversed(whole[:9]))))
    frame = pd.DataFrame(told, columns=["message", "selected"])
    frame.to_csv(folder / "messages.csv", index=False)
    return folder


def test_a_column_that_is_a_piece_of_another_is_asked_for(tmp_path: Path):
    (found,) = proposals(marked_pieces(tmp_path / "mail"), "span_extraction")
    assert found.idea.target == "selected"
    assert found.idea.form is not None
    assert found.idea.form.kind == "span"
    assert not proposals(marked_pieces(tmp_path / "post", inside=False), "span_extraction")


def test_kinds_of_entities_are_asked_for_one_by_one(tmp_path: Path):
    found = proposals(tagged_sentences(tmp_path / "letters"), "span_extraction")
    assert {each.idea.target for each in found} == {"person", "place"}
    assert all("tags" in {e.column for e in each.idea.exclusions} for each in found)


def test_only_what_is_named_once_is_an_answer():
    frame = pd.DataFrame(
        {
            "tokens": ["to New York", "Rome and Bonn", "home"],
            "tags": ["O B-city I-city", "B-city O B-city", "O"],
        }
    )
    step = Entity(tokens="tokens", tags="tags", kind="city", into="city")
    assert apply_transforms(frame, (step,), seed=0)["city"].tolist()[0] == "New York"
    assert apply_transforms(frame, (step,), seed=0)["city"].isna().tolist() == [False, True, True]


def test_a_task_of_pieces_passes_all_gates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = marked_pieces(tmp_path / "data" / "garden__mail")
    task = generated(folder, "span_extraction", tmp_path / "registry", monkeypatch)
    assert task.manifest.submission.kind == "span"
