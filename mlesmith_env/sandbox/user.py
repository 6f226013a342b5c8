"""A user of the sandbox's own, for programs of a host that runs as root."""

from __future__ import annotations

import functools
import os
import stat
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from mlesmith_env.sandbox.inside.grants import library_folders

_FIRST, _COUNT = 0x70000000, 1 << 24
"""Numbers that no distribution, service manager or container engine gives away."""

_NEEDED = {"chown": 0, "dac_override": 1, "fowner": 3, "kill": 5, "setgid": 6, "setuid": 7}
"""Capabilities that a supervisor of other users' processes and files needs."""

_LOOKED_AT = 256
"""Files of a tree that stand for all: they were written by one process with one mask."""


class NoUserError(Exception):
    """Programs keep the host's own user; the message says why."""


def own_user(root: Path, public_dir: Path) -> int:
    """Return the number of a user, and group, under which nothing else runs.

    Args:
        root: The sandbox's folder, from which the number comes.
        public_dir: What the user must be able to read, beside the Python installation.

    Raises:
        NoUserError: This process may not switch users, or the user could not read what it needs.
    """
    if os.geteuid() != 0:
        raise NoUserError("only root can give programs a user of their own")
    user = _FIRST + root.stat().st_ino % _COUNT
    status = _text(Path("/proc/self/status"))
    effective = next(line for line in status.splitlines() if line.startswith("CapEff:"))
    lacking = [
        name for name, bit in _NEEDED.items() if not int(effective.split()[1], 16) >> bit & 1
    ]
    if lacking:
        raise NoUserError(f"the capabilities {', '.join(lacking)} are missing")
    for kind in ("uid_map", "gid_map"):
        if not any(_covers(line, user) for line in _text(Path("/proc/self", kind)).splitlines()):
            raise NoUserError("this user namespace knows no other users")
    _demand((root.parent,), "TMPDIR names the temporary folder")
    _demand_python()
    _demand((public_dir, *_sample(public_dir)), "MLESMITH_CACHE names the folder of prepared data")
    return user


def _text(file: Path) -> str:
    return file.read_text()


def _covers(line: str, user: int) -> bool:
    first, _, count = map(int, line.split())
    return first <= user < first + count


@functools.cache
def _demand_python() -> None:
    libraries = library_folders()
    python = [Path(sys.executable), Path(sysconfig.get_path("stdlib")), *libraries]
    for folder in libraries:
        python += _sample(folder)
    _demand(python, "install Python where everybody can read it")


def _sample(tree: Path) -> list[Path]:
    """Return some of a tree's files and folders, the outer ones first."""
    found = [tree]
    for folder in found:
        if len(found) > _LOOKED_AT:
            break
        if folder.is_dir() and not folder.is_symlink():
            found += list(folder.iterdir())[:_LOOKED_AT]
    return found[:_LOOKED_AT]


def _demand(paths: Iterable[Path], remedy: str) -> None:
    """Raise `NoUserError` where somebody without any rights could not read a path."""
    above: set[Path] = set()
    for path in paths:
        for place in (path.absolute(), path.resolve()):
            for folder in place.parents:
                if folder not in above and not _others_may(folder, stat.S_IXOTH):
                    raise NoUserError(f"{folder} is closed to other users: {remedy}")
                above.add(folder)
            needed = stat.S_IROTH | (stat.S_IXOTH if place.is_dir() else 0)
            if place.exists() and not _others_may(place, needed):
                raise NoUserError(f"{place} is closed to other users: {remedy}")


def _others_may(path: Path, rights: int) -> bool:
    return path.stat().st_mode & rights == rights
