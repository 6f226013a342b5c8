"""Each transform maps text to text, the same in every version of every library."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mlesmith_env.errors import RecipeError
from mlesmith_env.recipes.draws import keys, order
from mlesmith_env.recipes.model import (
    Arithmetic,
    Bin,
    Deduplicate,
    DropColumns,
    ExcludeValues,
    Extract,
    MapValues,
    ParseDate,
    ParseDuration,
    ParseNumber,
    RenameColumns,
    RequireValue,
    SampleRows,
    TableReader,
    Transform,
    Within,
)
from mlesmith_env.recipes.text import text_frame, values_or_none
from mlesmith_env.recipes.transforms import apply_transforms


def table(**columns: list[str | None]) -> pd.DataFrame:
    return text_frame(dict(columns))


def after(frame: pd.DataFrame, *transforms: Transform) -> pd.DataFrame:
    return apply_transforms(frame, transforms, seed=0)


def values(frame: pd.DataFrame, column: str) -> list[str | None]:
    return values_or_none(frame[column])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.50", "1.50"),
        ("$1,234.50", "1234.50"),
        ("12 %", "12"),
        ("3.4M", "3400000"),
        ("$1.2 billion", "1200000000"),
        ("<0.05", "0.05"),
        (">= 7", "7"),
        ("(1,234)", "-1234"),
        ("-$5", "-5"),
        ("$-5", "-5"),
        ("USD 12", "12"),
        ("1.234.567", "1234567"),
        ("1.234,56", "1234.56"),
        ("1 234,5", "1234.5"),
        ("1,5", "1.5"),
        ("12 kg", "12"),
        ("30m", "30"),
        ("$30m", "30000000"),
        ("12 mm", "12"),
        ("-12.5", "-12.5"),
        ("\u221212.5 C", "-12.5"),
        ("75/100", "75"),
        ("$1e3", "1000"),
        ("$1e990823", None),
        ("$2e" + 5000 * "1", None),
        ("4.5 out of 5 stars", "4.5"),
        ("123,456[2]", "123456"),
        ("12*", "12"),
        ("Rs. 1,200", "1200"),
        ("CHF 1'200", "1200"),
        ("100,000+", "100000"),
        ("1/5/2020", None),
        ("120/80", None),
        ("1,234 (5)", None),
        ("2,500 (est.)", "2500"),
        ("abc", None),
        ("10-20", None),
        ("5'6\"", None),
        ("1h 30m", None),
        ("2019-01-02", None),
        ("", None),
        ("$", None),
    ],
)
def test_numbers_in_words(text: str, number: str | None) -> None:
    frame = after(table(a=[text, None]), ParseNumber(column="a", into="n"))
    assert values(frame, "n") == [number, None]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1h 35m", "95"),
        ("1 hr. 35 mins", "95"),
        ("2 hours", "120"),
        ("90 minutes and 30 seconds", "90.5"),
        ("1d 2h", "1560"),
        ("PT1H35M", "95"),
        ("1:35:20", "95.333333"),
        ("35:30", "35.5"),
        ("95", None),
        ("2:5", None),
        ("P", None),
        ("an hour", None),
        ("", None),
    ],
)
def test_durations_become_minutes(text: str, minutes: str | None) -> None:
    frame = after(table(a=[text, None]), ParseDuration(column="a", into="n"))
    assert values(frame, "n") == [minutes, None]


@pytest.mark.parametrize(
    ("text", "form", "date"),
    [
        ("03/01/2024", "%d/%m/%Y", "2024-01-03"),
        ("Jan 5, 2020 14:30", "%b %d, %Y %H:%M", "2020-01-05T14:30:00"),
        ("2020-01-05", "ISO8601", "2020-01-05"),
        ("2020-01-05 10:00:00+02:00", "ISO8601", "2020-01-05T08:00:00"),
        ("0", "unix_s", "1970-01-01T00:00:00"),
        ("1e99", "unix_s", None),
        ("1949.0833333", "year_fraction", "1949-02-01"),
        ("1949.92", "year_fraction", "1949-12-01"),
        ("1958.208", "year_fraction", "1958-03-01"),
        ("1960", "year_fraction", "1960-01-01"),
        ("0.5", "year_fraction", None),
        ("early", "year_fraction", None),
        ("31/02/2024", "%d/%m/%Y", None),
        ("soon", "ISO8601", None),
    ],
)
def test_dates_become_iso(text: str, form: str, date: str | None) -> None:
    frame = after(table(a=[text]), ParseDate(column="a", into="d", format=form))
    assert values(frame, "d") == [date]


def test_a_value_on_an_edge_goes_up() -> None:
    bins = Bin(column="a", into="b", edges=(1, 2), labels=("low", "mid", "high"))
    frame = after(table(a=["0.9", "1", "1.5", "2", "99", "x", None]), bins)
    assert values(frame, "b") == ["low", "mid", "mid", "high", "high", None, None]


@pytest.mark.parametrize("edges", [(2.0, 1.0), (1.0, 1.0), (1.0,)])
def test_bins_that_make_no_sense_are_refused(edges: tuple[float, ...]) -> None:
    with pytest.raises(RecipeError, match="bin of 'a'"):
        after(table(a=["1"]), Bin(column="a", into="b", edges=edges, labels=("x", "y", "z")))


def test_map_names_the_rest() -> None:
    frame = table(a=["x", "y", "z", None])
    mapped = MapValues(column="a", into="b", values={"x": "one", "y": "two"})
    assert values(after(frame, mapped), "b") == ["one", "two", None, None]
    mapped = MapValues(column="a", into="a", values={"x": "one"}, other="more")
    assert values(after(frame, mapped), "a") == ["one", "more", "more", None]


def test_extract_word_by_word_leaves_words_that_do_not_match() -> None:
    frame = table(a=["B-x,B-y O", "O , I-z|I-x", None])
    step = Extract(column="a", into="a", pattern=r"^([^,|]+)[,|]", words=True)
    assert values(after(frame, step), "a") == ["B-x O", "O , I-z", None]


def test_extract_takes_the_first_group() -> None:
    frame = table(a=["2 of 3", "none", None])
    assert values(after(frame, Extract(column="a", into="b", pattern=r"(\d) of")), "b") == [
        "2",
        None,
        None,
    ]


@pytest.mark.parametrize("pattern", ["(", "abc", "(a+)+$", "(x)" * 100, "(.*)*(b)"])
def test_bad_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(RecipeError, match="extract"):
        after(table(a=["a"]), Extract(column="a", into="b", pattern=pattern))


@pytest.mark.parametrize(
    ("operation", "result"),
    [
        ("sum", ["0.3", None, "4"]),
        ("difference", ["-0.1", None, "4"]),
        ("product", ["0.02", None, "0"]),
        ("ratio", ["0.5", None, None]),
        ("compare", ["less", None, "greater"]),
    ],
)
def test_arithmetic(operation: str, result: list[str | None]) -> None:
    frame = table(a=["0.1", "x", "4"], b=["0.2", "1", "0"])
    transform = Arithmetic.model_validate(
        {"left": "a", "right": "b", "into": "c", "operation": operation}
    )
    assert values(after(frame, transform), "c") == result


def test_rows_are_dropped_and_counted_anew() -> None:
    frame = table(a=["1", None, "2", "1"], b=["x", "y", "z", "x"])
    assert values(after(frame, RequireValue(column="a")), "b") == ["x", "z", "x"]
    assert values(after(frame, ExcludeValues(column="a", values=("1",))), "b") == ["y", "z"]
    kept = after(frame, Deduplicate())
    assert values(kept, "b") == ["x", "y", "z"]
    assert list(kept.index) == [0, 1, 2]


def test_missing_values_are_equal_when_rows_are_compared() -> None:
    frame = table(a=[None, None, "1"], b=["x", "x", "x"])
    assert len(after(frame, Deduplicate())) == 2


def test_columns_are_dropped_and_renamed() -> None:
    frame = table(a=["1"], b=["2"], c=["3"])
    assert list(after(frame, DropColumns(columns=("a", "c"))).columns) == ["b"]
    assert list(after(frame, RenameColumns(names={"a": "x"})).columns) == ["x", "b", "c"]
    with pytest.raises(RecipeError, match="two columns called 'b'"):
        after(frame, RenameColumns(names={"a": "b"}))


def test_a_missing_column_is_told_with_the_nearest() -> None:
    with pytest.raises(RecipeError, match=r"no column 'wieght' \(did you mean 'weight'"):
        after(table(weight=["1"]), RequireValue(column="wieght"))


def test_a_sample_keeps_the_order_and_depends_on_the_seed() -> None:
    frame = table(a=[str(i) for i in range(1000)])
    one = apply_transforms(frame, [SampleRows(rows=50)], seed=1)
    two = apply_transforms(frame, [SampleRows(rows=50)], seed=2)
    kept = [int(value) for value in one["a"]]
    assert len(kept) == 50
    assert kept == sorted(kept)
    assert list(one["a"]) != list(two["a"])
    assert list(one["a"]) == list(apply_transforms(frame, [SampleRows(rows=50)], seed=1)["a"])


def test_the_given_table_stays_as_it_is() -> None:
    frame = table(a=["1", "2"])
    after(frame, ParseNumber(column="a", into="a"), RenameColumns(names={"a": "b"}))
    assert list(frame.columns) == ["a"]


def test_draws_are_these_numbers_for_ever() -> None:
    assert keys(0, "rows", 3).tolist() == [
        18143301916294815959,
        3563444627411544499,
        4452184973407029983,
    ]
    assert sorted(order(3, "x", 1000).tolist()) == list(range(1000))


def _within(tmp_path: Path, spans: str, **given: object) -> list[str | None]:
    (tmp_path / "spans.csv").write_text(spans)
    reader = TableReader(files=("spans.csv",))
    frame = table(
        time=["2020-01-01T10:00:00", "2020-01-02T23:30:00", None, "2020-01-03T00:00:00"],
        of=["a", "a", "a", "b"],
    )
    usual = {"column": "time", "start": "start", "end": "end", "into": "mark"}
    transform = Within.model_validate({**usual, **given, "table": reader})
    return values(apply_transforms(frame, (transform,), seed=0, raw=tmp_path), "mark")


def test_times_within_listed_spans_are_marked(tmp_path: Path) -> None:
    spans = "who,start,end\na,2020-01-02,2020-01-02\na,2020-01-02,2020-01-03\n"
    assert _within(tmp_path, spans) == ["0", "1", None, "1"]
    assert _within(tmp_path, spans, on={"of": "who"}) == ["0", "1", None, "0"]
    moments = "who,start\na,2020-01-01T10:00:00\nb,\n"
    assert _within(tmp_path, moments, on={"of": "who"}, end="start") == ["1", "0", None, "0"]
    backwards = "who,start,end\na,2020-01-03,2020-01-01\n"
    assert _within(tmp_path, backwards) == ["0", "0", None, "0"]


def test_spans_without_comparable_times_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="'yesterday'"):
        _within(tmp_path, "start,end\nyesterday,2020-01-03\n")
    with pytest.raises(RecipeError, match="no column 'who'"):
        _within(tmp_path, "start,end\n2020-01-01,2020-01-03\n", on={"of": "who"})
