"""Texts in JSON with marked pieces, read as tagged tokens."""

from __future__ import annotations

import json

import pytest

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.utterances import utterance_table


def rows(value: object) -> list[tuple[str | None, ...]]:
    names, found = utterance_table([json.dumps(value)], "a.json")
    assert names == ("tokens", "tags", "label")
    return [tuple(row) for row in found]


def test_chunks_of_which_some_name_an_entity():
    told = {"Travel": [{"data": [{"text": "to "}, {"text": "New York", "entity": "city"}]}]}
    assert rows(told) == [("to New York", "O B-city I-city", "Travel")]


@pytest.mark.parametrize(
    "span",
    [
        {"start": 3, "end": 7, "entity": "city"},
        [3, 7, "city"],
        {"startPos": 3, "endPos": 6, "entity": "city"},
    ],
)
def test_pieces_marked_by_their_characters(span: object):
    told = [{"text": "to Rome!", "intent": "travel", "entities": [span]}]
    assert rows(told) == [("to Rome !", "O B-city O", "travel")]


def test_one_record_a_line():
    lines = ['{"text": "a b", "labels": [[2, 3, "X"]]}\n', '{"text": "c", "labels": []}\n']
    assert [row[1] for row in utterance_table(lines, "a.jsonl")[1]] == ["O B-X", "O"]


def test_two_pieces_of_one_kind_side_by_side_are_two():
    told = [{"text": "Rome Bonn", "entities": [[0, 4, "city"], [5, 9, "city"]]}]
    assert rows(told)[0][1] == "B-city B-city"


def test_json_without_marked_texts_is_refused():
    with pytest.raises(ReadError, match="no texts with marked pieces"):
        utterance_table(['[{"a": 1}]'], "a.json")
    with pytest.raises(ReadError, match="not JSON"):
        utterance_table(["{"], "a.json")
