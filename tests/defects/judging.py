"""Puts every case before the gates and counts: what was caught, for which reason, what was not."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mlesmith_env.errors import MlesmithError
from mlesmith_env.task import Task
from mlesmith_generator.gates.assertions import assertions_gate
from mlesmith_generator.gates.execution import execution_gate
from mlesmith_generator.gates.review import review_gate
from mlesmith_generator.records import GateReport

from .cases import Case
from .making import Exhibit
from .mutated_packages import LOADING


@dataclass(frozen=True)
class Outcome:
    """What the gates said of a case.

    Attributes:
        case: The case.
        gate: The gate that refused it; empty where all passed.
        found: Codes of its defects with their evidence.
        seconds: Wall-clock seconds that the gates took.
    """

    case: Case
    gate: str
    found: tuple[tuple[str, str], ...]
    seconds: float

    @property
    def codes(self) -> set[str]:
        """The codes of the defects."""
        return {code for code, _ in self.found}

    @property
    def right(self) -> bool:
        """Whether the case was judged rightly, and for the right reason."""
        if self.case.area == "legitimate":
            return not self.found
        return bool(self.codes & self.case.codes)


def judge(case: Case, *, execution: bool = True) -> Outcome:
    """Build a case in a folder of its own and judge it, the cheapest gate first.

    Args:
        case: The case.
        execution: Whether the ladder runs for cases that ask for it.
    """
    with tempfile.TemporaryDirectory(prefix="mlesmith-case-") as folder:
        exhibit = case.build(Path(folder))
        began = time.monotonic()
        for report in _reports(exhibit, execution=execution and case.execution):
            if not report.passed:
                found = tuple((defect.code, defect.evidence) for defect in report.defects)
                return Outcome(case, report.gate, found, time.monotonic() - began)
        return Outcome(case, "", (), time.monotonic() - began)


def _reports(exhibit: Exhibit, *, execution: bool) -> Iterator[GateReport]:
    try:
        task = Task.load(exhibit.directory)
    except MlesmithError as error:
        yield _refused(str(error))
        return
    yield assertions_gate(task, exhibit.prepared)
    yield review_gate(task, prepared=exhibit.prepared)
    if execution:
        yield execution_gate(task, provisional=not exhibit.final)[0]


def _refused(evidence: str) -> GateReport:
    from mlesmith_generator.records import Defect

    found = Defect(code=LOADING, gate="assertions", stage="refactor", evidence=evidence)
    return GateReport(gate="assertions", passed=False, checks=(), defects=(found,))


@dataclass(frozen=True)
class Score:
    """Counts over the whole corpus."""

    seeded: int
    caught: int
    right_reason: int
    legitimate: int
    refused: int

    @property
    def recall(self) -> float:
        """Share of the seeded defects that were refused for the right reason."""
        return self.right_reason / max(1, self.seeded)

    @property
    def precision(self) -> float:
        """Share of the refused cases that are defects."""
        return self.caught / max(1, self.caught + self.refused)


def score(outcomes: Iterable[Outcome]) -> Score:
    """Count outcomes."""
    outcomes = list(outcomes)
    seeded = [outcome for outcome in outcomes if outcome.case.area != "legitimate"]
    honest = [outcome for outcome in outcomes if outcome.case.area == "legitimate"]
    return Score(
        seeded=len(seeded),
        caught=sum(bool(outcome.found) for outcome in seeded),
        right_reason=sum(outcome.right for outcome in seeded),
        legitimate=len(honest),
        refused=sum(bool(outcome.found) for outcome in honest),
    )
