"""Does a description tell what it must not: answers, places of files, remains of a template?"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from mlesmith_generator.gates.page import Page, bare
from mlesmith_generator.gates.truthfulness import Facts
from mlesmith_generator.gates.verdict import Finding, Scan

_PATHS = re.compile(
    r"(?<![\w`./])/(?:home|root|users|work|tmp|var|mnt|media|srv|opt|data|workspace|private|proc|etc"
    r"|usr)/[\w./-]+|\b[A-Za-z]:\\\\?\w|file://|~/\w|\.\./",
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    r"answers\.(?:csv|parquet|json)|test_labels|test_answers?\.|solution\.csv|private/"
    r"|ground[_ -]truth\.(?:csv|json)|labels_test",
    re.IGNORECASE,
)
_URL = re.compile(r"\b(?:https?|ftp|s3|gs)://[^\s)>\]`\"']+|\bwww\.[^\s)>\]`\"']+", re.IGNORECASE)
_DATA_URL = re.compile(
    r"\.(?:csv|tsv|data|zip|gz|bz2|xz|json|jsonl|parquet|arff|xlsx?|txt|sqlite|db)(?:$|[?#])"
    r"|kaggle\.com|archive\.ics|openml\.org|huggingface\.co|github(?:usercontent)?\.com|zenodo\."
    r"|figshare|data\.world|dataverse|drive\.google|dropbox",
    re.IGNORECASE,
)
_PLACEHOLDERS = re.compile(
    r"\{[a-z_][a-z0-9_]*\}|\{\{[^}]*\}\}|<(?:insert|todo|your|fill)[^>\n]*>|\bTODO\b|\bTBD\b|\bFIXME\b"
    r"|lorem ipsum|\[(?:insert|todo|tbd|description)[^\]]*\]|\bXXX+\b",
)
_FEWEST_LINES = 4


def scan_disclosures(page: Page, facts: Facts) -> Scan:
    """Look for answers, paths, data addresses and template remains in a description."""
    findings = [
        *_patterns(page, facts),
        *_urls(page),
        *_answers(page, facts),
    ]
    return Scan("disclosures", "no answers, paths or addresses", tuple(findings))


def _patterns(page: Page, facts: Facts) -> Iterator[Finding]:
    prose = _without_data(page, facts)
    for code, pattern, what in (
        ("machine-path", _PATHS, "a path of some machine"),
        ("answers-in-description", _ANSWERS, "where answers lie"),
        ("description-placeholder", _PLACEHOLDERS, "what is left of a template"),
    ):
        match = pattern.search(prose)
        if match:
            evidence = f"the description has {what}: {match.group(0).strip()[:60]!r}"
            yield Finding(code, evidence, "refactor")


def _without_data(page: Page, facts: Facts) -> str:
    """The text less inline code that is a name or value of the data: those are quoted, not said."""
    names = {str(name) for name in facts.tables.train.columns}

    def said(match: re.Match[str]) -> str:
        inside = bare(match.group(0))
        if inside in names:
            return "`…`"
        # A value of a column is data, wherever it is quoted in a table.
        return match.group(0)

    return re.sub(r"(?<!`)(`+)(?!`)[^\n]+?(?<!`)\1(?!`)", said, page.text)


def _urls(page: Page) -> Iterator[Finding]:
    for url in _URL.findall(page.text):
        if _DATA_URL.search(url):
            evidence = f"the description points to where the data can be had: {url[:80]!r}"
            yield Finding("data-address", evidence, "refactor")
        else:
            evidence = f"the description has an address: {url[:80]!r}"
            yield Finding("data-address", evidence, "refactor", warning=True)


def _answers(page: Page, facts: Facts) -> Iterator[Finding]:
    """Lines that hold a hidden id and its answer."""
    form, target = facts.manifest.submission, facts.manifest.recipe.target
    answers = facts.tables.answers
    truth = dict(zip(answers[form.id_column].astype(str), answers[target].astype(str), strict=True))
    right: list[str] = []
    asked = 0
    for line in page.text.splitlines():
        cells = [bare(cell) for cell in re.split(r"[,;|\t:=]|->|→", line) if cell.strip()]
        if len(cells) < 2 or cells[0] not in truth:
            continue
        asked += 1
        right += [truth[cells[0]]] if truth[cells[0]] in cells[1:] else []
    if len(right) >= _FEWEST_LINES and len(set(right)) > 1:
        shares = answers[target].astype(str).value_counts(normalize=True)
        chance = float(np.mean([shares[value] for value in right]))
        if len(right) / asked > min(0.95, chance + 0.3):
            evidence = f"{len(right)} of {asked} lines with a hidden id hold its answer"
            yield Finding("answers-in-description", evidence, "refactor")
