"""What the names of columns say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlesmith_generator.brainstorm.naming import echoes, is_row_noun, name_weight, siblings


@pytest.mark.parametrize(
    ("outcome", "context"),
    [
        ("price", "city"),
        ("is_canceled", "previous_cancellations"),
        ("SalePrice", "YearSold"),
        ("quality", "id"),
        ("target", "timestamp"),
        ("preis", "geschlecht"),
        ("Résultat", "date"),
        ("price per unit", "unit number"),
        ("Ergebnis", "Jahr"),
        ("цена", "дата"),
        ("diagnosis", "patient_id"),
        ("y", "y81"),
        ("default.payment.next.month", "month"),
        ("Exited", "Tenure"),
        ("purchase", "WeekofPurchase"),
    ],
)
def test_outcomes_weigh_more_than_context(outcome: str, context: str) -> None:
    assert name_weight(outcome) > 1.0 > name_weight(context)


def test_whole_questions_say_nothing() -> None:
    assert name_weight("How would you rate the price of the results on this plane?") == 0.0


@given(st.text(max_size=40))
def test_any_name_has_a_weight(name: str) -> None:
    assert -12.0 <= name_weight(name) <= 6.0


def test_data_are_sometimes_named_after_the_outcome() -> None:
    assert echoes("sleep", "sleep75")
    assert echoes("Attrition", "modeldata-attrition attrition")
    assert echoes("HeartDisease", "heartdisease")
    assert not echoes("age", "sleep75")


def test_what_data_of_flights_are_named_after_is_the_row() -> None:
    assert is_row_noun("flight", "cityflights-tables flights")
    assert is_row_noun("Journey", "journeys")
    assert not is_row_noun("wage", "wages")
    assert not is_row_noun("sleep", "sleep75")
    assert not is_row_noun("delay", "flights")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("home_first_won", "guest_second_won"),
        ("net income", "income_per_head"),
        ("week1", "week12"),
        ("perchildpoverty", "percadultpoverty"),
    ],
)
def test_one_kind_of_quantity_makes_siblings(one: str, other: str) -> None:
    assert siblings(one, other)
    assert siblings(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("death_rate", "interest_rate"),
        ("loan_status", "job_status"),
        ("math", "read"),
        ("weight", "weight_class"),
        ("", ""),
    ],
)
def test_words_for_anything_make_no_siblings(one: str, other: str) -> None:
    assert not siblings(one, other)
