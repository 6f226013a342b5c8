"""Is the target worth predicting, and is the metric one that tells good predictions from bad?"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from mlesmith_env.errors import MetricError
from mlesmith_env.manifest import AMOUNTS, CLASSED, Manifest
from mlesmith_env.metrics import get_metric
from mlesmith_env.recipes.model import TableRecipe
from mlesmith_env.task import Task
from mlesmith_generator.gates.rows import Column, Floats
from mlesmith_generator.gates.truthfulness import Facts
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.records import DatasetProfile

_IDENTIFIER = re.compile(
    r"(?:^|[_\W])(?:id|ids|uuid|guid|index|idx|rownum|row|rowid|serial|key|hash|unnamed|"
    r"isbn|issn|ssn|url|email|phone)(?:$|[_\W\d])",
    re.IGNORECASE,
)
_CAMEL_ID = re.compile(r"[a-z](?:Id|ID|Key|Index|No)$")
_MOMENT = re.compile(
    r"(?:^|[_\W])(?:date|datetime|timestamp|time_?stamp|unix_?time|epoch)(?:$|[_\W])", re.IGNORECASE
)
_GENERIC = {
    "task", "tasks", "dataset", "data", "table", "classification", "classify", "regression",
    "regress", "target", "train", "test", "csv", "file", "untitled", "unknown", "prediction",
    "predict", "ml", "problem", "binary", "multiclass", "tabular", "competition", "challenge",
    "new", "my", "label", "class", "value", "output", "y", "x", "column", "sheet", "main", "final",
}  # fmt: skip
_TRIVIAL_REFUSED, _TRIVIAL_WARNED = 0.95, 0.88
_LABEL_METRICS = ("accuracy", "f1", "fbeta", "f1_weighted")


def scan_target_worth(facts: Facts, profile: DatasetProfile | None) -> Scan:
    """Look for targets that nobody needs to predict: identifiers, counters, constants, dates."""
    manifest = facts.manifest
    name = manifest.recipe.target
    column = _whole_target(facts)
    findings: list[Finding] = []
    if manifest.objective in AMOUNTS | CLASSED:
        findings += _identifier(name, column, manifest)
        findings += _constant(name, column, manifest)
        findings += _too_many_classes(name, column, manifest)
    if profile is not None and not findings:
        findings += _profiled(name, profile)
    measured = f"{column.distinct} different values in {len(column.codes)} rows"
    return Scan("target-worth", measured, tuple(findings))


def _whole_target(facts: Facts) -> Column:
    import pandas as pd

    name = facts.manifest.recipe.target
    parts = [facts.tables.train[name], facts.tables.answers[name]]
    return Column(name, pd.concat([pd.Series(part) for part in parts], ignore_index=True))


def _identifier(name: str, column: Column, manifest: Manifest) -> Iterator[Finding]:
    rows = len(column.codes)
    unique = column.distinct / max(1, rows)
    called = _IDENTIFIER.search(name) is not None or _CAMEL_ID.search(name) is not None
    if manifest.objective in AMOUNTS:
        values = np.sort(column.numbers[np.isfinite(column.numbers)])
        if called and unique > 0.5:
            evidence = f"{name!r} is called like an identifier and is {unique:.0%} unique"
            yield Finding("target-identifier", evidence, "brainstorm")
        elif _counts_up(values, unique):
            evidence = (
                f"{name!r} is a counter: {unique:.0%} of its values are unique whole numbers, "
                f"evenly spaced from {values[0]:g} to {values[-1]:g}"
            )
            yield Finding("target-identifier", evidence, "brainstorm")
        elif _MOMENT.search(name) and unique > 0.2:
            evidence = f"{name!r} is a moment in time, which is given and not predicted"
            yield Finding("target-date", evidence, "brainstorm")
    elif called and column.distinct > 30:
        evidence = f"{name!r} is called like an identifier and has {column.distinct} classes"
        yield Finding("target-identifier", evidence, "brainstorm")


def _counts_up(values: Floats, unique: float) -> bool:
    """Whether numbers are unique and evenly spaced, as counters and row numbers are."""
    if unique < 0.95 or len(values) < 20:
        return False
    steps = np.diff(np.unique(values))
    whole = bool((values == np.rint(values)).all())
    usual = float(np.median(steps))
    return whole and float((steps == usual).mean()) >= 0.9


def _constant(name: str, column: Column, manifest: Manifest) -> Iterator[Finding]:
    counts = np.sort(np.bincount(column.codes[~column.missing]))[::-1]
    share = float(counts[0] / max(1, counts.sum()))
    if manifest.objective in AMOUNTS:
        if column.distinct < 5:
            evidence = f"{name!r} has {column.distinct} different numbers: rather classes"
            yield Finding("target-degenerate", evidence, "brainstorm", warning=column.distinct > 2)
        if share >= 0.97:
            evidence = f"{share:.1%} of the values of {name!r} are equal"
            yield Finding("target-degenerate", evidence, "brainstorm")
    elif share >= 0.995 or (len(counts) > 1 and counts[1:].sum() < 20):
        rest = int(counts[1:].sum())
        evidence = f"{share:.2%} of the rows are of one class of {name!r}, {rest} rows of others"
        yield Finding("target-degenerate", evidence, "brainstorm")


def _too_many_classes(name: str, column: Column, manifest: Manifest) -> Iterator[Finding]:
    if manifest.objective in AMOUNTS:
        return
    rows = len(column.codes)
    if column.distinct > max(2, rows / 6):
        evidence = f"{column.distinct} classes of {name!r} in {rows} rows: labels are nearly unique"
        yield Finding("target-identifier", evidence, "brainstorm")
    long = float(np.mean([len(str(value)) for value in column.values])) if column.distinct else 0.0
    if long > 80:
        evidence = f"the classes of {name!r} are texts of {long:.0f} characters on average"
        yield Finding("target-free-text", evidence, "brainstorm")


def _profiled(name: str, profile: DatasetProfile) -> Iterator[Finding]:
    for table in profile.tables:
        for column in table.columns:
            if column.name == name and column.type in ("identifier", "constant"):
                evidence = f"the profile calls {name!r} of {table.name!r} {column.type}"
                yield Finding("target-identifier", evidence, "brainstorm")


def scan_metric_fit(facts: Facts) -> Scan:
    """Check that the metric suits objective, kind of prediction, imbalance and the values."""
    manifest = facts.manifest
    try:
        metric = get_metric(manifest.metric)
    except MetricError as error:
        return Scan("metric-fit", "", (Finding("metric-unfit", str(error)),))
    findings: list[Finding] = []
    if manifest.objective not in metric.objectives:
        evidence = (
            f"{metric.name} is for {' or '.join(metric.objectives)}, not {manifest.objective}"
        )
        findings.append(Finding("metric-unfit", evidence))
    if manifest.submission.kind not in metric.kinds:
        evidence = f"{metric.name} does not take predictions of kind {manifest.submission.kind!r}"
        findings.append(Finding("metric-unfit", evidence))
    column = _whole_target(facts)
    if manifest.objective in AMOUNTS:
        findings += _numbers_fit(metric.name, column, metric.truth_domain.contains(column.numbers))
    elif manifest.objective in CLASSED:
        findings += _classes_fit(metric.name, column, manifest)
    return Scan("metric-fit", f"{metric.name} for {manifest.objective}", tuple(findings))


def _numbers_fit(name: str, column: Column, inside: np.ndarray) -> Iterator[Finding]:
    y = column.numbers[np.isfinite(column.numbers)]
    if not len(y):
        return
    outside = int((~np.asarray(inside, dtype=bool)).sum())
    if outside:
        evidence = f"{name} is undefined on {outside} values of the target, such as {y.min():g}"
        yield Finding("metric-unfit", evidence)
    size = np.abs(y)
    if name in ("mape", "smape") and float(np.quantile(size, 0.02)) < 1e-3 * float(np.median(size)):
        evidence = (
            f"{name} explodes on targets near zero: 2 % are below {np.quantile(size, 0.02):g}"
        )
        yield Finding("metric-unfit", evidence)
    if name in ("rmse", "r2"):
        square = np.sort((y - y.mean()) ** 2)[::-1]
        first = float(square[: max(1, len(y) // 500)].sum() / max(square.sum(), 1e-300))
        if first > 0.9:
            evidence = f"one row in 500 carries {first:.0%} of the squares that {name} sums up"
            yield Finding("metric-fragile", evidence, warning=True)


def _classes_fit(name: str, column: Column, manifest: Manifest) -> Iterator[Finding]:
    counts = np.bincount(column.codes[~column.missing]).astype(np.float64)
    share = float(counts.max() / counts.sum())
    trivial = _trivial_score(name, column, manifest)
    if trivial is not None and trivial >= _TRIVIAL_WARNED and share > 0.5:
        evidence = (
            f"a constant answer already scores {trivial:.3f} by {name} ({share:.1%} of the rows "
            "are of one class): it can not tell a good model from none"
        )
        yield Finding("metric-imbalance", evidence, warning=trivial < _TRIVIAL_REFUSED)
    if (
        name == "quadratic_kappa"
        and len(manifest.submission.classes) > 2
        and not _ordered(manifest)
    ):
        evidence = "quadratic kappa needs classes in order; these have none that is told"
        yield Finding("metric-unfit", evidence, warning=True)
    if name == "top_k_accuracy":
        k = int(manifest.metric.params.get("k", 5))
        top = np.sort(counts)[::-1][:k].sum() / counts.sum()
        if k >= len(counts) or top >= _TRIVIAL_REFUSED:
            evidence = f"the {k} largest of {len(counts)} classes hold {top:.1%} of the rows"
            yield Finding("metric-imbalance", evidence)


def _trivial_score(name: str, column: Column, manifest: Manifest) -> float | None:
    """Score of the best constant answer, for the metrics that an imbalance makes blind."""
    if name not in _LABEL_METRICS:
        return None
    counts = np.bincount(column.codes[~column.missing]).astype(np.float64)
    shares = counts / counts.sum()
    if name == "accuracy":
        return float(shares.max())
    if name == "f1_weighted":
        share = float(shares.max())
        return share * 2 * share / (1 + share)
    # F1 of the positive class where everything is called positive.
    positive = manifest.submission.classes[-1]
    place = {str(value): code for code, value in enumerate(column.values)}.get(positive)
    share = float(shares[place]) if place is not None else 0.0
    beta = float(manifest.metric.params.get("beta", 1.0)) ** 2
    return (1 + beta) * share / (beta + share) if share else 0.0


_STEPS = (
    "none very low small bad poor never short mild few weak lower less slightly "
    "medium moderate fair average middle sometimes mid normal some "
    "high large good great excellent always long severe many strong upper more best top worst"
).split()


def _ordered(manifest: Manifest) -> bool:
    """Whether class labels tell an order: numbers, steps in words, or bins of the recipe."""
    classes = manifest.submission.classes
    recipe = manifest.recipe
    if isinstance(recipe, TableRecipe) and any(made.op == "bin" for made in recipe.transforms):
        return True
    if all(re.search(r"\d", name) for name in classes):
        return True
    words = [set(re.findall(r"[a-z]+", name.casefold())) & set(_STEPS) for name in classes]
    return sum(bool(found) for found in words) >= len(classes) / 2


def scan_naming(task: Task) -> Scan:
    """Check that slug and title tell this task from others."""
    manifest = task.manifest
    words = [word for word in manifest.slug.split("-") if not word.isdigit()]
    findings: list[Finding] = []
    if not words or all(word in _GENERIC or len(word) < 2 for word in words):
        evidence = f"the slug {manifest.slug!r} says nothing about subject or target"
        findings.append(Finding("slug-generic", evidence, "refactor"))
    title = re.findall(r"\w+", manifest.title.casefold())
    if not title or all(word in _GENERIC or word.isdigit() for word in title):
        evidence = f"the title {manifest.title!r} says nothing about subject or target"
        findings.append(Finding("slug-generic", evidence, "refactor"))
    if not task.source.licence:
        evidence = f"the source {task.source.dataset!r} states no licence"
        findings.append(Finding("licence-unknown", evidence, "refactor", warning=True))
    return Scan("naming", f"{manifest.slug}: {manifest.title}", tuple(findings))
