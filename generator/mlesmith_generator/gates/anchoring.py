"""Whether the anchors that a package states are those that its ladder measures."""

from __future__ import annotations

import itertools
from pathlib import Path

from mlesmith_env.errors import ReadError, TamperedTaskError
from mlesmith_env.leaderboard import read_leaderboard
from mlesmith_env.manifest import Anchors, Manifest, Part
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.ladder import LadderResult

TOLERANCE = 0.05
"""Share of the scale by which an anchor may differ: other library versions fit a little else."""
MOST_TOLERANCE = 0.10
"""The same where few rows make scores jump, and for what depends on several rungs."""
EXAMPLES = 3
PARTS: tuple[Part, ...] = ("public", "private")


def scan_anchors(manifest: Manifest, ladder: LadderResult, errors: dict[Part, float]) -> Scan:
    """Compare the manifest's anchors with the measured ones.

    Floor and ceiling may differ by half a standard error of their difference, but by no less than
    `TOLERANCE` of the measured scale and no more than `MOST_TOLERANCE`, by which thresholds may.
    Thresholds have to be strictly monotone.

    Args:
        manifest: The manifest.
        ladder: What was measured; its `reference` exists.
        errors: Standard error of ceiling less floor, by part.
    """
    measured, stated = ladder.reference, manifest.reference
    told: list[str] = []
    wrong: list[str] = []
    for part in PARTS:
        found: Anchors = getattr(measured, part)
        claimed: Anchors = getattr(stated, part)
        scale = abs(found.ceiling - found.floor)
        margin = min(max(TOLERANCE * scale, errors[part] / 2), MOST_TOLERANCE * scale)
        for name in ("floor", "ceiling"):
            told.append(_compare(f"{part} {name}", getattr(claimed, name), getattr(found, name)))
            if abs(getattr(claimed, name) - getattr(found, name)) > margin:
                wrong.append(f"{told[-1]}, {margin:.4g} is allowed")
        margin = MOST_TOLERANCE * scale
        marks = claimed.thresholds.model_dump()
        for name, value in found.thresholds.model_dump().items():
            if abs(marks[name] - value) > margin:
                words = _compare(f"{part} threshold {name}", marks[name], value)
                wrong.append(f"{words}, {margin:.4g} is allowed")
        rising = [ladder.metric.sign * value for value in marks.values()]
        if any(a >= b for a, b in itertools.pairwise(rising)):
            wrong.append(f"the {part} thresholds do not rise: {marks}")
    return Scan("anchors", "; ".join(told), _tampered("tampered-anchors", wrong))


def scan_leaderboard(path: Path, manifest: Manifest, ladder: LadderResult) -> Scan:
    """Compare `leaderboard.csv` with the measured rungs; a missing file is not this scan's matter.

    A rung may differ by `MOST_TOLERANCE` of the scale; an entry that is none of the rungs may not
    be better than the ceiling.
    """
    if not path.is_file():
        return Scan("leaderboard", "there is none")
    try:
        entries = read_leaderboard(path, digest=manifest.digest).entries
    except (ReadError, TamperedTaskError) as problem:
        return Scan("leaderboard", "", _tampered("tampered-leaderboard", [str(problem)]))
    wrong: list[str] = []
    rungs = {rung.name: rung for rung in ladder.worked}
    for part in PARTS:
        anchors: Anchors = getattr(ladder.reference, part)
        margin = MOST_TOLERANCE * abs(anchors.ceiling - anchors.floor)
        for entry in entries:
            score, rung = entry.score(part), rungs.get(entry.name)
            if rung is not None:
                words = _compare(f"{part} score of {entry.name}", score, rung.scores[part])
                off = abs(score - rung.scores[part])
            else:
                words = f"{part} score of {entry.name}, which is no rung, is {score:.6g}"
                off = ladder.metric.sign * (score - anchors.ceiling)
            if off > margin:
                wrong.append(words)
    missing = sorted(set(rungs) - {entry.name for entry in entries})
    if missing:
        wrong.append(f"the leaderboard lacks the rungs {', '.join(missing)}")
    told = f"{len(entries)} entries agree with the rungs"
    return Scan("leaderboard", told, _tampered("tampered-leaderboard", wrong))


def _compare(what: str, stated: float, measured: float) -> str:
    return f"{what} is stated as {stated:.6g} and measured as {measured:.6g}"


def _tampered(code: str, wrong: list[str]) -> tuple[Finding, ...]:
    if not wrong:
        return ()
    more = [f"{len(wrong) - EXAMPLES} more"] if len(wrong) > EXAMPLES else []
    return (Finding(code, "; ".join([*wrong[:EXAMPLES], *more]), stage="refactor"),)
