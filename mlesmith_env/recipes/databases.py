"""Tables of SQLite files as rows of text.

The file is opened read-only and as it stands; nothing in it is run: no view, no trigger, no virtual
table, no generated column is looked at.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.lines import LONGEST_VALUE
from mlesmith_env.recipes.text import plain_text

Table = tuple[tuple[str, ...], Iterator[Sequence[str | None]]]

MAGIC = b"SQLite format 3\x00"

_ALLOWED = frozenset((sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA))
_HIDDEN_FIELD = 6


def database_tables(path: Path) -> tuple[str, ...]:
    """Return the names of the plain tables, in the order in which they were made.

    Raises:
        ReadError: The file is damaged or no SQLite database.
    """
    with _opened(path) as database:
        return _tables(database)


@contextmanager
def database_table(path: Path, table: str) -> Generator[Table, None, None]:
    """Open a table; gives column names and rows in the order in which they are stored.

    A binary value that is not text is missing.

    Raises:
        ReadError: The file is damaged, no SQLite database, or has no such table.
    """
    with _opened(path) as database:
        tables = _tables(database)
        if table not in tables:
            raise ReadError(f"{path.name} has no table {table!r}, only {list(tables)}")
        fields = database.execute(f"PRAGMA table_xinfo({_quoted(table)})").fetchall()
        names = tuple(str(field[1]) for field in fields if not field[_HIDDEN_FIELD])
        if not names:
            raise ReadError(f"table {table!r} of {path.name} has no columns that can be read")
        columns = ", ".join(map(_quoted, names))
        # NOT INDEXED: an index that holds all columns must not change the order of the rows.
        cursor = database.execute(f"SELECT {columns} FROM {_quoted(table)} NOT INDEXED")  # noqa: S608
        yield names, ([*map(_text, row)] for row in cursor)


@contextmanager
def _opened(path: Path) -> Generator[sqlite3.Connection, None, None]:
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA cell_size_check = ON")
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
            database.text_factory = _decoded
            database.set_authorizer(_authorise)
            yield database
    except sqlite3.Error as error:
        raise ReadError(f"{path.name} can not be read as SQLite: {error}") from error


def _tables(database: sqlite3.Connection) -> tuple[str, ...]:
    listed = database.execute("PRAGMA main.table_list").fetchall()
    plain = {str(row[1]) for row in listed if row[2] == "table"}
    made = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return tuple(
        name for (name,) in made.fetchall() if name in plain and not name.startswith("sqlite_")
    )


def _authorise(action: int, *about: str | None) -> int:
    if action == sqlite3.SQLITE_PRAGMA and about[0] not in ("table_list", "table_xinfo"):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


def _text(value: str | float | bytes | None) -> str | None:
    if isinstance(value, bytes):
        try:
            return plain_text(value.decode("utf-8")) if b"\0" not in value else None
        except UnicodeDecodeError:
            return None
    if isinstance(value, float):
        return repr(value)
    return value if value is None else plain_text(str(value))
