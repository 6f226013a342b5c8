"""The generation ledger: every attempt and every defect, and the summary that is drawn from it.

An attempt is one run's work on one dataset. A dataset's events count from its last attempt that
came to a `done`, `stopped` or `failed`, so that a run that was killed and resumed counts nothing
twice and loses nothing; money counts from all of them. Shards, and the machines of a cluster,
write a part of the ledger each, since only one machine can append to a file safely; they are read
as one.
"""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mlesmith_env.journal import Journal, read_journal
from mlesmith_env.package import write_atomically
from mlesmith_env.registry_lock import locked

LEDGER = "generation.jsonl"
SUMMARY = "generation.json"
_PARTS = "generation*.jsonl"
_ENDINGS = ("done", "stopped", "failed")


class Ledger:
    """Writes the events of one attempt.

    Args:
        registry: The registry root, in which the ledger lies.
        dataset: Name of the dataset that every event is about.
        run: Name of the run that makes the attempt; no two runs have the same.
        part: Which part of the ledger to write to; the main one where empty.
    """

    def __init__(self, registry: Path, dataset: str, run: str = "", part: str = "") -> None:
        """Open the ledger for appending."""
        name = f"generation.{part}.jsonl" if part else LEDGER
        self._journal = Journal(registry / name)
        self.run = run
        self._about = {"dataset": dataset, "run": run}

    def record(self, event: str, **fields: Any) -> None:
        """Append one event."""
        stamp = {"time": round(time.time(), 3)}
        self._journal.append({"event": event, **self._about, **stamp, **fields})

    def close(self) -> None:
        """Close the file."""
        self._journal.close()


def records_of(registry: Path) -> list[dict[str, Any]]:
    """Return every event of all parts of a ledger, in the order in which they happened."""
    records = [record for path in _parts(registry) for record in read_journal(path)]
    return sorted(records, key=_time)


def events_by_dataset(registry: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the events of every dataset's last attempt that ended, or else of its last."""
    return last_attempts(records_of(registry))


def last_attempts(records: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return, of events in order, those of every dataset's last attempt, as above."""
    return {
        dataset: attempts[last_ended(attempts)]
        for dataset, attempts in attempts_of(records).items()
    }


def attempts_of(records: Iterable[dict[str, Any]]) -> dict[str, list[list[dict[str, Any]]]]:
    """Return, of events in order, every attempt at every dataset, in the order of beginning."""
    latest: dict[tuple[str, str], list[dict[str, Any]]] = {}
    attempts: dict[str, list[list[dict[str, Any]]]] = {}
    for record in records:
        key = str(record.get("dataset", "")), str(record.get("run", ""))
        if record.get("event") == "start" or key not in latest:
            latest[key] = []
            attempts.setdefault(key[0], []).append(latest[key])
        latest[key].append(record)
    return attempts


def last_ended(attempts: Sequence[Iterable[dict[str, Any]]]) -> int:
    """Return the place of the last attempt that ended, or -1, the last of all, where none has."""
    ended = [place for place, events in enumerate(attempts) if ending(events)]
    return ended[-1] if ended else -1


def ending_of(registry: Path, dataset: str, run: str) -> str:
    """Return how a run's attempt at a dataset ended: by which event; empty if it did not end."""
    ends = [
        str(record["event"])
        for path in _parts(registry)
        for record in read_journal(path)
        if record.get("dataset") == dataset
        and record.get("run") == run
        and record.get("event") in _ENDINGS
    ]
    return ends[-1] if ends else ""


def record_withdrawal(registry: Path, dataset: str, task: str, reason: str) -> None:
    """Tell, in the attempt that made it, that a task was taken out of the registry again."""
    events = events_by_dataset(registry).get(dataset, [])
    ledger = Ledger(registry, dataset, str(events[-1].get("run", "")) if events else "")
    ledger.record("withdrawn", id=task, reason=reason)
    ledger.close()


def ending(events: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the event by which an attempt ended; empty where it has not."""
    ends = [event for event in events if event.get("event") in _ENDINGS]
    return ends[-1] if ends else {}


def _parts(registry: Path) -> list[Path]:
    return sorted(registry.glob(_PARTS))


def _time(record: dict[str, Any]) -> float:
    return float(record.get("time", 0.0))


def finished_datasets(registry: Path, fingerprint: str) -> set[str]:
    """Return the datasets that need no second go.

    Args:
        registry: The registry root.
        fingerprint: Of the settings; only attempts that began with the same ones count.
    """
    return {
        dataset
        for dataset, events in events_by_dataset(registry).items()
        if ending(events).get("event") == "done" and events[0].get("settings") == fingerprint
    }


def summarise(registry: Path) -> dict[str, Any]:
    """Return the summary of a ledger: counts at every stage, defects by code, seconds."""
    records = records_of(registry)
    datasets = last_attempts(records)
    ends = {dataset: ending(events) for dataset, events in datasets.items()}
    flat = [event for events in datasets.values() for event in events]
    passed = Counter(gate for gate, *_ in passed_gates(flat))
    defects = Counter(
        str(defect["code"])
        for event in flat
        if event.get("event") == "gate"
        for defect in event["defects"]
    )
    withdrawn = {event["id"] for event in flat if event.get("event") == "withdrawn"}
    admitted = [e for e in flat if e.get("event") == "task" and e.get("id") not in withdrawn]
    seconds = [float(event["seconds"]) for event in admitted]
    return {
        "datasets": len(datasets),
        "yielding": len({event["dataset"] for event in admitted}),
        "ideas": _count(flat, "idea"),
        "drafts": _count(flat, "draft"),
        "assertions_passed": passed["assertions"],
        "review_passed": passed["review"],
        "execution_passed": passed["execution"],
        "tasks": len(admitted),
        "withdrawn": len(withdrawn),
        "failed": sorted(name for name, end in ends.items() if end.get("event") == "failed"),
        "empty": {
            name: str(end.get("reason", ""))
            for name, end in sorted(ends.items())
            if end.get("event") == "done" and not end["tasks"]
        },
        "defects": dict(sorted(defects.items(), key=lambda pair: (-pair[1], pair[0]))),
        "seconds": round(sum(float(end.get("seconds", 0.0)) for end in ends.values()), 3),
        "seconds_per_task_median": round(statistics.median(seconds), 3) if seconds else None,
        "stopped": sorted(name for name, end in ends.items() if end.get("event") == "stopped"),
        **spending(records),
    }


def passed_gates(events: Iterable[dict[str, Any]]) -> set[tuple[str, str, int, int]]:
    """Return which drafts passed which gates: gate, dataset, idea and round.

    A gate may have several judges; all of them have to let a draft pass.
    """
    verdicts: dict[tuple[str, str, int, int], bool] = {}
    for event in events:
        if event.get("event") == "gate":
            key = (
                str(event["gate"]),
                str(event.get("dataset", "")),
                int(event.get("idea", 0)),
                int(event.get("round", 0)),
            )
            verdicts[key] = verdicts.get(key, True) and bool(event["passed"])
    return {key for key, passed in verdicts.items() if passed}


def spending(events: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return what the calls of models came to: how many, tokens, dollars.

    Answers that were known already are counted apart, and cost nothing. Where the price of a call
    is not known, the whole cost is not, and is None.
    """
    events = list(events)
    calls = [event for event in events if event.get("event") == "call"]
    paid = [call for call in calls if not call["cached"]]
    # Answers of no use are charged for as well; whether an answer that never came is, nobody knows.
    faults = [event for event in events if event.get("event") == "fault"]
    charged = [*paid, *(fault for fault in faults if fault.get("cost_usd"))]
    costs = [each["cost_usd"] for each in charged]
    return {
        "calls": len(paid),
        "calls_known": len(calls) - len(paid),
        "faults_of_unknown_cost": sum(fault.get("cost_usd", 0.0) is None for fault in faults),
        "provider_failures": _count(events, "provider-failure"),
        "tokens": sum(int(c["prompt_tokens"]) + int(c["completion_tokens"]) for c in charged),
        "cost_usd": None if None in costs else round(sum(costs), 9),
    }


def write_summary(registry: Path) -> dict[str, Any]:
    """Write `generation.json`, of all parts of the ledger, and return what it says."""
    with locked(registry):
        summary = summarise(registry)
        text = json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
        write_atomically(registry / SUMMARY, text)
    return summary


def _count(events: Iterable[dict[str, Any]], name: str) -> int:
    return sum(event.get("event") == name for event in events)
