"""SQL dumps as tables of text: `INSERT` statements and `COPY` blocks, read and never run.

What is understood is what `mysqldump`, `pg_dump`, `sqlite3 .dump` and exports of SQL Server write:
the literals of `INSERT INTO table (columns) VALUES (…), (…)`, the lines of `COPY … FROM stdin`, and
of `CREATE TABLE` the names of the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.statements import NOTHING, Statements, Token
from mlesmith_env.recipes.text import plain_text

Row = Sequence[str | None]

_COPY_ESCAPE = re.compile(r"\\([0-7]{1,3}|x[0-9A-Fa-f]{1,2}|.)", re.DOTALL)
_COPY_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_NO_COLUMN = frozenset(
    "primary key unique constraint index foreign check fulltext spatial exclude like period".split()
)


@dataclass
class DumpedTable:
    """A table of a dump.

    Attributes:
        name: As the dump calls it, without the schema.
        columns: Names that `CREATE TABLE`, `INSERT` or `COPY` give; empty where none does.
        rows: How many rows there are.
        width: Values of the first row.
    """

    name: str
    columns: tuple[str, ...] = ()
    rows: int = 0
    width: int = 0


def dumped_tables(lines: Iterable[str], name: str, *, backslash: bool) -> list[DumpedTable]:
    """Return the tables of a dump that have rows, as they are first met.

    Args:
        lines: The lines of the dump.
        name: Name of the file.
        backslash: Whether a backslash in a string escapes the next character, as in MySQL.

    Raises:
        ReadError: A string or a comment never ends.
    """
    tables: dict[str, DumpedTable] = {}
    for table, columns, row in _Dump(lines, name, backslash=backslash).rows(None):
        known = tables.setdefault(table, DumpedTable(table, columns, width=len(row)))
        known.rows += 1
    return list(tables.values())


def dump_table(
    lines: Iterable[str], name: str, table: str, *, backslash: bool
) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Return column names and rows of one table of a dump.

    Raises:
        ReadError: There is no row of the table, or a string or a comment never ends.
    """
    rows = _Dump(lines, name, backslash=backslash).rows(table)
    first = next(rows, None)
    if first is None:
        raise ReadError(f"{name} inserts no row into a table {table!r}")
    columns = first[1] or tuple(f"column_{at}" for at in range(1, len(first[2]) + 1))
    return columns, _aligned(chain([first], rows), columns)


def _aligned(
    rows: Iterable[tuple[str, tuple[str, ...], Row]], columns: Sequence[str]
) -> Iterator[Row]:
    """Put the values of statements that name columns in another order, or only some, in place."""
    for _, named, row in rows:
        if not named or named == columns or len(named) != len(row):
            yield row
        else:
            values = dict(zip(named, row, strict=True))
            yield [values.get(column) for column in columns]


@dataclass
class _Dump:
    """A pass over a dump."""

    lines: Iterable[str]
    name: str
    backslash: bool
    declared: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def rows(self, wanted: str | None) -> Iterator[tuple[str, tuple[str, ...], Row]]:
        """Yield table, columns and values of every row of one table, or of all (None)."""
        statements = Statements(iter(self.lines), self.name, backslash=self.backslash)
        while (token := statements.next()) is not None:
            word = token.text.upper() if token.kind == "word" else ""
            if word in ("INSERT", "REPLACE"):
                yield from self._inserted(statements, wanted)
            elif word == "CREATE":
                self._created(statements)
            elif word == "COPY":
                yield from self._copied(statements, wanted)
            elif token.text not in (";", "GO"):
                statements.skip()

    def _inserted(
        self, statements: Statements, wanted: str | None
    ) -> Iterator[tuple[str, tuple[str, ...], Row]]:
        token = statements.next()
        while token is not None and token.kind == "word" and token.text.upper() != "INTO":
            # INSERT IGNORE INTO, INSERT OR REPLACE INTO; SQL Server may leave INTO out.
            if token.text.upper() not in ("IGNORE", "LOW_PRIORITY", "DELAYED", "OR", "REPLACE"):
                break
            token = statements.next()
        if token is not None and token.text.upper() == "INTO":
            token = statements.next()
        table, token = _name(token, statements)
        named: tuple[str, ...] = ()
        if token is not None and token.text == "(":
            named, token = _names(statements)
        if token is None or token.text.upper() not in ("VALUES", "VALUE"):
            if token is not None and token.text != ";":
                statements.skip()
            return
        columns = named or self.declared.get(table, ())
        for row in _tuples(statements):
            if wanted is None or table == wanted:
                yield table, columns, row

    def _created(self, statements: Statements) -> None:
        token = statements.next()
        while token is not None and token.text.upper() in ("TEMPORARY", "TEMP", "UNLOGGED"):
            token = statements.next()
        if token is None or token.text.upper() != "TABLE":
            if token is not None and token.text != ";":
                statements.skip()
            return
        token = statements.next()
        while (
            token is not None
            and token.kind == "word"
            and token.text.upper() in ("IF", "NOT", "EXISTS")
        ):
            token = statements.next()
        table, token = _name(token, statements)
        if token is not None and token.text == "(":
            self.declared[table] = _declared(statements)
            token = statements.next()
        if token is not None and token.text != ";":
            statements.skip()

    def _copied(
        self, statements: Statements, wanted: str | None
    ) -> Iterator[tuple[str, tuple[str, ...], Row]]:
        table, token = _name(statements.next(), statements)
        named: tuple[str, ...] = ()
        if token is not None and token.text == "(":
            named, token = _names(statements)
        words: list[str] = []
        while token is not None and token.text != ";":
            words.append(token.text.upper())
            token = statements.next()
        if words[:2] != ["FROM", "STDIN"]:
            return
        columns = named or self.declared.get(table, ())
        for line in statements.raw_lines("\\."):
            if wanted is None or table == wanted:
                yield table, columns, [*map(_copy_value, line.split("\t"))]


def _name(token: Token | None, statements: Statements) -> tuple[str, Token | None]:
    """Return the name of a table without its schema, and the token after it."""
    name = token.text if token is not None else ""
    following = statements.next()
    while following is not None and following.text == ".":
        last = statements.next()
        name = last.text if last is not None else name
        following = statements.next()
    return name, following


def _names(statements: Statements) -> tuple[tuple[str, ...], Token | None]:
    names: list[str] = []
    while (token := statements.next()) is not None and token.text != ")":
        if token.kind != "mark":
            names.append(token.text)
    return tuple(names), statements.next()


def _declared(statements: Statements) -> tuple[str, ...]:
    """Return the names of the columns between the brackets of `CREATE TABLE`."""
    names: list[str] = []
    depth, fresh = 1, True
    while depth and (token := statements.next()) is not None:
        if token.kind == "mark":
            depth += (token.text == "(") - (token.text == ")")
            fresh = token.text == "," and depth == 1
            if token.text == ";":
                break
            continue
        if fresh and depth == 1:
            plain = token.kind == "word" and token.text.lower() in _NO_COLUMN
            if not plain:
                names.append(token.text)
        fresh = False
    return tuple(names)


def _tuples(statements: Statements) -> Iterator[Row]:
    """Yield the rows behind VALUES, up to the end of the statement."""
    while (token := statements.next()) is not None:
        if token.text == "(" and token.kind == "mark":
            yield _tuple(statements)
        elif token.text == ";" and token.kind == "mark":
            return
        elif token.kind == "word":
            # ON DUPLICATE KEY, RETURNING; or in SQL Server the next statement, without a mark.
            if token.text.upper() in ("INSERT", "GO"):
                statements.push(token)
                return
            statements.skip()
            return


def _tuple(statements: Statements) -> Row:
    """Return the values up to the closing bracket: of each the string, number or word."""
    plain = statements.row()
    if plain is not None:
        return [value if value is None else plain_text(value) for value in plain]
    row: list[str | None] = []
    found: Token | None = None
    depth = 0
    while (token := statements.next()) is not None:
        if token.kind == "mark" and token.text in "(),;":
            if token.text == "(":
                depth += 1
            elif token.text == ")" and depth:
                depth -= 1
            elif token.text == ")":
                break
            elif token.text == "," and not depth:
                row.append(_value(found))
                found = None
            elif token.text == ";":
                statements.push(token)
                break
        elif token.kind == "string":
            # CAST(N'…' AS date), DATE '…', _binary '…': the string is what counts.
            found = token if found is None or found.kind != "string" else found
        elif token.kind != "mark" and found is None:
            found = token
    row.append(_value(found))
    return row


def _value(token: Token | None) -> str | None:
    if token is None or (token.kind == "word" and token.text.upper() in NOTHING):
        return None
    return plain_text(token.text)


def _copy_value(text: str) -> str | None:
    if text == "\\N":
        return None
    return plain_text(_COPY_ESCAPE.sub(_unescaped, text) if "\\" in text else text)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] == "x" and len(code) > 1:
        return chr(int(code[1:], 16))
    if code[0] in "01234567":
        return chr(int(code, 8))
    return _COPY_LETTERS.get(code, code)
