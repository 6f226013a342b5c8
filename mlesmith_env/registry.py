"""The registry: roots, their indexes, finding and loading tasks.

A root is a folder of packages, `<root>/<modality>/<slug>-v<version>/`, with `sources/` and a
generated `index.json` beside them. Reading an index runs nothing and imports nothing heavy; it is
stale when it names other packages than the folders do, and is then rebuilt.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mlesmith_env import settings
from mlesmith_env.errors import (
    DuplicateTaskError,
    ManifestError,
    MlesmithError,
    RegistryError,
    UnknownTaskError,
)
from mlesmith_env.licences import spdx
from mlesmith_env.registry_lock import locked

if TYPE_CHECKING:
    from pandas import DataFrame

    from mlesmith_env.manifest import Manifest
    from mlesmith_env.quality import Quality
    from mlesmith_env.task import Task

INDEX = "index.json"
SOURCES = "sources"
_LARGEST_INDEX = 256 * 1024**2
FIELDS = (
    "id",
    "slug",
    "version",
    "title",
    "modality",
    "objective",
    "domain",
    "metric",
    "split",
    "rows",
    "dataset",
    "licence",
    "headroom",
    "discrimination",
    "difficulty",
    "level",
    "seconds",
    "contaminated_by",
    "digest",
)
"""What an index says of a task, in this order."""
_MEASURED = ("headroom", "discrimination", "difficulty", "seconds")


@dataclass(frozen=True)
class Entry:
    """One task as an index names it."""

    root: Path
    fields: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Slug and version: `abalone-rings-v1`."""
        return f"{self.fields['slug']}-v{self.fields['version']}"

    @property
    def directory(self) -> Path:
        """The package folder."""
        return self.root / str(self.fields["modality"]) / self.name


def own_root() -> Path | None:
    """The registry that comes with the package: the wheel's, else the checkout's, else None."""
    here = Path(__file__).absolute().parent
    for candidate in (here / "_registry", here.parent / "registry"):
        if candidate.is_dir():
            return candidate
    return None


def default_roots() -> tuple[Path, ...]:
    """The package's own root, those of `MLESMITH_REGISTRY`, and those added in this process."""
    own = own_root()
    roots = (*([own] if own else []), *settings.registry_paths(), *_added)
    return tuple(dict.fromkeys(roots))


_added: list[Path] = []


def add_root(path: Path) -> Path:
    """Remember a root for this process; raises RegistryError where there is no such folder."""
    root = path.expanduser().absolute()
    if not root.is_dir():
        raise RegistryError(f"{root} is no registry: there is no such folder")
    if root not in default_roots():
        _added.append(root)
    return root


def read_index(root: Path) -> list[Entry]:
    """Return the tasks of one root, rebuilding its index where it is stale.

    Raises:
        RegistryError: The root is no folder, or a package in it is not well-formed.
    """
    if not root.is_dir():
        raise RegistryError(
            f"{root} is no registry: there is no such folder; mend MLESMITH_REGISTRY or make it "
            "with `mlesmith generate ... --registry`"
        )
    stored = _stored(root)
    present = set(_packages(root))
    if stored.keys() != present:
        stored = _read(root, present, stored)
        if os.access(root, os.W_OK):
            with locked(root, wait=False) as ours:
                # Who else holds the lock writes tasks, and the index after them.
                if ours:
                    _write_index(root, stored)
    return [Entry(root, stored[key]) for key in sorted(stored)]


def rebuild_index(root: Path) -> list[Entry]:
    """Read every package of a root anew and write its index; the caller holds the lock."""
    fields = _read(root, set(_packages(root)), {})
    if os.access(root, os.W_OK):
        _write_index(root, fields)
    return [Entry(root, fields[key]) for key in sorted(fields)]


def entries(roots: Iterable[Path] | None = None) -> dict[str, Entry]:
    """Return all tasks of the roots by id.

    Raises:
        DuplicateTaskError: Two roots hold the same id.
    """
    found: dict[str, Entry] = {}
    for root in default_roots() if roots is None else roots:
        for entry in read_index(root):
            other = found.setdefault(str(entry.fields["id"]), entry)
            if other is not entry:
                raise DuplicateTaskError(
                    f"{entry.fields['id']} is in {other.root} and in {entry.root}; remove one of "
                    "them or give it another version"
                )
    return found


def tasks(**filters: object) -> DataFrame:
    """Return a table of the registered tasks, one row a task, sorted by id.

    Beside names and kinds it holds what was measured of a task, NaN where nothing was: `headroom`
    (standard errors), `discrimination` and `difficulty` (0 to 1), `level` (`easy`, `medium`,
    `hard`, or empty), `seconds` (of the ladder); and `contaminated_by`, the tasks of public
    benchmarks that it may repeat (empty where there is none).

    Args:
        **filters: Column and value, or a collection of values, for instance
            `objective="binary", split=["train"]`; for a column of numbers also `min_` or `max_`
            and its name, for instance `min_headroom=5`, which no NaN passes; `difficulty` takes a
            level too, `licence` any usual spelling of one. `available` tells whether the raw bytes
            are at hand without network.

    Raises:
        UnknownTaskError: A filter names no column.
    """
    import pandas as pd

    found = entries()
    rows = [{key: entry.fields.get(key, "") for key in FIELDS} for entry in found.values()]
    frame = pd.DataFrame(rows, columns=[*FIELDS, "available"])
    frame["licence"] = [spdx(text) or text for text in map(str, frame["licence"])]
    frame[list(_MEASURED)] = frame[list(_MEASURED)].astype(float)
    # `available` comes last: it takes the source records of those tasks alone that are left.
    late = {name: value for name, value in filters.items() if name.endswith("available")}
    for name, value in filters.items():
        if name not in late:
            frame = frame.loc[_kept(frame, name, value)]
    frame = frame.assign(available=_at_hand([found[task] for task in frame["id"]]))
    for name, value in late.items():
        frame = frame.loc[_kept(frame, name, value)]
    return frame.sort_values("id", ignore_index=True)


def _at_hand(found: Iterable[Entry]) -> list[bool]:
    """Tell of each task whether the raw bytes are at hand; a source record is read once."""
    from mlesmith_env import sources

    paths = [entry.root / SOURCES / f"{entry.fields['dataset']}.yaml" for entry in found]
    known = {path: sources.available(sources.load_source(path)) for path in set(paths)}
    return [known[path] for path in paths]


def _kept(frame: DataFrame, name: str, value: object) -> Any:
    """Return which rows of the table of tasks a filter keeps, as a boolean column."""
    from pandas.api.types import is_numeric_dtype

    bound, _, column = name.partition("_")
    if name not in frame.columns and bound in ("min", "max") and column in frame.columns:
        if not is_numeric_dtype(frame[column]) or not isinstance(value, (int, float)):
            raise UnknownTaskError(
                f"{name}={value!r}: only a column of numbers has a smallest and a largest value, "
                f"for instance min_headroom=5; use {column}=<value>"
            )
        return frame[column] >= value if bound == "min" else frame[column] <= value
    if name not in frame.columns:
        raise UnknownTaskError(
            f"tasks() has no column {name!r}{_suggest(name, frame.columns)}; it has "
            f"{', '.join(frame.columns)}"
        )
    wanted = (
        list(cast("Iterable[object]", value))
        if isinstance(value, (list, tuple, set, frozenset))
        else [value]
    )
    if name == "licence":
        wanted = [spdx(str(item)) or item for item in wanted]
    if name == "difficulty" and all(isinstance(item, str) for item in wanted):
        name = "level"
    return frame[name].isin(wanted)


def find(name: str) -> Entry:
    """Return the entry of a slug, `slug-v1` or id; without a version the newest.

    Raises:
        UnknownTaskError: There is none; the message names the closest.
    """
    found = entries()
    wanted = name.removeprefix("mlesmith_env:").removeprefix("mlesmith/")
    if re.search(r"-v[0-9]+$", wanted):
        entry = found.get(f"mlesmith/{wanted}")
        if entry is not None:
            return entry
    else:
        versions = [entry for entry in found.values() if entry.fields["slug"] == wanted]
        if versions:
            return max(versions, key=lambda entry: int(entry.fields["version"]))
    known = [entry.name for entry in found.values()] + [
        str(entry.fields["slug"]) for entry in found.values()
    ]
    raise UnknownTaskError(
        f"there is no task {name!r}{_suggest(wanted, known)}; `mlesmith list` names all "
        f"{len(found)}"
    )


def load_task(name: str | os.PathLike[str]) -> Task:
    """Return a task by slug, id or package folder.

    Args:
        name: `abalone-rings` (the newest version), `abalone-rings-v1`,
            `mlesmith/abalone-rings-v1`, or an absolute path of a package folder.

    Raises:
        UnknownTaskError: No registry root has it.
        TamperedTaskError: A file of the package does not match its digest.
    """
    from mlesmith_env.task import Task

    if isinstance(name, os.PathLike) or os.path.isabs(name):  # noqa: PTH117
        return Task.load(Path(name))
    return Task.load(find(name).directory)


def index_fields(manifest: Manifest, licence: str, quality: Quality | None) -> dict[str, Any]:
    """Return what an index says about a task."""
    measured = {name: None if quality is None else getattr(quality, name) for name in _MEASURED}
    return {
        "id": manifest.id,
        "slug": manifest.slug,
        "version": manifest.version,
        "title": manifest.title,
        "modality": manifest.modality,
        "objective": manifest.objective,
        "domain": manifest.domain,
        "metric": manifest.metric.name,
        "split": manifest.split,
        "rows": manifest.submission.rows,
        "dataset": manifest.source.dataset,
        "licence": licence,
        **measured,
        "level": "" if quality is None else quality.level,
        "contaminated_by": "" if quality is None else ", ".join(quality.contaminated_by),
        "digest": manifest.digest,
    }


def _packages(root: Path) -> Iterator[str]:
    """Names `<modality>/<package>` of the package folders, by one listing a modality."""
    with os.scandir(root) as modalities:
        folders = [m.name for m in modalities if m.is_dir() and m.name != SOURCES]
    for modality in folders:
        if modality.startswith((".", "_")):
            continue
        with os.scandir(root / modality) as packages:
            for package in packages:
                if package.is_dir() and not package.name.startswith((".", "_")):
                    yield f"{modality}/{package.name}"


def _stored(root: Path) -> dict[str, dict[str, Any]]:
    from mlesmith_env.documents import read_document

    try:
        data = json.loads(read_document(root / INDEX, _LARGEST_INDEX))
        return {
            f"{fields['modality']}/{fields['slug']}-v{fields['version']}": fields
            for fields in data["tasks"]
            if all(key in fields for key in FIELDS)
            # A task of another name can not slip in under this one's.
            and fields["id"] == f"mlesmith/{fields['slug']}-v{fields['version']}"
        }
    except (OSError, ValueError, KeyError, TypeError, RecursionError, ManifestError):
        # An index is generated: whatever is wrong with it, the packages are the truth.
        return {}


def _read(
    root: Path, present: set[str], known: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    from mlesmith_env import package, sources
    from mlesmith_env.quality import read_quality

    fields = {key: known[key] for key in present & known.keys()}
    for key in sorted(present - known.keys()):
        try:
            manifest = package.read_package(root / key).manifest
            record = sources.load_source(root / SOURCES / f"{manifest.source.dataset}.yaml")
            quality = read_quality(root / key, manifest.digest)
        except MlesmithError as error:
            raise RegistryError(
                f"{root / key} can not enter the index of {root}: {error}"
            ) from error
        fields[key] = index_fields(manifest, record.licence, quality)
    return fields


def _write_index(root: Path, fields: dict[str, dict[str, Any]]) -> None:
    from mlesmith_env.package import write_atomically

    lines = ",\n".join(json.dumps(fields[key], ensure_ascii=False) for key in sorted(fields))
    write_atomically(root / INDEX, '{"schema_version": 1, "tasks": [\n' + lines + "\n]}\n")


def _suggest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
