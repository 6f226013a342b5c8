"""The ledger: what counts after kills and resumes, and the summary drawn from it."""

from pathlib import Path

from mlesmith_generator.ledger import (
    Ledger,
    ending_of,
    events_by_dataset,
    finished_datasets,
    record_withdrawal,
    summarise,
    write_summary,
)


def _attempt(registry: Path, dataset: str, *, tasks: int, end: str | None, settings: str = "s"):
    ledger = Ledger(registry, dataset)
    ledger.record("start", settings=settings)
    for number in range(1, tasks + 1):
        ledger.record("idea", idea=number)
        ledger.record("draft", idea=number, round=0)
        for gate in ("assertions", "review", "execution"):
            ledger.record("gate", idea=number, gate=gate, passed=True, defects=[])
        ledger.record("task", idea=number, id=f"{dataset}-{number}", seconds=float(number))
    if end == "done":
        ledger.record("done", tasks=tasks, reason="", seconds=5.0)
    if end == "failed":
        ledger.record("failed", reason="boom", seconds=1.0)
    ledger.close()


def test_an_attempt_that_was_killed_and_resumed_counts_once(tmp_path: Path):
    _attempt(tmp_path, "birds", tasks=2, end=None)
    _attempt(tmp_path, "birds", tasks=3, end="done")
    summary = summarise(tmp_path)
    assert summary["datasets"] == 1
    assert summary["ideas"] == summary["drafts"] == summary["tasks"] == 3
    assert summary["assertions_passed"] == summary["execution_passed"] == 3
    assert summary["seconds_per_task_median"] == 2.0


def test_a_finished_attempt_stands_until_the_next_is_finished(tmp_path: Path):
    _attempt(tmp_path, "birds", tasks=3, end="done")
    _attempt(tmp_path, "birds", tasks=1, end=None)
    assert summarise(tmp_path)["tasks"] == 3


def test_resuming_leaves_out_only_what_is_done_with_the_same_settings(tmp_path: Path):
    _attempt(tmp_path, "done", tasks=1, end="done")
    _attempt(tmp_path, "other", tasks=1, end="done", settings="another seed")
    _attempt(tmp_path, "failed", tasks=1, end="failed")
    _attempt(tmp_path, "killed", tasks=1, end=None)
    assert finished_datasets(tmp_path, "s") == {"done"}


def test_failed_and_empty_datasets_are_named_with_their_reason(tmp_path: Path):
    _attempt(tmp_path, "broken", tasks=0, end="failed")
    ledger = Ledger(tmp_path, "tiny")
    ledger.record("start", settings="s")
    ledger.record("done", tasks=0, reason="12 rows are too few", seconds=0.1)
    ledger.close()
    summary = write_summary(tmp_path)
    assert summary["failed"] == ["broken"]
    assert summary["empty"] == {"tiny": "12 rows are too few"}
    assert (tmp_path / "generation.json").is_file()


def test_defects_are_counted_by_code(tmp_path: Path):
    ledger = Ledger(tmp_path, "birds")
    ledger.record("start", settings="s")
    for code in ("target-copy", "target-copy", "no-headroom"):
        ledger.record("gate", gate="assertions", passed=False, defects=[{"code": code}])
    ledger.record("done", tasks=0, reason="", seconds=0.0)
    ledger.close()
    assert summarise(tmp_path)["defects"] == {"target-copy": 2, "no-headroom": 1}


def test_a_torn_ledger_can_be_read(tmp_path: Path):
    _attempt(tmp_path, "birds", tasks=1, end="done")
    with (tmp_path / "generation.jsonl").open("a") as file:
        file.write('{"event": "start", "data')
    assert list(events_by_dataset(tmp_path)) == ["birds"]


def test_the_parts_of_a_ledger_are_read_as_one(tmp_path: Path):
    for part, name in (("1-of-2", "birds"), ("2-of-2", "fish")):
        ledger = Ledger(tmp_path, name, run=part, part=part)
        ledger.record("start", settings="s")
        ledger.record("task", id=name, seconds=1.0)
        ledger.record("done", tasks=1, reason="", seconds=1.0)
        ledger.close()
    assert summarise(tmp_path)["tasks"] == 2
    assert finished_datasets(tmp_path, "s") == {"birds", "fish"}


def test_two_runs_at_one_dataset_do_not_mix(tmp_path: Path):
    runs = [Ledger(tmp_path, "birds", run=run) for run in ("first", "second")]
    for ledger in runs:
        ledger.record("start", settings="s")
    for ledger in runs:
        ledger.record("idea", idea=1)
    runs[0].record("done", tasks=0, reason="", seconds=1.0)
    for ledger in runs:
        ledger.close()
    assert [event["run"] for event in events_by_dataset(tmp_path)["birds"]] == ["first"] * 3
    assert ending_of(tmp_path, "birds", "first") == "done"
    assert ending_of(tmp_path, "birds", "second") == ""


def test_a_task_that_was_withdrawn_does_not_count(tmp_path: Path):
    _attempt(tmp_path, "birds", tasks=3, end="done")
    record_withdrawal(tmp_path, "birds", "birds-2", "it repeats another")
    summary = summarise(tmp_path)
    assert summary["tasks"] == 2
    assert summary["withdrawn"] == 1
    assert finished_datasets(tmp_path, "s") == {"birds"}
