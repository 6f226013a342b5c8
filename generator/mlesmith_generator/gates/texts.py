"""What leaks of texts: hidden ones that stand in training, slightly changed, and truths told."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
import pandas as pd

from mlesmith_env.manifest import CLASSED, USAGE, Manifest
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.verdict import Finding, Scan

Triple = tuple[str, str, str]

ALIKE = 0.8
"""Share of common word triples (Jaccard) from which one text is a near-copy of another."""
SHORTEST = 8
"""Words below which two texts may be alike by chance."""
REFUSED, WARNED = 0.2, 0.03
"""Shares of the hidden texts that have a near-copy among the training texts."""
COPIED = 0.9
"""Share of hidden rows in which a public column holds the truth, word for word."""
TOLD, HALF_TOLD = 0.9, 0.6
"""Shares of the texts that say the name of their class and of no other: refused, told."""
_MOST = 4_000
"""Hidden texts that are looked at."""
_COMMON = 60
"""Texts that share a triple above which it says nothing."""
_SHIFT = 25
"""Rows by which a column may have been moved against the truth."""
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")


def scan_texts(manifest: Manifest, tables: Tables, columns: Sequence[str]) -> list[Scan]:
    """Return the scans over a task about texts.

    Args:
        manifest: The task.
        tables: Its rows.
        columns: The columns of text that it is about.
    """
    scans = [_scan_near_copies(tables, columns), _scan_told(manifest, tables)]
    if manifest.objective in CLASSED:
        scans.append(_scan_labels(manifest, tables, columns))
    return scans


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters; a letter of scripts without blanks is a word."""
    return [word.casefold() for word in _WORD.findall(text)]


def near_copies(seen: Sequence[str], hidden: Sequence[str]) -> list[tuple[int, int]]:
    """Return pairs (place in hidden, place in seen) of texts that are nearly the same.

    Two texts are compared by the sets of their word triples; only those that share one which is
    not common are looked at.
    """
    triples = [shingles(text) for text in seen]
    owners: dict[Triple, list[int]] = defaultdict(list)
    for place, own in enumerate(triples):
        for triple in own:
            owners[triple].append(place)
    found: list[tuple[int, int]] = []
    for place, text in enumerate(hidden):
        own = shingles(text)
        shared: dict[int, int] = defaultdict(int)
        for triple in own:
            others = owners.get(triple, ())
            if len(others) <= _COMMON:
                for other in others:
                    shared[other] += 1
        for other, _ in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))[:5]:
            both = len(own & triples[other])
            if both >= ALIKE * len(own | triples[other]):
                found.append((place, other))
                break
    return found


def shingles(text: str) -> set[Triple]:
    """Return the triples of words that follow each other; none of a short text."""
    words = words_of(text)
    if len(words) < SHORTEST:
        return set()
    return set(zip(words, words[1:], words[2:], strict=False))


def _scan_near_copies(tables: Tables, columns: Sequence[str]) -> Scan:
    findings: list[Finding] = []
    told: list[str] = []
    for name in columns:
        if name not in tables.train.columns or name not in tables.test.columns:
            continue
        seen, hidden = _texts(tables.train, name), _texts(tables.test, name)
        if len(hidden) > _MOST:
            drawn = np.random.default_rng(0).choice(len(hidden), _MOST, replace=False)
            hidden = [hidden[place] for place in np.sort(drawn)]
        share = len(near_copies(seen, hidden)) / max(1, len(hidden))
        told.append(f"{share:.1%} of the hidden {name!r} have a near-copy in training")
        if share >= WARNED:
            findings.append(Finding("near-copies", told[-1], warning=share < REFUSED))
    return Scan("text-near-copies", "; ".join(told) or "no text", tuple(findings))


def _scan_told(manifest: Manifest, tables: Tables) -> Scan:
    """Look for public columns that hold the truth of their row, or of a row near by."""
    id_column, target = manifest.submission.id_column, manifest.truth[0]
    answers = tables.answers.drop_duplicates(id_column).set_index(id_column)
    matched = answers.reindex(tables.test[id_column])
    truth = [_normal(value) for value in matched[target].fillna("").astype(str)]
    known = np.array([bool(text) for text in truth]) & matched[USAGE].notna().to_numpy()
    chance = pd.Series([text for text, is_known in zip(truth, known, strict=True) if is_known])
    usual = float(chance.value_counts(normalize=True).iloc[0]) if len(chance) else 1.0
    findings = list(_copies(tables, id_column, truth, known, usual))
    names = [str(name) for name in tables.test.columns if name != id_column]
    return Scan("truth-told", f"no truth among {len(names)} public column(s)", tuple(findings))


def _copies(
    tables: Tables, id_column: str, truth: list[str], known: np.ndarray, usual: float
) -> Iterator[Finding]:
    for name in tables.test.columns:
        if name == id_column or not known.any():
            continue
        told = [_normal(text) for text in _texts(tables.test, str(name))]
        for step in sorted(range(-_SHIFT, _SHIFT + 1), key=abs):
            shifted = told[step:] + told[:step]
            hits = [
                a == b for a, b, is_known in zip(truth, shifted, known, strict=True) if is_known
            ]
            share = float(np.mean(hits))
            if share >= COPIED and share > usual + 0.05:
                where = "in its row" if not step else f"{abs(step)} rows away"
                evidence = f"{str(name)!r} holds the truth of {share:.0%} of the rows, {where}"
                yield Finding("target-copy", evidence, columns=(str(name),))
                break


def _scan_labels(manifest: Manifest, tables: Tables, columns: Sequence[str]) -> Scan:
    """Look for texts that say the name of their class, and hardly ever that of another."""
    labels = {" ".join(words_of(label)): label for label in manifest.submission.classes}
    shares: dict[str, float] = {}
    for name in columns:
        if name not in tables.train.columns:
            continue
        truth = _texts(tables.train, manifest.recipe.target)
        said = [f" {' '.join(words_of(text))} " for text in _texts(tables.train, name)]
        told = [[own for key, own in labels.items() if f" {key} " in text] for text in said]
        right = [own == [label] for own, label in zip(told, truth, strict=True)]
        shares[name] = float(np.mean(right)) if right else 0.0
    evidence = "; ".join(
        f"{share:.0%} of the training {name!r} say the name of their class and of no other"
        for name, share in shares.items()
    )
    findings = [
        Finding("label-in-text", evidence, warning=share < TOLD)
        for share in shares.values()
        if share >= HALF_TOLD
    ]
    return Scan("label-in-text", evidence or "no text", tuple(findings[:1]))


def scan_apart(tables: Tables, column: str) -> Scan:
    """Look for texts that several rows have, and that stand on both sides of the holdout."""
    if column not in tables.train.columns or column not in tables.test.columns:
        return Scan("texts-apart", "no such text")
    seen, hidden = (
        {_normal(text) for text in _texts(frame, column)} for frame in (tables.train, tables.test)
    )
    crossing = len(seen & hidden)
    told = f"{crossing} of {len(hidden)} hidden {column!r} stand in training"
    return Scan("texts-apart", told, (Finding("group-crossing", told),) if crossing else ())


def scan_listed(manifest: Manifest, tables: Tables) -> Scan:
    """Look for public columns that name the labels of their row, and no others."""
    truth = list(manifest.truth)
    plain = [f" {' '.join(words_of(name))} " for name in truth]
    held = tables.train[truth].apply(pd.to_numeric, errors="coerce").to_numpy()[:_MOST]
    rows = np.flatnonzero((held == 1).any(axis=1))
    findings: list[Finding] = []
    names = [str(name) for name in tables.test.columns if name != manifest.submission.id_column]
    for name in names if len(rows) else ():
        if name not in tables.train.columns:
            continue
        told = _texts(tables.train, name)
        said = [f" {' '.join(words_of(told[row]))} " for row in rows.tolist()]
        named = np.array([[label in text for label in plain] for text in said])
        share = float((named == (held[rows] == 1)).all(axis=1).mean())
        if share >= HALF_TOLD:
            evidence = f"{name!r} names all labels of its row and no other in {share:.0%} of them"
            warned = share < TOLD
            findings.append(Finding("label-in-text", evidence, warning=warned, columns=(name,)))
    return Scan("labels-named", f"labels in {len(names)} public column(s)", tuple(findings))


def _texts(frame: pd.DataFrame, name: str) -> list[str]:
    return cast("pd.Series", frame[name]).fillna("").astype(str).tolist()


def _normal(text: str) -> str:
    return " ".join(text.casefold().split())


def scan_pairs(
    manifest: Manifest, tables: Tables, columns: Sequence[str], apart: Sequence[str] = ()
) -> Scan:
    """Look for hidden pairs of texts that stand in training, the other way round, too.

    Args:
        manifest: The task.
        tables: Its rows.
        columns: The two columns of texts.
        apart: Those of them whose texts the holdout keeps on one side.
    """
    if len(columns) != 2 or not set(columns) <= set(tables.test.columns):
        return Scan("pairs-across-the-holdout", "no pairs of texts")
    seen = _pairs_of(tables.train, columns)
    hidden = _pairs_of(tables.test, columns)
    known = set(seen)
    share = float(np.mean([pair in known for pair in hidden])) if hidden else 0.0
    singles = {text for pair in seen for text in pair}
    one = float(np.mean([bool(singles & pair) for pair in hidden])) if hidden else 0.0
    told = (
        f"{share:.1%} of the hidden pairs stand in training in either order, {one:.1%} share a "
        "text with a training pair"
    )
    findings: list[Finding] = []
    if share >= WARNED:
        findings.append(Finding("pairs-crossing", told, warning=share < REFUSED / 2))
    if apart and set(apart) <= set(tables.test.columns):
        sides = [
            {_normal(text) for name in apart for text in _texts(frame, name)}
            for frame in (tables.train, tables.test)
        ]
        if crossing := len(sides[0] & sides[1]):
            evidence = f"{crossing} texts of {', '.join(map(repr, apart))} stand on both sides"
            findings.append(Finding("pairs-crossing", evidence))
    near = len(near_copies(_joined(tables.train, columns), _joined(tables.test, columns)))
    alike = near / max(1, len(hidden))
    if alike - share >= WARNED:
        evidence = f"{alike:.1%} of the hidden pairs are near-copies of a training pair"
        findings.append(Finding("near-copies", evidence, warning=alike < REFUSED))
    return Scan("pairs-across-the-holdout", told, tuple(findings))


def _joined(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    one, other = (_texts(frame, name) for name in columns)
    return [f"{first} {second}" for first, second in zip(one, other, strict=True)][:_MOST]


def _pairs_of(frame: pd.DataFrame, columns: Sequence[str]) -> list[frozenset[str]]:
    one, other = ([_normal(text) for text in _texts(frame, name)] for name in columns)
    return [frozenset(pair) for pair in zip(one, other, strict=True)]
