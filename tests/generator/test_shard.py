"""Shards: every job in exactly one of them, by its name alone."""

import pytest

from mlesmith_env.errors import InvalidSettingError
from mlesmith_generator.shard import Shard

NAMES = [f"dataset-{number}" for number in range(200)]


@pytest.mark.parametrize("of", [1, 2, 3, 8])
def test_every_job_is_in_one_shard(of: int):
    shards = [Shard(number, of) for number in range(1, of + 1)]
    for name in NAMES:
        assert sum(shard.holds(name) for shard in shards) == 1


def test_shards_are_of_a_like_size():
    counts = [sum(Shard(number, 4).holds(name) for name in NAMES) for number in range(1, 5)]
    assert min(counts) > 30


def test_who_does_what_stays_the_same():
    assert [name for name in NAMES[:12] if Shard(1, 3).holds(name)] == ["dataset-1", "dataset-6"]


@pytest.mark.parametrize("text", ["", "2", "0/2", "3/2", "-1/2", "1/0", "a/b", "1/2/3", "1.5/2"])
def test_what_names_no_shard_is_refused(text: str):
    with pytest.raises(InvalidSettingError, match="for instance 2/8"):
        Shard.parse(text)


def test_a_shard_is_written_as_it_is_called():
    assert Shard.parse("2/8") == Shard(2, 8)
    assert Shard.parse("2/8").label == "2-of-8"
    assert Shard.parse("1/1").label == ""
