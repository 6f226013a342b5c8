"""The section on the target: what it is, how it was made, how it is distributed."""

from __future__ import annotations

from mlesmith_env.recipes.model import Bin, ExcludeValues, MapValues, ParseNumber
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.facts import objective_of
from mlesmith_generator.describe.page import Page

_LISTED = 24
_SPREAD = (
    "[In|Over|Across] the training rows, {target} [runs|ranges|goes] from {low} to {high}, [half of "
    "them at or below|with a median of] {median}[ and a mean of {mean}|; the mean is {mean}].",
    "{target} [averages|has a mean of] {mean} [in training|on the training rows|in `train.csv`], "
    "with a standard deviation of {std} [around it|] and [extremes at|a range of] {low} and {high}.",
    "[Half|50 %] of the training rows [have|show] a {target} of at most {median}; the [lowest|"
    "smallest] value is {low}, the [highest|largest] {high}.",
    "Its [median|middle value] in [training|`train.csv`] is {median}, its mean {mean}; [values|"
    "all values] [lie|fall] between {low} and {high}.",
    "[Values|Its values] [lie|fall] between {low} and {high} [in training|in `train.csv`], [the "
    "middle at|with the median at] {median} and [a spread|a standard deviation] of {std}.",
    "[From|Starting at] {low}, {target} [goes|reaches] up to {high}; [its|the] mean [of|is] {mean} "
    "[and|with] a standard deviation of {std} [say how it spreads|sum up the training rows].",
    "[The training rows|The rows of `train.csv`] put {target} at {mean} on average, [give or take|"
    "plus or minus] {std} (one standard deviation), [never|nowhere] below {low} or above {high}.",
)
_RIGHT = (
    "[The distribution has|There is|It has] a long [upper|right] tail: 99 % of the [rows|values] "
    "[stay|are] at or below {p99}, the maximum is {high}.",
    "[Large values are rare|Few values are large]: [only|just] [one row in a hundred|1 %] [exceeds|"
    "lies above] {p99}, [though|but] the maximum is {high}.",
    "[A handful of|Some] rows [tower over|dwarf] the rest: the largest is {high}, [while|whereas] "
    "99 % [stay|are] at or below {p99}.",
    "[Skewed to the right|With a skewness of {skew}], {target} may be [easier to model|better "
    "behaved] on a logarithmic [scale|axis].",
)
_LEFT = (
    "[The distribution has|There is|It has] a long [lower|left] tail: 99 % of the [rows|values] "
    "[stay|are] at or above {p01}, the minimum is {low}.",
    "[Small values are rare|Few values are small]: [only|just] [one row in a hundred|1 %] [falls|"
    "lies] below {p01}, [though|but] the minimum is {low}.",
    "[The unusual rows are the low ones|The odd rows are the low ones]: the smallest is {low}, "
    "[while|whereas] 99 % [stay|are] at or above {p01}.",
)
_ZERO = (
    "{s} of the training rows have a {target} of exactly zero.",
    "Zero is [common|a frequent answer]: {s} of the training [rows|values].",
    "[Note|Mind] the zeros, {s} of the training rows.",
    "[A share of {s}|{s} of the rows] [sits|lies] at [exactly|precisely] zero.",
)
_GUESS = (
    "[A constant guess|Answering the same everywhere], at best [the mean|{mean}], is off by {std} in "
    "the root mean square[, which any model should beat|: the mark to beat|].",
    "[Always answering|A constant guess of] the mean [leaves|gives] a root mean squared error of "
    "{std} [on the training rows|in training][|, a first mark to beat].",
    "{std} is [the root mean squared error of|what the root mean square gives for] [guessing the "
    "mean|the constant {mean}][, so a model has to do better than that|].",
)
_BALANCE2 = (
    "{positive} is the [positive|second] class and [makes up|covers|accounts for] {p} of the "
    "training rows[|; the rest are {negative}].",
    "[Of|Among] the {n} training rows, {np} are {positive} and {nn} are {negative}[, so the positive "
    "share is {p}|].",
    "[The classes are|{target} is] {positive} in {p} of the training rows and {negative} in the "
    "other {q}.",
    "[In|Over] the training rows, {target} is {negative} [{q} of the time|in {q}] and {positive} "
    "[{p} of the time|in {p}].",
    "{nn} training rows [have|show] {negative} and {np} [have|show] {positive}[, a share of {p}|].",
    "A [row|training row] is {positive} with a [frequency|share] of {p}: {np} [against|to] {nn} "
    "[rows|for {negative}].",
)
_BALANCE = (
    "[The commonest|The most frequent] of the {c} classes is {most} with {p} of the training rows, "
    "[the rarest|the least frequent] {least} with {q}.",
    "[The {c} classes range|Classes range] in size from {nl} training rows ({least}) to {nm} "
    "({most}).",
    "[Among|Of] {c} classes, {most} [leads with|is largest at] {p} [of the training rows|], and "
    "{least} [closes the list|is smallest] at {q}.",
    "{most} [alone|on its own] [covers|takes|makes up] {p} of the training rows, {least} {q}; there "
    "are {c} classes [in all|altogether].",
    "[Sizes differ|Class sizes differ]: {nm} training rows are {most}, [only|but] {nl} are {least}.",
)
_EVEN = (
    "[The {c} classes are|All {c} classes are] [nearly the same size|about equally frequent]: from "
    "{nl} to {nm} training rows each.",
    "[Balance is not an issue|The classes are in balance]: each of the {c} has between {nl} and "
    "{nm} training rows.",
    "[With|At] {nl} to {nm} training rows [each|per class], the {c} classes [are balanced|weigh "
    "about the same].",
    "[No class is rare|None of the {c} classes is rare]: the smallest has {nl} training rows, the "
    "largest {nm}.",
)
_ALWAYS = (
    "[Always answering|Calling every row] {most} [would be|is] right in {p} of the training rows.",
    "A [constant|fixed] answer of {most} [is|would be] right {p} of the time [in training|on the "
    "training rows].",
    "Whoever [always says|answers nothing but] {most} is right in {p} of the training rows[, which "
    "is no skill|].",
    "{p} [of the training rows are|is the share of] {most}[: accuracy alone would flatter a lazy "
    "model|, which a constant answer gets for free].",
)
_BINNED = (
    "It [comes from|was made from|is cut from] the column {source}: {bands}.",
    "{source}, [a number|a numeric column] [in|of] the [raw|original] table, was [cut|divided] "
    "[into bands|at fixed edges]: {bands}.",
    "[Behind it stands|It stands for] the number {source}, [cut|grouped] as {bands}.",
    "[The labels|Its labels] are [ranges|bands] of {source}: {bands}.",
    "[To make|For] it, {source} was [binned|cut]: {bands}.",
)
_MAPPED = (
    "It [comes from|was made from|is taken from] the column {source}: {pairs}.",
    "[Values|The values] of {source} were [renamed|regrouped|mapped] [for it|] as {pairs}.",
    "[Behind it stands|It stands for] {source}, [regrouped|with its values taken together] as "
    "{pairs}.",
    "[To make|For] it, the values of {source} became {pairs}.",
)
_PARSED = (
    "The numbers were [read out of|parsed from] the text of {source}.",
    "{source} [came|stood in the raw table] as text; [its numbers were read out|the numbers in it "
    "are used].",
    "[Text such as|Entries of] {source} [was|were] turned into [plain numbers|numbers] [first|"
    "before anything else].",
)
_EXCLUDED = (
    "Rows [with|whose {source} is] {values} were left out[: too few of each|, being too rare to "
    "learn|].",
    "[Too rare to be classes|Too rare to learn], {values} [is|are] not among them.",
    "[Left out for being rare|Dropped for rarity]: {values}.",
)


def target_section(page: Page) -> str:
    """Return what is known about the target in training."""
    parts = [*_derivation(page)]
    if objective_of(page.form) == "regression":
        parts[:0] = _number(page)
        return " ".join(parts)
    classes = page.facts.classes
    parts[:0] = _classes(page)
    shown = (
        sorted(classes, key=lambda pair: -pair[1])[:_LISTED]
        if len(classes) > _LISTED
        else (classes)
    )
    total = max(1, sum(rows for _, rows in classes))
    body = [(md.code(name), nu.count(rows), nu.percent(rows / total)) for name, rows in shown]
    left = len(classes) - len(shown)
    if left:
        rows = total - sum(rows for _, rows in shown)
        body.append((f"{nu.word(left)} more", nu.count(rows), nu.percent(rows / total)))
    return " ".join(parts) + "\n\n" + md.table(("class", "training rows", "share"), body)


def _number(page: Page) -> list[str]:
    target, voice = page.facts.target, page.voice
    fields = {
        "target": md.code(target.name),
        "low": nu.amount(target.minimum or 0.0),
        "high": nu.amount(target.maximum or 0.0),
        "mean": nu.amount(target.mean or 0.0),
        "median": nu.amount(target.median or 0.0),
        "std": nu.amount(target.std or 0.0, 3),
        "p99": nu.amount(target.high or 0.0, 3),
        "p01": nu.amount(target.low or 0.0, 3),
        "skew": nu.amount(target.skew, 2),
        "s": nu.percent(target.zeros),
    }
    told = [voice.say("spread", _SPREAD, **fields)]
    if target.zeros >= 0.08:
        told.append(voice.say("zero", _ZERO, **fields))
    if target.skew > 1.5 and (target.minimum or 0.0) >= 0:
        told.append(voice.say("tail", _RIGHT, **fields))
    elif target.skew > 1.5:
        told.append(voice.say("tail", _RIGHT[:3], **fields))
    elif target.skew < -1.5:
        told.append(voice.say("tail", _LEFT, **fields))
    if page.metric.name in ("rmse", "r2") or voice.choose("guess?", [2.0, 1.0]):
        told.append(voice.say("guess", _GUESS, **fields))
    return told


def _classes(page: Page) -> list[str]:
    facts, voice = page.facts, page.voice
    classes = [pair for pair in facts.classes if pair[1]] or list(facts.classes)
    total = max(1, sum(rows for _, rows in classes))
    most = max(classes, key=lambda pair: pair[1])
    least = min(classes, key=lambda pair: pair[1])
    fields = {
        "target": md.code(page.target),
        "most": md.code(most[0], 40),
        "least": md.code(least[0], 40),
        "nm": nu.count(most[1]),
        "nl": nu.count(least[1]),
        "n": nu.count(total),
        "c": nu.word(len(facts.classes)),
        "p": nu.percent(most[1] / total),
        "q": nu.percent(least[1] / total),
    }
    told: list[str] = []
    if len(facts.classes) == 2:
        (negative, nn), (positive, np_) = facts.classes
        told.append(
            voice.say(
                "balance",
                _BALANCE2,
                target=fields["target"],
                n=fields["n"],
                positive=md.code(positive, 40),
                negative=md.code(negative, 40),
                np=nu.count(np_),
                nn=nu.count(nn),
                p=nu.percent(np_ / total),
                q=nu.percent(nn / total),
            )
        )
    elif most[1] <= 1.25 * least[1]:
        told.append(voice.say("balance", _EVEN, **fields))
    else:
        told.append(voice.say("balance", _BALANCE, **fields))
    if most[1] / total > 0.6 and (
        page.metric.name == "accuracy" or voice.choose("always?", [1.0, 1.0])
    ):
        told.append(voice.say("always", _ALWAYS, **fields))
    return told


def _derivation(page: Page) -> list[str]:
    told: list[str] = []
    for transform in page.recipe.transforms:
        source = md.code(getattr(transform, "column", ""))
        if isinstance(transform, Bin) and transform.into == page.target:
            told.append(page.voice.say("binned", _BINNED, source=source, bands=_bands(transform)))
        elif isinstance(transform, MapValues) and transform.into == page.target:
            told.append(page.voice.say("mapped", _MAPPED, source=source, pairs=_pairs(transform)))
        elif isinstance(transform, ParseNumber) and transform.into == page.target:
            told.append(page.voice.say("parsed", _PARSED, source=source))
        elif isinstance(transform, ExcludeValues) and transform.column == page.target:
            values = md.codes(transform.values[:6], limit=40)
            if len(transform.values) > 6:
                values += f" and {nu.counted(len(transform.values) - 6, 'more value')}"
            told.append(
                page.voice.say(
                    "excluded",
                    _EXCLUDED[:1] if len(transform.values) > 1 else _EXCLUDED[2:],
                    source=source,
                    values=values,
                )
            )
    return told


def _bands(made: Bin) -> str:
    edges = [nu.amount(edge, 6) for edge in made.edges]
    told = [f"{md.code(made.labels[0])} is below {edges[0]}"]
    for index in range(1, len(made.edges)):
        told.append(
            f"{md.code(made.labels[index])} from {edges[index - 1]} to below {edges[index]}"
        )
    told.append(f"{md.code(made.labels[-1])} from {edges[-1]} up")
    return md.listing(told)


def _pairs(made: MapValues) -> str:
    kept = [(old, new) for old, new in made.values.items() if old != new]
    same = [old for old, new in made.values.items() if old == new]
    told = [f"{md.code(new, 40)} for {md.code(old, 40)}" for old, new in kept[:8]]
    if same:
        shown = md.codes(same[:8], limit=40)
        more = f" and {nu.word(len(same) - 8)} more" if len(same) > 8 else ""
        told.append(f"{shown}{more} as {'it is' if len(same) == 1 else 'they are'}")
    if made.other is not None:
        told.append(f"{md.code(made.other, 40)} for everything else")
    return md.listing(told)
