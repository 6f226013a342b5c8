"""How every benchmark shows its figures: a table for people, JSON for machines."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table


def show(title: str, rows: Sequence[Mapping[str, Any]], **more: Any) -> None:
    """Print rows as a table, and everything as one JSON line.

    Args:
        title: Name of the benchmark.
        rows: Records with the same keys; numbers are shown to four digits.
        **more: Further figures, for the JSON and below the table.
    """
    console = Console(highlight=False, width=120)
    table = Table(title=title, box=None, pad_edge=False, padding=(0, 2), title_justify="left")
    for name in rows[0]:
        table.add_column(name, justify="left" if isinstance(rows[0][name], str) else "right")
    for row in rows:
        table.add_row(*(_text(value) for value in row.values()))
    console.print(table)
    for name, value in more.items():
        console.print(f"{name}: {_text(value)}")
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    print(json.dumps({"benchmark": title, "machine": machine, "rows": list(rows), **more}))


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)
