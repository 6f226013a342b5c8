"""Sheets of Excel workbooks (`.xlsx`, `.xlsm`, `.xlsb`, `.xls`) and of `.ods` as rows of text."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlesmith_env.errors import MissingExtraError, ReadError
from mlesmith_env.recipes.text import plain_text

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MOST_BYTES = 2**29
"""Bytes of a workbook when unpacked. The whole of it is read, so this bounds the memory."""

_EXACT = 1e15
_CHUNK = 2**20


def sheets(path: Path) -> tuple[str, ...]:
    """Return the names of the visible sheets, in their order.

    Raises:
        MissingExtraError: `python-calamine` is not installed.
        ReadError: The file is damaged, encrypted, too large or no workbook.
    """
    workbook = _workbook(path)
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    return tuple(
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    )


def sheet_rows(path: Path, sheet: str) -> list[list[str]]:
    """Return the cells of a sheet from its upper left corner on, an empty one as an empty text.

    Formulas give the value that was saved with them and are not computed; errors such as `#N/A`
    are empty. Whole numbers have no point; dates are ISO, with the time in a column in which any
    of them has one.

    Raises:
        MissingExtraError: `python-calamine` is not installed.
        ReadError: The file is damaged, encrypted, too large or no workbook, or has no such sheet.
    """
    workbook = _workbook(path)
    name = sheet or next(iter(workbook.sheet_names), "")
    if name not in workbook.sheet_names:
        raise ReadError(f"{path.name} has no sheet {name!r}, only {workbook.sheet_names}")
    from python_calamine import CalamineError

    try:
        rows: Sequence[Sequence[Any]] = workbook.get_sheet_by_name(name).to_python(
            skip_empty_area=False
        )
    except CalamineError as error:
        raise ReadError(f"sheet {name!r} of {path.name} can not be read: {error}") from error
    timed = {at for row in rows for at, value in enumerate(row) if isinstance(value, dt.datetime)}
    return [[_text(value, timed=at in timed) for at, value in enumerate(row)] for row in rows]


def _workbook(path: Path) -> CalamineWorkbook:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as error:
        raise MissingExtraError(
            f"{path.name} is an Excel workbook: install mlesmith-env[excel] to read it"
        ) from error
    status = path.stat()
    _check_size(path, status.st_size, status.st_mtime_ns)
    try:
        return CalamineWorkbook.from_path(path)
    except (CalamineError, OSError) as error:
        raise ReadError(f"{path.name} can not be read as an Excel workbook: {error}") from error


@lru_cache(maxsize=64)
def _check_size(path: Path, size: int, changed_ns: int) -> None:
    """Refuse a workbook that is too large when unpacked, whatever its own index says of sizes."""
    del changed_ns  # part of the key only
    if not zipfile.is_zipfile(path):
        unpacked = size
    else:
        unpacked = 0
        try:
            with zipfile.ZipFile(path) as archive:
                for info in archive.infolist():
                    with archive.open(info) as member:
                        while unpacked <= MOST_BYTES and (chunk := member.read(_CHUNK)):
                            unpacked += len(chunk)
        except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError) as error:
            raise ReadError(f"{path.name} can not be read as an Excel workbook: {error}") from error
    if unpacked > MOST_BYTES:
        raise ReadError(
            f"{path.name} has more than {MOST_BYTES} bytes when unpacked; save its tables as CSV "
            "or Parquet"
        )


def _text(value: Any, *, timed: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, dt.date):
        return f"{value.isoformat()}T00:00:00" if timed else value.isoformat()
    if isinstance(value, dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return plain_text(str(value)).strip()
