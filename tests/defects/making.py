"""From a raw table to a package on disk, by the generator's own stages, and mutants of it."""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from mlesmith_env.manifest import Manifest, MetricSpec
from mlesmith_env.package import DESCRIPTION, MANIFEST, dump_manifest, seal, write_package
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.admission import admit, finish
from mlesmith_generator.dataset import open_dataset
from mlesmith_generator.designer import design
from mlesmith_generator.formulations import NAMED
from mlesmith_generator.gates.execution import execution_gate
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.records import Exclusion, Idea
from mlesmith_generator.refactor import Names, refactor

from .bases import Base


@dataclass(frozen=True)
class Exhibit:
    """What the gates are to judge.

    Attributes:
        directory: The package folder.
        prepared: Prepared data, where they are not those of `Task.prepare`.
        final: Whether the anchors are measured ones, to be compared with the ladder.
    """

    directory: Path
    prepared: PreparedTask | None = None
    final: bool = False


def make(root: Path, base: Base, page: Callable[[Task], str] | None = None) -> Exhibit:
    """Make a candidate package of a base below `root`.

    Args:
        root: Folder for raw data and registry.
        base: The raw table and what is asked of it.
        page: What writes the description, where it is not the generator.
    """
    folder = root / "raw" / base.name
    folder.mkdir(parents=True)
    if base.write is None:
        base.frame.to_csv(folder / f"{base.name}.csv", index=False)
    else:
        (folder / f"{base.name}.csv").write_bytes(base.write(base.frame))
    with open_dataset(str(folder)) as dataset:
        profile = profile_dataset(dataset.folder, dataset.name, seed=0)
        idea = Idea(
            dataset=profile.dataset,
            table=profile.tables[0].name,
            target=base.target,
            target_source=base.target,
            objective=base.objective,
            metric=MetricSpec(name=base.metric, params=base.params),
            holdout=base.holdout,
            transforms=base.transforms,
            exclusions=tuple(Exclusion(column=name, reason="by hand") for name in base.drop),
            signal=0.5,
            justification=f"{base.target} is what one wants to know beforehand.",
        )
        draft = design(idea, profile, dataset.folder, seed=0)
        registry = root / "registry"
        registry.mkdir()
        task = refactor(draft, dataset, Names(registry, dataset.slug), registry, seed=0)
    if base.limits is not None:
        task = Task.load(repackage(task, limits=base.limits).directory)
    if page is not None:
        return describe_anew(task, page(task))
    return Exhibit(task.directory)


def propose(
    root: Path,
    name: str,
    files: Mapping[str, pd.DataFrame | bytes],
    formulation: str,
    change: Callable[[Idea], Idea] = lambda idea: idea,
    target: str | None = None,
) -> Exhibit:
    """Make a candidate package of what a formulation proposes first.

    Args:
        root: Folder for raw data and registry.
        name: Name of the dataset.
        files: Raw tables, or contents of other files, by file name.
        formulation: Its name.
        change: What a careless designer makes of the idea.
        target: What is to be asked for, where several columns may be.
    """
    folder = root / "raw" / name
    for file, content in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            (folder / file).write_bytes(content)
        else:
            content.to_csv(folder / file, index=False)
    return propose_of(root, folder, formulation, change, target)


def propose_of(
    root: Path,
    folder: Path,
    formulation: str,
    change: Callable[[Idea], Idea] = lambda idea: idea,
    target: str | None = None,
) -> Exhibit:
    """Make a candidate package below `root` of what a formulation proposes first for a folder."""
    with open_dataset(str(folder)) as dataset:
        profile = profile_dataset(dataset.folder, dataset.name, seed=0)
        found = NAMED[formulation].propose(profile, dataset.folder, limit=5, seed=0)
        idea = next(each.idea for each in found if target in (None, each.idea.target))
        draft = design(change(idea), profile, dataset.folder, seed=0)
        registry = root / "registry"
        registry.mkdir()
        task = refactor(draft, dataset, Names(registry, dataset.slug), registry, seed=0)
    return Exhibit(task.directory)


@cache
def _workshop() -> Path:
    """A folder for packages that many cases start from; it goes when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="mlesmith-bases-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _standing(table: Callable[[], Base]) -> Exhibit:
    return make(_workshop() / table.__name__, table())


def good(root: Path, table: Callable[[], Base]) -> Task:
    """Return the good task of a base, in a registry of its own below `root`.

    It is made once in a process and copied.
    """
    exhibit = _standing(table)
    registry = exhibit.directory.parent.parent
    shutil.copytree(registry, root / "registry")
    return Task.load(root / "registry" / exhibit.directory.relative_to(registry))


@cache
def _brewed(write: Callable[[Path], Path], formulation: str, target: str | None) -> Exhibit:
    root = Path(tempfile.mkdtemp(dir=_workshop()))
    return propose_of(root, write(root / "raw" / write.__name__), formulation, target=target)


def first(
    root: Path, write: Callable[[Path], Path], formulation: str, target: str | None = None
) -> Task:
    """Return the good task that a formulation proposes first, in a registry below `root`.

    It is made once in a process and copied.

    Args:
        root: Folder for the registry.
        write: What writes the raw files into a folder; the dataset is named like it.
        formulation: Name of the formulation.
        target: What is to be asked for, where several columns may be.
    """
    exhibit = _brewed(write, formulation, target)
    registry = exhibit.directory.parent.parent
    shutil.copytree(registry, root / "registry")
    return Task.load(root / "registry" / exhibit.directory.relative_to(registry))


def finished(root: Path, base: Base) -> Exhibit:
    """Make a task that has passed the ladder, with measured anchors and its leaderboard."""
    task = Task.load(make(root, base).directory)
    report, ladder = execution_gate(task, provisional=True)
    if not report.passed:
        raise AssertionError(f"{base.name} was meant to be a good task: {report.defects}")
    return Exhibit(admit(finish(task, ladder, [report]), root / "admitted"), final=True)


def repackage(task: Task, *, final: bool = False, **changes: object) -> Exhibit:
    """Change the manifest of a task and seal it again, as a careful forger would."""
    data = task.manifest.model_dump(mode="json")
    data.update({name: _plain(value) for name, value in changes.items()})
    return _write(task, Manifest.model_validate(data), task.description, final=final)


def describe_anew(task: Task, description: str) -> Exhibit:
    """Change the description of a task and seal it again."""
    return _write(task, task.manifest, description, final=False)


def reworded(task: Task, old: str, new: str) -> Exhibit:
    """Replace words of the description, which have to be there."""
    if old not in task.description:
        raise AssertionError(f"{old!r} is not in the description of {task.id}")
    return describe_anew(task, task.description.replace(old, new))


def _write(task: Task, manifest: Manifest, description: str, *, final: bool) -> Exhibit:
    prepared = dict(manifest.prepared)
    prepared[f"public/{DESCRIPTION}"] = hashlib.sha256(description.encode()).hexdigest()
    manifest = manifest.model_copy(update={"prepared": prepared})
    manifest = seal(manifest, description, task.scripts)
    files = {
        path.name: path.read_text(encoding="utf-8")
        for path in task.directory.iterdir()
        if path.name not in (MANIFEST, DESCRIPTION)
    }
    if "leaderboard.csv" in files:
        rows = files["leaderboard.csv"].split("\n", 1)[1]
        files["leaderboard.csv"] = f"# digest: {manifest.digest}\n{rows}"
    files |= {MANIFEST: dump_manifest(manifest), DESCRIPTION: description}
    directory = task.directory.parent / manifest.name
    if directory != task.directory:
        shutil.rmtree(task.directory)
    write_package(directory, files)
    return Exhibit(directory, final=final)


def _plain(value: object) -> object:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value


@dataclass
class Tables:
    """Prepared tables of a task as text, to be changed and written somewhere else.

    Attributes:
        task: The task.
        train: `train.csv`.
        test: `test.csv`.
        sample: `sample_submission.csv`.
        answers: `answers.csv`.
        further: Further public tables by name, such as `edges`.
    """

    task: Task
    train: pd.DataFrame
    test: pd.DataFrame
    sample: pd.DataFrame
    answers: pd.DataFrame
    further: dict[str, pd.DataFrame]

    @property
    def target(self) -> str:
        """Name of the target."""
        return self.task.manifest.recipe.target

    @classmethod
    def of(cls, task: Task) -> Tables:
        """Read the prepared tables of a task."""
        prepared = task.prepare()

        def read(path: Path) -> pd.DataFrame:
            return pd.read_csv(path, dtype=str, keep_default_na=False)

        return cls(
            task,
            read(prepared.public_dir / "train.csv"),
            read(prepared.public_dir / "test.csv"),
            read(prepared.public_dir / "sample_submission.csv"),
            read(prepared.private_dir / "answers.csv"),
            {
                path.stem: read(path)
                for path in sorted(prepared.public_dir.glob("*.csv"))
                if path.stem not in ("train", "test", "sample_submission")
            },
        )

    def truth(self, name: str | None = None) -> pd.Series:
        """Return a column of the answers, the target by default, in the order of the test file."""
        key = self.task.manifest.submission.id_column
        column = self.answers.set_index(key)[name or self.target]
        return column.reindex(self.test[key]).reset_index(drop=True)

    def told(self, name: str, seen: object, hidden: object) -> Tables:
        """Put a further column into both public files."""
        self.train.insert(1, name, seen)
        self.test.insert(1, name, hidden)
        return self

    def guessed(self, predictions: Mapping[str, object]) -> Tables:
        """Put predictions, in the order of the test file, into the sample submission."""
        key = self.task.manifest.submission.id_column
        for name, values in predictions.items():
            told = dict(zip(self.test[key], pd.Series(values), strict=True))
            self.sample[name] = self.sample[key].map(told)
        return self

    def written(self, root: Path) -> Exhibit:
        """Write the changed tables below `root`, beside the untouched package."""
        public, private = root / "prepared" / "public", root / "prepared" / "private"
        public.mkdir(parents=True)
        private.mkdir(parents=True)
        (public / "description.md").write_text(self.task.description, encoding="utf-8")
        for name, frame in {"train": self.train, "test": self.test, **self.further}.items():
            frame.to_csv(public / f"{name}.csv", index=False)
        self.sample.to_csv(public / "sample_submission.csv", index=False)
        self.answers.to_csv(private / "answers.csv", index=False)
        return Exhibit(self.task.directory, PreparedTask(public, private))
