"""Amounts and days in words are told as such, codes and sentences are not."""

from __future__ import annotations

import pandas as pd
import pytest

from mlesmith_generator.describe.measure import as_text, measure_column
from mlesmith_generator.describe.written import written_as


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (["11 %", "10 %", "0 %", "12.5 %"], "numbers written as text, with the unit `%`"),
        (["60 kg", "1 kg", "100 lbs", "2 kg"], "with the units `kg` and `lbs`"),
        (["$2.39", "$1,002.50", "$3", "$4.10"], "with the unit `$`"),
        (["0 full defects", "1 full defects", "2 full defects", "9 full defects"], "full defects"),
        (["5mm", "7mm", "8.5mm", "11mm"], "with the unit `mm`"),
        (["980925 00:00:00", "930107 00:00:00", "941231 00:00", "950601 00:00:00"], "YYMMDD"),
        (["2013-01-02 00:00:00", "2013-01-03 00:00:00"] * 2, "its time 00:00"),
        (["December 26th, 2013", "May 1st, 2012", "April 3rd, 2011", "7 Aug 2010"], "dates"),
    ],
)
def test_amounts_and_days(values: list[str], told: str) -> None:
    assert told in written_as(values)


@pytest.mark.parametrize(
    "values",
    [
        ["3B", "4B", "5B", "6B"],
        ["A12", "A13", "A14", "A15"],
        ["1 apple", "2 pears", "3 plums", "4 nuts", "5 figs", "6 dates"],
        ["12", "13", "14", "15"],
        ["60 kg", "70 kg"],
        ["12/4", "13/5", "14/6", "15/7"],
        ["May 2013", "in May", "a day", "2013"],
        ["980925 00:00:00", "930107 12:00:00", "941231 00:00", "950601 00:00:00"],
    ],
)
def test_other_texts(values: list[str]) -> None:
    assert written_as(values) == ""


def test_it_is_measured_with_the_column() -> None:
    frame = pd.DataFrame({"weight": ["60 kg", "1 kg", "2 kg", "5 kg"] * 10})
    assert measure_column("weight", as_text(frame, "weight"), None).written.endswith("`kg`")
