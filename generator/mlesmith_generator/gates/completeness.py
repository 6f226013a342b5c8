"""Does a description say everything that a competitor needs?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from mlesmith_env.manifest import Manifest
from mlesmith_env.metrics import get_metric
from mlesmith_generator.gates.page import Page, bare, plain
from mlesmith_generator.gates.verdict import Finding, Scan

_SHORTEST = 300
_NAMED_ONE_BY_ONE = 60
"""Columns up to which every one has to be named."""
_SHOWN = 50
"""Characters of a long name that have to be shown."""

HIGHER = re.compile(
    r"\b(higher|larger|greater|bigger|more)\b[^.]{0,20}\b(better|wins|score)|maximi[sz]|"
    r"as high as possible|highest (score )?(is best|wins)"
)
LOWER = re.compile(
    r"\b(lower|smaller|less|fewer)\b[^.]{0,20}\b(better|wins|score)|minimi[sz]|"
    r"as low as possible|lowest (score )?(is best|wins)"
)

METRIC_WORDS: dict[str, tuple[str, ...]] = {
    "accuracy": ("accuracy",),
    "balanced_accuracy": ("balanced accuracy", "mean recall", "macro recall"),
    "f1": ("f1", "f-1", "f₁", "f1-score"),
    "fbeta": ("fbeta", "f-beta", "fβ", "f2", "f0.5"),
    "f1_macro": ("f1_macro", "macro f1", "macro-f1", "macro-averaged f1", "f1 macro"),
    "f1_weighted": ("f1_weighted", "weighted f1", "weighted-f1", "f1 weighted"),
    "mcc": ("mcc", "matthews"),
    "cohen_kappa": ("kappa",),
    "quadratic_kappa": ("quadratic_kappa", "quadratic weighted kappa", "quadratic kappa", "qwk"),
    "rmse": ("rmse", "root mean squared error", "root mean square error", "root-mean-square"),
    "mae": ("mae", "mean absolute error"),
    "median_ae": ("median_ae", "median absolute error"),
    "rmsle": ("rmsle", "root mean squared logarithmic error", "root mean squared log error"),
    "mape": ("mape", "mean absolute percentage error"),
    "smape": ("smape", "symmetric mean absolute percentage error"),
    "r2": ("r2", "r²", "r^2", "coefficient of determination"),
    "pinball": ("pinball", "quantile loss"),
    "poisson_deviance": ("poisson_deviance", "poisson deviance"),
    "gamma_deviance": ("gamma_deviance", "gamma deviance"),
    "spearman": ("spearman",),
    "pearson": ("pearson",),
    "roc_auc": ("roc_auc", "roc auc", "auc", "area under the roc", "area under the receiver"),
    "roc_auc_ovr": ("roc_auc_ovr", "roc auc", "auc", "area under the roc"),
    "average_precision": ("average_precision", "average precision", "precision-recall"),
    "log_loss": ("log_loss", "log loss", "logloss", "log-loss", "cross-entropy", "cross entropy"),
    "brier": ("brier",),
    "top_k_accuracy": ("top_k_accuracy", "top-k", "top k", "top-"),
    "r_precision": ("r_precision", "r-precision"),
    "ordinal_mae": ("ordinal_mae", "mean absolute error", "mean number of steps"),
    "rps": ("rps", "ranked probability score"),
    "wape": ("wape", "weighted absolute percentage error"),
    "mcrmse": ("mcrmse", "mean column-wise root mean squared error", "column-wise rmse"),
    "mcmae": ("mcmae", "mean column-wise absolute error", "column-wise mae"),
    "mean_r2": ("mean_r2", "mean r2", "mean r²", "mean coefficient of determination"),
    "interval_score": ("interval_score", "interval score", "winkler"),
    "multilabel_roc_auc": ("multilabel_roc_auc", "macro roc auc", "mean roc auc", "mean auc"),
    "multilabel_average_precision": ("micro average precision", "micro-averaged precision"),
    "multilabel_log_loss": ("multilabel log loss", "binary cross-entropy", "mean log loss"),
    "label_ranking_average_precision": ("label ranking average precision", "lrap"),
    "multilabel_f1_micro": ("micro f1", "micro-f1", "micro-averaged f1", "f1 micro"),
    "multilabel_f1_macro": ("macro f1", "macro-f1", "macro-averaged f1", "f1 macro"),
    "group_ndcg": ("ndcg", "normalised discounted cumulative", "normalized discounted cumulative"),
    "group_mrr": ("mrr", "mean reciprocal rank"),
    "group_map": ("mean average precision",),
    "concordance": ("concordance", "c-index", "harrell"),
    "map_at_k": ("map@", "mean average precision"),
    "ndcg_at_k": ("ndcg", "normalised discounted cumulative", "normalized discounted cumulative"),
    "recall_at_k": ("recall@", "recall at"),
    "hit_rate_at_k": ("hit rate", "hit@"),
    "entity_f1": ("entity f1", "entity-level f1", "entity level f1", "f1 of entities"),
    "tag_accuracy": ("tag accuracy", "token accuracy", "token-level accuracy"),
    "tag_f1_macro": ("tag f1", "token f1", "macro f1", "macro-f1"),
    "span_exact_match": ("exact match",),
    "span_f1": ("word f1", "token f1", "f1 of words"),
    "span_jaccard": ("jaccard",),
    "box_map_50": ("map@0.5", "map@.5", "map50", "mean average precision"),
    "box_map": ("map@[", "map50-95", "mean average precision"),
    "mask_dice": ("dice",),
    "mask_iou": ("iou", "intersection over union", "jaccard"),
}
"""What people call the metrics of the catalogue, in plain lower case."""

_HINTS: dict[str, str] = {
    "context": r"",
    "files": r"train\.csv|test\.csv",
    "columns": r"column|feature|field|variable",
    "target": r"predict|target|classif|estimat|forecast",
    "metric": r"scor|metric|evaluat",
    "submission": r"submission|\bsubmit|hand in|upload|(answer|output|prediction)s? file|a csv",
    "holdout": r"held|hidden|hold-?out|split|drawn|set aside|withheld|unseen|test (set|rows|part)",
    "rules": r"\bsteps?\b|\blimit|\brules?\b|seconds|minutes|no network|allowed|may not|must not",
}


def scan_topics(page: Page) -> Scan:
    """Check that every topic is told, under its own heading or in words."""
    findings: list[Finding] = []
    if len(page.words) < _SHORTEST:
        evidence = f"the description has {len(page.words)} characters; a task needs more"
        findings.append(Finding("description-incomplete", evidence, "refactor"))
    for topic, hint in _HINTS.items():
        sections = page.sections_about(topic)
        filled = any(len(plain(section.text)) >= 15 for section in sections)
        if sections and not filled and not _has_children(page, sections[0].title):
            evidence = f"the section {sections[0].title!r} is empty"
            findings.append(Finding("description-incomplete", evidence, "refactor"))
        elif not filled and (not hint or not re.search(hint, page.words)):
            if topic == "context" and _opens_with_prose(page):
                continue
            evidence = f"nothing is said about: {topic}"
            findings.append(Finding("description-incomplete", evidence, "refactor"))
    told = ", ".join(section.title for section in page.sections if section.title)
    return Scan("sections", told, tuple(findings))


def _has_children(page: Page, title: str) -> bool:
    """Whether the section is followed by one of a deeper level, which then carries the text."""
    for section, after in zip(page.sections, page.sections[1:], strict=False):
        if section.title == title:
            return after.level > section.level
    return False


def _opens_with_prose(page: Page) -> bool:
    return any(len(plain(section.text)) >= 60 for section in page.sections[:2])


def scan_columns_told(page: Page, manifest: Manifest, features: Sequence[str]) -> Scan:
    """Check that every column is named, one by one or as a series `x1` to `x9`."""
    id_column = manifest.submission.id_column
    findings: list[Finding] = []
    named = Names(page)
    needed = [*(("target", name) for name in manifest.truth), ("id column", id_column)]
    for what, name in needed:
        if not named.has(name):
            evidence = f"the {what} {name!r} is not named"
            findings.append(Finding("description-incomplete", evidence, "refactor"))
    untold = [name for name in features if not named.has(name)]
    if untold and len(features) <= _NAMED_ONE_BY_ONE:
        evidence = f"{len(untold)} of {len(features)} columns are not named, such as {untold[0]!r}"
        findings.append(Finding("description-incomplete", evidence, "refactor"))
    elif len(untold) == len(features):
        evidence = f"none of the {len(features)} columns is named"
        findings.append(Finding("description-incomplete", evidence, "refactor"))
    measured = f"{len(features) - len(untold)} of {len(features)} columns named"
    return Scan("columns-told", measured, tuple(findings))


class Names:
    """Which names a page has, one by one or inside a series."""

    def __init__(self, page: Page) -> None:
        """Read the spans once."""
        self._words = visible(page.text)
        self._spans = [
            (low, high)
            for first, last in re.findall(
                r"`([^`\n]+)`\s*(?:to|\u2013|\u2014|-|\.\.+|…|through|and up to)\s*`([^`\n]+)`",
                page.text,
            )
            if (low := _numbered(first)) and (high := _numbered(last))
        ]

    def has(self, name: str) -> bool:
        """Whether the page names it."""
        shown = visible(name)[:_SHOWN].strip()
        if shown and _stands_in(shown, self._words):
            return True
        found = _numbered(name)
        return found is not None and any(
            found[0] == low[0] == high[0]
            and found[2] == low[2] == high[2]
            and low[1] <= found[1] <= high[1]
            for low, high in self._spans
        )


def visible(text: str) -> str:
    """Return text as `plain` does, without characters that nobody sees."""
    seen = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return plain("".join(c for c in seen if unicodedata.category(c) not in ("Cf", "Co", "Cn")))


def _stands_in(name: str, words: str) -> bool:
    """Whether the name stands in the text on its own, not as a part of a longer word."""
    start = words.find(name)
    while start >= 0:
        end = start + len(name)
        before, after = words[start - 1 : start], words[end : end + 1]
        loose = not (name[0].isalnum() and before.isalnum())
        loose &= not (name[-1].isalnum() and after.isalnum() and len(name) < _SHOWN)
        if loose and before != "_" and not (after == "_" and len(name) < _SHOWN):
            return True
        start = words.find(name, start + 1)
    return False


def _numbered(name: str) -> tuple[str, int, str] | None:
    match = re.fullmatch(r"(.*?)(\d{1,9})(\D*)", name, flags=re.DOTALL)
    return (match.group(1), int(match.group(2)), match.group(3)) if match else None


def scan_metric_told(page: Page, manifest: Manifest) -> Scan:
    """Check that metric and direction are told, and are the manifest's."""
    metric = get_metric(manifest.metric)
    text = plain(page.about("metric")) or page.words
    findings: list[Finding] = []
    if not _names_metric(metric.name, text) and not _names_metric(metric.name, page.words):
        others = [name for name in METRIC_WORDS if _names_metric(name, text)]
        code = "description-untrue" if others else "description-incomplete"
        told = f"but {others[0]!r} is" if others else "nor is any other"
        evidence = f"the metric {metric.name!r} is not named, {told}"
        findings.append(Finding(code, evidence, "refactor"))
    findings += _formulas(page, metric.name)
    up, down = HIGHER.search(text) is not None, LOWER.search(text) is not None
    right = up if metric.direction == "maximize" else down
    wrong = down if metric.direction == "maximize" else up
    if wrong and not right:
        told = "lower" if down else "higher"
        evidence = f"{metric.name} is to {metric.direction}, but the page says {told} is better"
        findings.append(Finding("description-untrue", evidence, "refactor"))
    elif not right and not re.search(r"\b(perfect|best possible|error|loss|ideal)\b", text):
        evidence = f"nothing says whether a higher or a lower {metric.name} is better"
        findings.append(Finding("description-incomplete", evidence, "refactor"))
    best = re.search(r"(?<![\w.])(-?\d+(?:\.\d+)?)(?: is| would be|:) (?:a )?perfect\b", text)
    if best and abs(float(best.group(1)) - metric.perfect) > 1e-9:
        evidence = f"the page calls {best.group(1)} perfect; {metric.name} has {metric.perfect:g}"
        findings.append(Finding("description-untrue", evidence, "refactor"))
    return Scan("metric-told", f"{metric.name}, {metric.direction}", tuple(findings))


def _formulas(page: Page, name: str) -> Iterator[Finding]:
    """A formula that names another metric of the catalogue."""
    for block in page.blocks:
        match = re.match(r"\s*([a-z0-9_]+)\s*=", block)
        if match and match.group(1) in METRIC_WORDS and match.group(1) != name:
            evidence = f"the formula is of {match.group(1)!r}, the metric is {name!r}"
            yield Finding("description-untrue", evidence, "refactor")


def _names_metric(name: str, text: str) -> bool:
    words = (*METRIC_WORDS.get(name, ()), name, name.replace("_", " "))
    return any(re.search(rf"(?<![a-z0-9]){re.escape(word)}", text) for word in words)


def scan_classes_told(page: Page, manifest: Manifest) -> Scan:
    """Check that the classes are listed where there are few of them."""
    classes = manifest.submission.classes
    named = Names(page)
    untold = [name for name in classes if not named.has(name)]
    findings: tuple[Finding, ...] = ()
    if untold and len(classes) <= 20:
        evidence = f"{len(untold)} of {len(classes)} classes are not named, such as {untold[0]!r}"
        findings = (Finding("description-incomplete", evidence, "refactor"),)
    measured = f"{len(classes) - len(untold)} of {len(classes)} classes named"
    return Scan("classes-told", measured, findings)


def described_columns(page: Page) -> Iterable[tuple[str, ...]]:
    """Yield the rows of the column table that describe one column, its cells without marks."""
    for row in page.column_table[1:]:
        first = row[0] if row else ""
        single = bare(first) != first.strip() or "`" not in first
        several = len(re.findall(r"`[^`]+`", first)) > 1
        if first.strip() and single and not several and not first.strip().startswith("…"):
            yield tuple(bare(cell) for cell in row)
