"""Datasets that ship with a dependency, written out as CSV, the same bytes everywhere.

The files inside scikit-learn have headers of their own kind; what a record pins is our rendering:
one table, features then target, numbers in Python's shortest spelling.
"""

from __future__ import annotations

import csv
import importlib.util
import io
from pathlib import Path
from typing import Any

from mlesmith_env.errors import DataUnavailableError

_SCHEME = "sklearn:"
_LOADERS = {
    "breast_cancer": ("load_breast_cancer", {}),
    "diabetes": ("load_diabetes", {"scaled": False}),
    "digits": ("load_digits", {}),
    "iris": ("load_iris", {}),
    "linnerud": ("load_linnerud", {}),
    "wine": ("load_wine", {}),
}
_TARGETS = {
    "breast_cancer": "diagnosis",
    "diabetes": "disease_progression",
    "digits": "digit",
    "iris": "species",
    "wine": "cultivar",
}
"""scikit-learn calls them all `target`; a table wants the name of what it is."""


def is_bundled(uri: str) -> bool:
    """Tell whether an address is one of ours."""
    return uri.startswith(_SCHEME)


def is_known(uri: str) -> bool:
    """Tell whether there is such a dataset."""
    return uri.removeprefix(_SCHEME) in _LOADERS


def folders() -> tuple[Path, ...]:
    """Return the folders inside libraries in which such data lie."""
    spec = importlib.util.find_spec("sklearn")
    if spec is None or spec.origin is None:
        return ()
    return (Path(spec.origin).parent / "datasets" / "data",)


def render(uri: str) -> bytes:
    """Return a bundled dataset as CSV bytes.

    Raises:
        DataUnavailableError: There is no such dataset.
    """
    name = uri.removeprefix(_SCHEME)
    if not is_bundled(uri) or name not in _LOADERS:
        raise DataUnavailableError(
            f"scikit-learn ships no dataset {name!r} that is known here; there are "
            f"{', '.join(_SCHEME + known for known in _LOADERS)}"
        )
    from sklearn import datasets

    loader, options = _LOADERS[name]
    bunch: Any = getattr(datasets, loader)(as_frame=True, **options)
    frame: Any = bunch.frame
    labels = _labels(name, bunch)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_TARGETS.get(name, c) if c == "target" else _plain(c) for c in frame.columns])
    columns = [[_spelled(v, labels if c == "target" else {}) for v in frame[c]] for c in frame]
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue().encode()


def _labels(name: str, bunch: Any) -> dict[int, str]:
    """Names of the classes, where scikit-learn has names that say something."""
    if name not in ("breast_cancer", "iris"):
        return {}
    return {code: str(label) for code, label in enumerate(bunch.target_names)}


def _plain(column: object) -> str:
    return str(column).replace(" (", "_").replace(")", "").replace(" ", "_").replace("/", "_")


def _spelled(value: Any, labels: dict[int, str]) -> str:
    number = value.item() if hasattr(value, "item") else value
    if labels:
        return labels[int(number)]
    if isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return repr(number)
