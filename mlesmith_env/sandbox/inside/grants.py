"""What a program may reach of this machine's files, worked out as Landlock grants.

Landlock only adds rights, and always for whole hierarchies. A closed folder inside a tree that
programs may read is therefore left out by granting its siblings all the way down; names along that
way can be listed, because Python's import system lists folders.
"""

from __future__ import annotations

import site
import sys
import sysconfig
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from .copies import copies, other_packages
from .landlock import Access

Grant = tuple[Path, Access]


class ClosedPythonError(Exception):
    """A folder is to be closed that holds Python itself; the message says which."""


_SYSTEM_TREES = (
    "/usr/bin",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/local/lib",
    "/usr/share/fonts",
    "/usr/share/locale",
    "/usr/share/misc",
    "/usr/share/zoneinfo",
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/gnu/store",
)
_SYSTEM_FILES = (
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/timezone",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu",
    # joblib asks for its share of the processors, and fails where the files exist but are closed.
    "/sys/fs/cgroup/cpu.max",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us",
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_ACCELERATORS = ("nvidia*", "dri", "kfd")
_PREFIX_FOLDERS = ("bin", "lib", "lib64", "share", "etc", "pyvenv.cfg")
_OWN_PACKAGES = ("mlesmith_env", "mlesmith_generator")
_EXPECTED_LIBRARIES = ("numpy", "pandas", "sklearn", "scipy", "joblib")


def _own_folders() -> list[str]:
    """Return the folders in which this interpreter looks for libraries by itself."""
    return [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()]


def library_folders() -> list[Path]:
    """Return the folders from which programs import installed libraries, in import order."""
    folders = _own_folders()
    if site.ENABLE_USER_SITE:
        folders.append(site.getusersitepackages())
    for name in _EXPECTED_LIBRARIES:
        spec = find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            folders += [str(Path(place).parent) for place in spec.submodule_search_locations]
    unique = dict.fromkeys(Path(folder).resolve() for folder in folders)
    return [folder for folder in unique if folder.is_dir()]


def added_folders() -> list[Path]:
    """Return the library folders that a new interpreter finds only when told."""
    own = {Path(folder).resolve() for folder in _own_folders()}
    return [folder for folder in library_folders() if folder not in own]


def search_path() -> list[str]:
    """Return the import path of programs: the standard library and installed libraries.

    Folders that editable installs add are left out, as programs can not read them.
    """
    standard = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]
    archive = f"python{sys.version_info.major}{sys.version_info.minor}.zip"
    libraries = library_folders()
    kept: list[str] = []
    for entry in sys.path:
        path = Path(entry)
        inside = any(path.is_relative_to(folder) for folder in standard)
        if entry and (path.name == archive or (inside and "site-packages" not in path.parts)):
            kept.append(entry)
    return [*dict.fromkeys(kept), *(str(folder) for folder in libraries)]


def python_trees() -> list[Path]:
    """Return the trees that make up the Python installation, prefixes only in their parts.

    A virtual environment may have been made in the top folder of a project: what else lies
    there is no part of it.
    """
    trees = [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "scripts")]
    for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix):
        trees += [Path(prefix) / folder for folder in _PREFIX_FOLDERS]
    trees += [Path(sys.executable).resolve().parent, *library_folders()]
    return trees


def grants(public_dir: Path, writable: Iterable[Path], closed: Iterable[Path]) -> list[Grant]:
    """Return everything that a program may reach.

    Args:
        public_dir: The task's public data, readable even where it lies in a closed folder.
        writable: Folders of the sandbox's own.
        closed: Folders that stay unreadable inside the trees of Python and the system; where this
            package is installed, it is one of them, as are copies of published datasets and the
            libraries of other interpreters.

    Raises:
        ClosedPythonError: A closed folder holds Python itself.
    """
    shut = [path.resolve() for path in closed]
    essential = Path(sysconfig.get_path("stdlib")).resolve()
    for path in shut:
        if essential.is_relative_to(path):
            raise ClosedPythonError(
                f"{path} is to be closed to programs, but holds the Python installation "
                f"{essential}: keep registries, cache and data mirrors out of the folders "
                "above Python"
            )
    # A wheel carries the registry; an editable install may hold a copy of it that nobody uses.
    libraries = library_folders()
    shut += [folder / name for folder in libraries for name in _OWN_PACKAGES]
    shut += [path for folder in libraries for path in copies(folder)]
    trees = [Path(tree) for tree in _SYSTEM_TREES] + python_trees()
    outermost = _outermost(path.resolve() for path in trees if path.exists())
    own = frozenset(libraries)
    shut += [path for tree in outermost for path in other_packages(tree, own)]
    found: dict[Grant, None] = {}
    for tree in outermost:
        found.update(dict.fromkeys(_without(tree, shut)))
    for name in _SYSTEM_FILES:
        if Path(name).exists():
            found[(Path(name).resolve(), "data")] = None
    found.update(dict.fromkeys((Path(device), "device") for device in _DEVICES))
    found[(public_dir.resolve(), "data")] = None
    found.update(dict.fromkeys((folder.resolve(), "write") for folder in writable))
    return list(found)


def accelerators() -> list[Grant]:
    """Return the devices of graphics processors that a container was given."""
    found = [path for name in _ACCELERATORS for path in Path("/dev").glob(name)]
    return [(path, "accelerator") for path in sorted(found)]


def _outermost(trees: Iterable[Path]) -> list[Path]:
    kept: list[Path] = []
    for tree in sorted(set(trees), key=lambda path: len(path.parts)):
        if not any(tree.is_relative_to(outer) for outer in kept):
            kept.append(tree)
    return kept


def _without(tree: Path, closed: list[Path]) -> Iterable[Grant]:
    """Yield grants for a tree but for what is closed in it."""
    if any(tree.is_relative_to(path) for path in closed):
        return
    inside = [path for path in closed if path.is_relative_to(tree)]
    if not inside:
        yield tree, "read"
        return
    yield tree, "list"
    for child in tree.iterdir():
        if not child.is_symlink():
            yield from _without(child, inside)
