"""What of a prepared task changes when answers in its raw data are altered.

Nothing public may change with hidden answers alone. Where it is not known which rows are hidden, or
where the split goes by the target, a column is told by whom it follows: one that changes where its
own row's answer did, and not elsewhere, is made of that answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.manifest import Manifest
from mlesmith_env.task import PreparedTask
from mlesmith_generator.gates.answer_cells import Known, ranked
from mlesmith_generator.gates.contents import EXPECTED, Tables, found_files, read_tables
from mlesmith_generator.gates.matching import matched
from mlesmith_generator.gates.raw_cells import Places, Texts, canonical_values
from mlesmith_generator.gates.rows import as_numbers
from mlesmith_generator.gates.verdict import Finding

Mask = NDArray[np.bool_]

FOLLOWS = 0.3
"""How much oftener a column changes where its row's answer did, from which on it is made of it."""
_FEWEST = 5
_ALONE = 0.2
_FOUND = 0.9
_MOSTLY = 0.5
_FEWEST_CHANGED = 2
_STEADY = 0.01
_VARIED = 0.2
_NOISE = 1e-9
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
_MOST_NOISY = 3


@dataclass(frozen=True)
class Look:
    """The tables and files of one preparation.

    Attributes:
        tables: The four tables.
        id_column: Name of the id column.
        truths: Names of the columns of the truth.
        further: Further public files by name.
    """

    tables: Tables
    id_column: str
    truths: tuple[str, ...]
    further: Mapping[str, Path]

    @classmethod
    def at(cls, prepared: PreparedTask, manifest: Manifest) -> Look:
        """Read what a preparation gave. Raises `ReadError`."""
        further = {
            name: path
            for name, path in found_files(prepared).items()
            if name.startswith("public/") and name not in EXPECTED
        }
        truths = tuple(manifest.truth)
        return cls(read_tables(prepared), manifest.submission.id_column, truths, further)

    @property
    def whole(self) -> bool:
        """Whether the tables have what is compared: ids, one answer for each, features."""
        key, tables = self.id_column, self.tables
        framed = (tables.train, tables.test, tables.answers)
        if not all(key in frame.columns and frame.columns.is_unique for frame in framed):
            return False
        one_each = tables.answers[key].is_unique and tables.test[key].is_unique
        answered = {*self.truths} <= {*tables.answers.columns}
        return bool(one_each and answered and len(tables.train) and len(tables.test))

    @property
    def features(self) -> list[str]:
        """Columns of both public tables, less ids and truth."""
        own = (self.id_column, *self.truths)
        test = set(self.tables.test.columns)
        return [n for n in self.tables.train.columns if n in test and n not in own]

    @cached_property
    def rows(self) -> dict[str, list[str]]:
        """Features, truth and ids of training rows, then hidden ones, as text."""
        tables, key = self.tables, self.id_column
        answers = tables.answers.set_index(key).reindex(tables.test[key])
        names = [*self.features, key]
        columns = {
            name: [*tables.train[name].fillna(""), *tables.test[name].fillna("")] for name in names
        }
        for name in self.truths:
            there = name in tables.train.columns
            seen = tables.train[name].fillna("") if there else [""] * len(tables.train)
            columns[name] = [*seen, *answers[name].fillna("")]
        return {name: [str(value) for value in values] for name, values in columns.items()}

    @cached_property
    def hidden(self) -> Mask:
        """Where the answer is hidden. Shape (rows,)."""
        return np.arange(len(self.rows[self.id_column])) >= len(self.tables.train)

    def known(self) -> Known:
        """Return the rows as they are looked for in raw tables."""
        values = {name: canonical_values(column) for name, column in self.rows.items()}
        truth = {name: values.pop(name) for name in self.truths}
        return Known(values, truth, self.hidden)

    def texts(self, name: str) -> Texts:
        """Return a column as it is written. Shape (rows,)."""
        return np.asarray([*self.rows[name], ""], dtype=object)[:-1]


@dataclass(frozen=True)
class Response:
    """What was seen to change.

    Attributes:
        answers: Share of the rows whose answer is another.
        findings: What may not have changed.
        compared: Whether the rows of both preparations could be told to be the same ones.
        moved: Whether rows went from one part of the task to the other.
    """

    answers: float
    findings: tuple[Finding, ...]
    compared: bool = True
    moved: bool = False


def response(before: Look, after: Look, *, hidden_only: bool) -> Response:
    """Return what changed between two preparations.

    Args:
        before: Of the raw data.
        after: Of the altered data, with the same columns.
        hidden_only: Whether answers of hidden rows alone were altered.
    """
    key = before.id_column
    placed: Response | None = None
    if before.rows[key] == after.rows[key] and (before.hidden == after.hidden).all():
        placed, sure = _by_place(before, after, hidden_only=hidden_only)
        if sure:
            return placed
    if hidden_only and _same_rows(before, after):
        apart = float(_differs(before, after, before.truths).mean())
        return Response(apart, (_reordered(before, after),))
    found = _by_values(before, after, hidden_only=hidden_only)
    # Where all features change there is nothing else by which to tell the rows than their place.
    if placed is None or (found.compared and found.answers):
        return found
    changed = _changed(before, after, np.arange(len(before.hidden)), np.arange(len(after.hidden)))
    return placed if _held(before, changed, _MOSTLY) else found


def _by_place(before: Look, after: Look, *, hidden_only: bool) -> tuple[Response, bool]:
    """Compare rows of the same ids in the same places, and tell whether they are the same rows."""
    own = _differs(before, after, before.truths)
    there = np.arange(len(own))
    found = _changed(before, after, there, there)
    steady = not any(mask.any() for mask in found.values()) or _held(before, found, _STEADY)
    # Where altered rows are not all hidden ones, what is learned of training rows changes.
    strict = hidden_only and steady and float(own[~before.hidden].mean()) <= _STEADY
    among = before.hidden if hidden_only else np.ones(len(own), dtype=bool)
    findings = _features(found, own, among, strict=strict)
    more = _beside(before, after) if strict else ()
    return Response(float(own.mean()), (*findings, *more)), steady


def _by_values(before: Look, after: Look, *, hidden_only: bool) -> Response:
    """Compare rows that are found again by what they hold, whichever part they stand in."""
    ours = {name: before.texts(name) for name in before.features}
    theirs = {name: after.texts(name) for name in before.features}
    if not ours:
        return Response(0.0, (), compared=False)
    for mine, other in ((ours, theirs), (ranked(ours), ranked(theirs))):
        match = matched(mine, other, renamed=False)
        at = np.flatnonzero(match.rows >= 0)
        # A single column may be the one whose values went from row to row.
        enough = match.alone >= _ALONE * len(match.rows) and len(at) >= _FOUND * match.alone
        if len(match.pairs) > 1 and enough:
            return _paired(before, after, at, match.rows[at], hidden_only=hidden_only)
    return Response(0.0, (), compared=False)


def _paired(before: Look, after: Look, at: Places, there: Places, *, hidden_only: bool) -> Response:
    own = np.zeros(len(at), dtype=bool)
    for name in before.truths:
        own |= canonical_values(before.texts(name)[at].tolist()) != canonical_values(
            after.texts(name)[there].tolist()
        )
    found = _changed(before, after, at, there)
    moved = bool((before.hidden[at] != after.hidden[there]).any())
    among = before.hidden[at] if hidden_only else np.ones(len(at), dtype=bool)
    findings = _features(found, own, among, strict=False)
    return Response(float(own.mean()), findings, moved=moved)


def _differs(before: Look, after: Look, names: tuple[str, ...]) -> Mask:
    """Where one of the columns says something else, beyond noise. Shape (rows,)."""
    differs = np.zeros(len(before.hidden), dtype=bool)
    for name in names:
        differs |= ~_equal(before.texts(name), after.texts(name))
    return differs


def _equal(first: Texts, second: Texts) -> Mask:
    """Where values are the same, numbers but for the noise of sums in another order."""
    same = np.asarray(first == second, dtype=bool)
    a, b = as_numbers(first), as_numbers(second)
    close = np.abs(a - b) <= _NOISE * np.maximum(np.abs(a), np.abs(b))
    return same | close


def _held(look: Look, changed: Mapping[str, Mask], most: float) -> bool:
    """Whether some feature changed far more seldom than it would if the rows were others."""
    for name, mask in changed.items():
        codes = pd.factorize(look.texts(name))[0]
        shares = np.bincount(codes) / len(codes)
        variety = float(1.0 - (shares**2).sum())
        if variety >= _VARIED and float(mask.mean()) <= most * variety:
            return True
    return False


def _changed(before: Look, after: Look, at: Places, there: Places) -> dict[str, Mask]:
    """Where each feature is written otherwise, also in its last digit."""
    return {
        name: np.asarray(before.texts(name)[at] != after.texts(name)[there], dtype=bool)
        for name in before.features
    }


def _features(
    found: Mapping[str, Mask], own: Mask, among: Mask, *, strict: bool
) -> tuple[Finding, ...]:
    """Return the findings about features, by how often they change with their own row's answer.

    Args:
        found: Where each feature changed. Shape (rows,).
        own: Where the answer changed. Shape (rows,).
        among: Rows whose answer may have been altered. Shape (rows,).
        strict: Whether no feature of any row may change at all.
    """
    altered, others = own & among, ~own & among
    findings: list[Finding] = []
    for name, mask in found.items():
        with_own = float(mask[altered].mean()) if altered.any() else 0.0
        without = float(mask[others].mean()) if others.any() else 0.0
        enough = min(altered.sum(), others.sum()) >= _FEWEST
        if not (enough and with_own - without >= FOLLOWS) and not (
            strict and mask.sum() >= _FEWEST_CHANGED
        ):
            continue
        evidence = (
            f"column {name!r} is made of hidden answers: with some of them altered in the raw data "
            f"it changes in {with_own:.0%} of the rows whose answer was altered, in {without:.0%} "
            "of the others"
        )
        findings.append(Finding("altered-features", evidence, "design", (name,)))
    return tuple(findings)


def _same_rows(before: Look, after: Look) -> bool:
    """Whether both parts hold the same rows, ids aside, in whichever order."""

    def parts(look: Look) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
        rows = list(zip(*(look.rows[name] for name in look.features), strict=True))
        cut = len(look.tables.train)
        return sorted(rows[:cut]), sorted(rows[cut:])

    return bool(before.features) and parts(before) == parts(after)


def _reordered(before: Look, after: Look) -> Finding:
    in_order = all(before.rows[name] == after.rows[name] for name in before.features)
    what = "the ids" if in_order else "the places of the rows"
    evidence = (
        f"{what} change with hidden answers: with some of them altered in the raw data the public "
        "tables hold the same rows otherwise"
    )
    return Finding("altered-order", evidence, "refactor")


def _beside(before: Look, after: Look) -> tuple[Finding, ...]:
    """Return the findings about the sample submission and about files beside the tables."""
    findings: list[Finding] = []
    mine, other = before.tables.sample, after.tables.sample
    same = list(mine.columns) == list(other.columns) and len(mine) == len(other)
    if not same or not all(
        _equal(_cells(mine, at), _cells(other, at)).all() for at in range(mine.shape[1])
    ):
        evidence = "sample_submission.csv changes with hidden answers altered in the raw data"
        findings.append(Finding("altered-sample", evidence, "refactor"))
    changed = [
        name
        for name in sorted({*before.further, *after.further})
        if name not in before.further
        or name not in after.further
        or not _same_file(before.further[name], after.further[name])
    ]
    if changed:
        evidence = (
            f"{', '.join(changed[:5])}: what stands there changes with hidden answers altered in "
            "the raw data"
        )
        findings.append(Finding("altered-files", evidence, "refactor"))
    return tuple(findings)


def _cells(frame: pd.DataFrame, at: int) -> Texts:
    return np.asarray([*frame.iloc[:, at].fillna(""), ""], dtype=object)[:-1]


def _same_file(first: Path, second: Path) -> bool:
    """Whether files are the same, but for the noise of a few sums in another order."""
    mine, other = first.read_bytes(), second.read_bytes()
    if mine == other:
        return True
    try:
        text, their = mine.decode(), other.decode()
    except UnicodeDecodeError:
        return False
    if _NUMBER.sub("", text) != _NUMBER.sub("", their):
        return False
    pairs = list(zip(_NUMBER.findall(text), _NUMBER.findall(their), strict=True))
    unlike = [(float(a), float(b)) for a, b in pairs if a != b]
    noise = all(abs(a - b) <= _NOISE * max(abs(a), abs(b)) for a, b in unlike)
    return noise and len(unlike) <= _MOST_NOISY
