"""Sequence labelling: when it is asked, and that its tasks stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlesmith_generator.formulations.sequence_labelling import first_of, has_alternatives
from tests.generator.formulations.made_texts import tagged_sentences
from tests.generator.formulations.making import generated, proposals


def test_tagged_sentences_are_asked_for_by_their_entities(tmp_path: Path):
    (found,) = proposals(tagged_sentences(tmp_path / "letters"), "sequence_labelling")
    assert found.idea.metric.name == "entity_f1"
    assert found.idea.form is not None
    assert found.idea.form.kind == "tags"


def test_few_sentences_and_hardly_any_tags_are_no_task(tmp_path: Path):
    assert not proposals(tagged_sentences(tmp_path / "few", rows=80), "sequence_labelling")
    folder = tagged_sentences(tmp_path / "rare")
    path = folder / "sentences.conll"
    lines = path.read_text(encoding="utf-8").splitlines()
    rare = [
        line if n < 200 else line.split("\t")[0] + "\tO" for n, line in enumerate(lines) if line
    ]
    spaced = [
        part for n, line in enumerate(rare) for part in ([line, ""] if n % 7 == 6 else [line])
    ]
    path.write_text("\n".join(spaced), encoding="utf-8")
    assert not proposals(folder, "sequence_labelling")


def test_of_several_tags_on_a_token_the_first_counts():
    assert has_alternatives(["O B-a,B-b", "B-a O B-b"])
    assert not has_alternatives(["O B-a", "B-b ,"])
    assert first_of("B-a,B-b") == "B-a"
    assert first_of(",") == ","


def test_a_task_of_tagged_sentences_passes_all_gates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tagged_sentences(tmp_path / "data" / "travel__letters")
    task = generated(folder, "sequence_labelling", tmp_path / "registry", monkeypatch)
    assert task.manifest.modality == "text"
    assert "`B-person`" in task.description
