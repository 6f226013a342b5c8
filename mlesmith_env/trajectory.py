"""The log of an episode: one JSON line a step, written as it happens, never rewritten.

    <log_dir>/<episode>/trajectory.jsonl     header, steps, settlement
                        outputs/0003.txt     full output of the run of step 3
                        submissions/0003.csv the submission that step 3 wrote

The first line holds the resolved configuration, the last one (`settlement`) the private scores,
which stand nowhere before. A kill at any point leaves a readable file: what a torn last line held
is lost, no more.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlesmith_env.errors import TrajectoryError
from mlesmith_env.journal import Journal, read_journal

SCHEMA_VERSION = 1
TRAJECTORY = "trajectory.jsonl"


@dataclass(frozen=True)
class Trajectory:
    """An episode as its log tells it.

    Attributes:
        header: Task, seed and resolved configuration.
        steps: One mapping a step, in order: `step`, `kind`, `content`, `status`, `score`,
            `progress`, `best_progress` (public rows, None for no number), `reward`, `error`,
            `durations`, ...
        events: What the host did between steps, in order: `event` (`snapshot`, `restore`,
            `forget`), `snapshot` (its number) and `step` (after which).
        settlement: `step` (the chosen one, 0 for none), `grade`, `reward`, `return`; None where
            the episode was not settled.
    """

    header: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]
    settlement: Mapping[str, Any] | None
    events: tuple[Mapping[str, Any], ...] = ()


class TrajectoryLog:
    """Writes the log of one episode; a step costs the same however long the episode is.

    Args:
        folder: The episode's folder.
        header: What the first line says besides the schema and the time.
    """

    def __init__(self, folder: Path, header: Mapping[str, Any]) -> None:
        """Write the first line; raises TrajectoryError where that is impossible."""
        self.path = folder / TRAJECTORY
        self._step_places: dict[int, tuple[int, int]] = {}
        try:
            self._journal = Journal(self.path)
        except OSError as error:
            raise _unwritable(self.path, error) from error
        started = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._append(
            {"type": "episode", "schema_version": SCHEMA_VERSION, "started": started, **header}
        )

    def step(self, number: int, record: Mapping[str, Any]) -> None:
        """Write the line of a step."""
        start = self._size()
        self._append({"type": "step", "step": number, **record})
        self._step_places[number] = (start, self._size() - start)

    def event(self, name: str, record: Mapping[str, Any]) -> None:
        """Write a line about what the host did between two steps."""
        self._append({"type": "event", "event": name, **record})

    def settle(self, record: Mapping[str, Any]) -> None:
        """Write the last line."""
        self._append({"type": "settlement", **record})

    def read_step(self, number: int) -> Mapping[str, Any] | None:
        """Return the line of a step, None where there is no such step."""
        place = self._step_places.get(number)
        if place is None:
            return None
        start, length = place
        with self.path.open("rb") as file:
            file.seek(start)
            return json.loads(file.read(length))

    def close(self) -> None:
        """Close the file; may be called more than once."""
        self._journal.close()

    def _append(self, record: Mapping[str, Any]) -> None:
        try:
            self._journal.append(record)
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def _size(self) -> int:
        return self.path.stat().st_size


def new_episode_folder(log_dir: Path, name: str) -> Path:
    """Make and return a new folder `<log_dir>/<name>-<time>-<random>` with its subfolders.

    Raises:
        TrajectoryError: It can not be made.
    """
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    folder = log_dir / f"{name}-{now}-{secrets.token_hex(4)}"
    try:
        for part in ("outputs", "submissions"):
            (folder / part).mkdir(parents=True)
    except OSError as error:
        raise TrajectoryError(
            f"no episode folder can be made in {log_dir}: {error}; give a log_dir that is "
            "writable and has room"
        ) from error
    return folder


def read_trajectory(path: Path) -> Trajectory:
    """Return what a trajectory tells; a line that a kill tore is passed over.

    Args:
        path: The file, or the episode's folder.

    Raises:
        TrajectoryError: It is missing or is no trajectory.
    """
    file = path / TRAJECTORY if path.is_dir() else path
    header: dict[str, Any] = {}
    steps: list[Mapping[str, Any]] = []
    settlement: Mapping[str, Any] | None = None
    events: list[Mapping[str, Any]] = []
    try:
        for record in read_journal(file):
            what = record.pop("type", None)
            if what == "episode":
                header = record
            elif what == "step":
                steps.append(record)
            elif what == "event":
                events.append(record)
            elif what == "settlement":
                settlement = record
    except OSError as error:
        raise TrajectoryError(f"{file} can not be read: {error}") from error
    if "schema_version" not in header:
        raise TrajectoryError(f"{file} is no trajectory: its first line is not that of one")
    if header["schema_version"] != SCHEMA_VERSION:
        raise TrajectoryError(
            f"{file} has schema version {header['schema_version']}; this release reads "
            f"{SCHEMA_VERSION}"
        )
    return Trajectory(header, tuple(steps), settlement, tuple(events))


def _unwritable(path: Path, error: OSError) -> TrajectoryError:
    return TrajectoryError(f"{path} can not be written: {error}; make room and start anew")
