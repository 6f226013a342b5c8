"""The section on the holdout: how rows were hidden, and what follows for validation."""

from __future__ import annotations

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.naming import entity
from mlesmith_generator.describe.page import Page

_RANDOM = (
    "[The test rows were|Test rows were] drawn at random: {m} of {all} rows, [or {s}|about {s}].",
    "[Chance decided|A draw decided|A seeded draw decided] which {m} of the {all} rows [are hidden|"
    "became the test set].",
    "[A random draw|A blind draw|The toss of a coin, so to speak,] [put|placed] {s} of the rows "
    "({m}) [into the test file|in the test set] and [left|kept] {n} for training.",
    "{m} rows, {s} of all, were [set aside|held back|hidden] at random[; the other {n} train|].",
    "[Rows were split|The split is] at random, {n} to [train|learn from] and {m} to [be tested on|"
    "predict].",
    "[Nothing but chance|Only chance] [separates|tells] `train.csv` [and|from] `test.csv`: {n} and "
    "{m} rows[, shuffled|] from one [pool|table].",
)
_RANDOM_THEN = (
    "[Ordinary|Plain|Shuffled] [cross-validation|k-fold cross-validation] [mirrors|imitates|follows] "
    "that [and should be trusted|well|closely][|; five or ten folds will do].",
    "[A shuffled split|Shuffled folds] of the training rows [is|are] a fair [rehearsal|copy of it|"
    "imitation].",
    "[So|Hence] [local validation|validation] on random folds should [agree with|come close to] the "
    "[hidden|final] score[, up to noise|].",
    "[Random folds|Folds drawn at random] [repeat|reproduce] the situation[, and|:] their spread "
    "[shows|tells] how much of a gain is [luck|noise].",
    "[Train and test rows|Both files] [follow one distribution|look alike], [so|and] a random "
    "[validation part|fold] [tells the truth|is representative].",
)
_STRATIFIED = (
    "[The draw was|Rows were drawn] [stratified|balanced] by {target}: {m} of {all} rows, with "
    "[about the same class shares|each class in proportion] in both files.",
    "{s} of each class of {target} [was|were] [set aside|hidden|held back] at random, {m} rows [in "
    "all|together].",
    "[Each class|Every class] of {target} [gave up|lost] [about|roughly] {s} of its rows to the "
    "test set[, {m} in total|].",
    "[The split keeps|The split preserves] the class shares of {target}: {n} rows train, {m} [are "
    "hidden|test].",
    "{m} rows were [hidden|drawn] at random [within|inside] the classes of {target}, so [their "
    "shares|class frequencies] in [`train.csv`|training] [hold|apply] for the test rows [too|as "
    "well].",
    "[Class by class|Within each class], a random {s} of the rows [went|moved] into `test.csv` "
    "({m} rows).",
)
_STRATIFIED_THEN = (
    "[Stratified folds|Folds stratified by {target}] [repeat|mirror|imitate] this [on the training "
    "rows|].",
    "[Use|Choose|Prefer] stratified [folds|cross-validation][, so that every fold sees every class|"
    " to get the same picture locally|].",
    "[Class shares in training|Training class shares] [can be taken|may be used] as [priors|prior "
    "probabilities][, and stratified folds as a rehearsal|; stratify your folds too].",
    "[Stratified cross-validation|A stratified split of `train.csv`] [is|gives] a fair [estimate|"
    "rehearsal] of the [hidden|final] score.",
    "[Keep|Preserve] the class shares in your own folds [as well|too][, rare classes above all|].",
)
_GROUP = (
    "[Whole|Entire] {nouns} were [hidden|held out|set aside]: no {noun} ({c}) has rows in both "
    "files.",
    "[The split runs|Rows were divided] by {c}: [every|each] {noun} is [either in training or in "
    "the test|on one side only].",
    "[All rows of a {noun}|The rows of one {noun}] ({c}) [stay|are kept] together, in training or "
    "in the test[, and in one of its two parts|].",
    "[The test rows belong|Test rows belong] to {nouns} that [training never shows|do not occur in "
    "training]; {c} [tells|told] them apart.",
    "[No {noun} of the test|None of the {nouns} in the test] [is met|appears|turns up] in training: "
    "[the split goes|rows were held out] by {c}.",
    "[What counts|What is asked for] is a prediction for new {nouns}: {c} [decided|decides] which "
    "[rows go together|side a row is on].",
)
_GROUP_THEN = (
    "[Validate|Check yourself] with [grouped folds|folds by {noun}][; random folds|, since random "
    "ones] [flatter|will be too kind to] a model that [remembers|recognises] {nouns}.",
    "[Random folds|Ordinary cross-validation] [would leak|leaks] {nouns} [between|across] folds and "
    "[look|come out] too good[; split by {noun} instead|].",
    "[Whatever|Anything] a model [memorises|learns] about a [single|particular] {noun} [is worthless "
    "there|does not carry over], so [split by {noun}|group your folds by {noun}] [when validating|"
    "too].",
    "[Honest|Realistic] validation [leaves out|holds out] whole {nouns} [as well|too].",
    "[Keep|Hold] each {noun} [within|inside] one fold when [validating|tuning][, or gains will not "
    "carry over|].",
)
_HIDDEN_GROUP = (
    "[The column {c} itself|{c} itself] is not in the files[, so the grouping can not be rebuilt "
    "exactly|].",
    "[The files do not show|Neither file shows] {c}.",
    "{c} was [taken out of|removed from] both files[, so look for other columns that give {nouns} "
    "away|].",
)
_TIME = (
    "[The test rows are|Test rows are] the latest by {c}: {m} of {all} rows[, {s}|].",
    "[Rows were ordered|The rows were sorted] by {c}; the [last|latest] {m} are [the test set|"
    "hidden].",
    "[Training ends|The training rows end] where the test begins: {c} [separates|divides] {n} "
    "earlier rows from {m} later ones.",
    "[The future is hidden|What comes later is hidden]: the {m} rows with the latest {c} [form|make "
    "up] the test set.",
    "[Past and future|Earlier and later rows] are kept apart by {c}, [{n} rows to learn from|{n} "
    "before the cut] and {m} [after it|to forecast].",
    "{c} [decides|decided]: the earlier {n} rows train, the later {m} [test|are to be predicted].",
)
_TIME_THEN = (
    "[Validate|Check] on the [end|latest part] of the training rows[|, never on a random fold]; "
    "[shuffling|random folds] would [let a model see the future|mix past and future].",
    "[Drift|Change over time] is part of the [task|problem]: [validate forward in time|hold out the "
    "latest training rows|use a rolling split].",
    "[A rolling|An expanding] window [or a single late cut|] [imitates|mirrors] that; a shuffled "
    "split [is too optimistic|flatters].",
    "[Features|Anything] that [look ahead|use later rows] will not [work|be available] there[, and "
    "shuffled validation hides the fact|].",
    "[What held early may not hold late|Old patterns may fade], so [trust|weigh] the [most recent|"
    "latest] training rows [most|more] when [validating|choosing a model].",
)
_HIDDEN_TIME = (
    "[The column {c} itself|{c} itself] is not in the files.",
    "[The files do not show|Neither file shows] {c}.",
    "{c} was [taken out of|removed from] both files.",
)
_PARTS = (
    "[Of|Among] the test rows, [about|roughly] {pub} [count|serve] for the public score and {prv} "
    "for the private one.",
    "[About|Roughly] {prv} of the test rows are private and [decide|settle] the result; the [rest|"
    "others] give the public [score|feedback].",
    "The public score [rests on|uses|comes from] [about|roughly] {pub} of the test rows[, so do not "
    "chase its last digit|].",
    "[Public and private rows|The public and the private part] [share|divide] the test set [about|"
    "roughly] {pub} to {prv}.",
    "[Tuning on|Following] the public score [alone is risky|has its limits]: it [sees|covers] [about|"
    "roughly] {pub} of the test rows.",
    "[Which test rows are public is not told|Nobody is told which test rows are public]; [about|"
    "roughly] {pub} of them are.",
)


def holdout_section(page: Page) -> str:
    """Return how rows were held out and what that means for validation."""
    holdout, facts, voice = page.recipe.holdout, page.facts, page.voice
    column = holdout.column or ""
    noun = entity(column) if column else "group"
    every = facts.train_rows + facts.test_rows
    fields = {
        "n": nu.count(facts.train_rows),
        "m": nu.count(facts.test_rows),
        "all": nu.count(every),
        "s": nu.percent(facts.test_rows / max(1, every)),
        "target": md.code(page.target),
        "c": md.code(column),
        "noun": noun,
        "nouns": nu.plural(noun),
        "pub": nu.percent(1 - holdout.private_fraction),
        "prv": nu.percent(holdout.private_fraction),
    }
    how, then = {
        "random": (_RANDOM, _RANDOM_THEN),
        "stratified": (_STRATIFIED, _STRATIFIED_THEN),
        "group": (_GROUP, _GROUP_THEN),
        "time": (_TIME, _TIME_THEN),
    }[holdout.kind]
    told = [voice.say("holdout", how, **fields)]
    shown = any(each.name == column for each in facts.features)
    if holdout.kind in ("group", "time") and not shown and column != page.target:
        hidden = _HIDDEN_GROUP if holdout.kind == "group" else _HIDDEN_TIME
        told.append(voice.say("hidden column", hidden, **fields))
    told.append(voice.say("validation", then, **fields))
    if voice.choose("parts?", [1.0, 2.0]):
        told.append(voice.say("parts", _PARTS, **fields))
    return " ".join(told)
