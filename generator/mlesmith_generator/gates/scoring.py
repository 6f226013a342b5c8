"""Does the grader do what the manifest promises, on this very task?

The answers score perfectly, worse predictions score worse, the sample submission is valid and
says nothing about the answers, and whatever is malformed is refused.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import InvalidSubmissionError, MetricError, MlesmithError, SandboxError
from mlesmith_env.grading import Grader
from mlesmith_env.manifest import Part
from mlesmith_generator.gates.order import association, neighbours
from mlesmith_generator.gates.rows import TaskRows
from mlesmith_generator.gates.strength import quantile_codes
from mlesmith_generator.gates.verdict import Finding, Scan

PARTS: tuple[Part, ...] = ("public", "private")
_SHUFFLES = 5
_DEALS = 12
_CLOSE = 0.05
_SIGMAS = 4.0
_MANY_ROWS = 50_000


def scan_perfection(grader: Grader) -> Scan:
    """Check that the answers score perfectly and that no worse predictions score better."""
    metric = grader.metric
    perfect = grader.perfect_predictions()
    findings: list[Finding] = []
    told: list[str] = []
    for part in PARTS:
        try:
            top = grader.score_predictions(perfect, part)
            worse = _spoilt(grader, perfect, part)
        except SandboxError:
            raise
        except MlesmithError as error:
            evidence = f"{metric.name} has no value on the {part} rows: {error}"
            findings.append(Finding("metric-undefined", evidence))
            continue
        told.append(f"{part}: {top:.6g}, shuffled {np.median(worse):.6g}")
        if not math.isclose(top, metric.perfect, rel_tol=1e-6, abs_tol=1e-5):
            evidence = f"{part}: the answers score {top:.6g}, perfect is {metric.perfect:g}"
            findings.append(Finding("truth-not-perfect", evidence))
        if any(metric.better(score, top) and not math.isclose(score, top) for score in worse):
            evidence = f"{part}: shuffled answers score better than the answers ({told[-1]})"
            findings.append(Finding("inverted-metric", evidence))
        elif all(math.isclose(score, top, rel_tol=1e-9, abs_tol=1e-12) for score in worse):
            evidence = f"{part}: {metric.name} gives shuffled answers the score of the answers"
            findings.append(Finding("constant-metric", evidence))
    return Scan("direction", "; ".join(told), tuple(findings))


def _spoilt(grader: Grader, perfect: NDArray[Any], part: Part) -> list[float]:
    """Return the scores of the answers, dealt out anew; raises MetricError where one has none."""
    rows = np.flatnonzero(grader.mask(part))
    draws = [np.random.default_rng(seed) for seed in range(_SHUFFLES)]
    cases = [(rows, perfect[random.permutation(len(perfect))][rows]) for random in draws]
    scores = grader.score_cases(cases).tolist()
    if not all(map(math.isfinite, scores)):
        raise MetricError("it gives no score to the answers in another order")
    return scores


def scan_sample(grader: Grader, sample: pd.DataFrame, aspects: Sequence[TaskRows]) -> Scan:
    """Check that the sample submission is valid and tells nothing about the answers."""
    form = grader.manifest.submission
    names = [str(name) for name in sample.columns]
    if names != [form.id_column, *form.columns]:
        evidence = f"its columns are {names}, not {[form.id_column, *form.columns]}"
        return _sample("sample-malformed", evidence)
    try:
        predictions = grader.predictions(sample)
        scores = {part: grader.score_predictions(predictions, part) for part in PARTS}
    except InvalidSubmissionError as error:
        return _sample("sample-malformed", f"it is no valid submission: {error}")
    told = ", ".join(f"{part} {score:.6g}" for part, score in scores.items())
    perfect = grader.metric.perfect
    if any(math.isclose(score, perfect, rel_tol=1e-6, abs_tol=1e-9) for score in scores.values()):
        return _sample("sample-reveals-answers", f"it scores perfectly ({told})")
    if predictions.dtype == object and (known := _known(predictions, grader)):
        return _sample("sample-reveals-answers", known)
    if aspects and (told_by_order := _told_by_order(sample, grader, aspects[0])):
        return _sample("order-leak", told_by_order)
    for rows in aspects:
        effect = _told_by(predictions, grader, rows)
        if effect > _CLOSE:
            evidence = f"its predictions explain {effect:.1%} of the answers ({told})"
            return _sample("sample-reveals-answers", evidence)
    return Scan("sample-submission", told)


def _known(predictions: NDArray[Any], grader: Grader) -> str:
    """How structures fit their own rows better than others', in words; empty where they do not."""
    rows = np.flatnonzero(grader.mask("private"))
    draws = [np.random.default_rng(seed).permutation(len(rows)) for seed in range(_DEALS)]
    cases = [(rows, predictions[rows]), *((rows, predictions[rows[draw]]) for draw in draws)]
    own, *dealt = grader.score_cases(cases).tolist()
    ahead = grader.metric.sign * (own - float(np.mean(dealt)))
    room = abs(grader.metric.perfect - float(np.mean(dealt)))
    if ahead > _CLOSE * room and ahead > _SIGMAS * float(np.std(dealt)):
        return f"its predictions score {own:.4g}, dealt out anew {float(np.mean(dealt)):.4g}"
    return ""


def _sample(code: str, evidence: str) -> Scan:
    finding = Finding(code, f"sample_submission.csv: {evidence}", "refactor")
    return Scan("sample-submission", "", (finding,))


def _told_by_order(sample: pd.DataFrame, grader: Grader, rows: TaskRows) -> str:
    """What the order of the rows tells of the answers, in words; empty where nothing."""
    ids = sample[grader.manifest.submission.id_column].astype(str)
    place = {name: float(position) for position, name in enumerate(ids)}
    hidden = rows.select(rows.hidden, ())
    at = np.array([place.get(str(name), np.nan) for name in hidden.ids])
    for words, (effect, sigmas) in (
        ("the place of a row", association(quantile_codes(at, 20), hidden)),
        ("the row before", neighbours(at, hidden)),
    ):
        if sigmas >= 6.0 and effect >= _CLOSE:
            return f"{words} explains {effect:.1%} of the answers"
    return ""


def _told_by(predictions: NDArray[Any], grader: Grader, rows: TaskRows) -> float:
    """Share of the answers that varying predictions of the sample explain beyond chance."""
    if predictions.dtype == object:
        return 0.0  # Structures are compared by the execution gate, which scores them.
    table = predictions.astype(np.float64).reshape(len(predictions), -1)
    place = {name: position for position, name in enumerate(grader.ids)}
    hidden = rows.select(rows.hidden, ())
    order = np.array([place.get(str(name), -1) for name in hidden.ids], dtype=np.int64)
    best = 0.0
    for column in table.T[:30]:
        values = column[order]
        few = pd.factorize(values)[0].astype(np.int64)
        groups = few if few.max(initial=0) < 30 else quantile_codes(values, 20)
        effect, sigmas = association(groups, hidden)
        if sigmas >= _SIGMAS:
            best = max(best, effect)
    return best


def scan_malformed(grader: Grader) -> Scan:
    """Check that a battery of malformed submissions is refused, each with our own error."""
    findings: list[Finding] = []
    count = 0
    with tempfile.TemporaryDirectory(prefix="mlesmith-malformed-") as folder:
        for name, source in _malformed(grader, Path(folder)):
            count += 1
            try:
                grader.predictions(source)
            except InvalidSubmissionError:
                continue
            findings.append(Finding("malformed-accepted", f"a submission {name} is accepted"))
    return Scan("malformed-submissions", f"{count} kinds refused", tuple(findings))


def _malformed(grader: Grader, folder: Path) -> Iterator[tuple[str, Path | pd.DataFrame]]:
    form = grader.manifest.submission
    good = grader.perfect_submission()
    first = form.columns[0]
    yield "with a missing row", good.iloc[1:]
    yield "with an id twice", pd.concat([good, good.iloc[:1]])
    strange = good.copy()
    strange[form.id_column] = ["no such id", *strange[form.id_column].iloc[1:]]
    yield "with an unknown id", strange
    yield "without a prediction column", good.drop(columns=[first])
    for place, (name, value) in enumerate(grader.kind.wrong_values()):
        if len(good) > _MANY_ROWS and place:
            continue
        spoilt = good.astype({first: object})
        spoilt.iloc[len(good) // 2, spoilt.columns.get_loc(first)] = value
        yield name, spoilt
    empty = folder / "empty.csv"
    empty.write_bytes(b"")
    yield "that is an empty file", empty
    header = folder / "header.csv"
    header.write_text(",".join([form.id_column, *form.columns]) + "\n", encoding="utf-8")
    yield "that is a header only", header
    binary = folder / "binary.csv"
    binary.write_bytes(bytes(range(256)) * 8)
    yield "that is binary", binary
    yield "that is a folder", folder
    link = folder / "link.csv"
    link.symlink_to(header)
    yield "that is a link", link
