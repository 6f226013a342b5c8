"""Keys, groups and times."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlesmith_env.recipes.text import text_frame
from mlesmith_generator.profiler import structure
from mlesmith_generator.profiler.table import measure_table
from mlesmith_generator.profiler.typed import TypedTable


def panel() -> TypedTable:
    random = np.random.default_rng(5)
    people = np.repeat(np.arange(40), 6)
    return measure_table(
        pd.DataFrame(
            text_frame(
                {
                    "subject": [f"s{value}" for value in people],
                    "sex": ["mf"[value % 2] for value in people],
                    "birth_weight": [str(3000 + 13 * value) for value in people],
                    "day": [f"2020-01-{1 + place % 6:02d}" for place in range(240)],
                    "score": [f"{value:.3f}" for value in random.normal(size=240)],
                }
            )
        )
    )


def test_a_person_measured_again_and_again_is_a_group() -> None:
    assert structure.groups(panel())[0] == "subject"


def test_person_and_day_are_the_key() -> None:
    assert ("subject", "day") in structure.keys(panel())


def test_dates_order_the_rows() -> None:
    assert structure.times(panel()) == ("day",)


def test_coordinates_of_a_field_are_no_groups() -> None:
    frame = pd.DataFrame(
        text_frame(
            {
                "row": [str(place // 20) for place in range(400)],
                "col": [str(place % 20) for place in range(400)],
                "block": [f"b{place // 40}" for place in range(400)],
                "y": [str(place * 7919 % 101) for place in range(400)],
            }
        )
    )
    assert "row" not in structure.groups(measure_table(frame))
