"""The same data under other names is known again; data that only look alike are not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mlesmith_generator.duplicates.comparison import Match, compare_tables
from mlesmith_generator.duplicates.fingerprint import TableFingerprint, fingerprint_table
from mlesmith_generator.duplicates.values import normal


def _print(frame: pd.DataFrame) -> TableFingerprint:
    made = fingerprint_table("table", frame.astype(object).where(frame.notna(), np.nan))
    assert made is not None
    return made


def _compared(one: pd.DataFrame, other: pd.DataFrame) -> Match | None:
    forth, back = (compare_tables(_print(a), _print(b)) for a, b in ((one, other), (other, one)))
    assert (forth is None) == (back is None)
    return forth


def _cars(rows: int = 400, seed: int = 0) -> pd.DataFrame:
    """Numbers with decimals, small whole numbers, categories and gaps, as text."""
    draws = np.random.default_rng(seed)
    weight = draws.normal(1200, 300, rows).round(1)
    frame = pd.DataFrame(
        {
            "weight": weight,
            "mpg": (50 - weight / 50 + draws.normal(0, 2, rows)).round(2),
            "cylinders": draws.integers(3, 9, rows),
            "origin": draws.choice(["usa", "japan", "europe"], rows),
            "year": draws.integers(1970, 1983, rows),
            "price": draws.lognormal(9, 0.5, rows).round(0),
        }
    ).astype(str)
    frame.loc[draws.random(rows) < 0.1, "mpg"] = np.nan
    return frame


def _mushrooms(rows: int = 600, seed: int = 0) -> pd.DataFrame:
    """Nothing but words of few kinds: no column tells a row from another."""
    draws = np.random.default_rng(seed)
    words = "brown white yellow smooth scaly fibrous narrow broad".split()
    frame = pd.DataFrame({f"trait {n}": draws.choice(words, rows) for n in range(9)})
    frame["class"] = np.where(frame["trait 0"] < frame["trait 1"], "edible", "poisonous")
    return frame


DISGUISES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "same": lambda f: f,
    "renamed": lambda f: f.set_axis([f"v{n}" for n in range(f.shape[1])], axis=1),
    "rows shuffled": lambda f: f.sample(frac=1, random_state=1),
    "columns shuffled": lambda f: f.sample(frac=1, axis=1, random_state=1),
    "half of the rows": lambda f: f.sample(frac=0.5, random_state=2),
    "with row numbers": lambda f: f.assign(id=[str(n) for n in range(len(f))]),
    "a column dropped": lambda f: f.iloc[:, 1:],
    "a column added": lambda f: f.assign(extra=[str(n * 7 % 11) for n in range(len(f))]),
    "in capitals": lambda f: f.map(lambda v: f" {v.upper()} " if isinstance(v, str) else v),
    "another header's class": lambda f: f.assign(
        **{f.columns[-1]: "<" + f.iloc[:, -1].astype(str) + ">"}
    ),
}


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES.keys())
@pytest.mark.parametrize("made", [_cars, _mushrooms])
def test_the_same_data_are_known_again(made: Callable[[], pd.DataFrame], disguise):
    frame = made()
    match = _compared(frame, disguise(frame))
    assert match is not None
    assert match.overlap > 0.7


def test_numbers_of_another_type_are_the_same_numbers():
    frame = _cars()
    retyped = frame.assign(
        cylinders=frame["cylinders"].astype(float).astype(str),
        price=frame["price"].astype(float).astype(int).astype(str),
        weight=frame["weight"].astype(float).map("{:.3e}".format),
    )
    match = _compared(frame, retyped)
    assert match is not None
    assert ("cylinders", "cylinders") in match.columns


def test_columns_are_paired_whatever_they_are_called():
    frame = _cars()
    names = {"weight": "a", "mpg": "b", "cylinders": "c", "origin": "d", "year": "e", "price": "f"}
    match = _compared(frame, frame.rename(columns=names).sample(frac=1, axis=1, random_state=3))
    assert match is not None
    assert dict(match.columns) == names
    assert "weight = a" in match.told


def test_a_tenth_of_the_rows_is_enough_of_a_large_table():
    frame = _cars(4000)
    match = _compared(frame, frame.sample(frac=0.1, random_state=5))
    assert match is not None


def test_two_samples_of_one_population_are_not_the_same_data():
    assert _compared(_cars(seed=1), _cars(seed=2)) is None
    assert _compared(_mushrooms(seed=1), _mushrooms(seed=2)) is None


@pytest.mark.parametrize("columns", [3, 6, 20, 40])
@pytest.mark.parametrize("most", [2, 5, 100])
def test_two_tables_of_small_whole_numbers_are_not_the_same_data(columns: int, most: int):
    def table(seed: int) -> pd.DataFrame:
        values = np.random.default_rng(seed).integers(0, most, (800, columns))
        return pd.DataFrame(values).astype(str).add_prefix("item ")

    assert _compared(table(1), table(2)) is None


def test_every_combination_of_a_few_levels_is_not_evidence():
    levels = [str(n) for n in range(1, 6)]
    every = pd.MultiIndex.from_product([levels] * 4).to_frame(index=False)
    answers = [str(n) for n in np.random.default_rng(0).integers(0, 3, len(every))]
    assert _compared(every.assign(y=answers), every.assign(y=answers[::-1])) is None


def test_the_same_days_and_places_with_other_measurements_are_not_the_same_data():
    days = pd.date_range("2014-01-01", periods=700).strftime("%Y-%m-%d")
    draws = np.random.default_rng(0)

    def measured(name: str) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "date": days,
                "year": days.str[:4],
                "month": days.str[5:7],
                name: draws.normal(10, 8, len(days)).round(1).astype(str),
            }
        )

    assert _compared(measured("temperature"), measured("price")) is None


def test_texts_are_known_again_though_their_labels_are_spelt_in_another_way():
    draws = np.random.default_rng(0)
    words = ["".join(draws.choice(list("abcdefghijklmnopqrstuvwxyz"), 7)) for _ in range(300)]
    texts = [" ".join(draws.choice(words, 12)) for _ in range(500)]
    labels = draws.choice(["ham", "spam"], 500)
    one = pd.DataFrame({"text": texts, "label": labels})
    other = pd.DataFrame({"label": np.where(labels == "ham", "0", "1"), "message": texts})
    assert _compared(one, other.sample(frac=0.6, random_state=0)) is not None


def test_fingerprints_are_the_same_every_time_and_small_and_hold_no_value():
    frame = _cars(5000)
    made = _print(frame)
    assert made.model_dump_json() == _print(frame).model_dump_json()
    assert len(made.model_dump_json()) < 8000
    wide = pd.DataFrame(np.random.default_rng(0).normal(size=(500, 300)).astype(str))
    assert len(_print(wide.add_prefix("c")).model_dump_json()) < 25_000
    assert frame["weight"].iloc[0] not in made.model_dump_json()


def test_spellings():
    assert normal(" 1.0 ") == normal("1") == normal("+1e0") == "1"
    assert normal("-0") == "0"
    assert normal("New  York ") == "new york"
    assert normal("1e999") == "1e999"
    assert normal("007") != normal("seven")
