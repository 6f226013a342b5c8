"""The section on the target: what it is, how it was made, how it is distributed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from mlesmith_env.recipes.model import (
    Bin,
    MapValues,
    ParseDuration,
    ParseNumber,
    RequireValue,
    Transform,
)
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.facts import objective_of
from mlesmith_generator.describe.left_out import is_thinned, left_out
from mlesmith_generator.describe.page import Page

LISTED = 24
"""Classes that the table lists."""
_CALLED = 80
"""Characters of what the publisher calls a class."""
_NAMED = 6
_TAILED = 1.5
"""Skewness from which a tail is told."""


def target_section(page: Page) -> str:
    """Return what is known about the target in training, with a table of classes."""
    ways = (_derivation, left_out)
    made = [told for each in page.transforms for way in ways if (told := way(page, each))]
    made += [told] if (told := _unanswered(page)) else []
    if objective_of(page.form) == "regression":
        return " ".join([*_number(page), *made])
    return " ".join([_balance(page), *made]) + "\n\n" + _class_table(page)


def _number(page: Page) -> list[str]:
    target, voice = page.facts.target, page.voice
    digits = nu.digits(target.minimum or 0.0, target.maximum or 0.0)
    fields = {
        "target": page.code(target.name),
        "low": nu.amount(target.minimum or 0.0, digits),
        "high": nu.amount(target.maximum or 0.0, digits),
        "mean": nu.amount(target.mean or 0.0, digits),
        "median": nu.amount(target.median or 0.0, digits),
        "std": nu.amount(target.std or 0.0, 3),
        "skew": nu.amount(target.skew, 2),
        "s": nu.percent(target.zeros),
        "d": nu.word(target.distinct),
    }
    if target.distinct > 40 and target.zeros < 0.05:
        ends = {"p05": target.p05, "p95": target.p95}
        fields |= {name: nu.amount(end or 0.0, digits) for name, end in ends.items()}
    # A hundredth that is the end itself tells of no tail.
    edges = {"p01": (target.low, target.minimum), "p99": (target.high, target.maximum)}
    fields |= {name: nu.amount(at or 0.0, digits) for name, (at, end) in edges.items() if at != end}
    told = [voice.say("spread", **fields)]
    if target.integer and target.distinct <= 12:
        told.append(voice.say("steps", **fields))
    if target.zeros >= 0.08:
        told.append(voice.say("zero", **fields))
    if target.capped:
        told.append(voice.say("capped", **fields | {"s": nu.percent(target.capped)}))
    elif target.skew > _TAILED:
        positive = (target.minimum or 0.0) >= 0
        logarithm = positive and voice.draw("logarithm?") < 0.3
        told.append(voice.say("tail logarithm" if logarithm else "tail right", **fields))
    elif target.skew < -_TAILED and "p01" in fields:
        told.append(voice.say("tail left", **fields))
    return told


def _balance(page: Page) -> str:
    classes = [pair for pair in page.facts.classes if pair[1]] or list(page.facts.classes)
    total = max(1, sum(rows for _, rows in classes))
    if len(page.facts.classes) == 2:
        (negative, nn), (positive, np_) = page.facts.classes
        fields = {
            "target": page.code(page.target),
            "n": nu.count(total),
            "positive": md.code(positive, 40),
            "negative": md.code(negative, 40),
            "np": nu.count(np_),
            "nn": nu.count(nn),
            "p": nu.percent(np_ / total),
            "q": nu.percent(nn / total),
        }
        if np_ and total / np_ >= 2.5:
            fields["odds"] = f"one in {nu.word(round(total / np_))}"
        return page.voice.say("balance two", **fields)
    most = max(classes, key=lambda pair: pair[1])
    least = min(classes, key=lambda pair: pair[1])
    fields = {
        "target": page.code(page.target),
        "most": md.code(most[0], 40),
        "least": md.code(least[0], 40),
        "nm": nu.count(most[1]),
        "nl": nu.count(least[1]),
        "c": nu.word(len(page.facts.classes)),
    }
    ordered = sorted((rows for _, rows in classes), reverse=True)
    shown = [nu.percent(rows / total) for rows in ordered]
    # Shares that look alike show no largest class and no smallest one; rows may.
    if len(shown) > 2 and shown[0] != shown[1] and shown[-1] != shown[-2]:
        fields |= {"p": shown[0], "q": shown[-1]}
    if most[1] >= 1.8 * max(1, least[1]):
        fields["ratio"] = nu.word(round(most[1] / max(1, least[1])))
    even = most[1] <= 1.25 * least[1]
    equal = "balance equal" if most[1] == least[1] else "balance even"
    largest, smallest = (sum(rows == end[1] for _, rows in classes) for end in (most, least))
    fields |= {"tied": nu.word(largest), "rare": nu.word(smallest)}
    uneven = "balance tied" if largest > 1 else "balance fewest" if smallest > 1 else "balance"
    return page.voice.say(equal if even else uneven, **fields)


def _class_table(page: Page) -> str:
    classes = page.facts.classes
    total = max(1, sum(rows for _, rows in classes))
    shown = classes
    if len(classes) > LISTED:
        shown = sorted(classes, key=lambda pair: -pair[1])[:LISTED]
    origin = _origin(page)
    body = [
        (md.code(name), *origin.cells(name), nu.count(rows), nu.percent(rows / total))
        for name, rows in shown
    ]
    left = len(classes) - len(shown)
    if left:
        rows = total - sum(rows for _, rows in shown)
        blank = [""] * len(origin.header)
        body.append((f"{nu.word(left)} more", *blank, nu.count(rows), nu.percent(rows / total)))
    return md.table(("class", *origin.header, "training rows", "share"), body)


def _unanswered(page: Page) -> str:
    """Say how many rows of the raw table have no answer, and so are in neither file."""
    source, table = page.idea.target_source, page.table
    needed = {each.column for each in page.transforms if isinstance(each, RequireValue)}
    if table is None or not needed & {source, page.target}:
        return ""
    column = next((each for each in table.columns if each.name == source), None)
    if column is None or not column.missing:
        return ""
    gaps = round(column.missing * table.rows)
    if not gaps:
        return ""
    counted = {"gaps": nu.count(gaps), "all": nu.count(table.rows)}
    told = {"s": nu.percent(column.missing)} if table.sampled else counted
    bank = "unanswered one" if gaps == 1 and not table.sampled else "unanswered"
    return page.voice.say(bank, source=page.code(source), **told)


@dataclass(frozen=True)
class _Origin:
    """What each class was made of, for one more column of the table of classes."""

    header: tuple[str, ...]
    meanings: dict[str, str]

    def cells(self, label: str) -> tuple[str, ...]:
        """Return the cell of a class; none where classes stand as in the raw table."""
        return tuple(self.meanings.get(label, "") for _ in self.header)


def _origin(page: Page) -> _Origin:
    for transform in reversed(page.transforms):
        if isinstance(transform, Bin) and transform.into == page.target:
            return _Origin((page.code(transform.column),), _ranges(transform))
        if isinstance(transform, MapValues) and transform.into == page.target:
            if not _regroups(transform):
                return _named(page)
            members = _members(transform, _everything_else(page, transform.column))
            return _Origin((f"values of {page.code(transform.column)}",), members)
    return _named(page)


def _named(page: Page) -> _Origin:
    """Return what the publisher calls the classes, where it names all but that of the others."""
    names = page.table.class_names.get(page.idea.target_source, {}) if page.table else {}
    rest = _rest(page)
    told = {name for name, _ in page.facts.classes} - {rest}
    if not told or not told <= names.keys():
        return _Origin((), {})
    quoted = {code: f"\u201c{md.escaped(name, _CALLED)}\u201d" for code, name in names.items()}
    if rest:
        quoted[rest] = _everything_else(page, page.idea.target_source)
    return _Origin(("in the publisher's words",), quoted)


def _rest(page: Page) -> str:
    """Return the class that was made of all other values, which has no name of its own."""
    made = [t for t in page.transforms if isinstance(t, MapValues) and t.into == page.target]
    return (made[-1].other or "") if made else ""


def _derivation(page: Page, transform: Transform) -> str:
    fields = {"target": page.code(page.target)}
    if isinstance(transform, Bin) and transform.into == page.target:
        edges = md.listing([nu.amount(edge, 6) for edge in transform.edges])
        fields |= {"source": page.code(transform.column), "edges": edges}
        once = " once" if len(transform.edges) == 1 else ""
        return page.voice.say(f"binned{once}", **fields)
    if isinstance(transform, MapValues) and transform.into == page.target:
        fields |= {"source": page.code(transform.column), "c": nu.word(len(page.form.classes))}
        if _regroups(transform):
            return page.voice.say("mapped", **fields)
        if transform.other is None:
            if any(old != new for old, new in transform.values.items()):
                return page.voice.say("renamed", **fields)
            # Every value stays what it is: the map only declares the order of the classes.
            return ""
        kept = " kept" if is_thinned(page, transform.column) else ""
        return page.voice.say(f"mapped rest{kept}", other=md.code(transform.other, 40), **fields)
    if isinstance(transform, ParseNumber) and transform.into == page.target:
        return page.voice.say("parsed", source=page.code(transform.column), **fields)
    if isinstance(transform, ParseDuration) and transform.into == page.target:
        return page.voice.say("minutes", source=page.code(transform.column), **fields)
    return ""


def _regroups(made: MapValues) -> bool:
    """Whether values are taken together, beyond those that become `other`, or some get a name."""
    renamed = any(old != new for old, new in made.values.items())
    alone = made.other is None and len(set(made.values.values())) == len(made.values)
    return renamed and not alone


def _ranges(made: Bin) -> dict[str, str]:
    edges = [nu.amount(edge, 6) for edge in made.edges]
    inner = [f"{low} to below {high}" for low, high in pairwise(edges)]
    told = [f"below {edges[0]}", *inner, f"{edges[-1]} and up"]
    return dict(zip(made.labels, told, strict=True))


def _everything_else(page: Page, column: str) -> str:
    return "everything else" + (" that was kept" if is_thinned(page, column) else "")


def _members(made: MapValues, rest: str) -> dict[str, str]:
    members: dict[str, list[str]] = {}
    for old, new in made.values.items():
        members.setdefault(new, []).append(md.code(old, 40))
    told: dict[str, str] = {}
    for label, values in members.items():
        more = len(values) - _NAMED
        told[label] = ", ".join(values[:_NAMED])
        told[label] += f" and {nu.word(more)} more" if more > 0 else ""
    if made.other is not None:
        told[made.other] = f"{told[made.other]} and " if made.other in told else ""
        told[made.other] += rest
    return told
