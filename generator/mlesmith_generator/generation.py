"""A generation run: many datasets through the pipeline, resumable, with progress and a summary."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import typer
from rich.console import Console

from mlesmith_env import cache
from mlesmith_env.errors import GenerationError
from mlesmith_env.executor import Execution, JobFailure, Outcome
from mlesmith_env.registry_lock import sweep
from mlesmith_generator import __version__
from mlesmith_generator.admission import settle, withdraw_repeated
from mlesmith_generator.dataset import name_of, slug_of_dataset
from mlesmith_generator.describe import subject_slug
from mlesmith_generator.ledger import (
    ending_of,
    finished_datasets,
    record_withdrawal,
    write_summary,
)
from mlesmith_generator.llm.settings import ModelSettings
from mlesmith_generator.pipeline import DatasetResult, GenerationJob, generate_dataset
from mlesmith_generator.progress import follow
from mlesmith_generator.shard import Shard


@dataclass(frozen=True)
class Settings:
    """What shapes the tasks of a run; where they go aside, the same settings give the same tasks.

    Attributes:
        registry: The root to write to.
        ideas: Ideas to try for each dataset.
        seed: Seed of everything drawn.
        sandbox: Backend in which the ladder runs.
        models: Which stages models play; None where rules play all.
    """

    registry: Path
    ideas: int = 5
    seed: int = 0
    sandbox: str = "local"
    models: ModelSettings | None = None

    @property
    def fingerprint(self) -> str:
        """Hash by which a resumed run knows the work of its own settings."""
        shape = {**asdict(replace(self, models=None)), "registry": "", "version": __version__}
        del shape["models"]
        if self.models is not None:
            shape["models"] = self.models.shape
        return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:16]


def generate_all(
    sources: Sequence[str],
    settings: Settings,
    *,
    execution: Execution | None = None,
    shard: Shard | None = None,
    limit: int | None = None,
    resume: bool = False,
    as_json: bool = False,
) -> bool:
    """Make tasks of all sources; returns whether no dataset failed and tasks came out.

    Args:
        sources: What to make tasks of; all of them, also where this run does only a shard.
        settings: What shapes the tasks.
        execution: How the jobs are run; by default one after another on this machine.
        shard: Which part of the datasets to do; by default all.
        limit: Stop after so many sources.
        resume: Whether to leave out the datasets that the ledger has as done.
        as_json: Whether to print the summary as JSON.

    Raises:
        GenerationError: A source is named twice.
        InvalidSettingError: The execution is not well-formed, or the models can not be asked.
        MissingExtraError: The executor is not installed.
        ExecutorError: The cluster can not be used.
    """
    execution, shard, registry = execution or Execution(), shard or Shard(), settings.registry
    if settings.models is not None:
        settings.models.check()
    executor = execution.start(preload=("mlesmith_generator.pipeline",))
    run = secrets.token_hex(4)
    jobs = [
        replace(job, run=run, part=shard.label, per_host=execution.executor == "ray")
        for job in plan(sources, settings, limit=limit)
        if shard.holds(slug_of_dataset(job.source))
    ]
    registry.mkdir(parents=True, exist_ok=True)
    sweep(registry)
    cache.sweep()
    done = finished_datasets(registry, settings.fingerprint) if resume else set[str]()
    waiting = [job for job in jobs if slug_of_dataset(job.source) not in done]
    console = Console(stderr=as_json, highlight=False)
    if len(waiting) < len(jobs):
        console.print(f"resumed: {len(jobs) - len(waiting)} of {len(jobs)} datasets are done")
    failures: list[str] = []
    stopped: list[str] = []
    outcomes = follow(
        executor.map(generate_dataset, waiting),
        _line,
        console=console,
        title="datasets",
        total=len(jobs),
        completed=len(jobs) - len(waiting),
    )
    for outcome in outcomes:
        if isinstance(outcome.result, JobFailure):
            failures.append(slug_of_dataset(outcome.job.source))
            _settle_failure(outcome.job, outcome.result)
        elif outcome.result.stopped:
            stopped.append(outcome.result.reason)
    if stopped:
        console.print(
            f"stopped: {len(stopped)} dataset(s) unfinished: {stopped[0]}", soft_wrap=True
        )
    for withdrawn in withdraw_repeated(registry):
        record_withdrawal(registry, withdrawn.dataset, withdrawn.id, withdrawn.reason)
        console.print(f"withdrawn: {withdrawn.id}: {withdrawn.reason}", soft_wrap=True)
    settle(registry)
    summary = write_summary(registry)
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False))
    else:
        _print_summary(console, summary, registry)
    return not failures and (bool(summary["tasks"]) or not jobs)


def plan(
    sources: Sequence[str], settings: Settings, *, limit: int | None = None
) -> list[GenerationJob]:
    """Return one job a source.

    Datasets whose names end in the same subject are told apart by their whole names, whichever
    of them is made first, so that slugs do not depend on the order of work.
    """
    slugs = [slug_of_dataset(source) for source in sources]
    twice = [slug for slug, count in Counter(slugs).items() if count > 1]
    if twice:
        raise GenerationError(
            f"two sources are called {twice[0]!r}; rename one folder, or generate them into "
            "registries of their own"
        )
    subjects = Counter(subject_slug(name_of(source)) for source in sources)
    return [
        GenerationJob(
            source=_located(source),
            registry=settings.registry,
            ideas=settings.ideas,
            seed=settings.seed,
            sandbox=settings.sandbox,
            settings=settings.fingerprint,
            qualified=subjects[subject_slug(name_of(source))] > 1,
            models=settings.models,
        )
        for source in sources[:limit]
    ]


def _located(source: str) -> str:
    """Return a source that means the same in every folder and process."""
    path = Path(source).expanduser()
    return str(path.absolute()) if path.exists() else source


def _line(outcome: Outcome[GenerationJob, DatasetResult]) -> str:
    result = outcome.result
    if isinstance(result, JobFailure):
        return f"{slug_of_dataset(outcome.job.source)}: failed: {result.reason}"
    if not result.tasks:
        ended = "stopped" if result.stopped else "no task"
        return f"{result.dataset}: {ended}: {result.reason} ({result.seconds:.1f} s)"
    names = ", ".join(task.removeprefix("mlesmith/") for task in result.tasks)
    if result.stopped:
        return f"{result.dataset}: stopped after {len(result.tasks)} task(s): {names}"
    return f"{result.dataset}: {len(result.tasks)} task(s) in {result.seconds:.1f} s: {names}"


def _settle_failure(job: GenerationJob, failure: JobFailure) -> None:
    """Write the ending of a dataset whose process could not write it itself."""
    dataset = slug_of_dataset(job.source)
    if ending_of(job.registry, dataset, job.run) == "failed":
        return
    ledger = job.ledger(dataset)
    ledger.record("failed", reason=failure.reason, details=failure.details, seconds=0.0)
    ledger.close()


def _spent(summary: dict[str, object]) -> str:
    cost = summary["cost_usd"]
    told = "of unknown cost" if cost is None else f"for ${cost:.4f}"
    return (
        f"models: {summary['calls']} call(s) {told}, {summary['tokens']:,} tokens; "
        f"{summary['provider_failures']} failure(s) of the provider"
    )


def _print_summary(console: Console, summary: dict[str, object], registry: Path) -> None:
    console.print(
        f"\n{summary['tasks']} task(s) of {summary['yielding']} of {summary['datasets']} "
        f"dataset(s): {summary['ideas']} ideas, {summary['drafts']} drafts; passed assertions "
        f"{summary['assertions_passed']}, review {summary['review_passed']}, execution "
        f"{summary['execution_passed']}",
        soft_wrap=True,
    )
    if summary["calls"]:
        console.print(_spent(summary), soft_wrap=True)
    defects = summary["defects"]
    if isinstance(defects, dict) and defects:
        told = ", ".join(f"{code} {count}" for code, count in list(defects.items())[:12])
        console.print(f"defects: {told}", soft_wrap=True)
    console.print(f"registry {registry}", soft_wrap=True)
