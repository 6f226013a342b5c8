"""`mlesmith seal`: what a draft leaves open is measured, the gates judge, the task is admitted."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mlesmith_env import sources
from mlesmith_env.errors import GenerationError
from mlesmith_env.registry import SOURCES, rebuild_index
from mlesmith_env.sources import load_source
from mlesmith_generator.admission import admit, finish
from mlesmith_generator.byhand.draft import TODO, DraftFolder, draft_manifest, read_draft
from mlesmith_generator.duplicates.fingerprint import Fingerprint, fingerprint_of
from mlesmith_generator.gates.assertions import assertions_gate
from mlesmith_generator.gates.execution import execution_gate
from mlesmith_generator.gates.review import review_gate
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.records import GateReport
from mlesmith_generator.scripted import scripted_task


@dataclass(frozen=True)
class Sealing:
    """What came of a draft.

    Attributes:
        reports: The gates that ran, in order; the first that finds a defect is the last.
        directory: The package in the registry, or None where a gate found a defect.
    """

    reports: tuple[GateReport, ...]
    directory: Path | None


def seal_draft(folder: Path, registry: Path, *, sandbox: str = "local", seed: int = 0) -> Sealing:
    """Prepare a draft, pass it through the gates, and admit it to a registry where they pass.

    Args:
        folder: The draft folder. It stays as it is.
        registry: The root; made where it is missing.
        sandbox: Where reference programs run.
        seed: Seed of the ladder's episode and of the resampling.

    Raises:
        ManifestError: A file of the draft does not follow its schema.
        GenerationError: A note of what is still to be done stands in the page, or another dataset
            has a task of that name.
        RepeatedTaskError: The registry has the same target of the same rows already.
        ScriptError: `prepare.py` failed.
        DataUnavailableError: The raw files are not where they were.
        SandboxError: The sandbox broke down or can not be had.
    """
    content = read_draft(folder)
    if TODO in content.description:
        line = next(text for text in content.description.splitlines() if TODO in text)
        raise GenerationError(
            f"{folder / 'description.md'} still says {line.strip()!r}; do it, remove the note, and "
            "run `mlesmith seal` again"
        )
    standing = registry / SOURCES / f"{content.source.dataset}.yaml"
    leader = load_source(standing).representative if standing.is_file() else None
    manifest = draft_manifest(content, leader or content.source.dataset)
    description = re.sub(r"\A\s+", "", content.description)
    with tempfile.TemporaryDirectory(prefix="mlesmith-seal-") as workshop:
        source = content.source
        if leader is not None and leader != source.dataset:
            source = source.model_copy(update={"cluster": leader})
        task = scripted_task(manifest, description, content.scripts, source, Path(workshop))
        directory = None
        try:
            reports, ladder = [assertions_gate(task)], None
            if reports[-1].passed:
                reports.append(review_gate(task))
            if reports[-1].passed:
                report, ladder = execution_gate(task, sandbox=sandbox, seed=seed, provisional=True)
                reports.append(report)
            if reports[-1].passed and ladder is not None:
                finished = finish(task, ladder, reports)
                directory = admit(finished, registry, _fingerprint(content, seed))
        finally:
            task.close()
    if directory is not None:
        rebuild_index(registry)
    return Sealing(tuple(reports), directory)


def _fingerprint(content: DraftFolder, seed: int) -> Fingerprint:
    with sources.raw_files(content.source) as folder:
        profile = profile_dataset(folder, content.source.dataset, seed=seed)
        return fingerprint_of(profile, folder, content.source)
