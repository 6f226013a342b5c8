"""Records inside records in JSON become rows, with what is said of the records around them."""

from __future__ import annotations

import json

from mlesmith_env.recipes.leaves import leaf_path
from mlesmith_env.recipes.nested import json_table

_ASKED = {
    "version": "1",
    "data": [
        {
            "title": "Bees",
            "paragraphs": [
                {
                    "context": "Bees fly by day.",
                    "id": 7,
                    "qas": [
                        {"id": "a", "question": "Who?", "answers": [{"text": "Bees", "start": 0}]},
                        {"id": "b", "question": "When?", "answers": []},
                    ],
                }
            ]
            * 2,
        }
    ]
    * 3,
}


def test_questions_are_rows_and_carry_their_paragraph_and_title():
    path = leaf_path(_ASKED)
    assert path == "data/paragraphs/qas"
    names, rows = json_table([json.dumps(_ASKED)], "asked.json", path)
    assert names == ("title", "context", "paragraphs.id", "id", "question", "answers")
    told = [*rows]
    assert len(told) == 12
    assert told[1] == ["Bees", "Bees fly by day.", "7", "b", "When?", None]


def test_records_that_say_enough_of_themselves_are_the_rows():
    orders = [
        {"id": n, "customer": "x", "town": "y", "items": [{"name": "a", "price": 2}] * 3}
        for n in range(4)
    ]
    assert leaf_path(orders) == ""
    assert leaf_path({"rows": [{"id": 1, "spans": [{"start": 0, "end": 2}] * 3}]}) == ""
    assert leaf_path([1, 2]) == ""
