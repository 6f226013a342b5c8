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

from mlesmith_env.forms import kind_of
from mlesmith_env.forms.structures import StructureKind
from mlesmith_env.manifest import AMOUNTS, USAGE, Manifest
from mlesmith_generator.gates.cells import NUMBER, number_of, wrong_cell
from mlesmith_generator.gates.completeness import described_columns, visible
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.moments import horizons_told, pace_word
from mlesmith_generator.gates.page import Page, bare, plain
from mlesmith_generator.gates.rows import Column, as_numbers
from mlesmith_generator.gates.verdict import Finding, Scan

_ROWS = re.compile(
    r"(?<![\w.,])(\d[\d,\u2009\u202f]*)\s+(?:\w+\s+)?(?:rows|examples|records|lines|samples)\b"
)


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
            wrong = wrong_cell(heading, cell, seen, both)
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
        number = int(number_of(match.group(1)))
        if number >= 20:
            yield number, "the submission", {test, test + 1}
    for match in _ROWS.finditer(plain(page.about("holdout"))):
        number = int(number_of(match.group(1)))
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
                    if re.fullmatch(NUMBER, cell):
                        yield int(number_of(cell))
    names = r"(?:train|test|sample_submission)\.csv"
    for line in page.text.splitlines():
        if line.lstrip().startswith("|"):
            continue
        for match in re.finditer(rf"{re.escape(file)}(.{{0,80}}?)(?={names}|[.;](?:\s|$)|$)", line):
            before = match.start() and line[match.start() - 1] in "_abcdefghijklmnopqrstuvwxyz"
            found = None if before else _ROWS.search(match.group(1).casefold())
            if found:
                yield int(number_of(found.group(1)))


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
    if column is not None and facts.manifest.objective in AMOUNTS and section:
        findings += _target_range(plain(section), column)
    return Scan("target-told", f"{target!r} as described", tuple(findings))


def _target_range(section: str, column: Column) -> Iterator[Finding]:
    """A range that the page gives the target, and that reaches beyond its values or misses them."""
    finite = column.numbers[np.isfinite(column.numbers)]
    least, most = float(finite.min()), float(finite.max())
    slack = 0.05 * (most - least) + 1e-9
    pattern = rf"(\w+)?,? (?:between|from) ({NUMBER}) (?:to|and|up to) ({NUMBER})"
    for verb, first, last in re.findall(pattern, section):
        low, high = number_of(first), number_of(last)
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
                if re.fullmatch(r"\d[\d,]*", told) and int(number_of(told)) != actual:
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
    kind = kind_of(form)
    if isinstance(kind, StructureKind):
        return not len(kind.cell.parse(values)[1])
    numbers = as_numbers(np.asarray(values, dtype=object))
    if not np.isfinite(numbers).all():
        return False
    if form.kind not in ("probability", "probabilities", "multilabel"):
        return True
    return bool(((numbers >= 0) & (numbers <= 1)).all())


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


_HOLDOUTS = {
    # That scores differ "by chance alone" says nothing of how rows were drawn.
    "random": r"\b(at random|randomly|random draw|by chance(?! alone)|chance decided|"
    r"drawn blindly)",
    "time": r"\b(chronological|latest rows|most recent|later (rows|part)|after the training|"
    r"newest|future rows|in time order)",
    "group": r"\b(whole|entire) (?!ones\b)(groups?|\w+s)\b|\bno \w+ "
    r"(has rows in|occurs in|is in) both|grouped by|share no group|group holdout",
}


def claimed_holdouts(text: str) -> set[str]:
    """Return the kinds of holdout that a text claims: `random`, `time`, `group`."""
    told = plain(text)
    return {kind for kind, pattern in _HOLDOUTS.items() if re.search(pattern, told)}


def scan_holdout_told(page: Page, facts: Facts) -> Scan:
    """Check that the page does not claim another kind of holdout than the recipe's."""
    holdout = facts.manifest.recipe.holdout
    text = page.about("holdout")
    found = claimed_holdouts(text)
    kind = {"stratified": "random", "last": "time"}.get(holdout.kind, holdout.kind)
    findings: tuple[Finding, ...] = ()
    if text and found and kind not in found:
        told = sorted(found)[0]
        evidence = f"the page speaks of a {told} holdout; the recipe's is by {holdout.kind}"
        findings = (Finding("description-untrue", evidence, "refactor"),)
    return Scan("holdout-told", f"{holdout.kind} holdout", findings)


def scan_horizon_told(page: Page, facts: Facts) -> Scan:
    """Check how far ahead the page says that a forecast reaches, in number and unit."""
    manifest = facts.manifest
    horizon = manifest.recipe.holdout.horizon
    if manifest.objective != "forecasting" or horizon is None:
        return Scan("horizon-told", f"asks for {manifest.objective}")
    pace = pace_word(facts.tables, manifest)
    told = horizons_told(plain(page.text))
    findings: list[Finding] = []
    if not told:
        evidence = f"the page does not say how far ahead to forecast ({horizon} {pace}s)"
        findings.append(Finding("description-incomplete", evidence, "refactor"))
    for number, unit in sorted(told):
        if number != horizon or (pace and unit != pace):
            evidence = f"the page speaks of {number} {unit}s; {horizon} {pace}s are hidden"
            findings.append(Finding("description-untrue", evidence, "refactor"))
    return Scan("horizon-told", f"{horizon} {pace}s", tuple(findings))
