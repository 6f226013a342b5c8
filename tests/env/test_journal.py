"""Journals: append-only JSON lines that survive a kill at any point."""

import json
import multiprocessing
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlesmith_env.journal import Journal, read_journal


def test_records_come_back_in_order(tmp_path: Path):
    with Journal(tmp_path / "deep" / "log.jsonl") as journal:
        for number in range(5):
            journal.append({"number": number, "text": "Zeile\nmit Umbruch"})
    assert [r["number"] for r in read_journal(tmp_path / "deep" / "log.jsonl")] == [0, 1, 2, 3, 4]


def test_a_torn_last_line_is_passed_over_and_closed(tmp_path: Path):
    path = tmp_path / "log.jsonl"
    with Journal(path) as journal:
        journal.append({"number": 1})
    with path.open("a") as file:
        file.write('{"number": 2, "te')
    assert [r["number"] for r in read_journal(path)] == [1]
    with Journal(path) as journal:
        journal.append({"number": 3})
    assert [r["number"] for r in read_journal(path)] == [1, 3]


@given(cut=st.integers(min_value=0, max_value=400))
def test_any_prefix_of_a_journal_can_be_read(tmp_path_factory, cut: int):
    path = tmp_path_factory.mktemp("journal") / "log.jsonl"
    with Journal(path) as journal:
        for number in range(10):
            journal.append({"number": number, "pad": "ü" * number})
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    numbers = [r["number"] for r in read_journal(path)]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= whole[:cut].count(b"\n")


def test_numpy_and_nan_become_plain(tmp_path: Path):
    path = tmp_path / "log.jsonl"
    with Journal(path) as journal:
        journal.append(
            {"a": np.float32(1.5), "b": np.int64(7), "c": float("nan"), "d": [np.bool_(True)]}
        )
    assert json.loads(path.read_text()) == {"a": 1.5, "b": 7, "c": None, "d": [True]}


def _write_many(path: Path, name: str) -> None:
    with Journal(path) as journal:
        for number in range(200):
            journal.append({"name": name, "number": number, "pad": "x" * 300})


def test_processes_share_a_journal_without_tearing_lines(tmp_path: Path):
    path = tmp_path / "log.jsonl"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(path, name)) for name in "abc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    records = list(read_journal(path))
    for name in "abc":
        assert [r["number"] for r in records if r["name"] == name] == list(range(200))
