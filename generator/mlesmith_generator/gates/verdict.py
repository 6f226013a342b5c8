"""How checks and defects are put together into the verdict of one gate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mlesmith_generator.records import Check, Defect, GateName, GateReport, Stage


@dataclass(frozen=True)
class Finding:
    """Something that a scan saw, measured.

    Attributes:
        code: Stable kebab-case name of the defect.
        evidence: Which columns, which share, which score.
        stage: The stage that must mend it.
        columns: Columns that mending would leave out, where that is the cure.
        warning: Just below the line: told, and kept.
    """

    code: str
    evidence: str
    stage: Stage = "design"
    columns: tuple[str, ...] = ()
    warning: bool = False


@dataclass(frozen=True)
class Scan:
    """One look at one property: what was measured, and what is wrong with it (if anything).

    Attributes:
        name: Stable kebab-case name of the check.
        measured: The evidence in short where nothing is wrong.
        findings: Defects and warnings.
        value: What was measured, where it is one number.
    """

    name: str
    measured: str
    findings: tuple[Finding, ...] = ()
    value: float | None = None

    @property
    def passed(self) -> bool:
        """Whether there is no finding beyond a warning."""
        return all(finding.warning for finding in self.findings)


def report(gate: GateName, scans: Iterable[Scan], seconds: float) -> GateReport:
    """Return the verdict of a gate: passed where every scan passed."""
    checks: list[Check] = []
    defects: list[Defect] = []
    for scan in scans:
        warnings = [finding for finding in scan.findings if finding.warning]
        refusals = [finding for finding in scan.findings if not finding.warning]
        told = refusals or warnings
        checks.append(
            Check(
                name=scan.name,
                gate=gate,
                passed=not refusals,
                measured="; ".join(finding.evidence for finding in told[:3]) or scan.measured,
                value=scan.value,
                warning=bool(warnings) and not refusals,
            )
        )
        defects.extend(
            Defect(
                code=finding.code,
                gate=gate,
                stage=finding.stage,
                evidence=finding.evidence,
                columns=finding.columns,
            )
            for finding in refusals
        )
    return GateReport(
        gate=gate,
        passed=not defects,
        checks=tuple(checks),
        defects=tuple(defects),
        seconds=round(seconds, 3),
    )
