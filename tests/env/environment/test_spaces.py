from __future__ import annotations

import copy
import json
import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import CustomSpaceError
from gymnasium.vector.utils import (
    batch_space,
    concatenate,
    create_empty_array,
    create_shared_memory,
    iterate,
)
from hypothesis import given, settings, strategies

from mlesmith_env.spaces import Choice, UnicodeText, cleaned, is_encodable

SPACES = [UnicodeText(40), Choice(["a", "b", "ζ"])]


@settings(deadline=None)
@given(strategies.text(max_size=60))
def test_text_within_the_length_is_contained_exactly_when_it_can_be_written(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        writable = False
    else:
        writable = True
    assert (text in UnicodeText(40)) == (writable and len(text) <= 40)
    assert is_encodable(text) == writable
    assert cleaned(text) == text if writable else is_encodable(cleaned(text))


@pytest.mark.parametrize("stranger", [None, 3, b"a", ["a"], np.array("a"), {"a": 1}])
@pytest.mark.parametrize("space", SPACES)
def test_what_is_no_string_is_not_contained(space: gym.Space, stranger: object) -> None:
    assert stranger not in space


@pytest.mark.parametrize("space", SPACES)
def test_samples_are_contained_and_follow_the_seed(space: gym.Space) -> None:
    space.seed(3)
    first = [space.sample() for _ in range(50)]
    space.seed(3)
    assert [space.sample() for _ in range(50)] == first
    assert all(sample in space for sample in first)
    assert len(set(first)) > 1
    assert any(not sample.isascii() for sample in first)


def test_a_mask_and_probabilities_limit_the_choice() -> None:
    space = Choice(["a", "b", "c"], seed=0)
    assert {space.sample(mask=np.array([0, 1, 1], dtype=np.int8)) for _ in range(60)} == {"b", "c"}
    assert {space.sample(probability=np.array([1.0, 0, 0])) for _ in range(20)} == {"a"}
    with pytest.raises(ValueError, match="shape"):
        space.sample(mask=np.zeros(3, dtype=np.int8))
    with pytest.raises(ValueError, match="not both"):
        space.sample(mask=np.ones(3, dtype=np.int8), probability=np.ones(3) / 3)
    with pytest.raises(ValueError, match="masked"):
        UnicodeText(4).sample(mask=np.ones(3, dtype=np.int8))


@pytest.mark.parametrize("space", SPACES)
def test_spaces_survive_copying_pickling_and_json(space: gym.Space) -> None:
    space.seed(1)
    for other in (copy.deepcopy(space), pickle.loads(pickle.dumps(space))):
        assert other == space
        assert hash(other) == hash(space)
        assert _samples(other, 5) == _samples(space, 5)
    samples = _samples(space, 5)
    plain = json.loads(json.dumps(space.to_jsonable(samples)))
    assert space.from_jsonable(plain) == samples


def _samples(space: gym.Space, n: int) -> list[str]:
    space = copy.deepcopy(space)
    return [space.sample() for _ in range(n)]


def test_equality_tells_spaces_apart() -> None:
    assert UnicodeText(3) == UnicodeText(3)
    assert UnicodeText(3) != UnicodeText(4)
    assert Choice("ab") == Choice("ab")
    assert Choice("ab") != Choice("ba")
    assert UnicodeText(3) != Choice("ab")


@pytest.mark.parametrize("values", [[], ["a", "a"]])
def test_a_choice_without_distinct_words_is_refused(values: list[str]) -> None:
    with pytest.raises(ValueError, match="distinct"):
        Choice(values)


def test_text_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="max_length"):
        UnicodeText(0)


@pytest.mark.parametrize("space", SPACES)
def test_a_batch_is_made_iterated_and_concatenated(space: gym.Space) -> None:
    single = gym.spaces.Dict({"word": space, "number": gym.spaces.Discrete(4)})
    batched = batch_space(single, 3)
    assert create_empty_array(space, n=3) in batch_space(space, 3)
    batched.seed(0)
    sample = batched.sample()
    assert sample in batched
    items = list(iterate(batched, sample))
    assert len(items) == 3
    assert all(item in single for item in items)
    joined = concatenate(single, items, create_empty_array(single, n=3))
    assert joined in batched
    assert joined["word"] == sample["word"]


@pytest.mark.parametrize("space", SPACES)
def test_shared_memory_is_refused_with_the_way_out(space: gym.Space) -> None:
    with pytest.raises(CustomSpaceError, match="shared_memory=False"):
        create_shared_memory(space, n=2)
