"""The execution gate: does experience, the ladder run in the sandbox, say that this is a task?"""

from __future__ import annotations

import ast
import itertools
import re
import time
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from mlesmith_env.errors import MetricError
from mlesmith_env.manifest import Part
from mlesmith_env.package import LEADERBOARD
from mlesmith_env.quality import MOST_HEADROOM
from mlesmith_env.task import Task
from mlesmith_generator.gates.anchoring import PARTS, scan_anchors, scan_leaderboard
from mlesmith_generator.gates.optimum import scan_optimum
from mlesmith_generator.gates.oracle import scan_oracle
from mlesmith_generator.gates.resampling import resample_rungs, rows_of
from mlesmith_generator.gates.sample import are_answers, scan_sample
from mlesmith_generator.gates.second import scan_near_copy
from mlesmith_generator.gates.units import groups_of, scan_private_groups
from mlesmith_generator.gates.verdict import Finding, Scan, report
from mlesmith_generator.ladder import LadderResult, RungResult, run_ladder
from mlesmith_generator.ladder.result import OPTIMUM
from mlesmith_generator.ladder.thresholds import QUANTILES
from mlesmith_generator.records import GateReport

FEWEST_RUNGS = 6
"""Rungs that have to work, two of them not trivial; fewer is no ladder."""
MOST_SLOW = 2
"""Rungs that may take longer than a step has."""
CRASHES = frozenset({"ok", "error", "output_limit", "invalid_submission"})
"""What a step ends with where a program without a submission would fail on any machine."""
FEWEST_ABOVE = 2
"""Rungs above the floor below which nothing but luck may have made the ceiling."""
MOST_EXACT = 3
"""Unlike rungs, a plain one among them, that predict every answer of a task not worth it."""
HEADROOM = 3.0
"""Standard errors that the ceiling has to stand above the floor on private rows."""
MARKS = len(QUANTILES)
"""Thresholds of a part, each of which is a result of its own: that many rows above the floor."""
EXACT = 1e-9
"""Relative difference up to which two scores are the same sum, taken in another order."""
AS_EXACT = 0.999
"""Share of the way on both parts from which a rung counts as one that predicts every answer: a
metric of the order of rows is perfect without that, and one row of a thousand is no question."""
NEAR_PERFECT = 0.99
"""Share of the way from floor to perfect at which a score is as good as perfect."""
ALIKE = 2.0
"""Standard errors from which on two rungs count as told apart."""
_MIXED = re.compile("blend|mixture|tuned_")
"""Names of rungs that are made of others, and so are not unlike them."""
_LEARNT = re.compile("boosting|forest")
"""Names of rungs that are no plain models."""
FEWER_RESAMPLES = 60
"""Resamples where nothing depends on the error being exact."""


@dataclass(frozen=True)
class _Gap:
    """How far the ceiling is above the floor on one part, and how sure that is."""

    size: float
    error: float
    unit: str
    told: str

    @property
    def sigmas(self) -> float:
        """Standard errors between floor and ceiling."""
        if self.error > 0:
            return self.size / self.error
        return float("inf") if self.size > 0 else 0.0


def execution_gate(
    task: Task, *, sandbox: str = "local", seed: int = 0, provisional: bool
) -> tuple[GateReport, LadderResult]:
    """Run the ladder of a task and judge what it tells.

    Refused are tasks on which too few rungs run, one that looks at features crashes or they take
    too long, on which the best rung is not `HEADROOM` standard errors above the best trivial one
    or stands there alone, whose metric does not punish errors, whose sample submission tells
    something about the answers, and which one column solves (as a near copy, perhaps), or plain
    models do. How many neighbouring rungs are told apart is recorded, not judged.

    Args:
        task: The task, prepared or not.
        sandbox: Where the programs run.
        seed: Seed of the episode and of the resampling.
        provisional: Whether the manifest's anchors are placeholders; else they are compared with
            the measured ones.

    Returns:
        The verdict with its evidence, and everything that was measured.

    Raises:
        SandboxError: The sandbox broke down or can not be had.
        DataUnavailableError: The task's raw bytes are not at hand.
    """
    began = time.monotonic()
    try:
        ladder = run_ladder(task, sandbox=sandbox, seed=seed)
        scans = scan_ladder(task, ladder, seed=seed, provisional=provisional)
    except MetricError as error:
        ladder = LadderResult(task.grader.metric, ())
        finding = Finding("metric-undefined", f"a valid submission has no score: {error}")
        scans = [Scan("metric-bites", "", (finding,))]
    finally:
        task.close()
    return report("execution", scans, time.monotonic() - began), ladder


def scan_ladder(
    task: Task, ladder: LadderResult, *, seed: int = 0, provisional: bool
) -> list[Scan]:
    """Return everything that a ladder tells about its task; see `execution_gate`."""
    scans = [_scan_time(task, ladder), _scan_rungs(ladder)]
    if scans[-1].passed:
        scans += _scan_scores(task, ladder, seed, provisional=provisional)
    return scans


def _scan_scores(task: Task, ladder: LadderResult, seed: int, *, provisional: bool) -> list[Scan]:
    grader = task.grader
    scans = [
        scan_oracle(
            grader.metric,
            grader.truth("private"),
            rows_of(grader.perfect_predictions(), grader.mask("private")),
            ladder,
            score=grader.scoring("private") if grader.scorer else None,
            seed=seed,
        )
    ]
    groups = groups_of(task)
    gaps: dict[Part, _Gap] = {part: _gap(task, ladder, part, groups, seed) for part in PARTS}
    one_column = _scan_one_column(ladder)
    copy = scan_near_copy(task, ladder, _best_column(ladder), groups, seed)
    scans += [
        scan_private_groups(task, groups),
        _scan_headroom(gaps, ladder),
        scan_sample(task, ladder, groups, seed),
        one_column,
        copy,
        _scan_ceiling(task, ladder, curable=not (one_column.passed and copy.passed)),
        _scan_discrimination(task, ladder, groups, seed),
    ]
    optimum = scan_optimum(task, ladder, groups, seed)
    scans += [optimum] if optimum is not None else []
    if not provisional and min(gap.size for gap in gaps.values()) > 0:
        errors: dict[Part, float] = {part: gap.error for part, gap in gaps.items()}
        scans.append(scan_anchors(task.manifest, ladder, errors))
        scans.append(scan_leaderboard(task.directory / LEADERBOARD, task.manifest, ladder))
    return scans


def _scan_rungs(ladder: LadderResult) -> Scan:
    worked = ladder.worked
    broken = [rung for rung in ladder.rungs if not rung.worked]
    told = f"{len(worked)} of {len(ladder.rungs)} rungs handed in a valid submission"
    evidence = "; ".join([told, *(f"{rung.name} ({rung.status}): {rung.error}" for rung in broken)])
    strong = [rung for rung in worked if not rung.trivial]
    trivial = [rung for rung in worked if rung.trivial]
    crashed = [rung for rung in broken if not rung.trivial and rung.status in CRASHES]
    if len(worked) < FEWEST_RUNGS or len(strong) < 2 or not trivial or crashed:
        finding = Finding("ladder-crash", evidence)
    elif any(rung.name == "sample_submission" for rung in broken):
        finding = Finding("sample-invalid", evidence)
    elif broken:
        finding = Finding("rung-failed", evidence, warning=True)
    else:
        return Scan("ladder", told)
    return Scan("ladder", told, (finding,))


def _scan_time(task: Task, ladder: LadderResult) -> Scan:
    limits = task.manifest.limits
    slow = [
        rung
        for rung in ladder.rungs
        if rung.status == "timeout" or rung.seconds > limits.step_timeout_s
    ]
    # No seconds in the evidence of what passes: it is stored, and times are not reproducible.
    told = (
        f"at most {MOST_SLOW} rungs over {limits.step_timeout_s:g} s, all within "
        f"{limits.time_limit_s:g} s"
    )
    if len(slow) <= MOST_SLOW and ladder.seconds <= limits.time_limit_s:
        return Scan("time", told)
    times = ", ".join(f"{rung.name} {rung.seconds:.3g} s" for rung in slow)
    evidence = (
        f"the ladder took {ladder.seconds:.3g} s of {limits.time_limit_s:g}; over the "
        f"{limits.step_timeout_s:g} s of a step: {times or 'none'}"
    )
    return Scan("time", told, (Finding("over-time", evidence),))


def _gap(
    task: Task, ladder: LadderResult, part: Part, groups: NDArray[Any] | None, seed: int
) -> _Gap:
    floor, ceiling = ladder.floor_rung(part), ladder.ceiling_rung(part)
    bootstrap = resample_rungs(task, part, (floor, ceiling), groups=groups, seed=seed)
    told = (
        f"floor {floor.scores[part]:.6g} ({floor.name}), ceiling {ceiling.scores[part]:.6g} "
        f"({ceiling.name})"
    )
    return _Gap(ladder.gap(part), bootstrap.error_of_difference(1, 0), bootstrap.unit, told)


def _scan_headroom(gaps: dict[Part, _Gap], ladder: LadderResult) -> Scan:
    told = {
        part: f"{part}: {gap.told}, {gap.sigmas:.3g} standard errors apart over {gap.unit}"
        for part, gap in gaps.items()
    }
    findings = [
        Finding("no-headroom", told[part], stage="brainstorm")
        for part, gap in gaps.items()
        # Few public rows may not tell much, but they need a scale.
        if gap.size <= 0 or (part == "private" and gap.sigmas < HEADROOM)
    ]
    findings += [
        Finding(
            "no-headroom",
            f"{told[part]}: no room for median, bronze, silver and gold",
            stage="brainstorm",
        )
        for part, gap in gaps.items()
        if not findings and gap.size < (1 - EXACT) * MARKS * ladder.steps.get(part, 0.0)
    ]
    above = _above_floor(ladder)
    if not findings and len(above) < FEWEST_ABOVE and ladder.rung(OPTIMUM) is None:
        lone = f"of all rungs only {', '.join(above)} is above the floor on private rows"
        findings.append(Finding("no-headroom", lone, stage="brainstorm"))
    measured = "; ".join([told["private"], told["public"]])
    value = min(gaps["private"].sigmas, MOST_HEADROOM)
    return Scan("headroom", measured, tuple(findings), value)


def _above_floor(ladder: LadderResult) -> list[str]:
    """Return the rungs that look at features and score better than the floor on private rows."""
    sign, floor = ladder.metric.sign, ladder.floor_rung("private").scores["private"]
    return [
        rung.name
        for rung in ladder.worked
        if not rung.trivial and sign * (rung.scores["private"] - floor) > 0
    ]


def _scan_one_column(ladder: LadderResult) -> Scan:
    rung = ladder.rung("best_column")
    if rung is None:
        return Scan("one-column", "that rung did not work")
    column = _best_column(ladder)
    shares = {part: _way_to_perfect(ladder, rung.scores[part], part) for part in PARTS}
    told = (
        f"column {column!r} alone goes {shares['private']:.2%} of the way from floor to perfect "
        f"on private rows, {shares['public']:.2%} on public ones"
    )
    if min(shares.values()) < NEAR_PERFECT:
        return Scan("one-column", told)
    columns = (column,) if column else ()
    return Scan("one-column", told, (Finding("single-column-leak", told, columns=columns),))


def _scan_ceiling(task: Task, ladder: LadderResult, *, curable: bool) -> Scan:
    """Whether the task is solved: refused where plain models do it, else a warning.

    A strong model may well solve an honest task; and where it is curable, by leaving out the
    column that solves it, it is not judged yet.
    """
    best = ladder.ceiling_rung("private")
    share = _way_to_perfect(ladder, best.scores["private"], "private")
    told = f"{best.name} goes {share:.2%} of the way from floor to perfect"
    exact = [
        rung.name
        for rung in ladder.worked
        if rung.name != OPTIMUM and rung.predictions is not None and _solves(rung, ladder, task)
    ]
    if exact:
        told += f"; {', '.join(exact)} predict every answer exactly, or all but so"
    if share < NEAR_PERFECT and not exact:
        return Scan("ceiling", told)
    unlike = [name for name in exact if not _MIXED.search(name)]
    if not curable and len(unlike) >= MOST_EXACT and not all(map(_LEARNT.search, unlike)):
        return Scan("ceiling", told, (Finding("too-easy", told, stage="brainstorm"),))
    return Scan("ceiling", told, (Finding("solved", told, warning=True),))


def _solves(rung: RungResult, ladder: LadderResult, task: Task) -> bool:
    """Return whether a rung predicts every answer, or scores as if it did on both parts."""
    ways = [_way_to_perfect(ladder, rung.scores[part], part) for part in PARTS]
    return min(ways) >= AS_EXACT or (
        rung.predictions is not None and are_answers(rung.predictions, task.grader)
    )


def _scan_discrimination(
    task: Task, ladder: LadderResult, groups: NDArray[Any] | None, seed: int
) -> Scan:
    """How many neighbours on the leaderboard are told apart: recorded, not judged."""
    order = sorted(ladder.worked, key=lambda rung: ladder.metric.sign * rung.scores["private"])
    bootstrap = resample_rungs(
        task, "private", order, groups=groups, resamples=FEWER_RESAMPLES, seed=seed
    )
    apart = sum(
        abs(high.scores["private"] - low.scores["private"])
        > ALIKE * bootstrap.error_of_difference(place + 1, place)
        for place, (low, high) in enumerate(itertools.pairwise(order))
    )
    pairs = len(order) - 1
    told = f"{apart / pairs:.2f} ({apart} of {pairs} neighbouring rungs are told apart)"
    return Scan("discrimination", told, value=apart / pairs)


def _way_to_perfect(ladder: LadderResult, score: float, part: Part) -> float:
    floor, perfect = ladder.floor_rung(part).scores[part], ladder.metric.perfect
    return 1.0 if floor == perfect else (score - floor) / (perfect - floor)


def _best_column(ladder: LadderResult) -> str:
    """Return the column that the one-column rung chose, or nothing."""
    rung = ladder.rung("best_column")
    return "" if rung is None else _column_named(rung.output)


def _column_named(output: str) -> str:
    """Return the column that the one-column rung names in its output, or nothing."""
    found = re.search(r"^best column: (.+)$", output, re.MULTILINE)
    try:
        name = ast.literal_eval(found[1]) if found else ""
    except (ValueError, SyntaxError):
        return ""
    return name if isinstance(name, str) else ""
