"""Sentences of tagged tokens, a token a line, as in the shared tasks of CoNLL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mlesmith_env.errors import ReadError

MOST_TOKENS = 100_000
"""Tokens of one sentence; a longer one is taken for a file without empty lines."""

_NO_SENTENCE = "-DOCSTART-"
_MARKS = ("newdoc", "newpar")


def conll_table(
    lines: Iterable[str], name: str, token: int, tag: int
) -> tuple[tuple[str, ...], Iterator[Sequence[str | None]]]:
    """Return names and rows of a file of tagged tokens: `tokens`, `tags`, a row a sentence.

    An empty line ends a sentence. A line is a comment where it begins with `#` and has no second
    column, or begins as those of CoNLL-U do: `# sent_id = 1`, `# newdoc`. Columns are separated by
    tabs, or by blanks where there is no tab.

    Args:
        lines: Lines of the file.
        name: Name of the file.
        token: Which column holds the token, from 0; negative from the end.
        tag: Which one holds the tag.

    Raises:
        ReadError: A line lacks one of the columns, or a sentence never ends.
    """
    return ("tokens", "tags"), _sentences(lines, name, token, tag)


def _sentences(
    lines: Iterable[str], name: str, token: int, tag: int
) -> Iterator[Sequence[str | None]]:
    tokens: list[str] = []
    tags: list[str] = []
    for number, line in enumerate(lines, start=1):
        cells = cells_of(line)
        if not cells:
            if tokens:
                yield " ".join(tokens), " ".join(tags)
            tokens, tags = [], []
            continue
        if cells[0] == _NO_SENTENCE or is_comment(cells, line):
            continue
        try:
            found = cells[token], cells[tag]
        except IndexError as error:
            raise ReadError(
                f"line {number} of {name} has {len(cells)} column(s), too few for the columns "
                f"{token} and {tag}: {line.strip()[:60]!r}"
            ) from error
        tokens.append(_unbroken(found[0]))
        tags.append(_unbroken(found[1]))
        if len(tokens) > MOST_TOKENS:
            raise ReadError(f"{name} has a sentence of more than {MOST_TOKENS} tokens")
    if tokens:
        yield " ".join(tokens), " ".join(tags)


def cells_of(line: str) -> list[str]:
    """Return the columns of a line; none where it is empty."""
    line = line.strip("\r\n\ufeff")
    if not line.strip():
        return []
    return [cell.strip() for cell in line.split("\t")] if "\t" in line else line.split()


def is_comment(cells: Sequence[str], line: str) -> bool:
    """Tell whether a line says something about a sentence, and is no token of it."""
    if not line.startswith("#"):
        return False
    if len(cells) == 1:
        return True
    return line.startswith(("# ", "#\t")) and ("=" in line or cells[1] in _MARKS)


def _unbroken(text: str) -> str:
    return "_".join(text.split()) or "_"
