"""Synthetic datasets: `synthetic:<form>:<seed>[:<difficulty>]`, made from a hidden rule.

A world has 50 to 200 training rows of a domain that is drawn for it, and an outcome that a hidden
rule makes, with noise, distractors and, from difficulty 0.5 on, a shift between training and
hidden rows. As the rule is known here, so is the best prediction that anybody can make.

The same name gives the same bytes everywhere. Whoever knows name and version could make the
answers: this package, registries and raw bytes are closed to programs in a sandbox.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mlesmith_env.errors import DataUnavailableError
from mlesmith_env.synthetic.streams import Stream
from mlesmith_env.synthetic.world import PATH, TABLE, Wish, World

__all__ = [
    "FORMS",
    "PATH",
    "SCHEME",
    "TABLE",
    "VERSION",
    "Spec",
    "Wish",
    "World",
    "batch",
    "expand",
    "folder",
    "make",
    "parse",
    "slug_of",
]

SCHEME = "synthetic:"
VERSION = 1
"""Version of the rules; part of every stream."""


def _table(objective: str) -> Callable[[Stream, float], World]:
    def build(stream: Stream, difficulty: float) -> World:
        from mlesmith_env.synthetic.tables import table_world

        return table_world(stream, objective, difficulty)  # type: ignore[arg-type]

    return build


def _text(objective: str) -> Callable[[Stream, float], World]:
    def build(stream: Stream, difficulty: float) -> World:
        from mlesmith_env.synthetic.others import text_world

        return text_world(stream, objective, difficulty)

    return build


def _other(name: str) -> Callable[[Stream, float], World]:
    def build(stream: Stream, difficulty: float) -> World:
        from mlesmith_env.synthetic import others

        return getattr(others, f"{name}_world")(stream, difficulty)

    return build


def _media(name: str) -> Callable[[Stream, float], World]:
    def build(stream: Stream, difficulty: float) -> World:
        from mlesmith_env.synthetic import media

        return media.media_world(stream, getattr(media, name.upper()), difficulty)

    return build


def _graph(stream: Stream, difficulty: float) -> World:
    from mlesmith_env.synthetic.graphs import graph_world

    return graph_world(stream, difficulty)


FORMS: dict[str, Callable[[Stream, float], World]] = {
    "table-number": _table("regression"),
    "text-verdict": _text("binary"),
    "series": _other("series"),
    "table-flag": _table("binary"),
    "ratings": _other("rating"),
    "table-classes": _table("multiclass"),
    "places": _other("place"),
    "table-grade": _table("ordinal"),
    "text-rating": _text("regression"),
    "table-count": _table("count"),
    "picture": _media("picture"),
    "sound": _media("sound"),
    "graph": _graph,
}
"""What can be made, by form."""


@dataclass(frozen=True)
class Spec:
    """Which world.

    Attributes:
        form: One of `FORMS`.
        seed: Any whole number of at least 0. A large secret one keeps others from making it, too.
        difficulty: From 0 to 1, in hundredths.
    """

    form: str
    seed: int
    difficulty: float

    @property
    def name(self) -> str:
        """The name behind the scheme."""
        return f"{self.form}:{self.seed}:{self.difficulty:.2f}"


def parse(name: str) -> Spec:
    """Return what a name such as `table-number:7` or `series:3:0.8` asks for.

    Raises:
        DataUnavailableError: There is no such form, or seed or difficulty are no numbers.
    """
    name = name.removeprefix(SCHEME)
    match = re.fullmatch(r"([a-z-]+):([0-9]{1,40})(?::([01](?:\.[0-9]{1,2})?))?", name)
    if match is None or match[1] not in FORMS or float(match[3] or 0) > 1:
        raise DataUnavailableError(
            f"{SCHEME}{name} is not a synthetic dataset; write {SCHEME}<form>:<seed> or "
            f"{SCHEME}<form>:<seed>:<difficulty between 0 and 1>, the form one of "
            f"{', '.join(FORMS)}"
        )
    seed = int(match[2])
    drawn = Stream("difficulty", match[1], seed).whole(10, 80, 1)[0] / 100
    return Spec(match[1], seed, float(match[3]) if match[3] else float(drawn))


def make(name: str) -> World:
    """Return the world of a name; raises DataUnavailableError where there is none."""
    spec = parse(name)
    return FORMS[spec.form](Stream("world", VERSION, spec.name), spec.difficulty)


def slug_of(name: str) -> str:
    """Return the slug under which a world enters the registry."""
    return re.sub(r"[^a-z0-9]+", "-", f"synthetic-{parse(name).name}")


def batch(count: int, seed: int, form: str = "") -> tuple[str, ...]:
    """Return the addresses of so many different worlds, of all forms in turn or of one."""
    forms = [form] if form else list(FORMS)
    names = (f"{forms[n % len(forms)]}:{seed * 100_000 + n}" for n in range(count))
    return tuple(f"{SCHEME}{parse(name).name}" for name in names)


def expand(source: str, count: int, seed: int) -> tuple[str, ...]:
    """Return the worlds that `synthetic:` or `synthetic:<form>` stands for, any other as it is."""
    form = source.removeprefix(SCHEME)
    if source.startswith(SCHEME) and (not form or form in FORMS):
        return batch(count, seed, form)
    return (source,)


def folder() -> Path:
    """Return the folder of this package, whose rules no program in a sandbox may read."""
    return Path(__file__).parent
