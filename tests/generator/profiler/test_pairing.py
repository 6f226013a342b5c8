"""Tables that only say what belongs together have nothing to predict."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.profiler.pairing import paired
from mlesmith_generator.profiler.table import measure_file

RANDOM = np.random.default_rng(6)


def _paired(folder: Path, **columns: np.ndarray) -> set[str]:
    pd.DataFrame(columns).to_csv(folder / "links.csv", index=False)
    profile = profile_dataset(folder, "owner__links").tables[0]
    return paired(profile, measure_file(profile.reader, folder, seed=0).table)


def _pairs(rows: int, one: int, two: int) -> tuple[np.ndarray, np.ndarray]:
    drawn = RANDOM.choice(one * two, rows, replace=False)
    return drawn // two, drawn % two


def test_the_ends_of_links_are_no_targets_whatever_else_is_told_of_a_link(tmp_path: Path) -> None:
    source, target = _pairs(700, 80, 80)
    weight = RANDOM.integers(1, 9, 700)
    assert _paired(tmp_path, source=source, target=target, weight=weight) == {"source", "target"}


def test_a_list_of_partners_that_never_repeats_has_no_targets(tmp_path: Path) -> None:
    page, word = _pairs(4000, 200, 300)
    assert _paired(tmp_path, page=page, word=word) == {"page", "word"}


def test_measurements_of_two_kinds_stay_targets(tmp_path: Path) -> None:
    dose = RANDOM.integers(0, 50, 4000)
    assert not _paired(tmp_path, dose=dose, response=dose + RANDOM.integers(0, 40, 4000))
    origin, place = RANDOM.integers(0, 90, 700), RANDOM.integers(500, 590, 700)
    assert not _paired(tmp_path, source=origin, target=place, weight=RANDOM.integers(1, 9, 700))
