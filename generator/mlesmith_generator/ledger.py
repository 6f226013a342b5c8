"""The generation ledger: every attempt and every defect, and the summary that is drawn from it.

A dataset's events count from its last `start` that came to a `done` or `failed`, so that a run
that was killed and resumed counts nothing twice and loses nothing.
"""

from __future__ import annotations

import json
import statistics
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mlesmith_env.journal import Journal, read_journal
from mlesmith_env.package import write_atomically

LEDGER = "generation.jsonl"
SUMMARY = "generation.json"
_ENDINGS = ("done", "failed")


class Ledger:
    """Writes the events of one dataset.

    Args:
        registry: The registry root, in which the ledger lies.
        dataset: Name of the dataset that every event is about.
    """

    def __init__(self, registry: Path, dataset: str) -> None:
        """Open the ledger for appending."""
        self._journal = Journal(registry / LEDGER)
        self._dataset = dataset

    def record(self, event: str, **fields: Any) -> None:
        """Append one event."""
        self._journal.append({"event": event, "dataset": self._dataset, **fields})

    def close(self) -> None:
        """Close the file."""
        self._journal.close()


def events_by_dataset(registry: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the events of every dataset's last attempt, ended or not."""
    attempts: dict[str, list[dict[str, Any]]] = {}
    finished: dict[str, list[dict[str, Any]]] = {}
    path = registry / LEDGER
    if path.is_file():
        for record in read_journal(path):
            dataset = str(record.get("dataset", ""))
            if record.get("event") == "start":
                attempts[dataset] = []
            attempts.setdefault(dataset, []).append(record)
            if record.get("event") in _ENDINGS:
                finished[dataset] = attempts[dataset]
    return {**attempts, **finished}


def finished_datasets(registry: Path, fingerprint: str) -> set[str]:
    """Return the datasets that need no second go.

    Args:
        registry: The registry root.
        fingerprint: Of the raw files' and the settings' identity is checked by the caller through
            `start` events: only attempts begun with the same settings count.
    """
    return {
        dataset
        for dataset, events in events_by_dataset(registry).items()
        if events and events[-1].get("event") == "done" and events[0].get("settings") == fingerprint
    }


def summarise(registry: Path) -> dict[str, Any]:
    """Return the summary of a ledger: counts at every stage, defects by code, seconds."""
    datasets = events_by_dataset(registry)
    flat = [event for events in datasets.values() for event in events]
    passed = Counter(
        str(event["gate"]) for event in flat if event.get("event") == "gate" and event["passed"]
    )
    defects = Counter(
        str(defect["code"])
        for event in flat
        if event.get("event") == "gate"
        for defect in event["defects"]
    )
    admitted = [event for event in flat if event.get("event") == "task"]
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
        "failed": sorted(
            dataset for dataset, events in datasets.items() if events[-1]["event"] == "failed"
        ),
        "empty": {
            dataset: str(events[-1].get("reason", ""))
            for dataset, events in sorted(datasets.items())
            if events[-1]["event"] == "done" and not events[-1]["tasks"]
        },
        "defects": dict(sorted(defects.items(), key=lambda pair: (-pair[1], pair[0]))),
        "seconds": round(sum(_ending_seconds(datasets.values())), 3),
        "seconds_per_task_median": round(statistics.median(seconds), 3) if seconds else None,
        "tokens": sum(int(event.get("tokens", 0)) for event in flat),
        "cost_usd": sum(float(event.get("cost_usd", 0.0)) for event in flat),
    }


def write_summary(registry: Path) -> dict[str, Any]:
    """Write `generation.json` and return what it says."""
    summary = summarise(registry)
    write_atomically(registry / SUMMARY, json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
    return summary


def _count(events: Iterable[dict[str, Any]], name: str) -> int:
    return sum(event.get("event") == name for event in events)


def _ending_seconds(datasets: Iterable[list[dict[str, Any]]]) -> list[float]:
    return [float(events[-1].get("seconds", 0.0)) for events in datasets if events]
