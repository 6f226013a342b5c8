"""What the profiler takes a column for."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlesmith_env.recipes.text import text_series
from mlesmith_generator.profiler.typed import TypedColumn, is_key, key_like, type_column


def typed(name: str, values: list[str | None]) -> TypedColumn:
    return type_column(name, pd.Series(text_series(values)))


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("age", [str(20 + place * 7 % 60) for place in range(200)], "number"),
        ("married", ["yes", "no", "no", "yes"] * 20, "boolean"),
        ("flag", ["0", "1"] * 30, "boolean"),
        ("colour", ["red", "green", "blue"] * 30, "category"),
        ("day", [f"2021-03-{1 + place % 28:02d}" for place in range(90)], "date"),
        ("day", [f"{1 + place % 28}/3/2021" for place in range(90)], "date"),
        ("date", [f"202103{1 + place % 28:02d}" for place in range(90)], "date"),
        ("when", [f"Mar {1 + place % 28}, 2021" for place in range(90)], "date"),
        ("patient_id", [str(7001 + 3 * place) for place in range(100)], "identifier"),
        ("rownames", [str(1 + place) for place in range(100)], "identifier"),
        ("code", [f"{place:05d}" for place in range(100)], "identifier"),
        ("area code", [f"0{place % 9}" for place in range(100)], "category"),
        ("url", [f"https://example.org/{place}" for place in range(100)], "identifier"),
        (
            "review",
            [f"the {place} rooms were clean and quiet at night" for place in range(60)],
            "text",
        ),
        ("version", ["2"] * 50, "constant"),
        ("nothing", [None] * 50, "constant"),
    ],
)
def test_type_of_a_column(name: str, values: list[str | None], expected: str) -> None:
    assert typed(name, values).profile.type == expected


def _sections(numbers: int) -> list[str | None]:
    """Codes of a classification in steps, `01`, `01.1`, `01.11`, with letters for its sections."""
    steps = [f"{place // 9 + 1:02d}{'.1' * (place % 3 > 0)}{'1' * (place % 3 > 1)}"
             for place in range(numbers)]  # fmt: skip
    return [*steps, *"ABCDE"] * 4


@pytest.mark.parametrize(
    "values",
    [
        _sections(99),
        _sections(30),
        [f"{place:02d}" + "1" * (place % 3) for place in range(1, 100)] * 3,
        [*(f"0{place % 9}1" for place in range(97)), "A", "B"] * 2,
    ],
    ids=["in steps", "a tenth are letters", "of three lengths", "of one length, and letters"],
)
def test_zeros_before_digits_make_codes_of_any_length(values: list[str | None]) -> None:
    profile = typed("reference", values).profile
    assert (profile.type, profile.note) == ("category", "leading zeros")


@pytest.mark.parametrize(
    "values",
    [
        [f"{place / 40:.3g}" for place in range(1, 200)],
        [f"0.{place}" for place in range(1, 200)],
        [*(str(place * place) for place in range(3, 200)), "05"],
        [*(str(place) for place in range(1, 200)), "01", "02", "03", "04", "05"],
        [f"{place / 7:05.2f}" for place in range(1, 400)],
        [str(60 * (place % 24) // 60 * 100 + place % 60) for place in range(300)],
        [f"{37 * place % 200 - 100:+04d}" for place in range(200)],
    ],
    ids=["decimals", "parts", "one slip", "some padded", "two places", "clock", "signed"],
)
def test_amounts_are_no_codes_for_a_zero(values: list[str | None]) -> None:
    assert typed("amount", values).profile.type == "number"


@pytest.mark.parametrize(
    ("values", "first"),
    [
        (["$1,200", "$3.50", "$18", "$7"], 1200.0),
        (["12 %", "5 %", "7.5 %", "9 %"], 12.0),
        (["$56.7M", "$3.1M", "$900K", "-"], 56_700_000.0),
        (["<0.05", "0.2", "1.4", "0.31"], 0.05),
        (["60 kg", "1 kg", "30 kg", "2 kg"], 60.0),
        (["CHF 1'200", "CHF 800", "CHF 12'000", "CHF 90"], 1200.0),
        (["75/100", "90/100", "12/100", "8/100"], 75.0),
        (["1h 35m", "2h", "2h 5m", "50m"], 95.0),
    ],
)
def test_numbers_written_as_text_are_numbers(values: list[str], first: float) -> None:
    column = typed("amount", values * 10)
    assert column.profile.type == "number"
    assert column.profile.number_text
    assert column.numeric()[0] == pytest.approx(first)


def test_a_clock_is_a_duration_where_its_column_is_called_so() -> None:
    clocks = [f"{hour}:{minute:02d}:30" for hour in range(4) for minute in range(60)]
    assert typed("finish_time", clocks).profile.duration
    assert typed("finish_time", clocks).numeric()[1] == 1.5
    assert not typed("departure", clocks).profile.duration


def test_marks_out_of_different_bests_are_no_numbers() -> None:
    assert typed("mark", ["3/5", "75/100", "4/5", "12/100"] * 20).profile.type == "category"


@pytest.mark.parametrize("values", [["R1-FLAT", "R2-FLAT", "R9-LOFT"], ["2013PASS", "2012FAIL"]])
def test_codes_with_digits_are_no_numbers(values: list[str]) -> None:
    assert typed("building", values * 20).profile.type == "category"


@pytest.mark.parametrize(("name", "amount"), [("{}.json", False), ("{} km", True)])
def test_numbered_files_are_no_amounts(name: str, amount: bool) -> None:
    values = [name.format(1000 + place) for place in range(200)]
    assert (typed("entry", values).profile.type == "number") is amount


def test_day_and_month_are_told_apart_by_values_that_fit_one_only() -> None:
    assert typed("d", ["3/4/2020", "25/4/2020", "6/5/2020"] * 5).profile.date_format == "%d/%m/%Y"
    assert typed("d", ["3/4/2020", "4/25/2020", "6/5/2020"] * 5).profile.date_format == "%m/%d/%Y"


_SPRING = [
    (datetime(2011, 2, 3) + timedelta(days=5 * place)).strftime("%Y %m %d").split()
    for place in range(60)
]


@pytest.mark.parametrize(
    ("name", "written", "form"),
    [
        ("date", "{y}{m}{d}", "%Y%m%d"),
        ("reading", "{y}{m}{d}", "%Y%m%d"),
        ("seen", "{d}{m}{y}", "%d%m%Y"),
        ("seen", "{m}{d}{y}", "%m%d%Y"),
        ("loan_date", "{s}{m}{d}", "%y%m%d"),
        ("startdate", "{d}{m}{s}", "%d%m%y"),
        ("amount", "{s}{m}{d}", ""),
        ("birth_date", "{s}{m}{d}", ""),
    ],
)
def test_dates_in_digits_alone(name: str, written: str, form: str) -> None:
    values = [written.format(y=y, s=y[2:], m=m, d=d) for y, m, d in _SPRING]
    assert typed(name, [*values]).profile.date_format == form


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("date", [f"2011{1 + place % 14:02d}{1 + place % 28:02d}" for place in range(60)]),
        ("lot", [f"201103{1 + place % 31:02d}" for place in range(60)]),
        ("visit_date", [f"{1 + place % 12:02d}{1 + place % 11:02d}2019" for place in range(60)]),
        ("population", [str(19_010_000 + 977 * place) for place in range(60)]),
        ("price", [f"{place % 9 + 1}0{place % 9}000" for place in range(60)]),
    ],
)
def test_numbers_that_might_be_dates_are_left_as_they_are(name: str, values: list[str]) -> None:
    assert typed(name, [*values]).profile.date_format == ""


def test_dates_become_days() -> None:
    column = typed("d", ["1970-01-02", "1970-01-11", "2000-01-01"] * 5)
    assert column.numeric()[:2].tolist() == [1.0, 10.0]


def test_missing_values_have_no_number() -> None:
    column = typed("x", ["1", None, "3", "5"] * 10)
    assert np.isnan(column.numeric()[1])
    assert column.profile.missing == pytest.approx(0.25)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e9, 1e9, allow_nan=False), min_size=3, max_size=60))
def test_moments_are_those_of_the_numbers(numbers: list[float]) -> None:
    column = typed("x", [repr(number) for number in numbers])
    profile = column.profile
    if profile.type != "number":
        return
    assert profile.mean == pytest.approx(np.mean(numbers), rel=1e-9, abs=1e-6)
    assert profile.std == pytest.approx(np.std(numbers), rel=1e-6, abs=1e-5)
    assert profile.minimum == min(numbers)
    assert profile.maximum == max(numbers)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=12)), min_size=1, max_size=50))
def test_any_text_can_be_typed(values: list[str | None]) -> None:
    profile = typed("anything", values).profile
    assert profile.rows == len(values)
    assert profile.distinct == len({value for value in values if value is not None})


def test_names_of_keys() -> None:
    assert all(map(is_key, ("id", "PatientID", "customer_id", "uuid", "childid")))
    assert not any(map(is_key, ("humid", "paid", "week_number", "row")))
    assert key_like("row")
    assert not key_like("arrival_date_week_number")
