"""The section on context: what is asked of which data, and what is striking about them."""

from __future__ import annotations

from itertools import chain

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.facts import objective_of
from mlesmith_generator.describe.finding import most_striking
from mlesmith_generator.describe.naming import subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.quirks import quirk_findings
from mlesmith_generator.describe.signals import signal_findings

_TOLD = 4
"""Findings of the context, besides the opening."""

_NUMBER = (
    "[How well|How closely|How accurately] can {target} be [predicted|estimated|worked out] from "
    "[{k}|the other columns] of the {subject} data?",
    "[Given|With] {n} [answered|known] rows of the {subject} data, [estimate|predict] {target} for "
    "{m} [more|others|further rows][| whose answers are hidden].",
    "The [task|challenge|aim] is to [predict|estimate] {target}, a {numeric}, for each of {m} rows "
    "of the {subject} data[, learning from {n} others|].",
    "{target} is [known|given] for {n} rows of the {subject} data and [hidden|held back] for {m}: "
    "[close|fill|bridge] the gap.",
    "[What|Which] value does {target} take[, given {k}|]? The {subject} data [answer|settle] that "
    "for {n} rows and leave {m} [open|to you].",
    "[A number is asked for|The answer is a number]: {target} in {m} rows of the {subject} data, "
    "[after training on|to be learned from] {n}.",
    "[Build|Train|Fit] a [regressor|regression model|model] that [reads|takes] {k} of the {subject} "
    "data and [returns|gives|puts out] {target}.",
    "In the {subject} data, {target} [ranges|runs] from {low} to {high}; [say|tell|predict] where "
    "in that range each of {m} [unseen|hidden|new] rows [lies|falls].",
    "{m} rows of the {subject} data [come without|lack] {target}, and {n} [have|show] it: [use the "
    "second to predict the first|learn from the latter].",
    "[Predicting|Estimating] {target} [is|makes] a regression task on the {subject} data, with "
    "{k} to [draw|build|go] on.",
)
_BINARY = (
    "[Will|Does] a row [turn out|belong to] {positive} or {negative}? [That is the question about|"
    "Decide it from] {k} of the {subject} data.",
    "[Tell|Separate] {positive} from {negative}: {n} rows of the {subject} data [show|say] [which is "
    "which|how], {m} [wait for|need] an answer.",
    "[How well|How reliably] can {target} be [told|foreseen|predicted] from [{k}|the other columns] "
    "of the {subject} data?",
    "The [task|challenge|aim] is to [judge|say|predict] whether {target} is {positive} in each of "
    "{m} rows of the {subject} data[, learning from {n} others|].",
    "{target} is either {negative} or {positive} in the {subject} data; [given|with] {k}, [which "
    "is it|decide which]{mark}",
    "[Given|With] {n} [answered|labelled] rows of the {subject} data, [find|spot|pick out] {positive} "
    "among {m} [others|more|further rows].",
    "[Build|Train|Fit] a [classifier|model] that [reads|takes] {k} of the {subject} data and [says|"
    "tells|decides] whether {target} is {positive}.",
    "{m} rows of the {subject} data [hide|withhold] whether {target} is {positive} or {negative}; "
    "{n} [reveal|show|tell] it.",
    "[Two outcomes, one column|One column, two outcomes]: {target} is {negative} or {positive}, and "
    "{k} of the {subject} data [have to|must] tell which.",
    "[Predicting|Foreseeing] {target} [is|makes] a two-class task on the {subject} data[, {n} rows "
    "to learn from|, with {k} to go on].",
)
_CLASSES = (
    "[Which of|Into which of] {c} [classes|groups] does a row [of the {subject} data belong|in the "
    "{subject} data fall]? {target} [is the answer|names them][|, and {k} hold the clues].",
    "[Sort|Divide|Assign] {m} rows of the {subject} data [into|to] the {c} classes of {target}[, "
    "after learning from {n}|].",
    "[How well|How reliably] can {target} be [told|recognised|predicted] from [{k}|the other "
    "columns] of the {subject} data?",
    "The [task|challenge|aim] is to [name|predict|recognise] {target}, one of {c} classes, for each "
    "of {m} rows of the {subject} data[, learning from {n} others|].",
    "{target} [has|takes] {c} values in the {subject} data; [given|from] {k}, [say|tell|decide] "
    "which one [applies|holds|fits].",
    "[Given|With] {n} [labelled|answered] rows of the {subject} data, [label|classify] {m} [others|"
    "more|further rows] by {target}.",
    "[Build|Train|Fit] a [classifier|model] that [reads|takes] {k} of the {subject} data and "
    "[chooses|decides] among the {c} classes of {target}.",
    "{m} rows of the {subject} data [come without|lack] their {target}; {n} [have|show] it, and "
    "there are {c} [possibilities|classes|answers].",
    "[Classifying|Telling apart] rows by {target}[, with {c} classes,|] is the [task|aim] on the "
    "{subject} data[; there are {k} to go on|].",
)


def context_section(page: Page) -> str:
    """Return one or two paragraphs: the question, then the most striking findings."""
    facts = page.facts
    target = facts.target
    fields = {
        "target": md.code(page.target),
        "subject": subject_text(page.profile),
        "n": nu.count(facts.train_rows),
        "m": nu.count(facts.test_rows),
        "k": nu.counted(len(facts.features), "column", words=True),
        "numeric": "whole number" if target.integer else "number",
        "low": nu.amount(target.minimum or 0.0, 5),
        "high": nu.amount(target.maximum or 0.0, 5),
        "mark": ".",
    }
    objective = objective_of(page.form)
    if objective == "binary":
        fields["negative"], fields["positive"] = (md.code(c, 40) for c in page.form.classes)
    fields["c"] = nu.word(len(page.form.classes))
    templates = {"regression": _NUMBER, "binary": _BINARY, "multiclass": _CLASSES}[objective]
    opening = page.voice.say("opening", templates, **fields)
    findings = most_striking(chain(signal_findings(page), quirk_findings(page)), page.voice, _TOLD)
    told = [finding.told(page.voice) for finding in findings]
    return "\n\n".join(part for part in (opening, " ".join(told)) if part)
