"""How the lines of a text file are split, and which of them are the table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.lines import records
from mlesmith_env.recipes.model import TableReader
from mlesmith_generator.sniff.header import header_evidence
from mlesmith_generator.sniff.values import Kind, cleanness, kind_of

DELIMITERS = (",", "\t", ";", "|", "whitespace", "^", "~", "::")

_SAMPLE = 400
_TITLE_LINES = 40
_FOOTER_LINES = 20
_SINGLE_QUOTED = re.compile(r"(?:^|[,;|\t ])'[^']*'(?=[,;|\t\r\n]|$)")
_TOTAL = re.compile(
    r"(?:(?:grand|sub|over)?[ -]?(?:total|all)s?|sum|average|mean|median|gesamt|insgesamt|summe|"
    r"totale|totaal|suma|somme|moyenne|всего|итого|合计|合計|总计)\s*:?",
    re.IGNORECASE,
)
_COMMENT = ("#", "%", "//", "!", "*")


@dataclass(frozen=True)
class Dialect:
    """How the lines of a file are split, and where the table begins."""

    delimiter: str
    quote: str
    escape: str
    skip_rows: int
    width: int
    """The usual number of values of a record."""
    consistency: float
    """Share of the records that have that number."""
    cleanness: float
    """How much the values look like single ones."""
    indifferent: bool
    """Whether every line is a record of that width without quotes, too."""
    records: tuple[tuple[str, ...], ...]
    """The first records, header included, title lines left out."""

    @property
    def score(self) -> float:
        """The better of two dialects has the higher score."""
        return self.consistency * self.cleanness * (1.0 if self.width > 1 else 0.5)


def dialect_of(lines: Sequence[str], *, prefer: str = "") -> Dialect | None:
    """Return how the first lines of a file are split; None where none of them holds a value.

    Args:
        lines: The first lines of the file.
        prefer: The delimiter that the name of the file promises, if any.
    """
    best: tuple[float, Dialect] | None = None
    for delimiter in DELIMITERS:
        if delimiter not in ("whitespace", ",") and not any(delimiter in line for line in lines):
            continue
        for quote, escape in _quotings(lines):
            dialect = dialect_with(lines, delimiter, quote, escape)
            if dialect is None:
                continue
            score = dialect.score * (1.15 if delimiter == prefer else 1.0)
            score *= 0.985 if delimiter == "whitespace" else 1.0
            if best is None or score > best[0] + 1e-9:
                best = score, dialect
    return _without_false_quotes(lines, best[1]) if best else None


def footer_of(lines: Sequence[str], dialect: Dialect) -> int:
    """Return how many of the last lines are not part of the table: notes, totals, blanks."""
    if dialect.width < 2:
        return 0
    filled = [_filled(record) for record in dialect.records]
    usual = sorted(filled)[len(filled) // 20]
    if usual < 2:
        return 0
    kinds = ("text",) if usual == 2 else ("text", "word")
    footer = notes = 0
    for line in reversed(lines[-_FOOTER_LINES:]):
        found = _parse([line], dialect.delimiter, dialect.quote, dialect.escape)
        record = found[0] if found else ()
        count = _filled(record)
        if _sums_up(record, dialect.records):
            footer += 1
            notes += 1
            continue
        if count and (count > 1 or _opens(line, dialect.quote) or not _is_note(record, kinds)):
            break
        footer += 1
        notes += count > 0
    return footer if notes and footer < _FOOTER_LINES else 0


def _sums_up(record: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Return whether a record sums up those above it: `Total,,3141`, unless others begin so too."""
    first = next((value.strip() for value in record if value.strip()), "")
    if not _TOTAL.fullmatch(first) or not any(kind_of(value) == "number" for value in record):
        return False
    return sum(first in (value.strip() for value in row) for row in rows) <= 1


def _without_false_quotes(lines: Sequence[str], dialect: Dialect) -> Dialect:
    """Read quotes as plain characters where every line is a record on its own without them.

    In unquoted files of prose a quote that opens a value swallows lines until the next one.
    """
    if not dialect.quote or dialect.width < 2 or not any(dialect.quote in line for line in lines):
        return dialect
    body = lines[dialect.skip_rows :]
    quoted = _parse(body, dialect.delimiter, dialect.quote, dialect.escape, most=None)
    plain = _parse(body, dialect.delimiter, "", "", most=None)
    if any(len(record) != dialect.width for record in plain):
        return replace(dialect, indifferent=False)
    if len(plain) <= len(quoted):
        return dialect
    return replace(dialect, quote="", escape="", indifferent=False, records=tuple(plain[:_SAMPLE]))


def dialect_with(
    lines: Sequence[str], delimiter: str, quote: str, escape: str = ""
) -> Dialect | None:
    """Return how the lines look when they are split in a known way; None where none has a value."""
    found = _parse(lines, delimiter, quote, escape)
    if not found:
        return None
    width = _usual_width(found)
    skip = _title_lines(lines, delimiter, quote, escape, width)
    if skip:
        found = _parse(lines[skip:], delimiter, quote, escape)
        if not found:
            return None
        width = _usual_width(found)
    body = found[1:] or found
    consistency = sum(len(record) == width for record in body) / len(body)
    if len(found[0]) > width and all(len(record) <= len(found[0]) for record in body):
        # Empty values at the end of a row are left out in some files: a wide header is honest.
        consistency, width = max(consistency, 0.8), len(found[0])
    cells = [cell for record in found[:100] for cell in record[:200]]
    # A value that holds the delimiter itself can only have been quoted: it is whole.
    clean = sum(0.8 if delimiter in cell else cleanness(cell) for cell in cells) / max(
        1, len(cells)
    )
    if any(cell.count("\n") > 20 for cell in cells):
        clean *= 0.5
    return Dialect(delimiter, quote, escape, skip, width, consistency, clean, True, tuple(found))


def _parse(
    lines: Sequence[str], delimiter: str, quote: str, escape: str, most: int | None = _SAMPLE
) -> list[tuple[str, ...]]:
    reader = TableReader(files=("-",), delimiter=delimiter, quote=quote, escape=escape)
    try:
        split = islice(records(iter(lines), reader), most)
        return [tuple(cell.strip() for cell in record) for record in split]
    except ReadError:
        return []


def _quotings(lines: Sequence[str]) -> list[tuple[str, str]]:
    sample = lines[:2000]
    quotings = []
    if any('\\"' in line for line in sample):
        quotings.append(('"', "\\"))
    quotings.insert(0, ('"', ""))
    if sum(_SINGLE_QUOTED.search(line) is not None for line in sample) > 0.5 * len(sample):
        quotings.append(("'", ""))
    if any('"' in line for line in sample):
        quotings.append(("", ""))
    return quotings


def _usual_width(found: Sequence[Sequence[str]]) -> int:
    widths = Counter(len(record) for record in found[1:] or found)
    return max(widths, key=lambda width: (widths[width], width))


def _title_lines(lines: Sequence[str], delimiter: str, quote: str, escape: str, width: int) -> int:
    """Count the lines in front of the table: blanks, comments, titles with hardly any values."""
    skip = 0
    singly = [_parse([line], delimiter, quote, escape) for line in lines[:_TITLE_LINES]]
    if any(_opens(line, quote) for line in lines[:_TITLE_LINES]):
        singly = singly[: next(i for i, line in enumerate(lines) if _opens(line, quote))]
    heads: list[tuple[str, ...]] = [found[0] if found else () for found in singly]
    first_full = next((i for i, record in enumerate(heads) if len(record) >= width), 0)
    if first_full and 0 < max(map(len, heads[:first_full])) < width - 1:
        rest = [record for record in heads[first_full + 1 :] if record]
        if rest and header_evidence(heads[first_full], rest) > 0:
            return first_full
    for record in heads:
        short = width > 1 and len(record) <= max(1, width // 3)
        opening = "".join(record[:1])
        lonely = width > 2 and len(record) == width and _filled(record) == 1 and opening != ""
        comment = len(record) != width and opening.startswith((*_COMMENT, "sep="))
        if record and not (short or comment or (lonely and _is_note(record))):
            break
        skip += 1
    return skip if skip < min(len(lines), _TITLE_LINES) else 0


def _opens(line: str, quote: str) -> bool:
    return bool(quote) and line.count(quote) % 2 == 1


def _filled(record: Sequence[str]) -> int:
    return sum(cell != "" for cell in record)


def _is_note(record: Sequence[str], kinds: Sequence[Kind] = ("text", "word")) -> bool:
    told = [cell for cell in record if cell]
    return len(told) == 1 and kind_of(told[0]) in kinds
