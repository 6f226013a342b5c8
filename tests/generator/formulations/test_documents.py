"""Documents in folders: when they are asked for, and that their tasks stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generator.formulations.made_texts import documents
from tests.generator.formulations.making import generated, proposals


def test_the_folder_is_the_class(tmp_path: Path):
    (found,) = proposals(documents(tmp_path / "notes"), "documents")
    assert found.idea.objective == "multiclass"
    assert found.idea.modality == "text"
    assert found.idea.target == "category"


def test_versions_of_one_text_are_held_out_together(tmp_path: Path):
    for number in range(60):
        for place, level in enumerate(("easy", "plain", "hard")):
            path = tmp_path / "levels" / f"{level}-set" / f"Story {number} about-{level}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            words = " ".join(["word", "sentence"] * (5 + place) + ["however"] * place * 3)
            path.write_text(f"{words} told {number}\n", encoding="utf-8")
    for found in proposals(tmp_path / "levels", "documents"):
        assert found.idea.holdout.kind == "group"


def test_folders_of_a_publishers_split_are_no_classes(tmp_path: Path):
    folder = documents(tmp_path / "notes")
    for place, topic in enumerate(("sport", "money", "plants")):
        (folder / "corpus" / topic).rename(folder / "corpus" / ("train", "test", "dev")[place])
    assert not proposals(folder, "documents")


def test_a_task_of_documents_passes_all_gates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = documents(tmp_path / "data" / "garden__notes")
    task = generated(folder, "multiclass", tmp_path / "registry", monkeypatch)
    assert set(task.manifest.submission.classes) == {"money", "plants", "sport"}
