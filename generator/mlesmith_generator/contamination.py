"""Whether a task may stand in a public benchmark too, by the names of their tasks.

A warning, not a verdict: names are compared, not data. A benchmark's task is named where the
dataset's origin points to it, or where every telling word of its name is among the words of the
task and its dataset.
"""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from pydantic import TypeAdapter

from mlesmith_env.documents import parse_yaml
from mlesmith_env.manifest import Manifest, Record
from mlesmith_env.sources import SourceRecord

_LIST = "benchmarks.yaml"
_FILLER = frozenset(
    "a advanced ai and challenge classification classifier competition course cup data demand "
    "detect detection edition estimation for forecasting from getting i identification identify ii "
    "iii in iv kaggle kernels learning ml of on only playground predict predicting prediction "
    "prize quality recognition recruiting redux regression score scoring segmentation series start "
    "started tabular tagging techniques the to tutorial use v version vs week with".split()
)
_FEWEST_LETTERS = 6
"""Letters that a name's only telling word has to have."""
_ENDINGS = re.compile(r"(?:ings?|ies|es|s|ed|e|y)$")


class Benchmark(Record):
    """The tasks of one public benchmark, by name."""

    benchmark: str
    source: str
    revision: str
    date: datetime.date
    what: str
    """Where in the source the names stand."""
    tasks: tuple[str, ...]


def contaminated_by(manifest: Manifest, source: SourceRecord) -> tuple[str, ...]:
    """Return the tasks of public benchmarks that a task may repeat, as `benchmark:task`, sorted."""
    addresses = " ".join([source.uri, *(file.url for file in source.files)]).casefold()
    told = " ".join([manifest.slug, manifest.title, source.dataset, source.title])
    words = _words(told)
    joined = "".join(words)
    stems = {_stem(word) for word in words}
    return tuple(
        sorted(
            f"{benchmark.benchmark}:{task}"
            for benchmark in benchmarks()
            for task in benchmark.tasks
            if _origin(task, addresses) or _named(task, stems, joined)
        )
    )


@lru_cache(maxsize=1)
def benchmarks() -> tuple[Benchmark, ...]:
    """Return the benchmarks whose names are known (`benchmarks.yaml`)."""
    content = (files("mlesmith_generator") / _LIST).read_bytes()
    return TypeAdapter(tuple[Benchmark, ...]).validate_python(parse_yaml(content, Path(_LIST)))


def telling_words(task: str) -> tuple[str, ...]:
    """Return the words of a name that tell one task from others.

    Numbers and what names of competitions have in common tell nothing. A name of one short word
    that is left tells nothing either.
    """
    words = [
        word
        for word in _words(task)
        if word not in _FILLER and not re.fullmatch(r"[a-z]?[0-9]+|\w*20[0-9]{2}", word)
    ]
    if not words or (len(words) == 1 and len(words[0]) < _FEWEST_LETTERS):
        return ()
    return tuple(words)


def _origin(task: str, addresses: str) -> bool:
    name = re.escape(task.casefold())
    return re.search(rf"kaggle(?:\.com)?[/:](?:[a-z-]+/)*{name}(?![\w-])", addresses) is not None


def _named(task: str, stems: set[str], joined: str) -> bool:
    wanted = telling_words(task)
    if not wanted:
        return False
    together = "".join(wanted[:-1]) + _stem(wanted[-1])
    return stems.issuperset(map(_stem, wanted)) or (len(wanted) > 1 and together in joined)


def _words(text: str) -> list[str]:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return re.findall(r"[a-z]+[0-9]*|[0-9]+", apart.casefold())


def _stem(word: str) -> str:
    """Return a word without its ending: `prices` and `price` are one word."""
    stem = _ENDINGS.sub("", word)
    return stem if len(stem) >= 3 else word
