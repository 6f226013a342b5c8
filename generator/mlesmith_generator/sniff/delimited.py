"""Tables of separated values: in text files, and in the sheets of workbooks."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import PurePosixPath

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.model import TableReader
from mlesmith_env.recipes.workbooks import sheet_rows, sheets
from mlesmith_generator.sniff.dialect import Dialect, dialect_of, dialect_with, footer_of
from mlesmith_generator.sniff.encoding import Encoding
from mlesmith_generator.sniff.files import promised_delimiter
from mlesmith_generator.sniff.header import Header, header_of
from mlesmith_generator.sniff.sample import DoubtError, Found, Sample
from mlesmith_generator.sniff.values import share

_SHEET_ROWS = 2000
_FEWEST_ROWS = 5
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PARTS = (b"xl/", b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")


def delimited_text(sample: Sample) -> Sequence[Found]:
    """Return the table in a text file.

    Raises:
        DoubtError: Nobody called it a table, and it does not look like one.
        ReadError: It should be a table and can not be read as one.
    """
    named, lines = sample.named, sample.lines
    dialect = dialect_of(lines, prefer=promised_delimiter(sample.path.name))
    if dialect is None:
        raise ReadError("holds no records")
    alike = sample.pointed_at and dialect.width > 1
    if named is None and not alike and not _convinces(dialect, lines):
        raise DoubtError("is prose or a list, not a table: no separator divides its lines evenly")
    return (_found(sample.reader, dialect, footer_of(sample.tail, dialect), sample.encoding),)


def workbook(sample: Sample) -> Sequence[Found] | None:
    """Return the tables in the sheets of a workbook; None where the file is none.

    A sheet without a table, such as a cover page, is passed over; a workbook of such alone is not.

    Raises:
        ReadError: The workbook is damaged, or there is no table in it.
        MissingExtraError: `python-calamine` is not installed.
    """
    old = sample.head.startswith(_OLE) and sample.named == "excel"
    if not old and not (
        sample.head.startswith(_ZIP)
        and (sample.named == "excel" or any(part in sample.head[:400] for part in _PARTS))
    ):
        return None
    found: list[Found] = []
    reason = "has no visible sheet"
    for sheet in sheets(sample.path):
        reader = TableReader(files=(sample.file,), format="excel", table=sheet)
        lines = [_line(row) for row in sheet_rows(sample.path, sheet)]
        dialect = dialect_with(lines[:_SHEET_ROWS], ",", '"')
        if dialect is None or dialect.width < 2 or len(dialect.records) <= _FEWEST_ROWS:
            reason = f"has no table in its sheet {sheet!r}"
            continue
        found.append(_found(reader, dialect, footer_of(lines, dialect), Encoding("utf-8")))
    if not found:
        raise ReadError(f"is a workbook without a table: {reason}")
    return found


def _line(row: Sequence[str]) -> str:
    """Return the cells of a sheet as a line of text, so that it is judged like one."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(" ".join(cell.split()) for cell in row)
    return text.getvalue()


def _found(reader: TableReader, dialect: Dialect, footer: int, encoding: Encoding) -> Found:
    records = dialect.records
    header = header_of(records, dialect.width)
    if len(records) <= header.rows:
        raise ReadError(f"has a header {listing(header.columns)} and no rows")
    told: dict[str, object] = {
        "skip_rows": dialect.skip_rows,
        "skip_footer": footer,
        "header_rows": header.rows,
        "columns": header.columns if header.explicit else (),
    }
    text = reader.format == "delimited"
    if text:
        told |= {"delimiter": dialect.delimiter, "quote": dialect.quote, "escape": dialect.escape}
    reader = reader.model_copy(update=told)
    file = reader.files[0]
    layout = (
        reader.format,
        reader.compression,
        reader.delimiter,
        reader.skip_rows,
        reader.skip_footer,
        header,
        _column_kinds(records[header.rows :], header) if not header.rows else (),
        str(PurePosixPath(file).parent) if not header.rows else "",
        reader.table,
    )
    quoting = (dialect.quote, dialect.escape) if text and not dialect.indifferent else None
    return Found(file, reader, layout, encoding, quoting)


def _convinces(dialect: Dialect, lines: Sequence[str]) -> bool:
    """Whether a text file that promises nothing is a table all the same, not prose or a list."""
    if dialect.width < 2:
        usual = sorted(len(line) for line in lines)[len(lines) // 2]
        return len(lines) >= 20 and usual < 40
    if dialect.delimiter == "\t":
        return len(dialect.records) >= 5 and dialect.consistency >= 0.9
    cells = [cell for record in dialect.records for cell in record]
    if dialect.delimiter == "whitespace" and share(cells, "number", "date") < 0.3:
        return False
    prose = sum(len(cell.split()) > 6 for cell in cells) > 0.2 * len(cells)
    return not prose and len(dialect.records) >= 10 and dialect.consistency >= 0.95


def _column_kinds(records: Sequence[Sequence[str]], header: Header) -> tuple[bool, ...]:
    """Tell the number columns; files without names are of one layout when these agree."""
    columns = range(len(header.columns))
    return tuple(
        share([record[i] for record in records if len(record) > i], "number") > 0.8 for i in columns
    )


def listing(names: Sequence[str]) -> str:
    """Return the first names, as a message shows them."""
    return f"[{', '.join(map(repr, names[:5]))}{', …' if len(names) > 5 else ''}]"
