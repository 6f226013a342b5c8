"""Findings about the condition of the data: gaps, tails, levels, sizes, periods."""

from __future__ import annotations

from collections.abc import Iterator

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.finding import Finding
from mlesmith_generator.describe.measure import ColumnFacts
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.reading import is_opaque

_GAPS = (
    "[Gaps|Missing values|Holes] [gather|are worst|are most frequent] in {c}, [empty in|missing from|"
    "blank in] {s} of the training rows[|; {n} {have} any]{rest}.",
    "{c} is [missing|empty|blank] in {s} of the training rows{rest}[|, and a plan for that is "
    "needed|, which no model should ignore].",
    "[Expect|Be ready for|Prepare for] missing values: {n} {have} some, {c} [most of all|above all|"
    "the most] ({s}).",
    "{n} {have} [missing values|gaps|empty cells][, up to|; the worst case is|, at worst] {s} in {c}.",
    "[Only|In all,] {complete} of the training rows [are complete|have every value|are without a "
    "gap], [and|as] {c} alone is [empty|missing|blank] in {s}.",
    "How to [treat|fill|handle] the gaps [matters|is part of the work|is an early decision]: {c} "
    "[lacks a value|is empty] in {s} of the training rows{rest}.",
)
_FULL = (
    "[No value is missing|Nothing is missing|There are no gaps], [so|and] [all {n} training rows "
    "can be used as they are|imputation is not an issue|no imputation is needed].",
    "[All|Every one of the] {n} training rows [are|come] [complete|without gaps|fully filled in].",
    "[Missing values are not|Imputation is not] [a topic|a concern|part of the work] here: every "
    "cell is [filled|filled in|present].",
    "[The table has no holes|The training file has no holes|Not one cell is empty][.|, which leaves "
    "the attention for the modelling.|: what is there can be fed to a model directly.]",
)
_LEVELS = (
    "{c} has {d} [different values|levels|distinct values] in {n} training rows, [so|and] [plain "
    "one-hot encoding gets wide|how it is encoded matters|rare levels need care].",
    "[Encoding|Handling|Representing] {c} takes [thought|some care|a decision]: it has {d} [levels|"
    "different values], [the commonest|the most frequent] of them {v}.",
    "[With|At] {d} [levels|different values], {c} is the [widest|richest|most varied] of the "
    "categorical columns.",
    "The {d} [levels|values] of {c} are [spread unevenly|of uneven size]: {v} alone [takes|covers|"
    "makes up] {s}.",
)
_TAIL = (
    "{c} has a long [upper|right] tail: half of its values are at most {median}, [but|yet] the "
    "largest is {max}.",
    "[Extreme values turn up|There are extremes] in {c}, [where|whose] [the median is {median} and "
    "the maximum {max}|half the rows stay at or below {median} and one reaches {max}].",
    "[Scale|Scaling] [matters|needs care] for {c}, which [reaches|goes up to] {max} [although|while] "
    "its median is {median}.",
    "{c} [stretches|runs|reaches] from {min} to {max} with half of its values [at or below|no "
    "higher than] {median}[, so a logarithm may help|; ranks or logarithms may help|].",
)
_ZEROS = (
    "{c} is zero in {s} of the training rows[, so being above zero may matter more than the amount|; "
    "whether it is zero may be a feature of its own|].",
    "[Most|The bulk] of {c} is zeros ({s})[, the rest reaches {max}|; other values go up to {max}].",
    "[Zeros dominate|Zero is by far the commonest value of] {c}[: {s} of the rows| ({s})].",
)
_KINDS = (
    "The [features|inputs|explanatory columns] [are|consist of] {kinds}.",
    "[To work with|On offer|At hand] there [are|is a mix of] {kinds}.",
    "[Each row brings|A row has|Every row offers] {kinds} [as features|as inputs|to predict from].",
    "[What there is to learn from|The material to learn from|What a model gets to see]: {kinds}.",
    "{kinds} [make up|form|are] the [inputs|features|feature set].",
    "[A model sees|Models get] {kinds} [per row|in every row|for each row].",
)
_SMALL = (
    "[With|At] {n} training rows, [chance plays a part|noise is a real opponent|overfitting is the "
    "main danger|simple models deserve a try]: [repeat|prefer] [cross-validation|repeated folds] "
    "[over|to] a single split.",
    "[The training file is small|Training data are scarce] ({n} rows), [so|hence] [small gains in "
    "validation may be luck|regularisation should pay|every row counts].",
    "{n} rows [are not many|are few|make a small training set][; a flexible model will memorise "
    "them easily|, so keep models simple or well regularised|].",
)
_WIDE = (
    "[With|At] {k} columns for {n} training rows, [selection or strong regularisation|some way of "
    "choosing columns|restraint] [is called for|is needed|should pay].",
    "There [are|is] a column for [every|each] {ratio} training rows ({k} to {n}), [so|and] [chance "
    "correlations abound|many columns will look useful by accident].",
    "[The table is wide|This is a wide table]: {k} columns [against|for] {n} training rows.",
)
_LARGE = (
    "[With|At] {n} training rows, [speed matters|patience is a resource|a quick model on a sample is "
    "a good first step].",
    "{n} training rows [leave room for|allow|support] [flexible models|boosting with many trees|rich "
    "features][, within the time limit|].",
)
_TEXT = (
    "{c} [holds|is] free text of about {w} words a row[, which needs features of its own|; a bag of "
    "words is a start|].",
    "[Part of the story is|Some of the information is|There is more] in [prose|plain text|words]: "
    "{c} [averages|comes to] {w} words a row.",
    "[Text counts as well|There is text to mine]: {c}, with about {w} words [a row|each].",
)
_OPAQUE = (
    "[Names help little|Column names help little]: {n} [tell nothing|say nothing] about what "
    "[they|the columns] hold, {example} among them.",
    "{n} [carry|bear] names without meaning[, such as {example}| ({example} is one)], so [the data "
    "have to speak|look at the values].",
    "What [the columns|many columns] mean is [left open|not told by their names]: {n} [have|bear] "
    "[labels|names] like {example}.",
)
_PERIOD = (
    "The training rows [run|reach|extend] from {first} to {last} by {c}.",
    "[By|Going by] {c}, the training [rows|data] [cover|span] {first} to {last}.",
    "{first} [to|up to] {last} is the [period|span] that {c} covers in the training rows.",
)
_GROUPS = (
    "The training rows belong to {g} [different|distinct] {noun}, [with|and] a median of {median} "
    "[rows each|rows apiece].",
    "{g} {noun} [appear|occur] in the training rows, the [largest|biggest] with {largest} [of them|"
    "rows].",
    "[Rows come in families|Rows are not independent]: {g} {noun} share the {n} training rows.",
)


def quirk_findings(page: Page) -> Iterator[Finding]:
    """Yield findings about the features and the size of the training file."""
    facts = page.facts
    yield from _gaps(page)
    yield from _size(page)
    yield from _shapes(page)
    texts = [column for column in facts.features if column.kind == "text" and column.words >= 4]
    if texts:
        longest = max(texts, key=lambda column: column.words)
        fields = {"c": md.code(longest.name), "w": nu.count(round(longest.words))}
        yield Finding("text", 0.7, _TEXT, fields)
    opaque = [column.name for column in facts.features if is_opaque(column.name)]
    if len(opaque) >= 3 and len(opaque) >= 0.4 * len(facts.features):
        told = nu.counted(len(opaque), "column", words=True)
        fields = {"n": told, "example": md.code(opaque[len(opaque) // 2])}
        yield Finding("opaque", 0.6, _OPAQUE, fields)
    dates = [column for column in facts.features if column.kind == "date" and column.first]
    if dates:
        fields = {
            "c": md.code(dates[0].name),
            "first": md.plain(dates[0].first, 30),
            "last": md.plain(dates[0].last, 30),
        }
        yield Finding("period", 0.6, _PERIOD, fields)


def _gaps(page: Page) -> Iterator[Finding]:
    facts = page.facts
    holed = [column for column in facts.features if column.missing]
    if not holed:
        if facts.features:
            yield Finding("full", 0.3, _FULL, {"n": nu.count(facts.train_rows)})
        return
    worst = max(holed, key=lambda column: column.missing)
    others = len(holed) - 1
    complete = facts.complete / max(1, facts.train_rows)
    fields = {
        "c": md.code(worst.name),
        "s": nu.percent(worst.missing_share),
        "n": nu.counted(len(holed), "column", words=True),
        "have": "has" if len(holed) == 1 else "have",
        "rest": f", and {nu.counted(others, 'other column', words=True)} "
        f"{'has' if others == 1 else 'have'} gaps too"
        if others
        else "",
        "complete": nu.percent(complete),
    }
    templates = [t for t in _GAPS if others or "{n}" not in t]
    if others:
        templates = [t.replace("[|; {n} {have} any]", "") for t in templates]
    else:
        templates = [t.replace("[|; {n} {have} any]", "") for t in templates]
    yield Finding("gaps", min(1.0, 0.25 + 1.2 * worst.missing_share), templates, fields)


def _size(page: Page) -> Iterator[Finding]:
    facts = page.facts
    n, k = facts.train_rows, len(facts.features)
    fields = {"n": nu.count(n), "k": nu.count(k), "ratio": nu.word(max(1, round(n / max(1, k))))}
    if k > 20 and n < 12 * k:
        templates = _WIDE if n >= 2 * k else (_WIDE[0], _WIDE[2])
        yield Finding("wide", 0.7, templates, fields)
    elif n < 400:
        yield Finding("small", 0.55, _SMALL, fields)
    elif n > 40_000:
        yield Finding("large", 0.4, _LARGE, fields)
    kinds = _kinds(facts.features)
    if len(kinds) > 1:
        yield Finding("kinds", 0.45, _KINDS, {"kinds": md.listing(kinds)})
    groups = facts.groups
    if groups is not None:
        from mlesmith_generator.describe.naming import entity

        fields = {
            "g": nu.count(groups.train),
            "noun": nu.plural(entity(groups.column)),
            "median": nu.amount(groups.median, 3),
            "largest": nu.count(groups.largest),
            "n": nu.count(n),
        }
        yield Finding("groups", 0.6, _GROUPS, fields)


def _shapes(page: Page) -> Iterator[Finding]:
    facts = page.facts
    nominal = [c for c in facts.features if c.kind == "category" and c.distinct > 25]
    if nominal:
        widest = max(nominal, key=lambda column: column.distinct)
        value, rows = widest.top[0]
        fields = {
            "c": md.code(widest.name),
            "d": nu.count(widest.distinct),
            "n": nu.count(facts.train_rows),
            "v": md.code(value, 40),
            "s": nu.percent(rows / max(1, widest.filled)),
        }
        templates = _LEVELS if rows > 0.05 * widest.filled else _LEVELS[:3]
        yield Finding("levels", 0.55, templates, fields)
    numeric = [c for c in facts.features if c.numeric and c.distinct > 10]
    if numeric:
        tail = max(numeric, key=lambda column: column.skew)
        if tail.skew > 3:
            yield Finding("tail", 0.5, _TAIL, _range_fields(tail))
        hollow = max(numeric, key=lambda column: column.zeros)
        if hollow.zeros > 0.5:
            yield Finding("zeros", 0.5, _ZEROS, _range_fields(hollow))


def _range_fields(column: ColumnFacts) -> dict[str, str]:
    return {
        "c": md.code(column.name),
        "median": nu.amount(column.median or 0.0, 3),
        "min": nu.amount(column.minimum or 0.0),
        "max": nu.amount(column.maximum or 0.0),
        "s": nu.percent(column.zeros),
    }


def _kinds(features: tuple[ColumnFacts, ...]) -> list[str]:
    names = {
        "number": "numeric column",
        "category": "categorical column",
        "boolean": "yes-or-no column",
        "date": "date column",
        "text": "text column",
        "identifier": "column of codes",
        "constant": "constant column",
    }
    told: list[str] = []
    for kind, noun in names.items():
        number = sum(column.kind == kind for column in features)
        if number:
            noun = "columns of codes" if kind == "identifier" and number > 1 else noun
            shown = f"{nu.word(number)} {noun}" if "columns" in noun else None
            told.append(shown or nu.counted(number, noun, words=True))
    return told
