"""Copies of published datasets inside a Python installation: the answers of tasks made of them.

Libraries ship them for their loaders and their tests, some of them under names of their own.
"""

from __future__ import annotations

import functools
import os
import re
from pathlib import Path

_WELL_KNOWN = ("sklearn/datasets/data", "sklearn/datasets/tests/data")
"""Folders that hold copies whatever their files are called."""

_NAMES = frozenset(
    "iris wine diabetes digits linnerud cancer boston california abalone adult titanic penguins "
    "diamonds mpg tips".split()
)
_TABLES = frozenset(
    "csv tsv txt tab dat data arff json jsonl npz npy pkl parquet feather mat xls xlsx zip".split()
)
_PACKED = (".gz", ".bz2", ".xz")
_MODULES = (".py", ".pyc", ".so", ".pyd")
_FOLDERS_OF_PACKAGES = ("site-packages", "dist-packages")


@functools.cache
def copies(folder: Path) -> tuple[Path, ...]:
    """Return the files and folders below a folder of libraries that hold copies; looked up once.

    A folder is named where a copy lies beside other data, a file where it lies beside modules.
    """
    found = [folder / name for name in _WELL_KNOWN if (folder / name).is_dir()]
    closed = {str(path) for path in found}
    for place, folders, names in os.walk(folder):
        folders[:] = [
            name for name in folders if name != "__pycache__" and f"{place}/{name}" not in closed
        ]
        alike = [name for name in names if _is_copy(name)]
        if not alike:
            continue
        if any(name.endswith(_MODULES) for name in names) or Path(place) == folder:
            found += [Path(place) / name for name in alike]
        else:
            found.append(Path(place))
            folders.clear()
    return tuple(found)


def other_packages(tree: Path, own: frozenset[Path]) -> list[Path]:
    """Return the folders of libraries in a tree that are another interpreter's.

    Args:
        tree: A tree that programs may read, such as `/usr/lib`.
        own: The folders from which programs import.
    """
    found: list[Path] = []
    for name in _FOLDERS_OF_PACKAGES:
        for pattern in (name, f"python3*/{name}", f"lib/python3*/{name}"):
            found += [path for path in tree.glob(pattern) if path not in own]
    return found


def _is_copy(name: str) -> bool:
    name = name.lower()
    for packed in _PACKED:
        name = name.removesuffix(packed)
    stem, _, kind = name.rpartition(".")
    return kind in _TABLES and not _NAMES.isdisjoint(re.findall(r"[a-z]+", stem))
