"""Datasets of the Hugging Face hub, by its HTTP API: files as they lie there, at one commit.

Nothing of a dataset is run: of one that is only a loading script, the converted files on the branch
`refs/convert/parquet` can be asked for.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from mlesmith_env import download
from mlesmith_env.errors import DataUnavailableError, GenerationError
from mlesmith_env.hosts import HUGGING_FACE
from mlesmith_env.licences import spdx
from mlesmith_env.sources import SourceFile, SourceRecord, pinned
from mlesmith_generator.hubs.answers import Answer, ask, inner, objects, text, texts

MOST_BYTES = 20 * 1024**3
"""Bytes of all files of a dataset."""

MOST_FILES = 20_000

_SOURCE = re.compile(
    r"hf:(?P<repository>(?:[\w.-]+/)?[\w.-]+)(?:@(?P<revision>[\w./-]+))?(?::(?P<config>[\w .-]+))?"
)
_NO_DATA = re.compile(
    r"(?i)(?:^|/)(?:\.[^/]*|readme[^/]*|licen[cs]e[^/]*|dataset_infos\.json)$|\.py$"
)


@dataclass(frozen=True)
class _Wanted:
    repository: str
    revision: str
    config: str


class HuggingFace:
    """`hf:<owner>/<name>[@<revision>][:<config>]`."""

    scheme = "hf:"

    def name(self, source: str) -> str:
        """Return owner, name and config."""
        wanted = _parsed(source)
        name = wanted.repository.replace("/", "__")
        return f"{name}-{wanted.config}" if wanted.config else name

    def record(self, source: str, dataset: str) -> SourceRecord:
        """Fetch the files of a dataset at one commit.

        Raises:
            DataUnavailableError: The hub does not have it, or does not give it; or it is too large.
            GenerationError: There is no such config, or there are no data files.
        """
        wanted = _parsed(source)
        about = ask(
            f"{HUGGING_FACE}/api/datasets/{wanted.repository}/revision/"
            f"{quote(wanted.revision, safe='')}?blobs=true"
        )
        commit = text(about, "sha")
        if not re.fullmatch(r"[0-9a-f]{40}", commit):
            raise DataUnavailableError(f"{source}: the hub names no commit")
        files = _chosen(about, wanted, source)
        size = sum(int(text(file, "size") or 0) for file in files)
        if size > MOST_BYTES or len(files) > MOST_FILES:
            raise DataUnavailableError(
                f"{source} has {len(files)} files of {size} bytes, more than the {MOST_FILES} of "
                f"{MOST_BYTES} that are fetched; name a config, or fetch a part of it yourself"
            )
        card = inner(about, "cardData")
        base = f"{HUGGING_FACE}/datasets/{wanted.repository}"
        return SourceRecord(
            dataset=dataset,
            title=text(card, "pretty_name") or wanted.repository,
            uri=base,
            revision=commit,
            licence=", ".join(spdx(licence) or licence for licence in texts(card, "license")),
            files=tuple(_fetched(file, f"{base}/resolve/{commit}") for file in files),
        )


def _parsed(source: str) -> _Wanted:
    match = _SOURCE.fullmatch(source)
    if match is None:
        raise GenerationError(
            f"{source!r} is no dataset of the hub; write hf:<owner>/<name>, with @<revision> and "
            ":<config> where you want them"
        )
    return _Wanted(match["repository"], match["revision"] or "main", match["config"] or "")


def _fetched(file: Answer, base: str) -> SourceFile:
    path = text(file, "rfilename")
    url = f"{base}/{quote(path)}"
    stored = inner(file, "lfs")
    told = text(file, "size")
    kept = download.fetch(url, sha256=text(stored, "sha256"), size=int(told) if told else None)
    return pinned(kept, path, url=url)


def _chosen(about: Answer, wanted: _Wanted, source: str) -> Sequence[Answer]:
    """Return the files of one config, or all that hold data."""
    files = [f for f in objects(about, "siblings") if not _NO_DATA.search(text(f, "rfilename"))]
    files.sort(key=lambda file: text(file, "rfilename"))
    if not files:
        raise GenerationError(
            f"{source} holds no data files, and a loading script is not run; try "
            f"hf:{wanted.repository}@refs/convert/parquet"
        )
    configs = {text(c, "config_name"): c for c in objects(inner(about, "cardData"), "configs")}
    told = next((c for c in configs.values() if c.get("default") is True), None)
    config = configs.get(wanted.config or "default", None if wanted.config else told)
    if not wanted.config and config is None:
        config = next(iter(configs.values()), None)
    if config is not None and (patterns := _patterns(config)):
        return _found(files, patterns, source)
    if not wanted.config:
        return files
    folder = [f for f in files if wanted.config in PurePosixPath(text(f, "rfilename")).parts[:-1]]
    if not folder:
        known = ", ".join(sorted(configs)) or "none"
        raise GenerationError(f"{source}: there is no config {wanted.config!r}; known: {known}")
    return folder


def _patterns(config: Answer) -> list[str]:
    splits = objects(config, "data_files")
    patterns = [path for split in splits for path in texts(split, "path")]
    found = patterns or texts(config, "data_files")
    folder = text(config, "data_dir").strip("/")
    return found or ([f"{folder}/*"] if folder else [])


def _found(files: Sequence[Answer], patterns: Sequence[str], source: str) -> Sequence[Answer]:
    chosen = [
        file
        for file in files
        if any(
            fnmatch.fnmatchcase(text(file, "rfilename"), pattern.removeprefix("./"))
            for spelt in patterns
            for pattern in (spelt, spelt.replace("**/", ""))
        )
    ]
    if not chosen:
        raise GenerationError(f"{source}: no file is called as its card says: {patterns[:5]}")
    return chosen
