"""How likely a practitioner would be to predict a column, before any model is fitted."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from mlesmith_generator.brainstorm.formulation import numeric_classes
from mlesmith_generator.brainstorm.lexicon import name_weight
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import TableProfile


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


def merits(profile: TableProfile, table: TypedTable) -> list[Merit]:
    """Return the columns that could be targets, best first."""
    usable = [
        column
        for column in table.columns
        if column.profile.type in ("number", "category", "boolean") and column.profile.distinct > 1
    ]
    if not usable:
        return []
    places = _places(table)
    families = _families(usable)
    kinds = Counter(_kind(column) for column in usable)
    forms = _forms(profile)
    arff = profile.reader.format == "arff"
    nameless = _nameless(profile)
    given = {relation.target for relation in profile.relations if relation.kind == "determines"}
    last = max(places.values(), default=0)
    result: list[Merit] = []
    for column in usable:
        name, reasons = column.name, list[str]()
        score = 0.0 if nameless else name_weight(name)
        if score >= 1.5:
            reasons.append("its name is that of an outcome")
        place = places[name]
        if place == last:
            score += 2.2 if arff or nameless else 1.0
            reasons.append("it is the last column")
        elif place == 0:
            score += 0.9
            reasons.append("it is the first column after the keys")
        elif place in (1, last - 1):
            score += 0.3
        if kinds[_kind(column)] == 1 and len(usable) >= 5:
            score += 0.7
            reasons.append("no other column is of its kind")
        if families[name] >= 4:
            score -= 1.2
        score += forms.get(name, 0.0)
        score -= 0.5 if name in given else 0.0
        score -= _flaws(column)
        result.append(Merit(name, round(score, 4), tuple(reasons)))
    return sorted(result, key=lambda merit: (-merit.score, places[merit.column]))


def _places(table: TypedTable) -> dict[str, int]:
    """Return the position of each column, not counting keys and constants."""
    place, result = 0, dict[str, int]()
    for column in table.columns:
        result[column.name] = place
        if column.profile.type not in ("identifier", "constant"):
            place += 1
    return result


def _kind(column: TypedColumn) -> str:
    profile = column.profile
    if profile.type in ("category", "boolean"):
        return "label" if profile.distinct > 2 else "flag"
    if profile.distinct == 2:
        return "flag"
    return "level" if numeric_classes(column) else "amount"


def _families(columns: list[TypedColumn]) -> dict[str, int]:
    """Return how many columns share each column's stem (`A1 … A9`, `word_freq_*`)."""
    stems: dict[str, list[str]] = defaultdict(list)
    for column in columns:
        parts = words(column.name)
        numberless = re.sub(r"[0-9]+", "", "".join(parts))
        if numberless != "".join(parts):
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


def _forms(profile: TableProfile) -> dict[str, float]:
    """Reward columns that were also logged (outcomes), mark down those also squared (inputs)."""
    result: dict[str, float] = {}
    for relation in profile.relations:
        if relation.kind != "monotone":
            continue
        first, second = relation.target, relation.columns[0]
        for plain, form in ((first, second), (second, first)):
            sign = _form_of(plain.lower(), form.lower())
            if sign == "log":
                result[plain] = result.get(plain, 0.0) + 0.8
                result[form] = result.get(form, 0.0) - 1.0
            elif sign == "power":
                result[plain] = result.get(plain, 0.0) - 0.8
                result[form] = result.get(form, 0.0) - 3.0
    return result


def _form_of(plain: str, form: str) -> str:
    stem = re.escape(plain)
    if re.fullmatch(rf"(l|ln|log)[._ ]?{stem}|{stem}[._ ]?(ln|log)", form):
        return "log"
    if re.fullmatch(rf"{stem}[._ ]?(sq|2|squared|\^2)|(sqrt|sq)[._ ]?{stem}", form):
        return "power"
    return ""


def _nameless(profile: TableProfile) -> bool:
    """Whether the columns have no names of their own."""
    if profile.reader.format != "delimited":
        return False
    return profile.reader.header_rows == 0


def _flaws(column: TypedColumn) -> float:
    profile = column.profile
    flaw = 0.0
    if profile.missing > 0.6:
        flaw += 2.0
    elif profile.missing > 0.3:
        flaw += 0.8
    elif profile.missing > 0.1:
        flaw += 0.2
    if profile.type in ("category", "boolean") or numeric_classes(column):
        shares = sorted((count for _, count in profile.top), reverse=True)
        present = sum(shares) or 1
        if shares and shares[0] / present > 0.97:
            flaw += 2.0
        elif shares and shares[0] / present > 0.93:
            flaw += 0.5
        if profile.distinct > 30:
            flaw += 1.2
    if profile.ordered and profile.distinct > 10:
        flaw += 0.7
    return flaw
