"""Datasets that ship with a dependency, as CSV text that is the same in every version of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from mlesmith_env.errors import DataUnavailableError

SCHEME = "sklearn:"


@dataclass(frozen=True)
class Bundled:
    """One dataset of scikit-learn.

    Attributes:
        title: What it is about.
        target: Name of the target column; empty where the targets have names of their own.
        licence: As its donor states it.
        options: Arguments of the loader.
    """

    title: str
    target: str
    licence: str
    options: tuple[tuple[str, bool], ...] = ()


_UCI = "CC BY 4.0 (UCI Machine Learning Repository), distributed with scikit-learn (BSD-3-Clause)"
_SKLEARN = "BSD-3-Clause (distributed with scikit-learn)"

DATASETS = {
    "iris": Bundled("Iris plants", "species", _UCI),
    "wine": Bundled("Wine recognition", "cultivar", _UCI),
    "breast_cancer": Bundled("Breast cancer Wisconsin (diagnostic)", "diagnosis", _UCI),
    "diabetes": Bundled("Diabetes progression", "progression", _SKLEARN, (("scaled", False),)),
    "digits": Bundled("Optical recognition of handwritten digits", "digit", _UCI),
    "linnerud": Bundled("Linnerud physical exercise", "", _SKLEARN),
}


def describe(name: str) -> Bundled:
    """Return what is known of a bundled dataset.

    Raises:
        DataUnavailableError: There is none of that name.
    """
    if name not in DATASETS:
        raise DataUnavailableError(
            f"{SCHEME}{name} is not a bundled dataset; there are {', '.join(sorted(DATASETS))}"
        )
    return DATASETS[name]


def render(name: str) -> bytes:
    """Return a bundled dataset as a CSV file: features, then the target or targets.

    A whole number has no point, any other the shortest text that reads back as the same float.

    Raises:
        DataUnavailableError: There is none of that name.
    """
    spec = describe(name)
    from sklearn import datasets

    loader = cast("Callable[..., Any]", getattr(datasets, f"load_{name}"))
    bunch = loader(**dict(spec.options))
    columns: dict[str, list[str]] = {}
    for position, feature in enumerate(bunch.feature_names):
        columns[str(feature)] = _numbers(bunch.data[:, position].tolist())
    if not spec.target:
        for position, target in enumerate(bunch.target_names):
            columns[str(target)] = _numbers(bunch.target[:, position].tolist())
    elif name in ("diabetes", "digits"):
        columns[spec.target] = _numbers(bunch.target.tolist())
    else:
        columns[spec.target] = [str(bunch.target_names[code]) for code in bunch.target.tolist()]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue().encode()


def folders() -> tuple[Path, ...]:
    """Return the folders of the installation in which the bundled bytes lie."""
    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        return ()
    data = Path(spec.origin).parent / "datasets" / "data"
    return (data,) if data.is_dir() else ()


def _numbers(values: Sequence[float]) -> list[str]:
    if all(float(value).is_integer() for value in values):
        return [str(int(value)) for value in values]
    return [repr(float(value)) for value in values]
