"""Where a dataset came from, as far as the files beside it say.

Read for source and licence only, never for types or targets: `dataset.json` (repository, commit,
paths), `datapackage.json` (Frictionless), `dataset_info.json` (saved by `datasets`), a licence
file.
"""

from __future__ import annotations

import fnmatch
import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

_LICENCE_FILES = ("LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "LICENCE.md", "COPYING")
_LARGEST = 1024**2


@dataclass(frozen=True)
class Origin:
    """Source and licence of a dataset; empty strings where nothing is known.

    Attributes:
        title: Name as published.
        uri: Address of the source.
        revision: Commit or version.
        licence: As stated.
        paths: Path patterns inside the source repository.
    """

    title: str = ""
    uri: str = ""
    revision: str = ""
    licence: str = ""
    paths: tuple[str, ...] = field(default=())

    def url_of(self, path: str) -> str:
        """Return the address of one file at the pinned revision, or an empty string.

        Only for repositories whose raw files have stable addresses, and only where the stated
        paths leave no doubt; the bytes are checked against their SHA-256 in any case.
        """
        match = re.fullmatch(r"https://github\.com/([^/]+/[^/]+?)(?:\.git)?/?", self.uri)
        if match is None or not self.revision:
            return ""
        named = [p for p in self.paths if posixpath.basename(p) == posixpath.basename(path)]
        if len(named) == 1 and not set(named[0]) & set("*?["):
            inside = named[0]
        elif any(fnmatch.fnmatch(path, pattern) for pattern in self.paths):
            inside = path
        else:
            return ""
        return (
            f"https://raw.githubusercontent.com/{match[1]}/{quote(self.revision)}/{quote(inside)}"
        )


def read_origin(folder: Path) -> Origin:
    """Return what the files in a folder say about its source."""
    stated = _json(folder / "dataset.json")
    if stated:
        return Origin(
            title=_text(stated, "title"),
            uri=_text(stated, "source_repo") or _text(stated, "url"),
            revision=_text(stated, "source_commit") or _text(stated, "version"),
            licence=_text(stated, "licence") or _text(stated, "license"),
            paths=tuple(p.strip() for p in _text(stated, "source_path").split(";") if p.strip()),
        )
    package = _json(folder / "datapackage.json")
    if package:
        return Origin(
            title=_text(package, "title") or _text(package, "name"),
            uri=_text(package, "homepage"),
            revision=_text(package, "version"),
            licence=", ".join(_licences(package.get("licenses"))),
        )
    saved = _json(folder / "dataset_info.json") or _first_split(folder)
    if saved:
        version = saved.get("version")
        return Origin(
            title=_text(saved, "dataset_name"),
            uri=_text(saved, "homepage"),
            revision=_text(cast("Mapping[str, Any]", version), "version_str")
            if isinstance(version, dict)
            else "",
            licence=_text(saved, "license"),
        )
    return Origin(licence=_licence_of(folder))


def _first_split(folder: Path) -> dict[str, Any]:
    """Return what `datasets` has saved beside the first split of several."""
    splits = _json(folder / "dataset_dict.json").get("splits")
    names = cast("list[object]", splits) if isinstance(splits, list) else []
    first = next((name for name in names if isinstance(name, str) and name.isidentifier()), "")
    return _json(folder / first / "dataset_info.json") if first else {}


def _licences(value: object) -> list[str]:
    entries = cast("list[object]", value) if isinstance(value, list) else []
    maps = [cast("Mapping[str, Any]", entry) for entry in entries if isinstance(entry, dict)]
    return [_text(entry, "name") or _text(entry, "title") for entry in maps]


def _licence_of(folder: Path) -> str:
    for name in _LICENCE_FILES:
        path = folder / name
        if path.is_file() and path.stat().st_size <= _LARGEST:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            first = next((line.strip(" #*") for line in lines if line.strip(" #*")), "")
            return f"{first[:120]} ({name})" if first else ""
    return ""


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file() or path.stat().st_size > _LARGEST:
        return {}
    try:
        data = json.loads(path.read_bytes())
    except ValueError:
        # Not metadata after all: a table may be called dataset.json too.
        return {}
    return cast("dict[str, Any]", data) if isinstance(data, dict) else {}


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key, "")
    return value.strip() if isinstance(value, str) else ""
