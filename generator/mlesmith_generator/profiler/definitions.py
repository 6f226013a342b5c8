"""Definitions of columns in prose: lists, tables and numbered lists that say what a column is.

    - age: in years                     | `age` | in years |
    **age** - in years                  Attribute 3: age in years
    % 3. age - in years                 3. age in years
    - hour, minute: of departure        Attributes: (class is the sort of tree)

A line defines a column only where the left of its separator is the whole name of one, or a list of
such names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice, takewhile

_COMMENT = re.compile(r"^\s*(?:%+|//|;+|\|(?=\s{2}|\s*$)(?!.*\|))")
_HEADING = re.compile(r"^\s*#{1,6}\s+(?P<title>.*?)\s*#*\s*$|^(?P<bare>[^:|]{3,80}):\s*$")
_RULE = re.compile(r"^[\s|:+=_-]*$")
_BULLET = re.compile(r"^\s*(?:[-*+•·]\s+)?(?:(?:\d{1,3}|[a-z])\s?[.)]\s+)?")
_SEPARATOR = re.compile(
    r"(?P<kind>\s*[(\[][^()\[\]]{1,40}[)\]])?\s*(?:(?P<colon>:|=|\t)|\s[-\u2013\u2014]{1,2}\s)\s*"
)
_BLANK = re.compile(r"(?P<kind>(?!))?\.?\s+(?=[A-Z0-9])")
"""Where no more than a blank stands behind the name: `Age Age in years`."""
_NUMBERED = re.compile(
    r"^(?P<front>\s*(?:[-*+•]\s+)?(?P<noun>attribute|column|variable|field|feature)?\s*#?\s*"
    r"(?P<number>\d{1,3}))\s*(?:[.):]|\s[-\u2013\u2014](?=\s))\s*(?P<text>\S.*)$",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"^[^():]{0,60}\b(?:attribute|column|variable|field|feature)s?\b[^():]{0,40}:?\s*"
    r"\((?:the )?(?P<name>[\w.-]{1,40})\s+(?:is|means|denotes)\s+"
    r"(?P<said>(?!(?:the )?(?:last|first|listed|given|column|attribute|in|at)\b)[^():]{3,120})\)"
    r"[.:]?\s*$",
    re.IGNORECASE,
)
"""A heading of columns that says in brackets what one of them is."""
_LIST = re.compile(r"\s*[,/]\s*(?:and\s+)?|\s+(?:and|&)\s+")
_ABOUT_COLUMNS = re.compile(r"attribute|column|variable|field|feature", re.IGNORECASE)
_NAMES = re.compile(r"name|variable|column|field|feature|attribute|key|code", re.IGNORECASE)
_TEXTS = re.compile(
    r"descri|meaning|definition|explanation|details|label|question|what|content|comment|notes?\b",
    re.IGNORECASE,
)
_LOOSE = (
    re.compile(
        r"^(?P<name>[^\s:|][^:|]{0,59}?)\s*:\s*[a-z]+\.?\s*\|+\s*(?P<said>[^|]+)$", re.IGNORECASE
    ),
    re.compile(
        r"^\[\s?,\s?\d{1,3}\]\s*`?(?P<name>[\w.]{1,40})`?\s+"
        r"(?:numeric|integer|factor|character|logical)\s+(?P<said>[^\W\d_].*)$"
    ),
    re.compile(
        r"^\d{1,3}[.)]\s+(?P<name>\S(?:\S| (?! )){1,60})\s{2,}(?P<said>\(\w[\w ]*\)\s{2,}\S.*)$"
    ),
    re.compile(
        r"^(?:\d{1,3}[.)]\s+)?(?P<name>[A-Za-z](?:[\w.\-']| (?! )){1,40})\s{2,}"
        r"(?P<said>\(.+[)\w])$"
    ),
)
"""Forms of lines, each with a name and what is said of it."""
_LITERAL = re.compile(
    r"""^\s*(?:"[^"]+"|'[^']+')\s*:\s*(?:-?\d[\d.eE+-]*|true|false|null|None|True|False)\s*,?$"""
)
"""A name with a bare value, as in a row of the data, not with a definition."""
_QUOTES = "`*_\"'\u2018\u2019\u201c\u201d "
_LONGEST = 400
"""Characters of a definition that are read."""


@dataclass
class Passage:
    """What stands below one heading.

    Attributes:
        heading: The heading, empty in front of the first.
        defined: Columns with what is said of each, all of it.
        lines: Lines that look like definitions, of columns or of anything.
    """

    heading: str
    defined: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    lines: int = 0


def passages_of(text: str, names: Set[str]) -> list[Passage]:
    """Return the passages of a document in which columns are defined.

    Args:
        text: The document.
        names: The columns that there are.
    """
    found = [Passage("")]
    header: Sequence[str] = ()
    open_at: tuple[tuple[str, ...], int] | None = None
    for line in lines_of(text):
        cells = _cells(line)
        if line and _RULE.match(line):
            continue
        if heading := _heading(line):
            found.append(Passage(heading))
            open_at = None
        elif len(cells) > 1:
            if not header:
                header = cells
            name, said = _defined_in_row(header, cells, names)
            _add(found[-1], name, said)
            open_at = None
            continue
        elif (told := _defined_in_line(line, names)) is not None:
            called, said = told
            for name in called or ("",):
                _add(found[-1], name, said)
            open_at = (called, _indent(line)) if called else None
        elif open_at is not None and line.strip() and _indent(line) > open_at[1]:
            for texts in (found[-1].defined[name] for name in open_at[0]):
                if len(texts[-1]) < _LONGEST:
                    texts[-1] += f" {line.strip()}"
        else:
            open_at = None
        header = ()
    return [passage for passage in found if passage.defined]


def asides_in(text: str, names: Set[str]) -> dict[str, str]:
    """Return what headings of columns say in brackets of one of them.

        7. Attribute Information: (class is location of tumor)

    Args:
        text: The document.
        names: The columns that there are.
    """
    matches = (_ASIDE.match(line) for line in lines_of(text) if len(line) <= _LONGEST)
    found = [(each["name"], each["said"].strip()) for each in matches if each]
    return {name: said for name, said in found if name in names}


def loosely_defined(text: str, names: Set[str]) -> Passage:
    """Return what a document says of columns in forms that are less strict than those of a list.

        Wife's education     (categorical)     1=low, 2, 3, 4=high
        [,1] depth numeric Depth (km)
        height: integer.     | Height of the block.

    Names are known by their letters and digits, where no two columns share these.

    Args:
        text: The document.
        names: The columns that there are.
    """
    alike: dict[str, list[str]] = {}
    for name in sorted(names):
        alike.setdefault(_letters(name), []).append(name)
    found = Passage("")
    name, at = "", 0
    for line in lines_of(text):
        bare, indent = line.strip(), _indent(line)
        match = None
        if len(bare) <= _LONGEST:
            match = next((each for form in _LOOSE if (each := form.match(bare))), None)
        if match is None and name and bare and indent >= at:
            if len(found.defined[name][-1]) < _LONGEST:
                found.defined[name][-1] += f" {bare}"
            continue
        called = alike.get(_letters(match["name"]), []) if match else []
        name = called[0] if len(called) == 1 and len(_letters(called[0])) > 1 else ""
        if match and name:
            at = indent + match.start("said")
            _add(found, name, match["said"].strip(" .;"))
    return found


def numbered_in(text: str, width: int) -> tuple[str, ...]:
    """Return what a document says of columns without names, in order; empty where it does not.

    That is a list numbered from 1 to the number of columns, one of attributes by its heading.

    Args:
        text: The document.
        width: Number of columns.
    """
    heading, run, end = "", list[str](), 0
    for line in lines_of(text):
        match = _NUMBERED.match(line)
        if match is None:
            heading = line if line.strip() and not run else heading
            continue
        number, at = int(match["number"]), len(match["front"])
        if number == len(run) + 1 and run and abs(at - end) <= 1:
            run.append(match["text"].strip())
        elif number == 1 and (match["noun"] or _ABOUT_COLUMNS.search(heading)):
            run = [match["text"].strip()]
        elif len(run) == width:
            break
        else:
            run, heading = [], line
        end = at
    worded = all(re.search(r"[^\W\d_]{2}", said) for said in run)
    return tuple(run) if len(run) == width and worded else ()


def lines_of(text: str) -> Iterator[str]:
    """Yield the lines of a document without comment marks and samples of the data."""
    lines = [_COMMENT.sub("", line).rstrip() for line in text.expandtabs().splitlines()]
    samples = _samples(lines)
    yield from (line for place, line in enumerate(lines) if place not in samples)


def tabled_in(text: str, width: int) -> tuple[str, ...]:
    """Return what a table of names and descriptions, set with blanks, says of columns in order.

        Name      Type        Description
        ----      ----        -----------
        Length    continuous  longest shell measurement

    Args:
        text: The document.
        width: Number of columns; the table must have as many rows.
    """
    lines = list(lines_of(text))
    for place, line in enumerate(lines[1:], start=1):
        header = re.split(r"\s{2,}", lines[place - 1].strip()[:_LONGEST])
        ruled = len(line) <= _LONGEST and re.fullmatch(r"(?:[-=]{2,}\s+)+[-=]{2,}", line.strip())
        if not (ruled and _NAMES.search(header[0]) and _TEXTS.search(header[-1])):
            continue
        body = takewhile(lambda each: each.strip() != "", lines[place + 1 :])
        rows = [re.split(r"\s{2,}", each.strip()) for each in islice(body, width + 1)]
        if len(rows) == width and all(len(row) > 1 for row in rows):
            return tuple(f"{row[0]}: {row[-1]}" for row in rows)
    return ()


def valued_in(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the attributes of a C4.5 file in order, each with its values, none where continuous.

        age: continuous.
        workclass: Private, State-gov, Without-pay.

    Args:
        text: The document.
    """
    found: list[tuple[str, tuple[str, ...]]] = []
    for line in (each.partition("|")[0] for each in text.splitlines()):
        match = re.fullmatch(r"([A-Za-z][\w .-]{0,60}):\s+(\S.*)\.", line.strip())
        if match is None:
            if found and line.strip():
                return []
            continue
        values = tuple(value.strip() for value in match[2].split(","))
        found.append((match[1], () if values == ("continuous",) else values))
    return found


def _samples(lines: Sequence[str]) -> set[int]:
    """Return the places of lines that show a row of the data in braces, and define nothing."""
    found: set[int] = set()
    start: int | None = None
    for place, line in enumerate(lines):
        if line.strip() in ("{", "[{"):
            start = place
        elif start is not None and line.strip() in ("}", "},", "}]"):
            inner = lines[start + 1 : place]
            if any(_LITERAL.match(each) for each in inner):
                found.update(range(start, place + 1))
            start = None
    return found


def _heading(line: str) -> str:
    match = _HEADING.match(line)
    return (match["title"] or match["bare"] or "").strip() if match else ""


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _cells(line: str) -> list[str]:
    """Return the cells of a row of a Markdown table, none where it is no row."""
    if "|" not in line:
        return []
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", inner)]


def _defined_in_row(
    header: Sequence[str], cells: Sequence[str], names: Set[str]
) -> tuple[str, str]:
    at = next((i for i, cell in enumerate(header) if _NAMES.search(cell)), 0)
    told = next((i for i, cell in enumerate(header) if _TEXTS.search(cell) and i != at), 1)
    if max(at, told) >= len(cells):
        return "", ""
    return _name(cells[at], names), cells[told]


def _defined_in_line(line: str, names: Set[str]) -> tuple[tuple[str, ...], str] | None:
    """Return columns and what a line says of them; no column where it defines something else."""
    body = _BULLET.sub("", line, count=1)
    for separator in (_SEPARATOR, _BLANK):
        for whole in dict.fromkeys((line.strip(), body.strip())):
            # No name is longer than what is read of a definition.
            matches = separator.finditer(whole)
            for match in takewhile(lambda each: each.start() <= _LONGEST, matches):
                called = _called(whole[: match.start()], names, several=separator is _SEPARATOR)
                if called and match.end() < len(whole):
                    kind = (match["kind"] or "").strip()
                    return called, f"{whole[match.end() :].strip()} {kind}".strip()
    return ((), "") if re.match(r"[^:]{1,40}:\s+\S", body) else None


def _called(text: str, names: Set[str], *, several: bool) -> tuple[str, ...]:
    """Return the column that a text names, or all of those that it lists."""
    if name := _name(text, names):
        return (name,)
    parts = _LIST.split(text.strip()) if several and len(text) <= _LONGEST else []
    listed = tuple(dict.fromkeys(_name(part, names) for part in parts))
    return listed if len(listed) > 1 and all(listed) else ()


def _name(text: str, names: Set[str]) -> str:
    bare = " ".join(text.split())
    return next((each for each in (bare, bare.strip(_QUOTES)) if each in names), "")


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def _add(passage: Passage, name: str, said: str) -> None:
    passage.lines += 1
    if name and said:
        passage.defined.setdefault(name, []).append(said)
