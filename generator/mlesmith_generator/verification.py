"""`mlesmith verify`: the three gates over packages that exist, from whomever they come."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from mlesmith_env import registry, sources
from mlesmith_env.errors import DataUnavailableError, ManifestError, MlesmithError, SandboxError
from mlesmith_env.executor import Execution, JobFailure, Outcome
from mlesmith_env.package import MANIFEST, write_atomically
from mlesmith_env.quality import QUALITY, dump_quality
from mlesmith_env.registry_lock import locked
from mlesmith_env.task import Task
from mlesmith_generator.gates.assertions import assertions_gate
from mlesmith_generator.gates.execution import execution_gate
from mlesmith_generator.gates.review import review_gate
from mlesmith_generator.ladder import LadderResult
from mlesmith_generator.progress import follow
from mlesmith_generator.quality import measure_quality
from mlesmith_generator.records import Check, Defect, GateReport
from mlesmith_generator.shard import Shard


@dataclass(frozen=True)
class VerificationJob:
    """One package to be judged."""

    directory: Path
    sandbox: str
    skip_unavailable: bool
    update_quality: bool = False


@dataclass(frozen=True)
class Verdict:
    """What the gates said of one package.

    Attributes:
        task: Slug and version.
        passed: Whether every gate passed.
        skipped: Why it was not judged, or empty.
        reports: The gates that ran, in order; the first that finds a defect is the last.
        seconds: Wall-clock seconds.
    """

    task: str
    passed: bool
    skipped: str
    reports: tuple[GateReport, ...]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict as plain data: gates, checks, defects with codes."""
        return {
            "task": self.task,
            "passed": self.passed,
            "skipped": self.skipped,
            "seconds": round(self.seconds, 3),
            "gates": [report.model_dump(mode="json") for report in self.reports],
        }


def verify_package(job: VerificationJob) -> Verdict:
    """Judge one package: is it whole, and do assertions, review and execution pass.

    A package that can not be loaded or prepared is a defect, not an exception; a lost sandbox
    raises.
    """
    began = time.monotonic()
    name = job.directory.name
    try:
        task = Task.load(job.directory)
        if job.skip_unavailable and not sources.available(task.source):
            seconds = time.monotonic() - began
            return Verdict(name, False, "its raw bytes are not at hand", (), seconds)
        task.prepare()
        reports, ladder = judge(task, sandbox=job.sandbox)
        if job.update_quality and ladder is not None:
            quality = measure_quality(task.manifest, task.source, ladder, reports)
            with locked(job.directory.parent.parent):
                write_atomically(job.directory / QUALITY, dump_quality(quality))
    except SandboxError:
        raise
    except MlesmithError as error:
        reports = (_refused(error),)
    passed = all(report.passed for report in reports)
    return Verdict(name, passed, "", reports, time.monotonic() - began)


def judge(
    task: Task, *, sandbox: str = "local", seed: int = 0
) -> tuple[tuple[GateReport, ...], LadderResult | None]:
    """Pass a task through the gates, cheapest first, up to the first that finds a defect.

    Returns:
        The verdicts, and what the ladder measured where it was run and the gate passed.
    """
    reports, ladder = [assertions_gate(task)], None
    if reports[-1].passed:
        reports.append(review_gate(task))
    if reports[-1].passed:
        report, measured = execution_gate(task, sandbox=sandbox, seed=seed, provisional=False)
        reports.append(report)
        ladder = measured if report.passed else None
    return tuple(reports), ladder


def packages_of(target: str) -> list[Path]:
    """Return the package folders that a target names: a package, a registry, a slug or an id.

    Raises:
        ManifestError: A folder is neither a package nor a registry.
        UnknownTaskError: No registered task has that name.
    """
    path = Path(target).expanduser().absolute()
    if not path.is_dir():
        return [registry.find(target).directory]
    if (path / MANIFEST).is_file():
        return [path]
    found = sorted(manifest.parent for manifest in path.glob(f"*/*/{MANIFEST}"))
    if not found:
        raise ManifestError(
            f"{target} is neither a task package nor a registry: it holds no {MANIFEST}, nor does "
            "any folder two levels below"
        )
    return found


def verify_all(
    targets: Sequence[str],
    *,
    execution: Execution | None = None,
    shard: Shard | None = None,
    skip_unavailable: bool = False,
    update_quality: bool = False,
    sandbox: str = "local",
    as_json: bool = False,
) -> bool:
    """Judge every package of the targets, print the verdicts; returns whether all passed.

    With `update_quality` the `quality.json` of those that pass is measured anew.
    """
    shard = shard or Shard()
    named = dict.fromkeys(path for target in targets for path in packages_of(target))
    folders = [folder for folder in named if shard.holds(folder.name)]
    jobs = [
        VerificationJob(folder, sandbox, skip_unavailable, update_quality) for folder in folders
    ]
    console = Console(stderr=as_json, highlight=False)
    executor = (execution or Execution()).start(preload=("mlesmith_generator.verification",))
    outcomes = follow(
        executor.map(verify_package, jobs),
        lambda outcome: _line(_verdict(outcome)),
        console=console,
        title="tasks",
        total=len(jobs),
    )
    verdicts = [_verdict(outcome) for outcome in outcomes]
    if update_quality:
        for root in {folder.parent.parent for folder in folders}:
            with locked(root):
                registry.rebuild_index(root)
    verdicts.sort(key=lambda verdict: verdict.task)
    skipped = [verdict for verdict in verdicts if verdict.skipped]
    passed = [verdict for verdict in verdicts if verdict.passed]
    if as_json:
        typer.echo(json.dumps([verdict.as_dict() for verdict in verdicts], ensure_ascii=False))
    judged = len(verdicts) - len(skipped)
    console.print(f"{len(passed)} of {judged} task(s) passed")
    if skipped:
        console.print(
            f"skipped {len(skipped)} other task(s): their raw bytes are not at hand (set "
            "MLESMITH_DATA_MIRROR)"
        )
    return len(passed) == judged


def _verdict(outcome: Outcome[VerificationJob, Verdict]) -> Verdict:
    result = outcome.result
    if isinstance(result, JobFailure):
        return Verdict(outcome.job.directory.name, False, "", (_broken(result),), 0.0)
    return result


def _line(verdict: Verdict) -> str:
    if verdict.skipped:
        return ""
    if verdict.passed:
        checks = sum(len(report.checks) for report in verdict.reports)
        return f"pass  {verdict.task}  {checks} checks, {verdict.seconds:.1f} s"
    told = "; ".join(
        f"{defect.code}: {defect.evidence}"
        for report in verdict.reports
        for defect in report.defects
    )
    return f"FAIL  {verdict.task}  {told}"


def _refused(error: MlesmithError) -> GateReport:
    unavailable = isinstance(error, DataUnavailableError)
    code = "data-unavailable" if unavailable else "package-invalid"
    return _report(code, f"{type(error).__name__}: {error}")


def _broken(failure: JobFailure) -> GateReport:
    return _report("verification-crashed", failure.reason)


def _report(code: str, evidence: str) -> GateReport:
    defect = Defect(code=code, gate="assertions", stage="refactor", evidence=evidence)
    check = Check(name=code, gate="assertions", passed=False, measured=evidence)
    return GateReport(gate="assertions", passed=False, checks=(check,), defects=(defect,))
