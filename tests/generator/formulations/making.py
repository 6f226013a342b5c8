"""Generating the tasks of one formulation from small made-up datasets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from mlesmith_env.manifest import Objective
from mlesmith_env.task import Task
from mlesmith_generator.brainstormer import ideas_for
from mlesmith_generator.formulations import NAMED, Proposal
from mlesmith_generator.pipeline import GenerationJob, generate_dataset
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.verification import VerificationJob, verify_package


def proposals(folder: Path, formulation: str) -> Sequence[Proposal]:
    """Return what a formulation proposes for a folder."""
    profile = profile_dataset(folder, folder.name, seed=0)
    return NAMED[formulation].propose(profile, folder, limit=5, seed=0)


def generated(
    folder: Path, objective: Objective, registry: Path, monkeypatch: pytest.MonkeyPatch
) -> Task:
    """Take the first idea with an objective through all gates; its task must verify again."""
    monkeypatch.setenv("MLESMITH_CACHE", str(registry.parent / "cache"))
    monkeypatch.setattr("mlesmith_generator.brainstormer.FORMS", 12)
    monkeypatch.setattr(
        "mlesmith_generator.planner.ideas_for",
        lambda *given, **named: tuple(
            idea
            for idea in ideas_for(*given, **{**named, "limit": 12})
            if idea.objective == objective
        )[:1],
    )
    job = GenerationJob(str(folder), registry, ideas=1, seed=0, sandbox="local", settings="test")
    result = generate_dataset(job)
    assert result.tasks, result.reason
    directory = next(registry.glob(f"*/{result.tasks[0].rpartition('/')[2]}"))
    monkeypatch.setenv("MLESMITH_DATA_MIRROR", str(folder.parent))
    verdict = verify_package(VerificationJob(directory, "local", False))
    assert verdict.passed, verdict
    task = Task.load(directory, nearby=folder)
    assert task.manifest.objective == objective
    return task
