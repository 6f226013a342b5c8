"""`leaderboard.csv`: what the reference solutions scored."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path

from mlesmith_env.documents import read_document
from mlesmith_env.errors import ManifestError, ReadError, TamperedTaskError
from mlesmith_env.manifest import Part

HEADER = ("name", "public", "private")
DIGEST_MARK = "# digest: "
_LARGEST = 4 * 1024**2


@dataclass(frozen=True)
class Entry:
    """One reference solution and its score on both parts of the hidden rows."""

    name: str
    public: float
    private: float

    def score(self, part: Part) -> float:
        """Return the score on one part."""
        return self.public if part == "public" else self.private


@dataclass(frozen=True)
class Leaderboard:
    """The entries in the order of the file, and the digest of the task they belong to."""

    digest: str
    entries: tuple[Entry, ...]


def read_leaderboard(path: Path, *, digest: str | None = None) -> Leaderboard:
    """Read a leaderboard.

    Args:
        path: The file: a line `# digest: <sha256>`, a header, then one line a solution.
        digest: The digest of the task, where it is to be checked.

    Raises:
        ReadError: The file is missing or not a leaderboard; the message names the line.
        TamperedTaskError: It belongs to another task, or to another state of this one.
    """
    try:
        text = read_document(path, _LARGEST).decode("utf-8")
    except (OSError, UnicodeDecodeError, ManifestError) as error:
        raise ReadError(f"{path} can not be read as a leaderboard: {error}") from error
    first, _, rest = text.partition("\n")
    if not first.startswith(DIGEST_MARK):
        raise ReadError(f"{path}: line 1 is {first[:40]!r}; it must be '{DIGEST_MARK}<sha256>'")
    stated = first.removeprefix(DIGEST_MARK).strip()
    if digest is not None and stated != digest:
        raise TamperedTaskError(
            f"{path} belongs to the task digest {stated[:12]}…, the manifest has {digest[:12]}…; "
            "restore the file, or verify the task again"
        )
    rows = csv.reader(io.StringIO(rest))
    if tuple(next(rows, ())) != HEADER:
        raise ReadError(f"{path}: line 2 must be '{','.join(HEADER)}'")
    return Leaderboard(stated, tuple(_entry(path, rows.line_num + 1, row) for row in rows if row))


def _entry(path: Path, line: int, row: list[str]) -> Entry:
    try:
        name, public, private = row
        entry = Entry(name, float(public), float(private))
    except ValueError as error:
        raise ReadError(f"{path}: line {line} must be a name and two scores: {error}") from error
    if not (math.isfinite(entry.public) and math.isfinite(entry.private)):
        raise ReadError(f"{path}: line {line} holds a score that is not finite")
    return entry
