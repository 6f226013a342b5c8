"""Pairs of texts: when they are asked for, and that their tasks stand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.texts import near_copies, scan_pairs
from tests.generator.formulations.made_texts import scored_pairs
from tests.generator.formulations.making import generated, proposals


def test_scored_pairs_of_texts_are_asked_for(tmp_path: Path):
    (found,) = proposals(scored_pairs(tmp_path / "pairs"), "similarity")
    assert found.idea.objective == "similarity"
    assert found.idea.target == "score"


def test_two_texts_that_share_nothing_are_no_pair(tmp_path: Path):
    assert not proposals(scored_pairs(tmp_path / "pairs", alike=False), "similarity")


def test_a_text_with_a_few_other_words_is_a_near_copy():
    text = "the quick brown fox jumps over the lazy dog near the old mill by the river bank"
    other = "a slow green turtle walks under a busy bridge far from any town or field today"
    assert near_copies([other, text], [text.replace("old", "OLD") + " again"]) == [(0, 1)]
    assert not near_copies([other], [text])


def test_a_task_of_pairs_passes_all_gates_and_a_swapped_pair_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = scored_pairs(tmp_path / "data" / "town__sentences")
    task = generated(folder, "similarity", tmp_path / "registry", monkeypatch)
    public, private = task.prepare().public_dir, task.prepare().private_dir
    train, test, sample, answers = (
        pd.read_csv(path, dtype=str)
        for path in (
            public / "train.csv",
            public / "test.csv",
            public / "sample_submission.csv",
            private / "answers.csv",
        )
    )
    columns = ("sentence1", "sentence2")
    assert scan_pairs(task.manifest, Tables(train, test, sample, answers), columns).passed
    swapped = train.rename(columns={"sentence1": "sentence2", "sentence2": "sentence1"})
    crossing = pd.concat([test, swapped.reindex(columns=list(test.columns)).head(len(test) // 3)])
    assert not scan_pairs(task.manifest, Tables(train, crossing, sample, answers), columns).passed
