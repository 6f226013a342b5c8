"""A task package on disk: reading it with suspicion, writing it in its one form.

Whatever a package says is checked before it is used: unknown files, a description or manifest
that does not match the digest, scripts that the manifest does not declare. Nothing in a package is
executed by reading it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import ValidationError

from mlesmith_env.documents import parse_yaml, read_document
from mlesmith_env.errors import ManifestError, TamperedTaskError
from mlesmith_env.manifest import METRIC, PREPARE, Manifest, package_digest
from mlesmith_env.quality import QUALITY

MANIFEST = "task.yaml"
DESCRIPTION = "description.md"
LEADERBOARD = "leaderboard.csv"
VERIFICATION = "verification.json"
SCRIPTS = (PREPARE, METRIC)
DRAFT_SOURCE = "source.yaml"
"""The source record inside a draft folder; a package has it in its registry."""
_KNOWN = {MANIFEST, DESCRIPTION, LEADERBOARD, VERIFICATION, QUALITY, *SCRIPTS}
_LARGEST_FILE = 4 * 1024**2


@dataclass(frozen=True)
class Package:
    """What a package folder holds, already checked against its digest.

    Attributes:
        directory: The folder.
        manifest: Its manifest.
        description: What a competitor reads.
        scripts: Sources of `prepare.py` and `metric.py`, by name, where the manifest declares them.
    """

    directory: Path
    manifest: Manifest
    description: str
    scripts: Mapping[str, str] = field(default_factory=dict[str, str])


def dump_manifest(manifest: Manifest) -> str:
    """Return the one YAML text of a manifest; a package holds exactly these bytes."""
    data = manifest.model_dump(mode="json")
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=10**6)


def digest_of(
    manifest: Manifest, description: str, scripts: Mapping[str, str] | None = None
) -> str:
    """Return the digest that the package of this manifest, description and scripts has."""
    files = {DESCRIPTION: description, **(scripts or {})}
    hashes = {name: _sha256(text.encode()) for name, text in files.items()}
    return package_digest(manifest.model_dump(mode="json"), hashes)


def seal(
    manifest: Manifest, description: str, scripts: Mapping[str, str] | None = None
) -> Manifest:
    """Return the manifest with the digest that belongs to it.

    Args:
        manifest: The manifest; its own digest does not matter.
        description: Text of `description.md`.
        scripts: Sources of `prepare.py` and `metric.py`, by name, where it declares them.

    Raises:
        ManifestError: A script is declared and not given, or given and not declared.
    """
    check_scripts(manifest, tuple(scripts or ()), where=manifest.name)
    return manifest.model_copy(update={"digest": digest_of(manifest, description, scripts)})


def check_scripts(manifest: Manifest, present: tuple[str, ...], *, where: object) -> None:
    """Return where a package carries the scripts that its manifest declares, and no others.

    Raises:
        ManifestError: It does not; the message names the script.
    """
    keys = {PREPARE: "recipe", METRIC: "metric"}
    for name in SCRIPTS:
        declared = name in manifest.scripts
        if declared and name not in present:
            raise ManifestError(
                f"{where} has no {name}, but the {keys[name]} of its manifest is of kind 'script'; "
                "restore the file"
            )
        if name in present and not declared:
            raise ManifestError(
                f"{where} carries {name}, but the {keys[name]} of its manifest is not of kind "
                "'script', so nothing would run it; remove the file or declare it"
            )


def read_package(directory: Path) -> Package:
    """Read a package folder.

    Raises:
        ManifestError: A file is missing, unreadable or does not follow the schema, or a script is
            there that the manifest does not declare.
        TamperedTaskError: A file is not the one that the digest was taken of; the message names it.
    """
    if not directory.is_dir():
        raise ManifestError(f"{directory} is no task package: there is no such folder")
    names = sorted(entry.name for entry in directory.iterdir() if entry.name != "__pycache__")
    if MANIFEST not in names:
        raise ManifestError(f"{directory} is no task package: it has no {MANIFEST}")
    if DRAFT_SOURCE in names:
        raise ManifestError(
            f"{directory} is a draft, not a task yet: run `mlesmith seal` with it, which judges it "
            "and puts it into a registry"
        )
    strange = [name for name in names if name not in _KNOWN]
    if strange:
        raise TamperedTaskError(
            f"{directory / strange[0]} does not belong into a task package; remove it "
            f"(a package holds {', '.join(sorted(_KNOWN))})"
        )
    text = _read_text(directory / MANIFEST)
    manifest = parse_manifest(text, origin=directory / MANIFEST)
    if directory.name != manifest.name:
        raise TamperedTaskError(
            f"{directory / MANIFEST} says {manifest.name}, but lies in a folder called "
            f"{directory.name}; rename the folder"
        )
    description = _read_text(directory / DESCRIPTION)
    scripts = {name: _read_text(directory / name) for name in SCRIPTS if name in names}
    _check_digest(directory, manifest, description, scripts)
    check_scripts(manifest, tuple(scripts), where=directory)
    if text != dump_manifest(manifest):
        raise TamperedTaskError(
            f"{directory / MANIFEST} was edited by hand: its bytes are not the ones that were "
            "sealed; restore it, or make the task again with `mlesmith generate`"
        )
    return Package(directory, manifest, description, scripts)


def _check_digest(
    directory: Path, manifest: Manifest, description: str, scripts: Mapping[str, str]
) -> None:
    data = manifest.model_dump(mode="json")
    # The manifest states the description's hash too, so a change of one does not look like a
    # change of the other.
    stated = {DESCRIPTION: manifest.prepared.get(f"public/{DESCRIPTION}", "")}
    hashes = stated | {name: _sha256(text.encode()) for name, text in scripts.items()}
    if package_digest(data, hashes) != manifest.digest:
        for name in manifest.scripts:
            if name not in scripts:
                raise TamperedTaskError(f"{directory / name} is missing: restore the file")
        added = package_digest(data, stated) == manifest.digest
        # The digest can not tell a changed script from a changed manifest: name both then.
        culprits = list(scripts) if added else [MANIFEST, *scripts]
        raise TamperedTaskError(_tampered(*(directory / name for name in culprits)))
    if _sha256(description.encode()) != stated[DESCRIPTION]:
        raise TamperedTaskError(_tampered(directory / DESCRIPTION))


def parse_manifest(text: str, *, origin: Path) -> Manifest:
    """Parse the YAML text of a manifest; raises ManifestError that names file and key."""
    data = parse_yaml(text, origin)
    try:
        return Manifest.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise ManifestError(
            f"{origin}: {where}: {first['msg']} ({error.error_count()} problem(s) in all)"
        ) from error


def write_package(directory: Path, files: dict[str, str]) -> None:
    """Write a whole package at once: it appears complete or not at all.

    An existing package at that place is replaced.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent, prefix=".new-") as temporary:
        fresh = Path(temporary) / directory.name
        fresh.mkdir()
        for name, content in files.items():
            (fresh / name).write_text(content, encoding="utf-8", newline="\n")
        if directory.exists():
            directory.rename(Path(temporary) / "old")
        fresh.rename(directory)


def remove_package(directory: Path) -> None:
    """Remove a package at once: nobody finds half of it."""
    with tempfile.TemporaryDirectory(dir=directory.parent, prefix=".new-") as temporary:
        directory.rename(Path(temporary) / "old")


def write_atomically(path: Path, content: str) -> None:
    """Write a text file so that readers see the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _read_text(path: Path) -> str:
    try:
        return read_document(path, _LARGEST_FILE).decode("utf-8")
    except FileNotFoundError as error:
        raise ManifestError(f"{path.parent} is no task package: it has no {path.name}") from error
    except UnicodeDecodeError as error:
        raise TamperedTaskError(f"{path} is not UTF-8 text: {error}") from error
    except OSError as error:
        raise ManifestError(f"{path} can not be read: {error}") from error


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _tampered(*paths: Path) -> str:
    return (
        f"{' or '.join(str(path) for path in paths)} was changed after the task was sealed: it "
        "does not match the digest; restore the file, or make the task again with "
        "`mlesmith generate`"
    )
