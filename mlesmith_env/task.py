"""A task in use: its manifest, its prepared data, its grader."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlesmith_env import cache, settings, sources
from mlesmith_env.errors import ChecksumError, ManifestError, TamperedTaskError
from mlesmith_env.grading import Grade, Grader
from mlesmith_env.manifest import METRIC, PREPARE, Manifest, Part, canonical
from mlesmith_env.package import DESCRIPTION, LEADERBOARD, check_scripts, read_package
from mlesmith_env.recipes.model import ScriptRecipe
from mlesmith_env.recipes.preparation import prepare

if TYPE_CHECKING:
    from pandas import DataFrame

    from mlesmith_env.scripts.preparation import Circumstances


PREPARED = ".prepared"
"""Folder beside a draft, in its workshop, that its prepared data go to."""


@dataclass(frozen=True)
class PreparedTask:
    """The two folders that preparation gives.

    Attributes:
        public_dir: What a solver sees: description, training and test rows, sample submission.
        private_dir: `answers.csv`, which nothing of a solver's may ever read.
    """

    public_dir: Path
    private_dir: Path


class Task:
    """A verified task, or a candidate on its way to become one.

    Attributes:
        manifest: The frozen manifest.
        description: What a competitor reads, as markdown.
        directory: The package folder.
        source: The record of the raw files.
        scripts: Sources of `prepare.py` and `metric.py`, by name, where the manifest declares them.
    """

    def __init__(
        self,
        manifest: Manifest,
        description: str,
        directory: Path,
        source: sources.SourceRecord,
        registry_root: Path | None = None,
        nearby: Path | None = None,
        scripts: Mapping[str, str] | None = None,
        aside: Path | None = None,
    ) -> None:
        """Put a task together; use `Task.load` for a package on disk."""
        check_scripts(manifest, tuple(scripts or ()), where=directory)
        self.manifest = manifest
        self.scripts: Mapping[str, str] = dict(scripts or {})
        self.description = description
        self.directory = directory
        self.source = source
        self.registry_root = registry_root
        self._nearby = nearby
        self._aside = aside
        self._lock = threading.Lock()
        self._grader: Grader | None = None

    @classmethod
    def load(
        cls,
        directory: Path,
        source: sources.SourceRecord | None = None,
        *,
        nearby: Path | None = None,
        aside: Path | None = None,
    ) -> Task:
        """Load and check a package folder.

        Args:
            directory: The folder with `task.yaml`.
            source: The dataset's record; by default `sources/` of the registry that the folder
                lies in (`<root>/<modality>/<task>`).
            nearby: A folder in which the raw bytes are looked for first.
            aside: A folder that prepared data go to in the place of the cache. A draft's go where
                the draft goes, so that nobody else's are removed with them.

        Raises:
            ManifestError: The package or the source record is not well-formed.
            TamperedTaskError: A file does not match the digest; the message names it.
        """
        directory = directory.absolute()
        package = read_package(directory)
        root = directory.parent.parent
        dataset = package.manifest.source.dataset
        if source is None:
            path = root / "sources" / f"{dataset}.yaml"
            if not path.is_file():
                raise ManifestError(
                    f"{directory.name} is made of the dataset {dataset!r}, but {path} is missing; "
                    "keep a package inside its registry"
                )
            source = sources.load_source(path)
        if source.sha256 != package.manifest.source.sha256:
            raise TamperedTaskError(
                f"sources/{dataset}.yaml was changed after {directory.name} was sealed: it lists "
                "other files than the manifest pins; restore it"
            )
        return cls(
            package.manifest,
            package.description,
            directory,
            source,
            root,
            nearby,
            package.scripts,
            aside,
        )

    @property
    def nearby(self) -> Path | None:
        """A folder in which the raw bytes are looked for first, where there is one."""
        return self._nearby

    @property
    def aside(self) -> Path | None:
        """The folder that prepared data go to in the place of the cache, where there is one."""
        return self._aside

    @property
    def id(self) -> str:
        """The Gymnasium id, for instance `mlesmith/abalone-rings-v1`."""
        return self.manifest.id

    @property
    def cache_key(self) -> str:
        """Name of the folder of prepared data: task, and a hash of all that shapes the bytes."""
        manifest = self.manifest
        shape = {
            "recipe": manifest.recipe.model_dump(mode="json"),
            "submission": manifest.submission.model_dump(mode="json"),
            "source": manifest.source.sha256,
            "description": manifest.prepared.get(f"public/{DESCRIPTION}", ""),
            "prepared": dict(manifest.prepared),
        }
        if PREPARE in self.scripts:
            shape["script"] = hashlib.sha256(self.scripts[PREPARE].encode()).hexdigest()
        return f"{manifest.name}-{hashlib.sha256(canonical(shape)).hexdigest()[:20]}"

    def prepare(self) -> PreparedTask:
        """Return the prepared data, made from the raw bytes where the cache does not have them.

        Raises:
            DataUnavailableError: The raw bytes are not at hand.
            ChecksumError: Preparation gave other bytes than the manifest pins.
            ScriptError: The task's `prepare.py` failed.
            SandboxUnavailableError: This machine can not confine it.
        """
        folder = cache.build(self.cache_key, self._make, root=self._aside)
        return PreparedTask(folder / "public", folder / "private")

    @property
    def grader(self) -> Grader:
        """The grader over the hidden rows; prepares the task on first use."""
        with self._lock:
            if self._grader is None:
                self._grader = self.grader_of(self.prepare())
            return self._grader

    def grader_of(self, prepared: PreparedTask) -> Grader:
        """Return a grader over other prepared data than those of `prepare`; close it after use."""
        from mlesmith_env.scripts.scoring import ScriptScorer

        leaderboard = self.directory / LEADERBOARD
        scorer = None
        if METRIC in self.scripts:
            scorer = ScriptScorer(self.manifest, self.scripts[METRIC], self.closed_paths())
        return Grader(
            self.manifest,
            prepared.private_dir / "answers.csv",
            leaderboard if leaderboard.is_file() else None,
            scorer,
        )

    def close(self) -> None:
        """End the sandbox of the task's `metric.py`, if there is one; it starts again when needed.

        Whoever forgets it leaves nothing behind: the sandbox ends with the task or the process.
        """
        with self._lock:
            if self._grader is not None:
                self._grader.close()

    def grade(self, submission: Path | DataFrame, part: Part = "private") -> Grade:
        """Grade a submission file or frame on the public or the private rows.

        A submission that can not be scored is a `Grade` with `valid` False and the reason.
        """
        return self.grader.grade(submission, part)

    def closed_paths(self) -> tuple[Path, ...]:
        """Folders that no solver may read, wherever they lie."""
        from mlesmith_env.registry import default_roots

        roots = (*default_roots(), *([self.registry_root] if self.registry_root else []))
        candidates = (
            *roots,
            settings.cache_root(),
            *([self._aside] if self._aside else []),
            *settings.data_mirrors(),
            *sources.closed_paths(),
        )
        return tuple(dict.fromkeys(path.absolute() for path in candidates))

    def raw_files(self) -> AbstractContextManager[Path]:
        """Give a folder with the raw files, as links to checked bytes, until the context ends.

        Raises:
            DataUnavailableError: The raw bytes are not at hand.
        """
        return sources.raw_files(self.source, nearby=self._nearby)

    def make(
        self,
        into: Path,
        circumstances: Circumstances | None = None,
        *,
        raw: Path | None = None,
    ) -> dict[str, str]:
        """Prepare the data in a folder, whatever the cache holds; returns SHA-256 by path.

        Args:
            into: An empty folder.
            circumstances: What a `prepare.py` may not depend on, to be changed for this run.
            raw: A folder to prepare in the place of the raw files, as a gate alters them.

        Raises:
            DataUnavailableError: The raw bytes are not at hand.
            ScriptError: The task's `prepare.py` failed.
            SandboxUnavailableError: This machine can not confine it.
        """
        recipe = self.manifest.recipe
        with nullcontext(raw) if raw else self.raw_files() as folder:
            if isinstance(recipe, ScriptRecipe):
                from mlesmith_env.scripts.preparation import prepare_by_script

                return prepare_by_script(
                    recipe,
                    self.scripts[PREPARE],
                    folder,
                    description=self.description,
                    into=into,
                    closed=self.closed_paths(),
                    circumstances=circumstances,
                )
            return prepare(
                recipe, self.manifest.submission, folder, description=self.description, into=into
            )

    def _make(self, into: Path) -> None:
        manifest = self.manifest
        made = self.make(into)
        if made != dict(manifest.prepared):
            names = sorted(set(made) | set(manifest.prepared))
            wrong = [name for name in names if made.get(name) != manifest.prepared.get(name)]
            raise ChecksumError(
                f"{manifest.name}: preparation gave other bytes than the manifest pins for "
                f"{', '.join(wrong[:10])}; the package does not belong to these raw files"
                + (", or its prepare.py is not deterministic" if PREPARE in self.scripts else "")
            )

    def __repr__(self) -> str:
        return f"Task({self.id})"
