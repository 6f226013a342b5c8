"""`quality.json`: how good a task is, as measured by its ladder.

The file lies beside the manifest and names the digest that it belongs to. It is advice, not part of
the task: the digest does not cover it (times are not reproducible), and a task without one is
whole.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from mlesmith_env.documents import read_document
from mlesmith_env.errors import ManifestError, TamperedTaskError
from mlesmith_env.manifest import Record, Sha256

QUALITY = "quality.json"
MOST_HEADROOM = 1000.0
"""Standard errors from which on it does not matter how many there are."""
Level = Literal["easy", "medium", "hard"]
_LARGEST = 64 * 1024


class Quality(Record):
    """What was measured of one task. A number that could not be measured is null."""

    schema_version: Literal[1] = 1
    digest: Sha256
    """Digest of the task that was measured."""
    headroom: float | None = Field(default=None, ge=0, le=MOST_HEADROOM)
    """Ceiling less floor on private rows, in standard errors (paired bootstrap)."""
    discrimination: float | None = Field(default=None, ge=0, le=1)
    """Share of the neighbouring rungs of the ladder that are told apart on private rows."""
    difficulty: float | None = Field(default=None, ge=0, le=1)
    """0: simple programs solve it; 1: the best gain next to nothing. Half of it is how far the
    simple half of the ladder stays below the ceiling, half how far the ceiling is from perfect."""
    seconds: float | None = Field(default=None, ge=0)
    """Wall-clock seconds that the whole ladder took, on the machine that measured it."""
    contaminated_by: tuple[str, ...] = ()
    """Tasks of public benchmarks that this one may repeat, as `benchmark:task`."""

    @property
    def level(self) -> Level | Literal[""]:
        """The difficulty in a word, by thirds of its scale; empty where it is not known."""
        return level_of(self.difficulty)


def level_of(difficulty: float | None) -> Level | Literal[""]:
    """Return `easy`, `medium` or `hard`, by thirds; empty where the difficulty is not known."""
    if difficulty is None:
        return ""
    return "easy" if difficulty < 1 / 3 else "medium" if difficulty < 2 / 3 else "hard"


def dump_quality(quality: Quality) -> str:
    """Return the text of `quality.json`."""
    return json.dumps(quality.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"


def read_quality(directory: Path, digest: str) -> Quality | None:
    """Return what was measured of the task in a package folder, or None where nothing was.

    Args:
        directory: The package folder.
        digest: Digest of its manifest.

    Raises:
        ManifestError: The file does not follow the schema.
        TamperedTaskError: It belongs to another task, or to another state of this one.
    """
    path = directory / QUALITY
    try:
        content = read_document(path, _LARGEST)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ManifestError(f"{path} can not be read: {error}") from error
    try:
        quality = Quality.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        raise ManifestError(
            f"{path}: {where}: {first['msg']}; remove the file, or measure again with "
            "`mlesmith verify --update-quality`"
        ) from error
    if quality.digest != digest:
        raise TamperedTaskError(
            f"{path} belongs to the task digest {quality.digest[:12]}…, the manifest has "
            f"{digest[:12]}…; remove the file, or measure again with "
            "`mlesmith verify --update-quality`"
        )
    return quality
