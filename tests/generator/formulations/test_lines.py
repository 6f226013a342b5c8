"""Texts and labels line by line: when they are asked for, and that their tasks stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlesmith_generator.profiler.parallels import find_parallels
from tests.generator.formulations.made_texts import marked_lines, parallel_lines
from tests.generator.formulations.making import generated, proposals


def test_texts_and_labels_are_matched_by_name_and_number_of_lines(tmp_path: Path):
    folder = parallel_lines(tmp_path / "notes")
    (found,) = find_parallels(folder)
    assert found.texts == ("test_text.txt", "train_text.txt")
    assert found.labels == ("test_labels.txt", "train_labels.txt")
    assert found.names == {"0": "sport", "1": "money", "2": "plants"}


def test_a_line_without_a_partner_breaks_the_match(tmp_path: Path):
    folder = parallel_lines(tmp_path / "notes")
    for name in ("train_text.txt", "test_labels.txt"):
        with (folder / name).open("a") as file:
            file.write("one line more\n")
    assert not find_parallels(folder)


def test_a_mark_in_front_of_a_text_is_its_label(tmp_path: Path):
    (found,) = proposals(marked_lines(tmp_path / "notes"), "lines")
    assert found.idea.objective == "multiclass"
    assert found.idea.target == "label"


@pytest.mark.parametrize("make", [parallel_lines, marked_lines])
def test_a_task_of_lines_passes_all_gates(
    make: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = (parallel_lines if make is parallel_lines else marked_lines)(
        tmp_path / "data" / "garden__notes"
    )
    task = generated(folder, "multiclass", tmp_path / "registry", monkeypatch)
    assert set(task.manifest.submission.classes) == {"money", "plants", "sport"}
    assert "__label__" not in task.prepare().public_dir.joinpath("test.csv").read_text()
