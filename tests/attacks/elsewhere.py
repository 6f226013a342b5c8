"""Playing the attacks as another user, with a copy of the installation that this user can reach."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
NOBODY = 65534


def as_nobody(folder: Path, *arguments: str, timeout_s: float = 1500.0) -> list[dict[str, Any]]:
    """Play attacks as an unprivileged user; return one record an attack, as `--json` prints them.

    Args:
        folder: An empty folder on the same disk as Python, for links to its files.
        arguments: Further arguments of `python -m tests.attacks`.
        timeout_s: Seconds after which it is given up.
    """
    python = _reachable_python(folder)
    for name in ("tests", "mlesmith_env"):
        shutil.copytree(PROJECT / name, folder / "project" / name)
    home = folder / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    folder.chmod(0o755)
    done = subprocess.run(
        [
            "setpriv",
            f"--reuid={NOBODY}",
            f"--regid={NOBODY}",
            "--clear-groups",
            str(python),
            "-m",
            "tests.attacks",
            "--json",
            *arguments,
        ],
        cwd=folder / "project",
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(home),
            "TMPDIR": str(home),
            "PYTHONPATH": f"{folder / 'project'}:{folder / 'libraries'}",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        stdout=subprocess.PIPE,
        timeout=timeout_s,
        check=False,
    )
    return json.loads(done.stdout)


def _reachable_python(folder: Path) -> Path:
    """Return an interpreter that everybody can run, made of links to this one's files."""
    prefix = Path(sys.base_prefix)
    name = Path(os.path.realpath(sys.executable)).name
    standard = Path(sysconfig.get_path("stdlib"))
    (folder / "python" / "bin").mkdir(parents=True)
    _link(prefix / "bin" / name, folder / "python" / "bin" / name)
    # Without the base's own libraries, which a virtual environment does not use.
    _tree(standard, folder / "python" / "lib" / standard.name, skipped="site-packages")
    for library in (prefix / "lib").glob("libpython*"):
        _link(library, folder / "python" / "lib" / library.name)
    _tree(Path(sysconfig.get_path("purelib")), folder / "libraries", skipped="mlesmith_env")
    return folder / "python" / "bin" / name


def _tree(source: Path, target: Path, *, skipped: str) -> None:
    def ignored(_: str, names: list[str]) -> set[str]:
        return {skipped, "__pycache__"}.intersection(names)

    shutil.copytree(source, target, ignore=ignored, copy_function=_link, symlinks=True)


def _link(source: os.PathLike[str] | str, target: os.PathLike[str] | str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
