"""What a case of the corpus is, and the two lists that hold them all.

A new formulation extends the corpus by a module that registers its own cases; nothing else has to
be changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .bases import Base
from .making import Exhibit, make

Area = Literal[
    "package", "data", "leak", "description", "worth", "script", "execution", "legitimate"
]
Builder = Callable[[Path], Exhibit]


@dataclass(frozen=True)
class Case:
    """One seeded defect, or one legitimate task.

    Attributes:
        name: What is odd about it.
        area: Where the defect lies, or `legitimate`.
        build: Makes it below a folder.
        codes: Codes of which any one is the right reason; empty for a legitimate task.
        execution: Whether the execution gate has to run (it takes seconds).
    """

    name: str
    area: Area
    build: Builder
    codes: frozenset[str] = frozenset()
    execution: bool = False


DEFECTS: list[Case] = []
LEGITIMATE: list[Case] = []


def defect(area: Area, *codes: str, execution: bool = False) -> Callable[[Builder], Builder]:
    """Register a builder as a seeded defect that one of the codes has to name."""

    def register(build: Builder) -> Builder:
        DEFECTS.append(Case(_name(build), area, build, frozenset(codes), execution))
        return build

    return register


def seeded(area: Area, *codes: str) -> Callable[[Callable[[], Base]], Callable[[], Base]]:
    """Register a raw table with a defect in it."""

    def register(table: Callable[[], Base]) -> Callable[[], Base]:
        DEFECTS.append(Case(_name(table), area, lambda root: make(root, table()), frozenset(codes)))
        return table

    return register


def legitimate(*, execution: bool = False) -> Callable[[Callable[[], Base]], Callable[[], Base]]:
    """Register a raw table that is odd and nevertheless makes a good task."""

    def register(table: Callable[[], Base]) -> Callable[[], Base]:
        build = _made(table)
        LEGITIMATE.append(Case(_name(table), "legitimate", build, execution=execution))
        return table

    return register


def legitimate_page(build: Builder) -> Builder:
    """Register a builder of a good task whose page is not the generator's."""
    LEGITIMATE.append(Case(_name(build), "legitimate", build))
    return build


def legitimate_built(*, execution: bool = False) -> Callable[[Builder], Builder]:
    """Register a builder of a good task that is not made of a raw table alone."""

    def register(build: Builder) -> Builder:
        LEGITIMATE.append(Case(_name(build), "legitimate", build, execution=execution))
        return build

    return register


def _made(table: Callable[[], Base]) -> Builder:
    return lambda root: make(root, table())


def _name(function: Callable[..., object]) -> str:
    return function.__name__.replace("_", " ")
