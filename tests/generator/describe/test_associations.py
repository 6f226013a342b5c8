"""What is said to go with the target was measured on every column that can be measured."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from mlesmith_generator.describe.association import Association, correlation_ratio, cramer
from mlesmith_generator.describe.encoded import Encoded
from mlesmith_generator.describe.measure import as_text, measure_column
from mlesmith_generator.describe.relations import associate, closest_pair
from mlesmith_generator.records import ColumnProfile

_ROWS = 600


def _encoded(
    frame: pd.DataFrame,
    classes: tuple[str, ...] = (),
    formats: Mapping[str, str] | None = None,
    test: pd.DataFrame | None = None,
) -> Encoded:
    told = frame.astype(object).where(frame.notna(), None)
    texts = {name: as_text(told.map(_spelt), name) for name in frame.columns}
    hints = {
        name: ColumnProfile(name=name, type="date", rows=_ROWS, missing=0.0, distinct=2)
        for name in formats or {}
    }
    features = [measure_column(n, texts[n], hints.get(n)) for n in frame.columns if n != "target"]
    target = texts.pop("target")
    return Encoded.of(features, texts, target, classes, formats=formats, test=test)


def _spelt(value: object) -> object:
    return None if value is None else str(value)


def _by_name(data: Encoded) -> dict[str, Association]:
    return {each.column: each for each in associate(data)}


def _numbers(seed: int = 3) -> pd.DataFrame:
    """Codes, many levels and dates that decide a number, beside a plain one that hardly does."""
    draw = np.random.default_rng(seed)
    code = draw.integers(1, 13, _ROWS)
    town = draw.integers(0, 60, _ROWS)
    day = draw.integers(0, 700, _ROWS)
    effect = draw.normal(0, 1, 60)
    return pd.DataFrame(
        {
            "plain": draw.normal(0, 1, _ROWS).round(4),
            "code": code,
            "town": [f"town {number}" for number in town],
            "ticket": [f"ticket {number}" for number in draw.integers(0, 300, _ROWS)],
            "day": [f"{np.datetime64('2020-01-01') + int(each)}" for each in day],
            "target": (
                2 * np.cos(code * 2.1) + effect[town] + day / 350 + draw.normal(0, 0.3, _ROWS)
            ).round(4),
        }
    )


def test_codes_levels_and_dates_are_measured_beside_numbers() -> None:
    found = _by_name(_encoded(_numbers()))
    assert (found["code"].measure, found["town"].measure) == ("ratio", "ratio")
    assert min(found["code"].strength, found["town"].strength) > 0.4
    assert (found["day"].measure, found["day"].sign) == ("rank", 1)
    assert found["plain"].strength < 0.15
    assert list(found)[-1] == "plain"
    assert "ticket" not in found


def test_classes_are_told_by_codes_and_by_many_levels() -> None:
    frame = _numbers()
    frame["target"] = np.array(["a", "b", "c"])[np.digitize(frame["target"], [-0.5, 1.5])]
    found = _by_name(_encoded(frame, ("a", "b", "c")))
    assert (found["code"].measure, found["town"].measure) == ("cramer", "cramer")
    assert min(found["code"].strength, found["town"].strength) > 0.25
    assert found["day"].measure == "ratio"


def test_more_classes_and_levels_than_rows_are_still_measured() -> None:
    draw = np.random.default_rng(2)
    levels = draw.integers(0, 100, 500)
    classes = np.where(draw.random(500) < 0.7, levels % 12, draw.integers(0, 12, 500))
    assert cramer(levels, classes) > 0.2
    assert cramer(levels, draw.integers(0, 12, 500)) == 0.0


def test_a_number_that_rises_with_the_target_is_told_by_its_order() -> None:
    draw = np.random.default_rng(5)
    steps = draw.integers(1, 8, _ROWS)
    frame = pd.DataFrame({"steps": steps, "target": steps + draw.normal(0, 1, _ROWS).round(4)})
    assert _by_name(_encoded(frame))["steps"].measure == "rank"


@pytest.mark.parametrize("seed", range(8))
def test_many_levels_do_not_win_by_chance(seed: int) -> None:
    draw = np.random.default_rng(seed)
    levels, values = draw.integers(0, 100, 600), draw.normal(size=600)
    assert correlation_ratio(levels, values) < 0.3
    assert cramer(levels, draw.integers(0, 2, 600)) < 0.3
    nearly_unique = np.arange(600) // 2
    assert correlation_ratio(nearly_unique, np.sort(values)) == 0.0


def test_levels_that_no_test_row_has_say_nothing() -> None:
    frame = _numbers()
    other = pd.DataFrame({"town": ["another town"], "code": [3], "day": ["2020-01-01"]})
    found = _by_name(_encoded(frame, test=other.assign(plain=0.5, ticket="none").astype(str)))
    assert found["town"].strength == 0.0
    assert found["code"].strength > 0.4


def test_dates_in_another_format_are_put_in_order() -> None:
    frame = _numbers()
    days = pd.to_datetime(frame["day"])
    frame["day"] = days.dt.strftime("%d.%m.%Y")
    found = _by_name(_encoded(frame, formats={"day": "%d.%m.%Y"}))
    assert found["day"].measure == "rank"
    assert found["day"].strength > 0.2


def test_the_closest_pair_is_looked_for_among_columns_of_few_values_as_well() -> None:
    draw = np.random.default_rng(4)
    flag = draw.integers(1, 3, _ROWS)
    frame = pd.DataFrame(
        {
            "one": draw.normal(size=_ROWS).round(4),
            "two": draw.normal(size=_ROWS).round(4),
            "few": flag,
            "more": np.where(draw.random(_ROWS) < 0.95, flag, 3),
            "target": draw.normal(size=_ROWS).round(4),
        }
    )
    found = closest_pair(_encoded(frame))
    assert found is not None
    assert set(found[:2]) == {"few", "more"}


def test_columns_without_any_order_have_no_closest_pair() -> None:
    frame = pd.DataFrame({"a": [1.5] * 5, "b": [2.5] * 5, "target": [1.0, 2.0, 3.0, 4.0, 5.0]})
    assert closest_pair(_encoded(frame)) is None
