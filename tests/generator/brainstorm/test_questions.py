"""Columns that nobody asks for."""

from __future__ import annotations

import numpy as np
from made import table, text

from mlesmith_generator.brainstorm.questions import no_questions

RANDOM = np.random.default_rng(3)


def test_neither_side_of_a_table_of_names_and_values_is_asked_for() -> None:
    kind = RANDOM.integers(0, 3, 600)
    value = np.array([70.0, 1.7, 120.0])[kind] * RANDOM.normal(1, 0.05, 600)
    data = table(
        VSTESTCD=[("WEIGHT", "HEIGHT", "SYSBP")[place] for place in kind],
        VSSTRESN=text(value, 2),
        arm=[("a", "b")[place] for place in RANDOM.integers(0, 2, 600)],
    )
    assert no_questions(data) == {"VSTESTCD", "VSSTRESN"}


def test_a_result_of_like_things_is_asked_for() -> None:
    data = table(
        machine=[("m1", "m2")[place] for place in RANDOM.integers(0, 2, 600)],
        parameter=[("p1", "p2", "p3")[place] for place in RANDOM.integers(0, 3, 600)],
        result=text(RANDOM.normal(10, 1, 600), 2),
    )
    assert no_questions(data) == {"parameter"}


def test_units_numbers_of_records_and_the_calendar_are_not_asked_for() -> None:
    year = np.sort(RANDOM.integers(1990, 2020, 600))
    data = table(
        Year=[str(value) for value in year],
        month=[str(value) for value in RANDOM.integers(1, 13, 600)],
        AESEQ=[str(value) for value in RANDOM.integers(1, 13, 600)],
        **{"Sr No.": [str(value) for value in RANDOM.integers(1, 600, 600)]},
        agency=text(RANDOM.integers(100, 900, 600), 0),
        agency_name=[f"office {value}" for value in RANDOM.integers(100, 900, 600)],
        unit=[("kg", "lb")[place] for place in RANDOM.integers(0, 2, 600)],
        volume=text(RANDOM.normal(10, 1, 600), 2),
    )
    assert no_questions(data) == {"Year", "month", "AESEQ", "Sr No.", "agency", "unit"}


def test_the_year_of_unsorted_things_is_asked_for() -> None:
    data = table(
        year=[str(value) for value in RANDOM.integers(1990, 2020, 600)],
        loudness=text(RANDOM.normal(10, 1, 600), 2),
    )
    assert no_questions(data) == set()


def test_whole_numbers_that_never_repeat_where_they_would_are_not_asked_for() -> None:
    drawn = RANDOM.permutation(4_000)[:600] + 1_000
    data = table(
        entry=[str(value) for value in drawn],
        people=[str(value) for value in RANDOM.integers(1_000, 5_000, 600)],
        dollars=[str(value) for value in RANDOM.permutation(9_000_000)[:600]],
        height=text(np.arange(600) / 8, 3),
    )
    assert no_questions(data) == {"entry"}
