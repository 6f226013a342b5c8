"""Do the tables of a task agree with one another and with the manifest?"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import cast

import numpy as np
import pandas as pd

from mlesmith_env.forms import FITTING, Misfit, kind_of
from mlesmith_env.manifest import USAGE, Manifest, SubmissionForm, split_of
from mlesmith_env.metrics import get_metric
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.rows import Column
from mlesmith_generator.gates.verdict import Finding, Scan

FEWEST_TRAIN, FEWEST_PUBLIC, FEWEST_PRIVATE = 40, 8, 20


def scan_manifest(manifest: Manifest, representative: str, *, final: bool) -> Scan:
    """Check what the manifest says against itself.

    Args:
        manifest: The manifest.
        representative: The dataset by whose name the split goes.
        final: Whether its anchors have been measured; placeholders are not judged.
    """
    findings: list[Finding] = []
    form, recipe = manifest.submission, manifest.recipe
    if manifest.split != split_of(representative):
        evidence = (
            f"split is {manifest.split!r}, but the dataset {representative!r} belongs to "
            f"{split_of(representative)!r}"
        )
        findings.append(Finding("split-wrong", evidence, "refactor"))
    if form.id_column != recipe.id_column:
        evidence = f"submissions go by {form.id_column!r}, the data by {recipe.id_column!r}"
        findings.append(Finding("ids-inconsistent", evidence, "refactor"))
    if form.kind not in FITTING[manifest.objective]:
        evidence = f"a {manifest.objective} task can not ask for predictions of kind {form.kind!r}"
        findings.append(Finding("objective-mismatch", evidence))
    if manifest.objective in ("binary", "anomaly") and len(form.classes) != 2:
        evidence = f"a task of kind {manifest.objective} has two classes, not {len(form.classes)}"
        findings.append(Finding("objective-mismatch", evidence))
    limits = manifest.limits
    if limits.step_timeout_s > limits.time_limit_s:
        evidence = (
            f"one run may take {limits.step_timeout_s:g} s, the whole episode only "
            f"{limits.time_limit_s:g} s"
        )
        findings.append(Finding("limits-inconsistent", evidence, "refactor"))
    room = 40 * len(form.columns) * form.rows
    if limits.submission_bytes < min(room, 24 * form.rows):
        evidence = f"a submission of {form.rows} rows does not fit {limits.submission_bytes} bytes"
        findings.append(Finding("limits-inconsistent", evidence, "refactor"))
    if final:
        findings += _anchors(manifest)
    return Scan("manifest", f"{manifest.objective}, {form.kind}, {form.rows} rows", tuple(findings))


def _anchors(manifest: Manifest) -> Iterator[Finding]:
    metric = get_metric(manifest.metric)
    for part in ("public", "private"):
        anchors = manifest.reference.public if part == "public" else manifest.reference.private
        thresholds = anchors.thresholds
        told = f"{part}: floor {anchors.floor:.6g}, ceiling {anchors.ceiling:.6g}"
        if not metric.better(anchors.ceiling, anchors.floor):
            evidence = f"{told}, which is not better by {metric.name} ({metric.direction})"
            yield Finding("anchors-inverted", evidence, "refactor")
        steps = (thresholds.median, thresholds.bronze, thresholds.silver, thresholds.gold)
        if not all(metric.better(b, a) for a, b in itertools.pairwise(steps)):
            evidence = f"{part}: thresholds {steps} do not get better one by one"
            yield Finding("thresholds-not-monotone", evidence, "refactor")
        for name, value in (("ceiling", anchors.ceiling), ("gold", thresholds.gold)):
            if metric.better(value, metric.perfect):
                evidence = f"{told}: {name} is better than perfect ({metric.perfect:g})"
                yield Finding("anchors-beyond-perfect", evidence, "refactor")


def scan_columns(tables: Tables, manifest: Manifest) -> Scan:
    """Check that train is id, features and target, and test the same without the target."""
    form, truth = manifest.submission, manifest.truth
    public = kind_of(form).public_truth(form)
    hidden = [name for name in truth if name not in public]
    train = [str(name) for name in tables.train.columns]
    test = [str(name) for name in tables.test.columns]
    findings: list[Finding] = []
    for file, names in (("train.csv", train), ("test.csv", test)):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            evidence = f"{file} has the column {twice[0]!r} more than once"
            findings.append(Finding("columns-differ", evidence, "refactor"))
        if form.id_column not in names:
            evidence = f"{file} has no id column {form.id_column!r}"
            findings.append(Finding("ids-inconsistent", evidence, "refactor"))
    for name in truth:
        if name not in train:
            evidence = f"train.csv has no target column {name!r}"
            findings.append(Finding("target-missing", evidence, "refactor"))
        if name in hidden and name in test:
            evidence = f"test.csv has the target column {name!r}"
            findings.append(Finding("target-in-test", evidence, "refactor"))
    answers = [str(name) for name in tables.answers.columns]
    needed = {form.id_column, *truth, USAGE}
    # A script may use further columns, such as weights; nobody else sees them.
    if set(answers) != needed and not (manifest.scripts and set(answers) > needed):
        named = ", ".join((form.id_column, *truth, USAGE))
        evidence = f"answers.csv has the columns {answers}, not {named}"
        findings.append(Finding("answers-inconsistent", evidence, "refactor"))
    findings += _public_truth(tables, form, [name for name in public if name in test])
    known = {*hidden, form.id_column}
    odd = sorted((set(train) ^ set(test)) - known) if set(hidden) <= set(train) else []
    if odd:
        where = "train.csv" if odd[0] in train else "test.csv"
        evidence = f"{len(odd)} column(s) stand in one file only, such as {odd[0]!r} in {where}"
        findings.append(Finding("columns-differ", evidence, "refactor", tuple(odd)))
    if not [name for name in test if name not in known]:
        evidence = "test.csv has no feature to predict from"
        findings.append(Finding("no-features", evidence, "brainstorm"))
    return Scan("columns", f"{len(test) - 1} features in both files", tuple(findings))


def _public_truth(tables: Tables, form: SubmissionForm, names: list[str]) -> Iterator[Finding]:
    """Parts of the truth that stand in the test file, such as groups, and differ from it there."""
    key = form.id_column
    if key not in tables.test.columns or not {key, *names} <= set(tables.answers.columns):
        return
    answers = tables.answers.drop_duplicates(key).set_index(key).reindex(tables.test[key])
    for name in names:
        apart = int((answers[name].to_numpy() != tables.test[name].to_numpy()).sum())
        if apart:
            evidence = f"{apart} rows have another {name!r} in answers.csv than in test.csv"
            yield Finding("answers-inconsistent", evidence, "refactor")


def scan_ids(tables: Tables, manifest: Manifest) -> Scan:
    """Check that ids are unique, disjoint between the parts, and the same in all files."""
    name = manifest.submission.id_column
    findings: list[Finding] = []
    ids = {
        file: cast("pd.Series", frame[name])
        for file, frame in (
            ("train.csv", tables.train),
            ("test.csv", tables.test),
            ("sample_submission.csv", tables.sample),
            ("answers.csv", tables.answers),
        )
        if name in frame.columns
    }
    for file, column in ids.items():
        empty, twice = int(column.isna().sum()), int(column.duplicated().sum())
        if empty:
            evidence = f"{empty} rows of {file} have no id"
            findings.append(Finding("ids-inconsistent", evidence, "refactor"))
        if twice:
            evidence = f"{twice} ids of {file} stand there more than once"
            findings.append(Finding("id-duplicate", evidence, "refactor"))
    if len(ids) < 4:
        evidence = f"not every file has the id column {name!r}"
        findings.append(Finding("ids-inconsistent", evidence, "refactor"))
    else:
        both = int(ids["test.csv"].isin(ids["train.csv"]).sum())
        if both:
            evidence = f"{both} ids of test.csv stand in train.csv, too"
            findings.append(Finding("id-crossing", evidence, "refactor"))
        for file in ("sample_submission.csv", "answers.csv"):
            apart = set(ids[file].dropna()) ^ set(ids["test.csv"].dropna())
            if apart:
                evidence = f"{len(apart)} ids stand in only one of test.csv and {file}"
                findings.append(Finding("ids-inconsistent", evidence, "refactor"))
    measured = f"{len(ids.get('train.csv', ()))} and {len(ids.get('test.csv', ()))} ids, disjoint"
    return Scan("ids", measured, tuple(findings))


def scan_sizes(tables: Tables, manifest: Manifest) -> Scan:
    """Check that every part has rows enough, and as many as the manifest says."""
    usage = cast("pd.Series", tables.answers[USAGE])
    public, private = int((usage == "Public").sum()), int((usage == "Private").sum())
    train, test = len(tables.train), len(tables.test)
    findings: list[Finding] = []
    if public + private != len(usage):
        strange = sorted({str(value) for value in usage} - {"Public", "Private"})
        evidence = f"{USAGE} holds {strange[0]!r}; it is Public or Private"
        findings.append(Finding("usage-invalid", evidence, "refactor"))
    told = f"{train} training, {public} public, {private} private rows"
    if train < FEWEST_TRAIN or public < FEWEST_PUBLIC or private < FEWEST_PRIVATE:
        evidence = f"{told}; at least {FEWEST_TRAIN}, {FEWEST_PUBLIC} and {FEWEST_PRIVATE} needed"
        findings.append(Finding("too-few-rows", evidence, "brainstorm"))
    if test != manifest.submission.rows:
        evidence = f"test.csv has {test} rows, the manifest says {manifest.submission.rows}"
        findings.append(Finding("sizes-inconsistent", evidence, "refactor"))
    return Scan("sizes", told, tuple(findings))


def scan_target(tables: Tables, manifest: Manifest) -> Scan:
    """Check that every target is there and is what the objective and the classes say."""
    form, truth = manifest.submission, manifest.truth
    kind = kind_of(form)
    findings: list[Finding] = []
    parts = {
        "train.csv": cast("pd.DataFrame", tables.train[list(truth)]),
        "answers.csv": cast("pd.DataFrame", tables.answers[list(truth)]),
    }
    for file, frame in parts.items():
        missing = int(frame.isna().to_numpy().any(axis=1).sum())
        if missing and not kind.may_miss:
            evidence = f"the target is missing in {missing} rows of {file}"
            findings.append(Finding("target-missing", evidence))
            continue
        try:
            kind.truth(frame.fillna("").to_numpy(dtype=object).T.tolist(), form)
        except Misfit as misfit:
            name = truth[misfit.column]
            evidence = f"the target {name!r} of {file} holds {misfit.what}"
            findings.append(Finding("target-invalid", evidence))
    if findings:
        return Scan("target", "", tuple(findings))
    told: list[str] = []
    for name in truth:
        seen = Column(name, cast("pd.Series", tables.train[name]))
        hidden = Column(name, cast("pd.Series", tables.answers[name]))
        if form.classes:
            findings += _classes(seen, hidden, form, tables)
            told.append(f"{len(form.classes)} classes, all in train.csv")
            continue
        if min(seen.distinct, hidden.distinct) < 2 and (not kind.may_miss or len(truth) > 1):
            evidence = f"the target {name!r} has one value"
            findings.append(Finding("target-constant", evidence, "brainstorm"))
        told.append(f"{seen.distinct} different values")
    return Scan("target", "; ".join(told[:4]), tuple(findings))


def _classes(
    seen: Column, hidden: Column, form: SubmissionForm, tables: Tables
) -> Iterator[Finding]:
    trained = {str(value) for value in seen.values}
    absent = set(form.classes) - trained
    if absent:
        evidence = f"no training row has the class {sorted(absent)[0]!r} ({len(absent)} such)"
        yield Finding("class-missing", evidence)
    usage = tables.answers[USAGE].to_numpy()
    for part in ("Public", "Private"):
        if len(np.unique(hidden.codes[usage == part])) < 2:
            yield Finding("class-missing", f"the {part.lower()} rows are all of one class")
