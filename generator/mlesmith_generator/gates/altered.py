"""What would be given if answers were others: `prepare.py` run on raw data with answers altered.

A function of the answer among the features, such as a salted hash of an amount that never repeats,
is like noise to every model and every comparison of values. It is told by where it comes from: it
changes when the answer does.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from mlesmith_env.errors import MlesmithError, ReadError, ScriptError
from mlesmith_env.manifest import PREPARE
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.gates.answer_cells import Exchange, Known, exchange_of
from mlesmith_generator.gates.raw_cells import RawTable, read_cells
from mlesmith_generator.gates.responses import Look, Response, response
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.sniff.tables import sniff_tables

MOST_BYTES = 200 * 1024**2
"""Raw data up to which they are altered."""
MOST_TABLES = 40
_NAME = "preparation-altered"
_FEWEST = 0.005
"""Share of the rows whose answer has to follow the raw data."""


def scan_altered(task: Task, prepared: PreparedTask) -> Scan:
    """Run `prepare.py` on raw data in which some answers are exchanged, and compare what it gives.

    Args:
        task: A task with a `prepare.py`, which is known to give the same bytes again.
        prepared: What it gave of the raw data.
    """
    size = sum(file.bytes for file in task.source.files)
    if size > MOST_BYTES:
        return _untested(f"the raw data are {size:,} bytes, more than are altered")
    try:
        before = Look.at(prepared, task.manifest)
    except MlesmithError as error:
        return _untested(f"the tables can not be compared: {error}")
    if not before.whole:
        return _untested("the tables have no single answer for each id")
    with task.raw_files() as raw:
        exchanges = _exchanges(raw, before.known())
        if not exchanges:
            return _untested("the answers were not found in any raw table of separated values")
        with tempfile.TemporaryDirectory(prefix="mlesmith-altered-") as name:
            folder, made = Path(name) / "raw", Path(name) / "made"
            _lay(raw, folder, exchanges)
            made.mkdir()
            try:
                task.make(made, raw=folder)
            except ScriptError as error:
                return _failed(error)
            return _compared(before, made, task, exchanges)


def _exchanges(raw: Path, known: Known) -> list[Exchange]:
    """Return what to exchange, in all raw tables in which the answers stand."""
    found = [one for table in _tables(raw) if (one := exchange_of(table, known)) is not None]
    # Where some tables tell the hidden rows, no others are altered: theirs may be training rows.
    return [one for one in found if one.hidden_only] or found


def _tables(raw: Path) -> Sequence[RawTable]:
    tables: list[RawTable] = []
    for reader in sniff_tables(raw)[0]:
        for file in reader.files:
            if len(tables) >= MOST_TABLES:
                return tables
            try:
                table = read_cells(reader, raw, file)
            except ReadError:
                # Not a table as it was taken for: the answers are looked for in the others.
                continue
            if table is not None:
                tables.append(table)
    return tables


def _lay(raw: Path, folder: Path, exchanges: Sequence[Exchange]) -> None:
    """Lay out the raw files anew, some of them altered and the others as links."""
    altered = {one.table.file: one for one in exchanges}
    for path in sorted(raw.rglob("*")):
        if path.is_dir():
            continue
        relative = path.relative_to(raw)
        target = folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        if (one := altered.get(relative.as_posix())) is not None:
            target.write_bytes(one.content())
        else:
            target.symlink_to(path.resolve(strict=True))


def _compared(before: Look, made: Path, task: Task, exchanges: Sequence[Exchange]) -> Scan:
    try:
        after = Look.at(PreparedTask(made / "public", made / "private"), task.manifest)
    except MlesmithError as error:
        return _untested(f"{PREPARE} gives other tables of altered data: {error}")
    if not after.whole or before.features != after.features:
        return _untested(f"{PREPARE} gives tables of another form of altered data")
    hidden_only = all(one.hidden_only for one in exchanges)
    seen = response(before, after, hidden_only=hidden_only)
    if seen.findings:
        return Scan(_NAME, "", seen.findings)
    if not seen.compared:
        return _untested(f"{PREPARE} gives rows of altered data that are not found again")
    if seen.answers < _FEWEST:
        return _untested("the answers do not follow what was altered in the raw data")
    told = _told(seen, exchanges, hidden_only=hidden_only)
    if seen.moved and task.manifest.recipe.holdout.kind != "stratified":
        evidence = f"{told}, though the holdout is not told to be stratified"
        return Scan(_NAME, told, (Finding("altered-split", evidence, "refactor", warning=True),))
    return Scan(_NAME, told)


def _told(seen: Response, exchanges: Sequence[Exchange], *, hidden_only: bool) -> str:
    cells = sum(len(one.into) for one in exchanges)
    files = ", ".join(sorted({one.table.file for one in exchanges})[:3])
    whose = "hidden rows" if hidden_only else "rows"
    moved = "; rows change their part with the answers" if seen.moved else ""
    return (
        f"answers of {cells} {whose} exchanged in {files}, {seen.answers:.0%} of all answers "
        f"changed: no feature goes with its own{moved}"
    )


def _failed(error: ScriptError) -> Scan:
    evidence = (
        f"{PREPARE} fails where some rows of the raw data have exchanged their answers, though "
        f"nothing else is other than before: {error}"
    )
    return Scan(_NAME, "", (Finding("altered-refused", evidence[:1500], "refactor"),))


def _untested(why: str) -> Scan:
    evidence = f"whether features are made of answers was not tested by altering them: {why}"
    return Scan(_NAME, "", (Finding("altered-untested", evidence, warning=True),))
