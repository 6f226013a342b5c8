"""Does a page tell of every public table: its name, its rows, the key that leads to it?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from mlesmith_env.task import PreparedTask
from mlesmith_generator.gates.cells import NUMBER, number_of
from mlesmith_generator.gates.page import Page, bare, plain
from mlesmith_generator.gates.verdict import Finding, Scan

_OWN = ("train.csv", "test.csv", "sample_submission.csv")


def scan_files_told(page: Page, prepared: PreparedTask) -> Scan:
    """Check the further tables that a page speaks of against those that are there."""
    there = {path.name: path for path in sorted(prepared.public_dir.glob("*.csv"))}
    further = {name: path for name, path in there.items() if name not in _OWN}
    findings: list[Finding] = []
    for name, path in further.items():
        if name not in page.text:
            evidence = f"the page does not speak of {name}"
            findings.append(Finding("description-incomplete", evidence, "refactor"))
            continue
        rows = _rows(path)
        for told in _counts(page, name):
            if told not in (rows, rows + 1):
                evidence = f"{name}: the page says {told:,} rows, there are {rows:,}"
                findings.append(Finding("description-untrue", evidence, "refactor"))
    findings += list(_joined(page, there))
    return Scan("files-told", f"{len(further)} further tables told", tuple(findings))


def _rows(path: Path) -> int:
    return len(pd.read_csv(path, dtype=str, keep_default_na=False, usecols=[0]))


def _names(path: Path) -> list[str]:
    return [str(name) for name in pd.read_csv(path, dtype=str, nrows=0).columns]


def _counts(page: Page, file: str) -> Iterator[int]:
    """Yield row counts that stand in a table row of the file."""
    for table in page.tables:
        places = [i for i, cell in enumerate(table[0]) if re.fullmatch(r"rows|lines", plain(cell))]
        for row in table[1:]:
            for place in places if row and bare(row[0]) == file else []:
                cell = bare(row[place]) if place < len(row) else ""
                if re.fullmatch(NUMBER, cell):
                    yield int(number_of(cell))


def _joined(page: Page, there: Mapping[str, Path]) -> Iterator[Finding]:
    """Keys by which a page joins two tables, and that one of them does not have."""
    for table in page.tables:
        place = next((i for i, cell in enumerate(table[0]) if plain(cell) == "joined by"), None)
        for row in table[1:] if place is not None else []:
            file = bare(row[0])
            for key, other in re.findall(r"`([^`]+)` of `([^`]+\.csv)`", row[place or 0]):
                for name in (file, other):
                    if name not in there:
                        evidence = f"the page joins {name!r}, which is no public table"
                        yield Finding("description-untrue", evidence, "refactor")
                    elif key not in _names(there[name]):
                        evidence = f"the page joins {name!r} by {key!r}, which it does not have"
                        yield Finding("description-untrue", evidence, "refactor")
