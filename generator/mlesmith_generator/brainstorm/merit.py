"""How likely a practitioner would be to predict a column, before any model is fitted."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np

from mlesmith_generator.brainstorm.calendar import date_parts, flags_of_parts
from mlesmith_generator.brainstorm.classes import numeric_classes
from mlesmith_generator.brainstorm.codes import comes_again, is_large_number
from mlesmith_generator.brainstorm.contest import contest
from mlesmith_generator.brainstorm.lexicon import DESIGN, GIVEN
from mlesmith_generator.brainstorm.matter import is_smiles, sites_of
from mlesmith_generator.brainstorm.naming import (
    echoes,
    is_prediction,
    is_prediction_of,
    is_question,
    is_row_noun,
    name_weight,
)
from mlesmith_generator.brainstorm.partition import divides_rows
from mlesmith_generator.brainstorm.persons import SEXES
from mlesmith_generator.brainstorm.questions import no_questions
from mlesmith_generator.brainstorm.readings import read_off
from mlesmith_generator.profiler.pairing import paired
from mlesmith_generator.profiler.structure import ENTITY_WORDS
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import TableProfile

OUTCOME = "its name is that of an outcome"
NAMED = "the data are named after it"
LAST = "it is the last column"
LEADS = "it leads the table"
LABELS = "it labels rows of measurements"
ALONE = "no other column is of its kind"
"""What may speak for a column, as pages and `weeding` read it."""
SENSELESS = -1.0
"""Score up to which nobody asks for a column (a row of a field, a link, a place's code), unless a
dataset has nothing else to ask."""
_FAMILY = 6
"""Columns that differ in their number alone, from which one is a place among many."""
_YEAR = re.compile(r"(?<![0-9])(?:1[89]|20)[0-9]{2}(?![0-9])")
_COUNTED = frozenset({"weight", "mw", "mass", "rings", "degree", "donors", "acceptors", "rotatable",
                      "tpsa", "surface", "atoms", "bonds", "charge", "psa"})  # fmt: skip
"""Words for what is counted in a molecule."""


@dataclass(frozen=True)
class Merit:
    """How good a target a column would make, with what speaks for it.

    Attributes:
        column: Name of the column.
        score: Higher is better; below 0 rather not.
        reasons: What speaks for it, in words.
    """

    column: str
    score: float
    reasons: tuple[str, ...]

    @property
    def senseless(self) -> bool:
        """Whether nobody asks for the column where there is anything else."""
        return self.score <= SENSELESS


def merits(profile: TableProfile, table: TypedTable, subject: str = "") -> list[Merit]:
    """Return the columns that could be targets, best first.

    Args:
        profile: The table's profile.
        table: The table, typed.
        subject: Words that the dataset and its files are called by.
    """
    molecular = any(is_smiles(column) for column in table.columns)
    sites = sites_of(table.columns)
    parts = date_parts([column.profile for column in table.columns]) | flags_of_parts(table)
    counted = {
        column.name
        for column in table.columns
        if is_large_number(column) and is_row_noun(column.name, subject)
    }
    senseless = no_questions(table, profile.reader.file_column) | paired(profile, table)
    senseless |= read_off(table)
    usable = [
        column
        for column in table.columns
        if _may_be_target(column, profile)
        and column.name not in sites
        and column.name not in parts
        and column.name not in senseless
        and not _is_numbering(column, profile)
        and not (column.name in counted and comes_again(column, table))
        and not _secondhand(column.name, table, molecular)
    ]
    if not usable:
        return []
    forms = _forms(profile)
    places = _places(table, forms, profile.reader.file_column)
    last = max(places[column.name] for column in usable)
    families = _families(usable)
    kinds = Counter(_kind(column) for column in usable)
    nameless = profile.reader.format == "delimited" and profile.reader.header_rows == 0
    numbered = set[str]() if nameless else _numbered(usable)
    given = {relation.target for relation in profile.relations if relation.kind == "determines"}
    shared = _shared(profile)
    placing = _coordinates([column.name for column in table.columns])
    echoing = {
        column.name
        for column in usable
        if not nameless
        and name_weight(column.name) > -1.0
        and echoes(column.name, subject)
        and column.name not in counted
    }
    ordering = {*profile.times, *_counters(profile, table)}
    result: list[Merit] = []
    for column in usable:
        name, reasons = column.name, list[str]()
        score = 0.0 if nameless else name_weight(name)
        score = -1.0 if name in placing else score
        if score >= 1.4:
            reasons.append(OUTCOME)
        if name in echoing:
            score += 1.3 / len(echoing) ** 0.5
            reasons.append(NAMED)
        score += _by_place(column, places[name], last, profile, nameless, reasons)
        score += _by_kind(column, kinds, len(usable), reasons)
        if families[name] >= 4 and not is_question(name):
            score -= 1.2
        score += forms.get(name, 0.0)
        score -= 0.3 if name in given else 0.0
        score -= 0.9 if name in shared else 0.0
        score -= 1.0 if name == profile.reader.file_column else 0.0
        score -= 2.0 if name in ordering else 0.0
        if contest(column):
            score += 2.0
            reasons.append("it holds results of contests")
        score -= 1.0 if _is_what_was_done(column) else 0.0
        score -= _flaws(column, nameless)
        score = min(score, SENSELESS) if name in numbered else score
        result.append(Merit(name, round(score, 4), tuple(reasons) if score > 0.5 else ()))
    return sorted(result, key=lambda merit: (-merit.score, places[merit.column]))


def _secondhand(name: str, table: TypedTable, molecular: bool) -> bool:
    """Return whether a column holds predictions of another, or what a molecule's string tells."""
    if is_prediction(name) and any(is_prediction_of(name, c.name) for c in table.columns):
        return True
    return molecular and bool(_COUNTED & set(words(name)))


def _coordinates(names: list[str]) -> set[str]:
    """Columns called `x` and `y` that place the rows of a wider table somewhere."""
    pair = {name for name in names if name.strip().casefold() in ("x", "y")}
    return pair if len(pair) == 2 and len(names) >= 7 else set()


def _shared(profile: TableProfile) -> set[str]:
    """Amounts that belong to a place or a group of rows, not to the row: one value in each."""
    found: set[str] = set()
    for relation in profile.relations:
        if relation.kind != "determines":
            continue
        giver, taker = profile.column(relation.columns[0]), profile.column(relation.target)
        named = giver.type in ("category", "identifier", "text") or giver.name in profile.groups
        several = giver.distinct >= 10 and profile.rows >= 3 * giver.distinct
        if taker.type == "number" and taker.distinct > 8 and named and several:
            found.add(taker.name)
    return found


def _counters(profile: TableProfile, table: TypedTable) -> set[str]:
    """Columns that number the rows of a group: with it they make a key, and groups share them."""
    groups = [table[name].codes for name in profile.groups[:3]]
    found: set[str] = set()
    for column in table.columns:
        measured = column.profile
        if not measured.integer or measured.type != "number" or measured.distinct > table.rows / 4:
            continue
        for codes in groups:
            pairs = np.unique(codes * len(column.values) + column.codes)
            most = int(np.bincount(codes[codes >= 0]).max(initial=0))
            if len(pairs) == table.rows and measured.distinct <= 2 * most:
                found.add(column.name)
    return found


def _may_be_target(column: TypedColumn, profile: TableProfile) -> bool:
    measured = column.profile
    if contest(column):
        return True
    if measured.distinct < 2 or measured.type in ("constant", "identifier", "date"):
        return False
    if divides_rows(measured):
        return False
    if measured.type == "number":
        coded = measured.integer and measured.distinct > 10
        entity = bool(ENTITY_WORDS & set(words(column.name)[-1:]))
        return column.name not in profile.groups and not (coded and entity)
    return measured.type in ("category", "boolean")


def _is_numbering(column: TypedColumn, profile: TableProfile) -> bool:
    """Whether a column tells files of one layout apart by number or year, not by what they hold."""
    numbered = sum(any(sign.isdigit() for sign in value) for value in column.values)
    return column.name == profile.reader.file_column and numbered > 0.5 * len(column.values)


def _by_place(
    column: TypedColumn,
    place: int,
    last: int,
    profile: TableProfile,
    nameless: bool,
    reasons: list[str],
) -> float:
    certain = profile.reader.format == "arff" or nameless
    if DESIGN & set(words(column.name)[-1:]) and not certain:
        return 0.0
    if place == last:
        reasons.append(LAST)
        return (2.2 if certain else 1.0) + 0.7 * (_kind(column) == "flag")
    if place == 0 and not (nameless and _kind(column) == "amount"):
        reasons.append(LEADS)
        return 0.8
    return 0.3 if place in (1, last - 1) else 0.0


def _is_what_was_done(column: TypedColumn) -> bool:
    """Return whether a column tells what was done to those who took part in an experiment."""
    levels = {value.strip().casefold() for value in column.values[:8]}
    return column.profile.type in ("category", "boolean") and not levels.isdisjoint(GIVEN)


def _by_kind(column: TypedColumn, kinds: Counter[str], count: int, reasons: list[str]) -> float:
    kind = _kind(column)
    if _of_people(column):
        return 0.0
    labels = kinds["flag"] + kinds["label"]
    if kind in ("flag", "label") and labels <= 3 and kinds["amount"] >= max(5, 0.6 * count):
        reasons.append(LABELS)
        if labels == 1:
            return 1.4
        return 0.5 if kind == "flag" and column.profile.type != "category" else 1.0
    if kinds[kind] == 1 and count >= 5:
        reasons.append(ALONE)
        return 0.7
    return 0.0


def _of_people(column: TypedColumn) -> bool:
    return frozenset(value.strip().lower() for value in column.values[:3]) in SEXES


def _places(table: TypedTable, forms: dict[str, float], file_column: str | None) -> dict[str, int]:
    """Return the position of each column, not counting keys, constants and other forms."""
    place, result = 0, dict[str, int]()
    for column in table.columns:
        result[column.name] = place
        derived = forms.get(column.name, 0.0) <= -1.0 or column.name == file_column
        if column.profile.type not in ("identifier", "constant", "text") and not derived:
            place += 1
        elif derived:
            result[column.name] = -1
    return result


def _kind(column: TypedColumn) -> str:
    profile = column.profile
    if profile.distinct == 2:
        return "flag"
    if profile.type in ("category", "boolean"):
        return "label"
    return "level" if numeric_classes(column) else "amount"


def _families(columns: list[TypedColumn]) -> dict[str, int]:
    """Return how many columns share each column's stem (`A1 … A9`, `word_freq_*`)."""
    stems: dict[str, list[str]] = defaultdict(list)
    for column in columns:
        parts = words(column.name)
        whole = "".join(parts)
        numberless = re.sub(r"[0-9]+", "", whole)
        if numberless != whole:
            stems["#" + numberless].append(column.name)
        if len(parts) > 1:
            stems[parts[0]].append(column.name)
            if len(parts) > 2:
                stems[" ".join(parts[:2])].append(column.name)
    size: dict[str, int] = dict.fromkeys((column.name for column in columns), 1)
    for members in stems.values():
        for name in members:
            size[name] = max(size[name], len(members))
    return size


def _numbered(columns: list[TypedColumn]) -> set[str]:
    """Return columns of a numbered family (`pixel_0_1`, `V17`) beside others that have names.

    One place of many is asked for by nobody. Years make no places, the only column of its kind (the
    label at the end) is none of the family, and outcomes are asked for whatever they are counted.
    """
    stems: dict[str, list[TypedColumn]] = defaultdict(list)
    for column in columns:
        parts = words(column.name)
        if any(part.isdigit() for part in parts):
            stems["".join(part for part in parts if not part.isdigit())].append(column)
    found: set[str] = set()
    for stem, members in stems.items():
        kinds = Counter(map(_kind, members))
        family = [each for each in members if kinds[_kind(each)] > 1]
        family = family if len(family) >= _FAMILY else []
        dated = sum(bool(_YEAR.search(each.name)) for each in family)
        if len(members) < len(columns) and dated < 0.5 * len(family) and name_weight(stem) < 1.4:
            found |= {each.name for each in family}
    return found if len(found) < len(columns) else set()


def _forms(profile: TableProfile) -> dict[str, float]:
    """Reward columns that were also logged (outcomes), mark down those also squared (inputs)."""
    result: dict[str, float] = {}
    for relation in profile.relations:
        if relation.kind not in ("monotone", "duplicate"):
            continue
        first, second = relation.target, relation.columns[0]
        told = False
        for plain, form in ((first, second), (second, first)):
            sign = _form_of(plain.lower(), form.lower())
            told = told or bool(sign)
            if sign == "log":
                result[plain] = result.get(plain, 0.0) + 0.8
                result[form] = result.get(form, 0.0) - 1.0
            elif sign == "power":
                result[plain] = result.get(plain, 0.0) - 0.8
                result[form] = result.get(form, 0.0) - 3.0
        if not told and relation.kind == "duplicate":
            worse = first if _telling(first) <= _telling(second) else second
            result[worse] = result.get(worse, 0.0) - 1.5
    return result


def _telling(name: str) -> tuple[float, bool]:
    """Return how well a name serves for one of two equal columns: a word is better than `v7`."""
    return name_weight(name), any(len(part) > 2 and part.isalpha() for part in words(name))


def _form_of(plain: str, form: str) -> str:
    stem = re.escape(plain)
    if re.fullmatch(rf"(l|ln|log)[._ ]?{stem}|{stem}[._ ]?(ln|log)", form):
        return "log"
    if re.fullmatch(rf"{stem}[._ ]?(sq|2|squared|\^2)|(sqrt|sq)[._ ]?{stem}", form):
        return "power"
    return ""


def _flaws(column: TypedColumn, nameless: bool) -> float:
    profile = column.profile
    flaw = 0.0
    if profile.missing > 0.6:
        flaw += 2.0
    elif profile.missing > 0.3:
        flaw += 0.6
    elif profile.missing > 0.1:
        flaw += 0.2
    if profile.type in ("category", "boolean") or numeric_classes(column):
        shares = sorted((count for _, count in profile.top), reverse=True)
        present = sum(shares) or 1
        if shares and shares[0] / present > 0.97:
            flaw += 2.0
        elif shares and shares[0] / present > 0.93:
            flaw += 0.3
        if profile.distinct > 30:
            flaw += 1.2
        if _of_people(column) and not nameless and name_weight(column.name) > -1.0:
            flaw += 1.2
    if profile.ordered and profile.distinct > 10:
        flaw += 0.7
    return flaw
