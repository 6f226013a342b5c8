"""The numbers of the report: counts and distributions over the tasks of one or more registries.

Everything comes from files that are there: the indexes, and the ledger where a registry has one.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mlesmith_env import registry
from mlesmith_env.errors import RegistryError
from mlesmith_env.manifest import Record
from mlesmith_generator.ledger import events_by_dataset, passed_gates
from mlesmith_generator.report.distribution import Distribution, distribution_of

GATES = ("assertions", "review", "execution")
UNKNOWN = "not known"
"""Stands for the licence of a dataset that states none."""
NO_TASK = "no task"
"""Stands for the modality of a dataset of which no task was made."""


class ModalityRow(Record):
    """One modality: what went in, what came out, and what it took."""

    modality: str
    datasets: int
    """Datasets of the ledger; those that have tasks where there is no ledger."""
    ideas: int
    drafts: int
    assertions: int
    """Drafts that passed the first gate."""
    review: int
    """Drafts that passed the first two."""
    execution: int
    """Drafts that passed all three."""
    tasks: int
    seconds: float | None
    """Median seconds to make a task."""
    peak_bytes: int | None
    """Median over datasets of the largest memory of a process at work on it."""


class Stage(Record):
    """One stage of generation and how many came through."""

    name: str
    count: int


class Survey(Record):
    """What a registry holds. Counts are ordered, the largest first."""

    schema_version: int = 1
    tasks: int
    datasets: int
    """Datasets that tasks are made of."""
    modality: dict[str, int]
    objective: dict[str, int]
    domain: dict[str, int]
    metric: dict[str, int]
    licence: dict[str, int]
    split: dict[str, int]
    level: dict[str, int]
    """Tasks by difficulty in a word; those without a measurement are not counted."""
    rows: Distribution
    """Hidden rows of a task."""
    headroom: Distribution
    discrimination: Distribution
    difficulty: Distribution
    seconds: Distribution
    """Seconds that the ladder took."""
    making: Distribution
    """Seconds from idea to admission, from the ledger."""
    contaminated: dict[str, str]
    """Tasks that a public benchmark may hold too, and which."""
    stages: tuple[Stage, ...]
    """Datasets, ideas, drafts, passed gates, tasks; empty where there is no ledger."""
    defects: dict[str, int]
    modalities: tuple[ModalityRow, ...]


def survey_of(roots: Sequence[Path]) -> Survey:
    """Return the survey of the registries at these roots.

    Raises:
        RegistryError: There is no task in any of them, or one of them is unreadable.
        DuplicateTaskError: Two of them hold the same id.
    """
    found = registry.entries(roots)
    if not found:
        raise RegistryError(
            f"no task in {', '.join(map(str, roots)) or 'any known registry'}; make some with "
            "`mlesmith generate ... --registry`, or name another folder with --registry"
        )
    tasks = [entry.fields for entry in found.values()]
    events = {
        (str(root), dataset): list(told)
        for root in roots
        for dataset, told in events_by_dataset(root).items()
    }
    flat = [event for told in events.values() for event in told]
    return Survey(
        tasks=len(tasks),
        datasets=len({(str(entry.root), entry.fields["dataset"]) for entry in found.values()}),
        modality=_count(tasks, "modality"),
        objective=_count(tasks, "objective"),
        domain=_count(tasks, "domain"),
        metric=_count(tasks, "metric"),
        licence=_count(tasks, "licence", unknown=UNKNOWN),
        split=_count(tasks, "split"),
        level={
            level: count
            for level in ("easy", "medium", "hard")
            if (count := sum(task["level"] == level for task in tasks))
        },
        rows=distribution_of([task["rows"] for task in tasks]),
        headroom=distribution_of([task["headroom"] for task in tasks]),
        discrimination=distribution_of([task["discrimination"] for task in tasks], span=(0, 1)),
        difficulty=distribution_of([task["difficulty"] for task in tasks], span=(0, 1)),
        seconds=distribution_of([task["seconds"] for task in tasks]),
        making=distribution_of([e["seconds"] for e in _named(flat, "task")]),
        contaminated={
            str(task["slug"]): str(task["contaminated_by"])
            for task in tasks
            if task["contaminated_by"]
        },
        stages=_stages(events, flat),
        defects=_ordered(
            Counter(
                str(defect["code"]) for gate in _named(flat, "gate") for defect in gate["defects"]
            )
        ),
        modalities=_modalities(found.values(), events),
    )


def _stages(
    events: Mapping[tuple[str, str], list[dict[str, Any]]], flat: Sequence[dict[str, Any]]
) -> tuple[Stage, ...]:
    if not events:
        return ()
    passed = _passed(flat)
    return (
        Stage(name="datasets", count=len(events)),
        Stage(name="ideas", count=len(_named(flat, "idea"))),
        Stage(name="drafts", count=len(_named(flat, "draft"))),
        *(Stage(name=f"passed {gate}", count=passed[gate]) for gate in GATES),
        Stage(name="tasks", count=len(_named(flat, "task"))),
    )


def _modalities(
    entries: Iterable[registry.Entry], events: Mapping[tuple[str, str], list[dict[str, Any]]]
) -> tuple[ModalityRow, ...]:
    """Return one row a modality; a dataset counts for that of most of its tasks."""
    tasks: dict[tuple[str, str], Counter[str]] = {}
    for entry in entries:
        key = (str(entry.root), str(entry.fields["dataset"]))
        tasks.setdefault(key, Counter())[str(entry.fields["modality"])] += 1
    members: dict[str, list[tuple[str, str]]] = {}
    for key in sorted({*tasks, *events}):
        modality = max(sorted(tasks[key]), key=tasks[key].__getitem__) if key in tasks else NO_TASK
        members.setdefault(modality, []).append(key)
    totals = sum(tasks.values(), Counter[str]())
    rows: list[ModalityRow] = []
    for modality, keys in members.items():
        flat = [event for key in keys for event in events.get(key, [])]
        passed = _passed(flat)
        seconds = [float(event["seconds"]) for event in _named(flat, "task")]
        peaks = [
            int(event["peak_bytes"]) for event in _named(flat, "done") if "peak_bytes" in event
        ]
        rows.append(
            ModalityRow(
                modality=modality,
                datasets=len(keys),
                ideas=len(_named(flat, "idea")),
                drafts=len(_named(flat, "draft")),
                assertions=passed["assertions"],
                review=passed["review"],
                execution=passed["execution"],
                tasks=totals[modality],
                seconds=round(statistics.median(seconds), 1) if seconds else None,
                peak_bytes=round(statistics.median(peaks)) if peaks else None,
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.modality == NO_TASK, -row.tasks, row.modality)))


def _passed(events: Sequence[dict[str, Any]]) -> Counter[str]:
    return Counter(gate for gate, *_ in passed_gates(events))


def _named(events: Sequence[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [event for event in events if event.get("event") == name]


def _count(
    tasks: Sequence[Mapping[str, Any]], column: str, *, unknown: str = "none"
) -> dict[str, int]:
    return _ordered(Counter(str(task[column]) or unknown for task in tasks))


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
