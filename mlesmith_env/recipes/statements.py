"""The text of SQL as tokens, line by line, so that a dump of any size can be passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.lines import LONGEST_VALUE

Kind = Literal["string", "name", "number", "word", "mark"]

_TOKEN = re.compile(
    r"""(?P<blank>\s+)
    |(?P<comment>--[^\n]*|\#[^\n]*)
    |(?P<block>/\*)
    |(?P<number>[+-]?(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+(?![\w$]))
    |(?P<word>[^\W\d][\w$]*|[0-9][\w$]*)
    |(?P<quote>['"`\[])
    |(?P<dollar>\$[A-Za-z_]*\$)
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_DOUBLED = {
    "'": re.compile(r"([^']*(?:''[^']*)*)('?)"),
    '"': re.compile(r'([^"]*(?:""[^"]*)*)("?)'),
    "`": re.compile(r"([^`]*(?:``[^`]*)*)(`?)"),
    "[": re.compile(r"([^\]]*)(\]?)"),
}
_ESCAPED = {
    "'": re.compile(r"([^'\\]*(?:(?:''|\\.)[^'\\]*)*)('?)", re.DOTALL),
    '"': re.compile(r'([^"\\]*(?:(?:""|\\.)[^"\\]*)*)("?)', re.DOTALL),
}
_BARE = r"[+-]?[\w.]++(?:[eE][+-]?[0-9]+)?"
_STRINGS = {
    False: r"'[^']*+(?:''[^']*+)*+'",
    True: r"'[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*+'",
}
_ROWS = {
    escaped: re.compile(
        rf"\s*((?:{string}|{_BARE})(?:\s*,\s*(?:{string}|{_BARE}))*+)\s*\)", re.DOTALL
    )
    for escaped, string in _STRINGS.items()
}
"""The rest of a row of plain literals, with its closing bracket."""
_VALUES = {
    escaped: re.compile(rf"({string})|({_BARE})", re.DOTALL) for escaped, string in _STRINGS.items()
}
_ESCAPE = re.compile(r"\\(.)|(['\"])\2", re.DOTALL)
_LETTERS = {"0": "", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}


NOTHING = frozenset(("NULL", "DEFAULT"))
"""Words that stand for no value."""


@dataclass(frozen=True)
class Token:
    """A token of SQL: a string or number by its value, a quoted name, a bare word, or a mark."""

    kind: Kind
    text: str


class Statements:
    """Tokens of a dump, on demand.

    Args:
        lines: Its lines, each with a newline at its end.
        name: Name of the file, for messages.
        backslash: Whether a backslash in a string escapes the next character, as in MySQL.
    """

    def __init__(self, lines: Iterator[str], name: str, *, backslash: bool) -> None:
        self._lines = lines
        self._name = name
        self._backslash = backslash
        self._line = ""
        self._at = 0
        self._number = 0
        self._pushed: list[Token] = []
        self._unmarked = False

    def next(self) -> Token | None:
        """Return the next token; None at the end of the dump.

        Raises:
            ReadError: A string or a comment never ends.
        """
        if self._pushed:
            return self._pushed.pop()
        while True:
            if self._at >= len(self._line) and not self._advance():
                return None
            match = _TOKEN.match(self._line, self._at)
            if match is None:
                raise ReadError(f"line {self._number} of {self._name} can not be read as SQL")
            self._at = match.end()
            kind, text = match.lastgroup, match[0]
            if kind == "quote":
                return self._quoted(text)
            if kind == "dollar":
                return Token("string", self._up_to(text, "body"))
            if kind == "block":
                self._up_to("*/", "comment")
            elif kind == "word":
                return self._word(text)
            elif kind == "number":
                return Token("number", text)
            elif kind == "mark":
                return Token("mark", text)

    def row(self) -> list[str | None] | None:
        """Return the values of a row whose bracket is open, where all are plain literals.

        That is most rows of most dumps, and the quick way through them: None where it is not so,
        and then nothing has been passed over.
        """
        escaped = self._backslash
        match = None if self._pushed else _ROWS[escaped].match(self._line, self._at)
        if match is None:
            return None
        self._at = match.end()
        return [
            _unquoted(text[1:-1], "'", escaped=escaped)
            if text
            else (None if bare.upper() in NOTHING else bare)
            for text, bare in _VALUES[escaped].findall(match[1])
        ]

    def push(self, token: Token) -> None:
        """Put a token back, to be the next one."""
        self._pushed.append(token)

    def skip(self) -> None:
        """Pass over the rest of a statement, with its final mark."""
        while (token := self.next()) is not None:
            if token.kind == "mark" and token.text == ";":
                return
            if token.kind != "word":
                continue
            if token.text == "GO":
                # Ends a batch in exports of SQL Server, whose statements need no mark.
                self._unmarked = True
                return
            if self._unmarked and token.text == "INSERT" and self._at == len(token.text):
                self.push(token)
                return

    def raw_lines(self, end: str) -> Iterator[str]:
        """Yield the lines that follow, without their newlines, up to the one that is the end."""
        self._line, self._at = "", 0
        while self._advance():
            line = self._line.rstrip("\r\n")
            self._at = len(self._line)
            if line == end:
                return
            yield line

    def _advance(self) -> bool:
        line = next(self._lines, None)
        if line is None:
            return False
        self._line, self._at = line, 0
        self._number += 1
        return True

    def _word(self, text: str) -> Token:
        following = self._line[self._at : self._at + 1]
        if following == "'" and text.upper() in ("N", "E", "X", "B", "U"):
            self._at += 1
            escaped = text.upper() == "E"
            return self._quoted("'", escaped=escaped)
        return Token("word", text)

    def _quoted(self, quote: str, *, escaped: bool = False) -> Token:
        """Return what stands between quotes; it may go on for many lines."""
        escaped = (escaped or self._backslash) and quote in _ESCAPED
        pattern = (_ESCAPED if escaped else _DOUBLED)[quote]
        began, size, parts = self._number, 0, list[str]()
        while True:
            match = pattern.match(self._line, self._at)
            if match is None:
                raise ReadError(f"line {self._number} of {self._name} can not be read as SQL")
            self._at = match.end()
            parts.append(match[1])
            size += len(match[1])
            if match[2]:
                break
            if size > LONGEST_VALUE or not self._advance():
                raise ReadError(
                    f"the string that begins in line {began} of {self._name} never ends; strings "
                    "are escaped in another way, or the dump is cut off"
                )
        text = _unquoted("".join(parts), quote, escaped=escaped)
        if quote == "'" or (quote == '"' and self._backslash):
            return Token("string", text)
        return Token("name", text)

    def _up_to(self, end: str, what: str) -> str:
        """Return what stands before a mark, which may be many lines away, and pass over it."""
        began, size, parts = self._number, 0, list[str]()
        while (found := self._line.find(end, self._at)) < 0:
            parts.append(self._line[self._at :])
            size += len(parts[-1])
            if size > LONGEST_VALUE or not self._advance():
                raise ReadError(f"the {what} in line {began} of {self._name} never ends")
        parts.append(self._line[self._at : found])
        self._at = found + len(end)
        return "".join(parts)


def _unquoted(text: str, quote: str, *, escaped: bool) -> str:
    if escaped and "\\" in text:
        return _ESCAPE.sub(lambda m: m[2] or _LETTERS.get(m[1], m[1]), text)
    return text.replace(quote * 2, quote) if quote != "[" else text
