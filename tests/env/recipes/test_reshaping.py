"""Transforms of columns and of the unit: what one row stands for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlesmith_env.errors import RecipeError
from mlesmith_env.recipes.model import (
    Boxes,
    Combine,
    Connect,
    FillDown,
    Gather,
    Grid,
    Holdout,
    Indicators,
    Join,
    KeepFrequent,
    KeepValues,
    NumberRows,
    Select,
    TableReader,
    TableRecipe,
    Transform,
    Unpivot,
)
from mlesmith_env.recipes.text import text_frame, values_or_none
from mlesmith_env.recipes.transforms import apply_transforms

Cells = Sequence[str | None]


def table(**columns: Cells) -> pd.DataFrame:
    return text_frame(dict(columns))


def after(frame: pd.DataFrame, *transforms: Transform, raw: Path | None = None) -> dict[str, Cells]:
    result = apply_transforms(frame, transforms, seed=0, raw=raw)
    return {str(name): values_or_none(result[name]) for name in result.columns}


def test_unpivot_makes_a_row_of_every_cell_that_does_not_stay():
    frame = table(city=["A", "B"], jan=["1", "3"], feb=["2", None])
    assert after(frame, Unpivot(keep=("city",), name_into="month", value_into="rain")) == {
        "city": ["A", "A", "B", "B"],
        "month": ["jan", "feb", "jan", "feb"],
        "rain": ["1", "2", "3", None],
    }


def test_what_a_report_does_not_repeat_is_filled_down():
    frame = table(month=[None, "May", None, "June"], day=["1", "2", "3", None])
    assert after(frame, FillDown(column="month")) == {
        "month": [None, "May", "May", "June"],
        "day": ["1", "2", "3", None],
    }


def test_unpivot_refuses_a_name_that_stays_and_a_table_of_which_everything_stays():
    frame = table(value=["1"], x=["2"])
    with pytest.raises(RecipeError, match="another name"):
        after(frame, Unpivot(keep=("value",)))
    with pytest.raises(RecipeError, match="every column is to stay"):
        after(frame, Unpivot(keep=("value", "x"), value_into="v"))


def test_gather_joins_the_values_of_a_key_in_the_order_of_the_rows():
    frame = table(
        sentence=["2", "2", "1", "2"],
        token=["New York", "is", "Ok", None],
        tag=["P", "O", "O", "O"],
        split=[None, "train", "test", "dev"],
    )
    gather = Gather(
        by=("sentence",), columns=("token", "tag"), first=("split",), count_into="words"
    )
    assert after(frame, gather) == {
        "sentence": ["2", "1"],
        "split": ["train", "test"],
        "token": ["New_York is nan", "Ok"],
        "tag": ["P O O", "O"],
        "words": ["3", "1"],
    }


def test_gather_may_pass_over_what_is_missing_and_keep_blanks():
    frame = table(key=["a", "a", "b", None], item=["x y", None, None, "z"])
    gather = Gather(by=("key",), columns=("item",), missing=None, blanks="keep")
    assert after(frame, gather) == {"key": ["a", "b", None], "item": ["x y", None, "z"]}


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.from_regex(r"[a-z]{1,3}", fullmatch=True)), min_size=1
    )
)
def test_what_is_gathered_can_be_split_again(rows: list[tuple[str, str]]):
    frame = table(key=[key for key, _ in rows], item=[item for _, item in rows])
    gathered = after(frame, Gather(by=("key",), columns=("item",)))
    for key, joined in zip(gathered["key"], gathered["item"], strict=True):
        assert joined is not None
        assert joined.split(" ") == [item for other, item in rows if other == key]


def test_boxes_of_every_form_are_the_same_box():
    corners = table(label=["a cat"], a=["10"], b=["20"], c=["40"], d=["60"])
    size = table(label=["a cat"], a=["10"], b=["20"], c=["30"], d=["40"])
    centre = table(label=["a cat"], a=["25"], b=["40"], c=["30"], d=["40"])
    for frame, form in ((corners, "corners"), (size, "size"), (centre, "centre")):
        box = Boxes(label="label", x="a", y="b", right="c", bottom="d", form=form, into="box")
        assert after(frame, box)["box"] == ["a_cat 10 20 30 40"]


def test_a_box_without_area_label_or_number_is_missing():
    frame = table(
        label=["a", None, "a", "a"],
        a=["1", "1", "1", "?"],
        b=["1", "1", "1", "1"],
        c=["1", "2", "2", "2"],
        d=["2", "2", "2", "2"],
    )
    box = Boxes(label="label", x="a", y="b", right="c", bottom="d", into="box")
    assert after(frame, box)["box"] == [None, None, "a 1 1 1 1", None]


def test_grid_names_the_same_cell_for_places_in_it_and_none_without_a_place():
    frame = table(lat=["0.4", "0.1", "-0.1", None], lon=["10.2", "10.49", "10.2", "1"])
    grid = Grid(latitude="lat", longitude="lon", degrees=0.5, into="cell")
    assert after(frame, grid)["cell"] == ["r0c20", "r0c20", "r-1c20", None]


def test_select_combine_keep_and_number():
    frame = table(a=["1", None, "1", "2"], b=["x", None, "y", "z"], c=["", "q", "q", "q"])
    assert list(after(frame, Select(columns=("b", "a")))) == ["b", "a"]
    combined = after(frame, Combine(columns=("a", "b"), into="ab", separator=" | "))
    assert combined["ab"] == ["1 | x", None, "1 | y", "2 | z"]
    assert after(frame, KeepValues(column="a", values=("2",)))["b"] == ["z"]
    assert after(frame, KeepFrequent(column="a", rows=2))["b"] == ["x", "y"]
    assert after(frame, NumberRows(into="n"))["n"] == ["0", "1", "2", "3"]
    assert after(frame, NumberRows(into="n", by=("a",)))["n"] == ["0", "0", "1", "0"]


def test_indicators_say_for_each_value_whether_it_is_listed():
    frame = table(tags=["red| blue", "blue", None, "green"])
    made = after(
        frame, Indicators(column="tags", separator="|", values=("red", "blue"), prefix="is_")
    )
    assert made["is_red"] == ["1", "0", None, "0"]
    assert made["is_blue"] == ["1", "1", None, "0"]


def test_indicators_pass_over_brackets_and_quotes_around_values():
    frame = table(tags=["['red', 'dark blue']", "[]", '["red"]'])
    step = Indicators(column="tags", separator=",", values=("red", "dark blue"), trim="[]'\" ")
    made = after(frame, step)
    assert made["red"] == ["1", "0", "1"]
    assert made["dark blue"] == ["1", "0", "0"]


def test_rows_that_share_a_text_in_either_column_are_connected():
    frame = table(one=["a", "b", "x", None, "d"], two=["b", "C", "y", None, " c "])
    assert after(frame, Connect(columns=("one", "two"), into="g"))["g"] == [
        "0",
        "0",
        "1",
        None,
        "0",
    ]


def other_table(folder: Path, text: str) -> TableReader:
    (folder / "other.csv").write_text(text)
    return TableReader(files=("other.csv",))


def test_join_brings_columns_by_a_key_and_keeps_every_row(tmp_path: Path):
    reader = other_table(tmp_path, "code,name,size\na,Alpha,1\nb,Beta,\n")
    frame = table(unit=["b", "a", "x", None])
    made = after(frame, Join(table=reader, on={"unit": "code"}), raw=tmp_path)
    assert made == {
        "unit": ["b", "a", "x", None],
        "name": ["Beta", "Alpha", None, None],
        "size": [None, "1", None, None],
    }


def test_join_puts_rows_together_only_where_it_is_told_to(tmp_path: Path):
    reader = other_table(tmp_path, "code,size\na,1\na,2\na,\nb,\n")
    frame = table(unit=["a", "b", "c"])
    with pytest.raises(RecipeError, match=r"3 rows .* have the key"):
        after(frame, Join(table=reader, on={"unit": "code"}), raw=tmp_path)
    for together, expected in (
        ("first", "1"),
        ("mean", "1.5"),
        ("sum", "3"),
        ("min", "1"),
        ("max", "2"),
    ):
        join = Join(
            table=reader, on={"unit": "code"}, together=together, prefix="its ", count_into="n"
        )
        made = after(frame, join, raw=tmp_path)
        assert made["its size"] == [expected, None, None]
        assert made["n"] == ["3", "1", "0"]


def test_join_says_what_it_lacks(tmp_path: Path):
    reader = other_table(tmp_path, "code,unit\na,1\n")
    frame = table(unit=["a"])
    join = Join(table=reader, on={"unit": "code"})
    with pytest.raises(RecipeError, match="no raw folder"):
        after(frame, join)
    with pytest.raises(RecipeError, match="'unit' already; give a `prefix`"):
        after(frame, join, raw=tmp_path)
    with pytest.raises(RecipeError, match="did you mean 'code'"):
        after(frame, Join(table=reader, on={"unit": "cod"}), raw=tmp_path)


def test_fields_of_today_are_left_out_of_a_recipe_that_does_without_them():
    recipe = TableRecipe(
        reader=TableReader(files=("a.csv",)), target="y", holdout=Holdout(kind="random")
    )
    told = json.loads(recipe.model_dump_json())
    assert not {"media", "tables"} & set(told)
    assert not {"text", "token_column", "tag_column"} & set(told["reader"])
    assert not {"group", "horizon"} & set(told["holdout"])
    assert TableRecipe.model_validate(told) == recipe


def test_fields_of_today_stand_in_a_recipe_that_uses_them(tmp_path: Path):
    join = Join(table=TableReader(files=("**/*.txt",), format="files", text=True), on={"a": "b"})
    recipe = TableRecipe(
        reader=TableReader(files=("a.csv",)),
        transforms=(join,),
        target="y",
        holdout=Holdout(kind="last", column="day", group="shop", horizon=7),
    )
    assert TableRecipe.model_validate_json(recipe.model_dump_json()) == recipe
