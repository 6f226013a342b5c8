"""The pipeline of one dataset: profile, ideas, drafts, gates, admission.

A defect goes back to the stage that must mend it, at most `MAX_ROUNDS` times; what can not be
mended ends that idea, not the dataset. Every step is an event in the ledger.
"""

from __future__ import annotations

import platform
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mlesmith_env.errors import GenerationError, MlesmithError, SandboxError
from mlesmith_env.package import read_package
from mlesmith_env.task import Task
from mlesmith_generator.admission import admit, finish
from mlesmith_generator.dataset import Dataset, open_dataset
from mlesmith_generator.duplicates.clusters import Family, kin_of, preceding
from mlesmith_generator.duplicates.fingerprint import fingerprint_of
from mlesmith_generator.duplicates.repeats import repeated_task
from mlesmith_generator.gates.assertions import assertions_gate
from mlesmith_generator.gates.execution import execution_gate
from mlesmith_generator.gates.review import review_gate
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.gates.verdict import report as report_of
from mlesmith_generator.ladder import LadderResult
from mlesmith_generator.ledger import Ledger
from mlesmith_generator.llm.faults import BudgetError, ProviderError
from mlesmith_generator.llm.settings import ModelSettings
from mlesmith_generator.planner import Assignment, Planner, Pursuit, RulePlanner
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.profiler.collections import pinned_files
from mlesmith_generator.records import DatasetProfile, Defect, GateReport, Idea
from mlesmith_generator.refactor import Names

MAX_ROUNDS = 3
"""How often a draft may come back from the gates."""


@dataclass(frozen=True)
class GenerationJob:
    """One dataset to be made into tasks; plain data, so that it can go to another process."""

    source: str
    registry: Path
    ideas: int
    seed: int
    sandbox: str
    settings: str
    """Fingerprint of the settings, by which a resumed run knows its own work."""
    qualified: bool = False
    """Whether slugs carry the whole dataset name, because another dataset has the same subject."""
    run: str = ""
    """Name of the run in the ledger."""
    part: str = ""
    """Which part of the ledger to write to."""
    per_host: bool = False
    """Whether every machine writes a part of the ledger of its own."""
    models: ModelSettings | None = None
    """Which stages models play; None where rules play all."""

    def ledger(self, dataset: str) -> Ledger:
        """Open the ledger to tell of this job, on the machine that does."""
        host = platform.node() if self.per_host else ""
        return Ledger(self.registry, dataset, self.run, ".".join(filter(None, (self.part, host))))


@dataclass(frozen=True)
class DatasetResult:
    """What came of a dataset: the ids of its tasks, or the reason why there are none."""

    dataset: str
    tasks: tuple[str, ...]
    reason: str = ""
    seconds: float = 0.0
    stopped: bool = False
    """Whether it was left unfinished because what may be spent is spent."""


def generate_dataset(job: GenerationJob) -> DatasetResult:
    """Make the tasks of one dataset and admit them to the registry.

    Errors in the data end the dataset with a reason; a budget that is spent ends it as `stopped`.
    Faults of ours (a lost sandbox, a bug) and of a provider are recorded as `failed` and raised.
    """
    began = time.monotonic()
    with open_dataset(job.source) as dataset:
        ledger = job.ledger(dataset.slug)
        try:
            ledger.record("start", source=dataset.name, settings=job.settings, seed=job.seed)
            result = _generate(job, dataset, ledger)
            seconds = time.monotonic() - began
            ledger.record(
                "stopped" if result.stopped else "done",
                tasks=len(result.tasks),
                reason=result.reason,
                seconds=round(seconds, 3),
                peak_bytes=_peak_bytes(),
            )
            return replace(result, seconds=seconds)
        except Exception as error:
            seconds = round(time.monotonic() - began, 3)
            ledger.record("failed", reason=f"{type(error).__name__}: {error}", seconds=seconds)
            raise
        finally:
            ledger.close()


def _generate(job: GenerationJob, dataset: Dataset, ledger: Ledger) -> DatasetResult:
    if job.models is not None and not job.models.staffing.falls_back:
        stopped = job.models.purse(job.registry).stopped
        if stopped:
            return DatasetResult(dataset.slug, (), stopped, stopped=True)
    began = time.monotonic()
    profile = profile_dataset(dataset.folder, dataset.name, seed=job.seed)
    ledger.record(
        "profile",
        tables=[[t.name, t.rows, len(t.columns)] for t in profile.tables],
        problems=list(profile.problems),
        seconds=round(time.monotonic() - began, 3),
    )
    names = Names(job.registry, dataset.slug, qualifier=dataset.name if job.qualified else "")
    assignment = Assignment(job.source, dataset, profile, names, job.ideas, job.seed, job.sandbox)
    planner = _planner(job, assignment, ledger)
    try:
        return _follow(job, assignment, planner, ledger)
    finally:
        planner.close()


def _planner(job: GenerationJob, assignment: Assignment, ledger: Ledger) -> Planner:
    rules = RulePlanner(assignment)
    if job.models is None:
        return rules
    from mlesmith_generator.llm.planner import hire

    return hire(job.models, assignment, rules, job.registry, ledger)


@dataclass(frozen=True)
class _Work:
    """What the steps of one dataset share."""

    job: GenerationJob
    assignment: Assignment
    family: Family
    planner: Planner
    ledger: Ledger


def _follow(
    job: GenerationJob, assignment: Assignment, planner: Planner, ledger: Ledger
) -> DatasetResult:
    """Follow all ideas; returns the tasks, or why there are none.

    Raises:
        ProviderError: A model did not answer. Ideas that others than it could judge were followed
            all the same, where the next call had a chance.
    """
    dataset, slug = assignment.dataset, assignment.dataset.slug
    tasks: list[str] = []
    reasons: list[str] = []
    unjudged: list[ProviderError] = []
    try:
        ideas = planner.ideas()
    except GenerationError as error:
        return DatasetResult(slug, (), str(error))
    except BudgetError as error:
        return DatasetResult(slug, (), str(error), stopped=True)
    family = _family(job, dataset, assignment.profile)
    if family.kin:
        ledger.record("kin", datasets={name: found[0].told for name, found in family.kin.items()})
    work = _Work(job, assignment, family, planner, ledger)
    for number, idea in enumerate(ideas, 1):
        work.ledger.record("idea", idea=number, **_told(idea))
        began = time.monotonic()
        try:
            tasks.append(_pursue(work, idea, number))
        except SandboxError:
            raise
        except BudgetError as error:
            return DatasetResult(slug, tuple(tasks), str(error), stopped=True)
        except ProviderError as error:
            seconds = round(time.monotonic() - began, 3)
            work.ledger.record("unjudged", idea=number, reason=str(error), seconds=seconds)
            if error.lasting:
                raise
            unjudged.append(error)
        except MlesmithError as error:
            reasons.append(f"{idea.target}: {error}")
            seconds = round(time.monotonic() - began, 3)
            work.ledger.record("abandoned", idea=number, reason=str(error), seconds=seconds)
    if unjudged:
        raise unjudged[0]
    if tasks:
        return DatasetResult(slug, tuple(tasks))
    return DatasetResult(slug, (), "; ".join(["no idea passed the gates", *reasons[:1]]))


def _pursue(work: _Work, idea: Idea, number: int) -> str:
    """Follow an idea until its task is admitted; raises the error that ends it."""
    began = time.monotonic()
    pursuit = work.planner.pursue(idea)
    while True:
        admitted, defects = _attempt(work, pursuit, number, began)
        if admitted is not None:
            return admitted
        if pursuit.rounds >= MAX_ROUNDS:
            raise GenerationError(f"still defective after {MAX_ROUNDS} rounds")
        pursuit.mend(defects)


def _attempt(
    work: _Work, pursuit: Pursuit, number: int, began: float
) -> tuple[str | None, tuple[Defect, ...]]:
    with tempfile.TemporaryDirectory(prefix="mlesmith-draft-") as workshop:
        task = pursuit.candidate(Path(workshop))
        work.ledger.record("draft", idea=number, round=pursuit.rounds, slug=task.manifest.slug)
        with work.planner.judging():
            reports, ladder, defects = _judge(work, task, pursuit, number)
        if ladder is None or defects:
            return None, defects
        signed = work.planner.signed(task.manifest.provenance)
        finished = finish(task, ladder, reports, signed)
        admitted = admit(finished, work.job.registry, work.family.fingerprint)
    work.assignment.names.take(finished.manifest.slug)
    expense = work.planner.expense
    work.ledger.record(
        "task",
        idea=number,
        id=finished.manifest.id,
        digest=read_package(admitted).manifest.digest,
        seconds=round(time.monotonic() - began, 3),
        tokens=expense.tokens,
        cost_usd=expense.usd,
    )
    return finished.manifest.id, ()


def _judge(
    work: _Work, task: Task, pursuit: Pursuit, number: int
) -> tuple[Sequence[GateReport], LadderResult | None, tuple[Defect, ...]]:
    """Pass the gates in order, cheapest first; the first that finds a defect is the last."""
    reports: list[GateReport] = []

    def passed(report: GateReport, by: str = "rules") -> bool:
        reports.append(report)
        work.ledger.record(
            "gate",
            idea=number,
            round=pursuit.rounds,
            gate=report.gate,
            by=by,
            passed=report.passed,
            seconds=round(report.seconds, 3),
            defects=[defect.model_dump(mode="json") for defect in report.defects],
        )
        return report.passed

    job, profile = work.job, work.assignment.profile
    kin = preceding(work.family.kin, task.manifest.source.dataset)
    repeated = repeated_task(task.manifest, kin, job.registry)
    if repeated is not None:
        finding = Finding("repeated-task", repeated, "brainstorm")
        passed(report_of("assertions", [Scan("repeated-task", "", (finding,))], 0.0))
        return reports, None, reports[-1].defects
    if not passed(assertions_gate(task)):
        return reports, None, reports[-1].defects
    if not passed(review_gate(task, profile)):
        return reports, None, reports[-1].defects
    judged = work.planner.review(task)
    if judged is not None and not passed(judged, "model"):
        return reports, None, reports[-1].defects
    report, ladder = execution_gate(task, sandbox=job.sandbox, seed=job.seed, provisional=True)
    if not passed(report):
        return reports, None, report.defects
    played = work.planner.play(task, ladder)
    if played is not None and not passed(played, "model"):
        return reports, None, played.defects
    return reports, ladder, ()


def _family(job: GenerationJob, dataset: Dataset, profile: DatasetProfile) -> Family:
    record = dataset.record(pinned_files(profile, dataset.folder))
    fingerprint = fingerprint_of(profile, dataset.folder, record)
    return Family(fingerprint, kin_of(fingerprint, job.registry))


def _peak_bytes() -> int:
    """Return the largest resident size of this process or of one that it waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return max(usage.ru_maxrss for usage in usages) * 1024


def _told(idea: Idea) -> dict[str, object]:
    return {
        "formulation": idea.formulation,
        "modality": idea.modality,
        "table": idea.table,
        "target": idea.target,
        "target_source": idea.target_source,
        "objective": idea.objective,
        "metric": idea.metric.name,
        "holdout": idea.holdout.kind,
        "signal": round(idea.signal, 4),
        "excluded": [exclusion.column for exclusion in idea.exclusions],
        "justification": idea.justification,
    }
