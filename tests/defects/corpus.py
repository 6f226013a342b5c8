"""The whole corpus: importing it registers every case."""

from __future__ import annotations

from . import (
    alarm_tasks,
    altered_answers,
    connected_tables,
    failing_runs,
    failing_scripts,
    future_tasks,
    graph_tasks,
    leaking_tables,
    magic_metrics,
    mutated_data,
    mutated_packages,
    mutated_pages,
    odd_tasks,
    picture_tasks,
    questions,
    ranked_groups,
    series_tasks,
    several_answers,
    texts,
    users_and_items,
    written_pages,
)
from .cases import DEFECTS, LEGITIMATE

__all__ = [
    "alarm_tasks",
    "altered_answers",
    "DEFECTS",
    "LEGITIMATE",
    "connected_tables",
    "failing_runs",
    "failing_scripts",
    "future_tasks",
    "graph_tasks",
    "leaking_tables",
    "magic_metrics",
    "mutated_data",
    "mutated_packages",
    "mutated_pages",
    "odd_tasks",
    "picture_tasks",
    "questions",
    "ranked_groups",
    "series_tasks",
    "several_answers",
    "texts",
    "users_and_items",
    "written_pages",
]
