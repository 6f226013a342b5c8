"""Verdicts that are given together: left out where one of them is asked for."""

from __future__ import annotations

import numpy as np
import pytest
from made import table, text

from mlesmith_generator.brainstorm.siblings import given_together
from mlesmith_generator.brainstorm.targets import primary
from mlesmith_generator.profiler.typed import TypedTable


def _told(data: TypedTable, target: str) -> set[str]:
    made = primary(data[target])
    assert made is not None
    return {each.column for each in given_together(made, data, set())}


def _guests(rows: int = 500) -> dict[str, list[str]]:
    """A form of four verdicts that go together, and what was known of the stay before."""
    random = np.random.default_rng(1)
    mood = random.normal(0, 1, rows)

    def stars(noise: float) -> list[str]:
        said = np.clip(np.rint(3 + mood + random.normal(0, noise, rows)), 1, 5)
        return [str(int(value)) for value in said]

    return {
        "overall_rating": stars(0.2),
        "service_rating": stars(0.3),
        "room_rating": stars(0.3),
        "location_rating": stars(3.0),
        "recommended": ["yes" if value > 0 else "no" for value in mood],
        "nights": [str(value) for value in random.integers(1, 9, rows)],
        "price": text(80 + 10 * mood + random.normal(0, 5, rows), 2),
    }


def test_other_verdicts_of_the_same_form_are_left_out() -> None:
    data = table(**_guests())
    assert _told(data, "overall_rating") == {"service_rating", "room_rating", "recommended"}
    assert _told(data, "recommended") == {"overall_rating", "service_rating", "room_rating"}
    assert _told(data, "price") == set()


def test_a_reason_says_how_close_it_is() -> None:
    data = table(**_guests())
    made = primary(data["overall_rating"])
    assert made is not None
    first = given_together(made, data, {"service_rating"})[0]
    assert first.column == "room_rating"
    assert "given together" in first.reason


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        ("reading score", False),
        ("score 2", False),
        ("previous score", True),
        ("mother score", True),
        ("size", True),
    ],
)
def test_what_was_known_before_or_is_of_another_kind_stays(other: str, kept: bool) -> None:
    random = np.random.default_rng(2)
    level = random.normal(50, 10, 400)
    shown = {
        name: [str(int(value)) for value in np.clip(level + random.normal(0, 3, 400), 20, 80)]
        for name in ("score 1" if other == "score 2" else "writing score", other)
    }
    data = table(**shown, hours=text(random.gamma(2, 3, 400), 1))
    asked = next(iter(shown))
    assert _told(data, asked) == (set() if kept else {other})


def test_the_earlier_of_two_years_is_known_and_the_later_is_not() -> None:
    random = np.random.default_rng(3)
    level = random.gamma(4, 20, 400)
    years = {
        f"sales {year}": [str(int(value)) for value in np.clip(level, 20, 200) + k]
        for k, year in enumerate((2018, 2019, 2020))
    }
    assert _told(table(**years), "sales 2019") == {"sales 2020"}


def test_what_the_other_side_scored_is_left_out_though_it_tells_nothing() -> None:
    random = np.random.default_rng(2)
    games = table(
        home_score=[str(value) for value in random.poisson(1.5, 400)],
        away_score=[str(value) for value in random.poisson(1.1, 400)],
        home_rank=[str(value) for value in random.integers(1, 30, 400)],
        away_rank=[str(value) for value in random.integers(1, 30, 400)],
    )
    assert _told(games, "home_score") == {"away_score"}


def _hands(shift: float = 0.0, noise: float = 0.5) -> dict[str, list[str]]:
    random = np.random.default_rng(8)
    tall = random.normal(172, 9, 300)
    span = 18.7 + 0.12 * (tall - 172) + random.normal(0, 1.5, 300)
    other = span + shift + random.normal(0, noise, 300)
    return {"height": text(tall, 1), "one": text(span, 1), "other": text(other, 1)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wr.Hnd", "NW.Hnd"),
        ("left_grip", "right_grip"),
        ("grip_left", "grip_right"),
        ("grip strength dominant", "grip strength other strength"),
    ],
)
def test_the_same_measurement_of_a_twin_is_left_out(one: str, other: str) -> None:
    hands = _hands()
    data = table(height=hands["height"], **{one: hands["one"], other: hands["other"]})
    assert _told(data, one) == {other}
    assert _told(data, other) == {one}
    assert _told(data, "height") == set()


def test_what_was_planned_stays_and_what_came_of_it_is_left_out() -> None:
    hands = _hands()
    data = table(height=hands["height"], actual_span=hands["one"], planned_span=hands["other"])
    assert _told(data, "actual_span") == set()
    assert _told(data, "planned_span") == {"actual_span"}


@pytest.mark.parametrize(
    ("one", "other", "shift", "noise"),
    [
        ("span", "reach", 0.0, 0.5),
        ("hand_span", "hand_reach", 0.0, 0.5),
        ("hand_2020", "hand_2021", 0.0, 0.5),
        ("final_span", "initial_span", 0.0, 0.5),
        ("wr_hand", "nw_hand", 0.0, 1.5),
        ("gross_span", "net_span", -0.9, 0.1),
    ],
    ids=["one word", "other noun", "years", "earlier", "loose", "always less"],
)
def test_other_measurements_stay(one: str, other: str, shift: float, noise: float) -> None:
    hands = _hands(shift, noise)
    data = table(height=hands["height"], **{one: hands["one"], other: hands["other"]})
    assert _told(data, one) == set()
