"""Codes that part rows which are the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
from made import table, text

from mlesmith_generator.brainstorm.codes import parting_codes
from mlesmith_generator.brainstorm.holdouts import plain
from mlesmith_generator.brainstorm.targets import primary
from tests.defects.bases import order_lines


def _left_out(frame: pd.DataFrame, target: str) -> list[str]:
    data = table(**{name: text(frame[name].to_numpy(float)) for name in frame.columns})
    made = primary(data[target])
    assert made is not None
    plan = plain(made, len(frame))
    return [each.column for each in parting_codes(made, data, plan, {target})]


def _lines() -> pd.DataFrame:
    frame = order_lines(np.random.default_rng(5))
    return frame.assign(
        dish=frame["dish"].str[-2:].astype(int), extra=frame["extra"].str[-2:].astype(int)
    )


def test_the_number_of_an_order_is_left_out_where_its_lines_recur() -> None:
    assert _left_out(_lines(), "charge") == ["order_id"]


def test_equal_rows_whose_answers_differ_keep_their_code() -> None:
    frame = _lines()
    noise = np.random.default_rng(6).normal(0, 4, len(frame))
    assert not _left_out(frame.assign(charge=frame["charge"] + noise), "charge")


def test_rows_that_differ_anyway_keep_their_code() -> None:
    frame = _lines()
    frame["weight"] = np.random.default_rng(7).normal(60, 9, len(frame)).round(2)
    assert not _left_out(frame, "charge")


def test_a_table_of_few_different_rows_keeps_its_code() -> None:
    frame = _lines().assign(extra=1)
    frame["charge"] = (frame["dish"] * frame["plates"]).astype(float)
    assert not _left_out(frame, "charge")
