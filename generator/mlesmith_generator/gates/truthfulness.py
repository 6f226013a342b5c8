"""Is what a description says true of the data?

Only statements that can be read without doubt are checked: the column table, row counts beside
file names, class counts, ranges, the example submission, the kind of holdout.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import pandas as pd

from mlesmith_env.manifest import Manifest
from mlesmith_env.recipes.table import USAGE
from mlesmith_generator.gates.completeness import described_columns, visible
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.page import Page, bare, plain
from mlesmith_generator.gates.rows import Column, as_numbers
from mlesmith_generator.gates.verdict import Finding, Scan

_NUMBER = r"[-\u2212]?\d[\d,\u2009\u202f]*(?:\.\d+)?(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*(?:to|\u2013|\u2014|\.\.+|…|\s-)\s*({_NUMBER})")
_ROWS = re.compile(
    r"(?<![\w.,])(\d[\d,\u2009\u202f]*)\s+(?:\w+\s+)?(?:rows|examples|records|lines|samples)\b"
)
_CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")
_NUMBER_TYPES = {"number", "integer", "numeric", "float", "int", "real", "continuous", "decimal"}
_RANGE_SLACK = 0.03
_MISSING_SLACK = 0.02


@dataclass(frozen=True)
class Facts:
    """What the tables say, for comparison."""

    tables: Tables
    manifest: Manifest

    @cached_property
    def rows(self) -> dict[str, int]:
        """Rows by file."""
        return {
            "train.csv": len(self.tables.train),
            "test.csv": len(self.tables.test),
            "sample_submission.csv": len(self.tables.sample),
        }

    @cached_property
    def counts(self) -> set[int]:
        """Every count of rows that a page may speak of."""
        train, test = self.rows["train.csv"], self.rows["test.csv"]
        parts = self.tables.answers[USAGE].value_counts()
        return {train, test, train + test, *(int(count) for count in parts)}

    def column(self, name: str) -> Column | None:
        """Return a column of the training file; None where there is none."""
        if name not in self.tables.train.columns:
            return None
        return Column(name, cast("pd.Series", self.tables.train[name]))

    def whole(self, name: str) -> Column | None:
        """Return a column over both public files."""
        if name not in self.tables.test.columns:
            return self.column(name)
        parts = [cast("pd.Series", t[name]) for t in (self.tables.train, self.tables.test)]
        return Column(name, pd.concat(parts, ignore_index=True))


def scan_column_table(page: Page, facts: Facts) -> Scan:
    """Check the table of columns: no strangers, and types, ranges and gaps as in the data."""
    table = page.column_table
    if not table:
        return Scan("columns-true", "there is no table of columns")
    header = [cell.casefold() for cell in table[0]]
    names = [str(name) for name in facts.tables.train.columns]
    findings: list[Finding] = []
    checked = 0
    for row in described_columns(page):
        name = _known(row[0], names)
        if name is None:
            if not re.search(r"\bto\b|\u2013|…|\.\.|,", row[0]):
                evidence = f"the page describes a column {row[0]!r} that train.csv does not have"
                findings.append(Finding("description-untrue", evidence, "refactor"))
            continue
        if not name:
            continue  # The beginning of several names: nothing can be checked.
        checked += 1
        seen, both = facts.column(name), facts.whole(name)
        if seen is None or both is None or name == facts.manifest.submission.id_column:
            continue
        for heading, cell in zip(header, row, strict=False):
            wrong = _wrong_cell(heading, cell, seen, both)
            if wrong:
                evidence = f"column {name!r}: the page says {wrong}"
                findings.append(Finding("description-untrue", evidence, "refactor"))
    return Scan("columns-true", f"{checked} columns as described", tuple(findings))


def _known(cell: str, names: list[str]) -> str | None:
    """The column that a cell names; empty where it may be one of several, None where none."""
    if cell in names:
        return cell
    shown = visible(cell)
    for alike in (
        [name for name in names if visible(name) == shown],
        [name for name in names if shown[-1:] == "…" and visible(name).startswith(shown[:-1])],
    ):
        if alike:
            return alike[0] if len(alike) == 1 else ""
    return None


def _wrong_cell(heading: str, cell: str, seen: Column, both: Column) -> str:
    text = plain(cell)
    if "type" in heading:
        return wrong_type(text, seen)
    if "missing" in heading or "null" in heading or "gaps" in heading:
        return _wrong_missing(text, seen, both)
    if any(word in heading for word in ("value", "range", "level")):
        return _wrong_values(cell, seen, both)
    return ""


def wrong_type(text: str, column: Column) -> str:
    """Return what is wrong with the type that a page tells of a column, or an empty string."""
    words = set(re.findall(r"[a-z]+", text))
    if words & _NUMBER_TYPES and column.distinct:
        share = float(np.isfinite(as_numbers(column.values)).mean())
        if share < 0.5:
            return f"{text!r}, but {1 - share:.0%} of its values are no numbers"
        whole = words & {"integer", "int"} and not words & (_NUMBER_TYPES - {"integer", "int"})
        finite = column.numbers[np.isfinite(column.numbers)]
        if whole and len(finite) and float((finite != np.rint(finite)).mean()) > 0.01:
            return f"{text!r}, but it has fractions"
    # One row of the table may tell of many columns: `constant or number`.
    several = " or " in text
    if words & {"boolean", "binary"} and not several and column.distinct > 2:
        return f"{text!r}, but it has {column.distinct} values"
    if "constant" in words and not several and column.distinct > 1:
        return f"{text!r}, but it has {column.distinct} values"
    return ""


def _wrong_missing(text: str, seen: Column, both: Column) -> str:
    shares = [float(column.missing.mean()) for column in (seen, both)]
    actual = f"{shares[0]:.1%} are missing in train.csv"
    match = re.search(rf"({_NUMBER})\s*%", text)
    if match:
        stated = _value(match.group(1)) / 100
        slack = max(_MISSING_SLACK, 0.15 * stated)
        over = "under" in text or "<" in text or "up to" in text
        near = any(abs(share - stated) <= slack for share in shares)
        return "" if near or (over and shares[0] <= stated + slack) else f"{text!r}, but {actual}"
    if re.fullmatch(r"none|no|0|never|-|\u2013|\u2014", text) and min(shares) > 0.002:
        return f"{text!r}, but {actual}"
    return ""


def _wrong_values(cell: str, seen: Column, both: Column) -> str:
    text = plain(cell)
    match = _RANGE.search(text.replace("`", ""))
    clean = not re.search(r"different|such as|e\.g\.|for example|some as text", text)
    if match and seen.numeric and clean:
        low, high = _value(match.group(1)), _value(match.group(2))
        if not any(_covers(low, high, column) for column in (seen, both)):
            finite = seen.numbers[np.isfinite(seen.numbers)]
            return f"{low:g} to {high:g}, but it goes from {finite.min():g} to {finite.max():g}"
        return ""
    levels = [bare(match.group(0)) for match in _CODE.finditer(cell)]
    if levels and clean and not match:
        have = {visible(str(value)) for value in both.values}
        numbers = set(both.numbers[np.isfinite(both.numbers)].tolist())
        strange = [
            level
            for level in levels
            if not level.endswith("…")
            and visible(level) not in have
            and _maybe(level) not in numbers
        ]
        if strange:
            return f"it takes the value {strange[0]!r}, which it never does"
    count = re.search(r"(\d[\d,]*) (?:different|distinct|unique)", text)
    if count:
        stated = int(count.group(1).replace(",", ""))
        actual = (seen.distinct, both.distinct)
        if min(abs(stated - number) for number in actual) > max(2, 0.05 * actual[0]):
            return f"{stated} different values, but there are {actual[0]}"
    return ""


def _covers(low: float, high: float, column: Column) -> bool:
    finite = column.numbers[np.isfinite(column.numbers)]
    if not len(finite):
        return False
    least, most = float(finite.min()), float(finite.max())
    slack = _RANGE_SLACK * (most - least) + 1e-9
    return abs(low - least) <= slack + 1e-3 * abs(least) and abs(high - most) <= (
        slack + 1e-3 * abs(most)
    )


def _value(text: str) -> float:
    return float(re.sub(r"[,\u2009\u202f]", "", text).replace("\u2212", "-"))


def _maybe(text: str) -> float | None:
    return _value(text) if re.fullmatch(_NUMBER, text) else None


def scan_counts(page: Page, facts: Facts) -> Scan:
    """Check row counts beside file names, in the submission and the holdout section."""
    findings: list[Finding] = []
    for told, file, allowed in _told_counts(page, facts):
        if told not in allowed:
            evidence = f"{file}: the page says {told:,} rows, there are {_shown(allowed)}"
            findings.append(Finding("description-untrue", evidence, "refactor"))
    measured = ", ".join(f"{name} {rows:,}" for name, rows in facts.rows.items())
    return Scan("counts-true", measured, tuple(findings))


def _shown(allowed: set[int]) -> str:
    return " or ".join(f"{count:,}" for count in sorted(allowed)[:4])


def _told_counts(page: Page, facts: Facts) -> Iterator[tuple[int, str, set[int]]]:
    for file, rows in facts.rows.items():
        # A file may be counted with its header line.
        allowed = {rows, rows + 1}
        for told in _beside(page, file):
            yield told, file, allowed
    test = facts.rows["test.csv"]
    for match in _ROWS.finditer(plain(page.about("submission"))):
        number = int(_value(match.group(1)))
        if number >= 20:
            yield number, "the submission", {test, test + 1}
    for match in _ROWS.finditer(plain(page.about("holdout"))):
        number = int(_value(match.group(1)))
        if number >= 20:
            yield number, "the holdout", facts.counts


def _beside(page: Page, file: str) -> Iterator[int]:
    """Row counts that stand in a table row of the file, or in the same clause as its name."""
    for table in page.tables:
        header = [plain(cell) for cell in table[0]]
        places = [place for place, cell in enumerate(header) if re.search(r"\brows\b|lines", cell)]
        for row in table[1:]:
            if row and bare(row[0]).casefold().endswith(file):
                for place in places:
                    cell = bare(row[place]) if place < len(row) else ""
                    if re.fullmatch(_NUMBER, cell):
                        yield int(_value(cell))
    names = r"(?:train|test|sample_submission)\.csv"
    for line in page.text.splitlines():
        if line.lstrip().startswith("|"):
            continue
        for match in re.finditer(rf"{re.escape(file)}(.{{0,80}}?)(?={names}|[.;](?:\s|$)|$)", line):
            before = match.start() and line[match.start() - 1] in "_abcdefghijklmnopqrstuvwxyz"
            found = None if before else _ROWS.search(match.group(1).casefold())
            if found:
                yield int(_value(found.group(1)))


def scan_target_told(page: Page, facts: Facts) -> Scan:
    """Check what the target section says: its name, its classes with counts, its range."""
    target, form = facts.manifest.recipe.target, facts.manifest.submission
    section = page.about("target")
    findings: list[Finding] = []
    match = re.search(
        r"target(?: column| variable)?(?: is|:| =)(?: called| named)? `([^`]+)`", section
    )
    columns = {visible(str(name)) for name in facts.tables.train.columns}
    if match and visible(match.group(1)) != visible(target) and visible(match.group(1)) in columns:
        evidence = f"the page calls {match.group(1)!r} the target; it is {target!r}"
        findings.append(Finding("description-untrue", evidence, "refactor"))
    column = facts.column(target)
    if column is not None and form.classes:
        findings += _class_table(page, column, {visible(name): name for name in form.classes})
    if column is not None and not form.classes and section:
        findings += _target_range(plain(section), column)
    return Scan("target-told", f"{target!r} as described", tuple(findings))


def _target_range(section: str, column: Column) -> Iterator[Finding]:
    """A range that the page gives the target, and that reaches beyond its values or misses them."""
    finite = column.numbers[np.isfinite(column.numbers)]
    least, most = float(finite.min()), float(finite.max())
    slack = 0.05 * (most - least) + 1e-9
    pattern = rf"(\w+)?,? (?:between|from) ({_NUMBER}) (?:to|and|up to) ({_NUMBER})"
    for verb, first, last in re.findall(pattern, section):
        low, high = _value(first), _value(last)
        beyond = low < least - slack or high > most + slack
        whole = verb in ("runs", "ranges", "goes", "range", "spans", "reaches")
        if beyond or (whole and (low > least + slack or high < most - slack)):
            evidence = (
                f"the page says the target goes from {low:g} to {high:g}; in train.csv it goes "
                f"from {least:g} to {most:g}"
            )
            yield Finding("description-untrue", evidence, "refactor")


def _class_table(page: Page, column: Column, classes: dict[str, str]) -> Iterator[Finding]:
    counts = dict(zip(column.values, np.bincount(column.codes[~column.missing]), strict=False))
    for table in page.tables:
        header = [plain(cell) for cell in table[0]]
        if not header or not re.search(r"\bclass\b|\blabel\b", header[0]):
            continue
        place = next((i for i, cell in enumerate(header) if re.search(r"rows|count", cell)), None)
        for row in table[1:]:
            name = visible(bare(row[0]))
            if name not in classes and not name.endswith("…") and "`" in row[0]:
                yield Finding(
                    "description-untrue",
                    f"the page lists a class {bare(row[0])!r} that does not exist",
                    "refactor",
                )
            elif name in classes and place is not None and place < len(row):
                told, actual = bare(row[place]), int(counts.get(classes[name], 0))
                if re.fullmatch(r"\d[\d,]*", told) and int(_value(told)) != actual:
                    evidence = f"class {classes[name]!r}: the page says {told} rows, not {actual}"
                    yield Finding("description-untrue", evidence, "refactor")


def scan_example(page: Page, facts: Facts) -> Scan:
    """Check the example submission: header and values as the form wants them."""
    form = facts.manifest.submission
    wanted = [visible(name) for name in (form.id_column, *form.columns)]
    features = {visible(str(name)) for name in facts.tables.test.columns}
    for block in page.blocks:
        lines = [line for line in csv.reader(io.StringIO(block)) if line]
        header = [visible(cell) for cell in lines[0]] if lines else []
        if len(header) < 2 or wanted[0] not in header[:1]:
            continue
        if set(header) & (features - set(wanted)):
            continue  # Rows of the data, and no submission.
        if not _same_names(header, wanted):
            evidence = f"the example submission has the header {lines[0]}, not {wanted}"
            return _example("description-untrue", evidence)
        bad = next((line for line in lines[1:] if not _valid(line, facts.manifest)), None)
        if bad is not None:
            evidence = f"the line {','.join(bad)!r} of the example is no valid submission"
            return _example("description-untrue", evidence)
        return Scan("example-submission", f"{len(lines) - 1} lines, as the form wants them")
    named = all(name in visible(page.text) for name in wanted[:2])
    if form.kind == "probabilities" or named:
        return Scan("example-submission", "no example; the columns are named")
    return _example("description-incomplete", "there is no example and the columns are not named")


def _same_names(header: list[str], wanted: list[str]) -> bool:
    """Whether the header is the wanted one, or its beginning where there are many columns."""
    cut = len(header) < len(wanted) and len(wanted) > 10
    pairs = zip(header, wanted, strict=False)
    same = all(a == b or (a.endswith("…") and b.startswith(a[:-1].rstrip())) for a, b in pairs)
    return same and (len(header) == len(wanted) or cut)


def _example(code: str, evidence: str) -> Scan:
    return Scan("example-submission", "", (Finding(code, evidence, "refactor"),))


def _valid(line: list[str], manifest: Manifest) -> bool:
    form = manifest.submission
    if all(re.fullmatch(r"\s*(\.{2,}|…)\s*", cell) for cell in line):
        return True
    values = line[1 : 1 + len(form.columns)]
    if len(line) < 2:
        return False
    if form.kind == "label":
        classes = {visible(name) for name in form.classes}
        return all(visible(value) in classes or value.endswith("…") for value in values)
    numbers = as_numbers(np.asarray(values, dtype=object))
    if not np.isfinite(numbers).all():
        return False
    return form.kind == "number" or bool(((numbers >= 0) & (numbers <= 1)).all())


def scan_positive_told(page: Page, facts: Facts) -> Scan:
    """Check which class the page says that probabilities are of."""
    form = facts.manifest.submission
    if form.kind != "probability":
        return Scan("positive-told", f"predictions are of kind {form.kind}")
    classes = {visible(name) for name in form.classes}
    told = re.findall(
        r"probabilit(?:y|ies) (?:of|that [^`.]{0,40}?(?:is|was|equals)) ?(?:the class )?`([^`]+)`",
        page.text,
    )
    wrong = [name for name in told if visible(name) in classes - {visible(form.classes[1])}]
    if wrong and not any(visible(name) == visible(form.classes[1]) for name in told):
        evidence = (
            f"the page asks for the probability of {wrong[0]!r}; it is scored as that of "
            f"{form.classes[1]!r}"
        )
        finding = Finding("description-untrue", evidence, "refactor")
        return Scan("positive-told", "", (finding,))
    return Scan("positive-told", f"the probability is of {form.classes[1]!r}")


def scan_holdout_told(page: Page, facts: Facts) -> Scan:
    """Check that the page does not claim another kind of holdout than the recipe's."""
    holdout = facts.manifest.recipe.holdout
    text = plain(page.about("holdout"))
    claims = {
        "random": r"\b(at random|randomly|random draw|by chance|chance decided|drawn blindly)",
        "time": r"\b(chronological|latest rows|most recent|later (rows|part)|after the training|"
        r"newest|future rows|in time order)",
        "group": r"\b(whole|entire) (groups?|\w+s)\b|\bno \w+ (has rows in|occurs in|is in) both|"
        r"grouped by|share no group|group holdout",
    }
    found = {kind for kind, pattern in claims.items() if re.search(pattern, text)}
    kind = "random" if holdout.kind == "stratified" else holdout.kind
    findings: tuple[Finding, ...] = ()
    if text and found and kind not in found:
        told = sorted(found)[0]
        evidence = f"the page speaks of a {told} holdout; the recipe's is by {holdout.kind}"
        findings = (Finding("description-untrue", evidence, "refactor"),)
    return Scan("holdout-told", f"{holdout.kind} holdout", findings)
