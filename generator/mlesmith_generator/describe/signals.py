"""Findings about what goes with the target in the training rows."""

from __future__ import annotations

from collections.abc import Iterator

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.association import Association
from mlesmith_generator.describe.facts import objective_of
from mlesmith_generator.describe.finding import Finding
from mlesmith_generator.describe.page import Page

_MEASURES = {"rank": "rank correlation", "ratio": "correlation ratio", "cramer": "Cramér's V"}

_LEADER = (
    "[The clearest|The strongest|The most visible|The best single] [lead|hint|signal|clue] is {c}, "
    "[whose|with a] {measure} with {target} [of {r}|that comes to {r}][| on the training rows].",
    "{c} [tracks|follows|goes with|shadows] {target} [more closely than any other column|most "
    "closely of all] ({measure} {r}).",
    "[Taken|Looked at] one [by one|at a time|after the other], no column [says|tells|gives away] "
    "more about {target} than {c}, [at|with] a {measure} of {r}.",
    "[Start|A sensible start is|It pays to start] with {c}: [its|the] {measure} with {target} [is|"
    "comes to|stands at] {r}[, the highest of all|, more than any other column has|].",
    "[Rank|Order|Sort] the columns by how [closely|tightly] they [follow|track|go with] {target}, "
    "and {c} [leads|comes first|comes out on top|heads the list], at {r} ({measure}).",
    "{r} is the {measure} between {c} and {target}, [the highest|the largest|the strongest] that "
    "[any one|a single] column [offers|reaches|has].",
    "[A one-column model|A model on one column|Anyone limited to one column] would [pick|choose|"
    "take|do best with] {c}, which [reaches|has|shows] a {measure} of {r} with {target}.",
)
_PAIR = (
    "{c} [tracks|follows|goes with] {target} [most closely|best] ({measure} {r}), [ahead of|"
    "followed by|before] {c2} ({measure2} {r2}).",
    "[Two columns stand out|Two columns lead the field|Two columns say most] on their own: {c} with "
    "a {measure} of {r} [to|with] {target}, and {c2} with {r2}{other}.",
    "[First|Foremost] among the [single columns|features] is {c} ({measure} {r} with {target})[; "
    "next|, then|; second] comes {c2}, at {r2}{other}.",
    "[Most of what|Much of what|What] one column alone can tell about {target} [sits|lies|is found] "
    "in {c} ({measure} {r}) and {c2} ({r2}{other}).",
    "[For|On] {target}, {c} and {c2} are the [two best|strongest two|leading] single columns, "
    "[with|at] {r} ({measure}) and {r2}{other}.",
    "{c2}, [at|with] {r2}{other}, [is only beaten by|comes second to|gives way only to] {c}, whose "
    "{measure} with {target} is {r}.",
)
_FAINT = (
    "[No single column|None of the columns alone|No column by itself] [says much|goes far|gets far|"
    "reveals a lot] about {target}: the best, {c}, has a {measure} of [just|only] {r}.",
    "[Single columns are weak here|On its own, each column is weak|One column alone will not do]: "
    "[even|the best of them,] {c} [reaches|shows|manages] a {measure} of {r} with {target}.",
    "[Do not expect|There is no] one column [to settle it|that settles it]; {c}, the [closest|best "
    "placed|strongest], has a {measure} of {r} [with|to] {target}.",
    "[The signal is spread thin|What signal there is, is spread out|Whatever can be learned is "
    "spread over several columns]: {c} leads with a {measure} of [a modest|only] {r}.",
    "{c} [heads|tops] the list of single columns with a {measure} of [a mere|only|no more than] "
    "{r}, so {target} [has to|must|will have to] be pieced together from several.",
)
_CLOSE = (
    "{a} and {b} [nearly repeat|all but repeat|largely duplicate] each other (rank correlation "
    "{r})[, so one of them may do|, which linear models may not like|].",
    "[Watch|Keep an eye on|Mind] the overlap [between|of] {a} and {b}: their ranks [correlate at|"
    "agree to] {r}.",
    "[Some columns|Two of the columns] carry much the same [information|content|news]: {a} and "
    "{b} [have a rank correlation of|correlate, by rank, at] {r}.",
    "With a rank correlation of {r}, {a} and {b} [are close to interchangeable|say almost the same "
    "thing|can hardly be told apart|are the tightest pair of features].",
    "The [closest|tightest] pair [among|of] the [features|numeric columns] is {a} and {b}, [whose "
    "ranks correlate at|with a rank correlation of] {r}.",
    "[Not every column is news|Redundancy is part of the picture|There is redundancy]: {a} [mirrors|"
    "moves with] {b} [at|with] a rank correlation of {r}.",
)
_APART = (
    "[The numeric columns hardly overlap|The numeric features are nearly unrelated to each other|"
    "Each numeric column brings something of its own]: the closest pair, {a} and {b}, [has|shows] a "
    "rank correlation of {r}.",
    "[No two numeric columns|No pair of numeric features] [come closer than|are closer than] {a} "
    "and {b}, [at a rank correlation of|whose ranks correlate at] {r}, so [little is redundant|"
    "dropping columns saves little].",
    "[Redundancy is no worry|There is little redundancy]: [even|at most,] {a} and {b} [correlate "
    "at|reach] {r} by rank.",
)
_SPLIT_CLASS = (
    "[Of|Among] the rows with {c} at {high}, {p1} are {positive}; with {low} it is {p0}.",
    "{positive} [makes up|accounts for] {p1} of the rows where {c} is {high}, [but|and|against] {p0} "
    "where it is {low}.",
    "[A look at|Splitting by|Grouping by] {c} [pays|is telling|tells a story]: {p1} of the {high} "
    "rows are {positive}, [against|compared with|as opposed to] {p0} of the {low} rows.",
    "[The share of|How often one finds] {positive} [runs|ranges|goes] from {p0} where {c} is {low} "
    "[up to|to] {p1} where it is {high}.",
    "Between {c} {low} and {c} {high}, the share of {positive} [climbs|rises|goes up] from {p0} to "
    "{p1}.",
)
_SPLIT_NUMBER = (
    "[On average|In the mean], {target} is {p1} where {c} is {high} and {p0} where it is {low}.",
    "[A look at|Splitting by|Grouping by] {c} [pays|is telling|tells a story]: the mean of {target} "
    "is {p1} for {high}, [against|compared with|but] {p0} for {low}.",
    "The mean of {target} [runs|ranges|goes] from {p0} where {c} is {low} [up to|to] {p1} where it "
    "is {high}.",
    "Rows with {c} at {high} [average|come to an average of] {p1} in {target}, [those|rows] at {low} "
    "{p0}.",
    "Between {c} {low} and {c} {high}, the average of {target} [climbs|rises|goes up] from {p0} to "
    "{p1}.",
)


def signal_findings(page: Page) -> Iterator[Finding]:
    """Yield findings about single columns and pairs of them."""
    yield from _leaders(page)
    closest = page.facts.closest
    if closest is not None:
        a, b, value = closest
        fields = {"a": md.code(a), "b": md.code(b), "r": nu.correlation(value)}
        numeric = sum(column.numeric for column in page.facts.features)
        if abs(value) >= 0.8:
            yield Finding("closest", 0.2 + abs(value) / 2, _CLOSE, fields)
        elif abs(value) < 0.35 and numeric >= 4:
            yield Finding("closest", 0.4, _APART, fields)
    contrast = page.facts.contrast
    if contrast is not None:
        number = objective_of(page.form) == "regression"
        high, low = contrast.high[2], contrast.low[2]
        fields = {
            "c": md.code(contrast.column),
            "high": md.code(contrast.high[0], 40),
            "low": md.code(contrast.low[0], 40),
            "p1": nu.amount(high, 3) if number else nu.percent(high),
            "p0": nu.amount(low, 3) if number else nu.percent(low),
            "target": md.code(page.target),
            "positive": md.code(page.form.classes[-1], 40) if page.form.classes else "",
        }
        if fields["p1"] != fields["p0"]:
            templates = _SPLIT_NUMBER if number else _SPLIT_CLASS
            yield Finding("contrast", 0.75, templates, fields)


def _leaders(page: Page) -> Iterator[Finding]:
    ranked = [each for each in page.facts.associations if each.strength >= 0.02]
    if len(ranked) < 2:
        return
    first, second = ranked[0], ranked[1]
    fields = {
        "c": md.code(first.column),
        "c2": md.code(second.column),
        "r": _shown(first),
        "r2": _shown(second),
        "measure": _MEASURES[first.measure],
        "measure2": _MEASURES[second.measure],
        "other": "" if second.measure == first.measure else f" ({_MEASURES[second.measure]})",
        "target": md.code(page.target),
    }
    if first.strength < 0.25:
        yield Finding("leader", 0.85, _FAINT, fields)
    elif first.strength < second.strength + 0.12:
        yield Finding("leader", 0.95, _PAIR, fields)
    else:
        yield Finding("leader", 1.0, _LEADER, fields)


def _shown(association: Association) -> str:
    value = association.strength * (association.sign or 1)
    return nu.correlation(value)
