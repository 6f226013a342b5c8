"""Admission: a candidate that passed the gates becomes a package of the registry.

The package appears complete or not at all, after its source record; two processes that admit at
once both succeed, and a name that another dataset holds is never overwritten. A dataset that holds
the same data as another joins its cluster, whose split its tasks get; what repeats a task of the
cluster is refused.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlesmith_env.errors import GenerationError, RepeatedTaskError
from mlesmith_env.leaderboard import DIGEST_MARK, HEADER
from mlesmith_env.manifest import Manifest, Provenance, Split, split_of
from mlesmith_env.package import (
    DESCRIPTION,
    LEADERBOARD,
    MANIFEST,
    VERIFICATION,
    dump_manifest,
    parse_manifest,
    remove_package,
    seal,
    write_package,
)
from mlesmith_env.quality import QUALITY, dump_quality
from mlesmith_env.registry import SOURCES, read_index, rebuild_index
from mlesmith_env.registry_lock import locked
from mlesmith_env.sources import SourceRecord, dump_source, load_source
from mlesmith_env.task import Task
from mlesmith_generator import __version__
from mlesmith_generator.duplicates.clusters import (
    Cluster,
    clusters_of,
    kin_of,
    preceding,
    representative_of,
)
from mlesmith_generator.duplicates.fingerprint import (
    SUFFIX,
    Fingerprint,
    read_fingerprints,
    write_fingerprint,
)
from mlesmith_generator.duplicates.repeats import repeated_task
from mlesmith_generator.ladder import LadderResult
from mlesmith_generator.quality import measure_quality
from mlesmith_generator.records import Check, GateReport

VERIFICATION_BYTES = 20_000
"""Largest `verification.json`."""


@dataclass(frozen=True)
class Finished:
    """A task ready to enter the registry: its manifest, and its files by name."""

    manifest: Manifest
    files: dict[str, str]
    task: Task


def finish(
    task: Task,
    ladder: LadderResult,
    reports: Sequence[GateReport],
    provenance: Provenance | None = None,
) -> Finished:
    """Put the measured anchors into the manifest and write down ladder, evidence and quality.

    Args:
        task: The candidate.
        ladder: What its reference programs scored.
        reports: Verdicts of all gates; a gate may have several.
        provenance: How it came to be; by default what its manifest says.
    """
    told = {"reference": ladder.reference, "provenance": provenance or task.manifest.provenance}
    manifest = task.manifest.model_copy(update=told)
    manifest = seal(manifest, task.description, task.scripts)
    files = {
        MANIFEST: dump_manifest(manifest),
        DESCRIPTION: task.description,
        **task.scripts,
        LEADERBOARD: leaderboard_text(manifest.digest, ladder),
        VERIFICATION: verification_text(manifest.digest, reports),
        QUALITY: dump_quality(measure_quality(manifest, task.source, ladder, reports)),
    }
    return Finished(manifest, files, task)


def leaderboard_text(digest: str, ladder: LadderResult) -> str:
    """Return `leaderboard.csv`: the rungs with their scores, best private score first."""
    lines = [f"{DIGEST_MARK}{digest}", ",".join(HEADER)]
    lines += [f"{name},{public!r},{private!r}" for name, public, private in ladder.leaderboard]
    return "\n".join(lines) + "\n"


def verification_text(digest: str, reports: Sequence[GateReport]) -> str:
    """Return `verification.json`: every check of every gate with its evidence, within the bound.

    Where the evidence is too long, each check's is cut to the same length, the longest first.
    """
    for limit in (400, 200, 120, 80, 40):
        body: dict[str, Any] = {
            "schema_version": 1,
            "digest": digest,
            "generator_version": __version__,
            "gates": _by_gate(reports, limit),
        }
        text = json.dumps(body, indent=1, ensure_ascii=False) + "\n"
        if len(text.encode()) <= VERIFICATION_BYTES:
            return text
    raise GenerationError(
        f"the evidence has {len(text.encode()):,} bytes even when cut; a task's evidence has at "
        f"most {VERIFICATION_BYTES:,}"
    )


def admit(finished: Finished, registry: Path, fingerprint: Fingerprint | None = None) -> Path:
    """Move a finished task into a registry and return its folder.

    Args:
        finished: The task.
        registry: The root.
        fingerprint: Of its dataset; without one nothing is known of duplicates.

    Raises:
        GenerationError: Another dataset already has a task of that name.
        RepeatedTaskError: It repeats a task of a dataset that holds the same data.
    """
    manifest = finished.manifest
    directory = registry / manifest.modality / manifest.name
    with locked(registry):
        standing = directory / MANIFEST
        if standing.is_file():
            holder = parse_manifest(standing.read_text(encoding="utf-8"), origin=standing)
            if holder.source.dataset != manifest.source.dataset:
                raise GenerationError(
                    f"{manifest.name} already is a task of {holder.source.dataset}; names are "
                    "given once"
                )
        source = finished.task.source
        record = registry / SOURCES / f"{source.dataset}.yaml"
        if record.is_file() and load_source(record).sha256 != source.sha256:
            raise GenerationError(
                f"{registry} already has a dataset {source.dataset!r} with other files: rename "
                "the source, use another registry, or remove its tasks and its source record"
            )
        if fingerprint is not None:
            kin = kin_of(fingerprint, registry)
            told = repeated_task(manifest, preceding(kin, source.dataset), registry)
            if told is not None:
                raise RepeatedTaskError(f"repeated-task: {told}")
            source = _with_cluster(source, representative_of(source.dataset, kin, registry))
            write_fingerprint(fingerprint, registry)
        elif record.is_file():
            source = _with_cluster(source, load_source(record).representative)
        dump_source(source, record)
        split = split_of(source.representative)
        write_package(directory, _with_split(manifest, finished.task, finished.files, split))
    return directory


@dataclass(frozen=True)
class Withdrawn:
    """A task that was taken out of a registry, and why."""

    dataset: str
    id: str
    reason: str


def withdraw_repeated(registry: Path) -> tuple[Withdrawn, ...]:
    """Take out the tasks that repeat one of a dataset that comes before theirs in the alphabet.

    Such a task is refused where the other one is there already; here go those that were admitted
    before it. A dataset that has no task left goes with them.
    """
    gone: list[Withdrawn] = []
    with locked(registry):
        fingerprints = read_fingerprints(registry)
        clusters = clusters_of(fingerprints)
        entries = read_index(registry) if clusters else []
        for dataset in sorted(name for found in clusters for name in found.datasets[1:]):
            kin = preceding(kin_of(fingerprints[dataset], registry), dataset)
            own = [entry for entry in entries if entry.fields["dataset"] == dataset]
            left = len(own)
            for entry in own:
                path = entry.directory / MANIFEST
                manifest = parse_manifest(path.read_text(encoding="utf-8"), origin=path)
                told = repeated_task(manifest, kin, registry)
                if told is not None:
                    remove_package(entry.directory)
                    gone.append(Withdrawn(dataset, manifest.id, told))
                    left -= 1
            if not left:
                (registry / SOURCES / f"{dataset}.yaml").unlink()
                (registry / SOURCES / f"{dataset}{SUFFIX}").unlink()
    return tuple(gone)


def settle(registry: Path) -> tuple[Cluster, ...]:
    """Bring the clusters of a whole registry up to date, and its index; returns the clusters.

    Tasks whose split no longer is that of their cluster are sealed anew. What comes out depends on
    which datasets and tasks there are, not on the order in which they came.
    """
    with locked(registry):
        fingerprints = read_fingerprints(registry)
        clusters = clusters_of(fingerprints)
        leaders = {name: name for name in fingerprints}
        leaders |= {name: found.representative for found in clusters for name in found.datasets}
        for name, leader in leaders.items():
            path = registry / SOURCES / f"{name}.yaml"
            source = load_source(path)
            settled = _with_cluster(source, leader)
            if settled != source:
                dump_source(settled, path)
        moved = [
            entry
            for entry in rebuild_index(registry)
            if (leader := leaders.get(str(entry.fields["dataset"]))) is not None
            and entry.fields["split"] != split_of(leader)
        ]
        for entry in moved:
            task = Task.load(entry.directory)
            files = {
                path.name: path.read_text(encoding="utf-8")
                for path in entry.directory.iterdir()
                if path.is_file()
            }
            split = split_of(task.source.representative)
            write_package(entry.directory, _with_split(task.manifest, task, files, split))
        if moved:
            rebuild_index(registry)
    return clusters


def _with_cluster(source: SourceRecord, representative: str) -> SourceRecord:
    cluster = "" if representative == source.dataset else representative
    return source.model_copy(update={"cluster": cluster})


def _with_split(
    manifest: Manifest, task: Task, files: dict[str, str], split: Split
) -> dict[str, str]:
    """Return a package's files with another split; all of them name the digest that follows."""
    if manifest.split == split:
        return files
    sealed = seal(manifest.model_copy(update={"split": split}), task.description, task.scripts)
    told = {
        name: text.replace(manifest.digest, sealed.digest)
        for name, text in files.items()
        if name in (LEADERBOARD, VERIFICATION, QUALITY)
    }
    return {**files, **told, MANIFEST: dump_manifest(sealed)}


def _by_gate(reports: Sequence[GateReport], limit: int) -> dict[str, list[dict[str, Any]]]:
    gates: dict[str, list[dict[str, Any]]] = {}
    for report in reports:
        gates.setdefault(report.gate, []).extend(_shown(check, limit) for check in report.checks)
    return gates


def _shown(check: Check, limit: int) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": check.name, "passed": check.passed}
    if check.measured:
        text = check.measured
        shown["measured"] = text if len(text) <= limit else text[: limit - 1] + "…"
    if check.warning:
        shown["warning"] = True
    return shown
