"""What a description is written from, and its frame of fixed headings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from mlesmith_env.manifest import Limits, SubmissionForm
from mlesmith_env.metrics import Metric
from mlesmith_env.recipes.model import Recipe, TableRecipe, Transform
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe.facts import Facts
from mlesmith_generator.describe.voice import Voice
from mlesmith_generator.profiler.glossary import is_nameless
from mlesmith_generator.records import DatasetProfile, Idea, TableProfile

SECTIONS = (
    "Context",
    "Files",
    "Columns",
    "Target",
    "Metric",
    "Submission",
    "Holdout",
    "Rules",
)
"""Headings of every page, in order."""
FIXED_SECTIONS = ("Files", "Submission", "Rules")
"""Sections in one form for every task: a reader of many pages looks there for the same thing."""
LABEL = 80
"""Characters of a column's name that are always shown."""
_HEAD, _TAIL = 50, 29
"""Characters of a longer one, of its beginning and its end, where others begin alike."""
_WHOLE = 300
"""Characters of a longer one that is like another in both."""
LONGEST = 12_000
"""Bytes of a page."""


@dataclass(frozen=True)
class Page:
    """Everything that a description is written from.

    Attributes:
        slug: Slug of the task; it decides which words are chosen.
        title: Title of the task.
        profile: Profile of the dataset.
        table: Profile of the table that the task is made of, where it is one.
        idea: The idea, with its justification and exclusions.
        recipe: The recipe, with what was left out later.
        form: The submission form, with the number of test rows.
        metric: The metric.
        limits: Limits of an episode.
        facts: Facts measured on the prepared rows.
        train: Rows of `train.csv` as text, for what a formulation measures itself.
    """

    slug: str
    title: str
    profile: DatasetProfile
    table: TableProfile | None
    idea: Idea
    recipe: Recipe
    form: SubmissionForm
    metric: Metric
    limits: Limits
    facts: Facts
    train: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False, compare=False)
    voice: Voice = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Give the page its voice."""
        object.__setattr__(self, "voice", Voice(self.slug))

    def code(self, name: str) -> str:
        """Return a column's name as a code span, cut only so far that it stays told apart."""
        label = self._labels.get(name)
        return md.code(name, LABEL) if label is None else md.code(label, len(label))

    def quoted(self, name: str, limit: int = 2 * LABEL) -> str:
        """Return what the publisher says of a column, in quotation marks; empty where nothing."""
        said = self.table.meanings.get(name, "") if self.table is not None else ""
        return f"\u201c{md.escaped(md.brief(said, limit), limit)}\u201d" if said else ""

    def begin_alike(self, said: str, limit: int) -> Sequence[str]:
        """Return what the publisher says of the columns of which so much is quoted at a limit."""
        if limit not in self._beginnings:
            found: dict[str, list[str]] = {}
            for name, meaning in (self.table.meanings if self.table is not None else {}).items():
                found.setdefault(self.quoted(name, limit), []).append(meaning)
            self._beginnings[limit] = found
        return self._beginnings[limit].get(said, ())

    @cached_property
    def _beginnings(self) -> dict[int, dict[str, list[str]]]:
        """Meanings by what is quoted of them at a limit: wide tables have thousands."""
        return {}

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the columns of the raw table and of the files."""
        raw = self.table.columns if self.table is not None else ()
        return frozenset(column.name for column in (*self.facts.features, *raw))

    @property
    def nameless(self) -> bool:
        """Whether the raw file names no columns, which are called by their places."""
        return self.table is not None and is_nameless(self.table)

    @cached_property
    def _labels(self) -> dict[str, str]:
        """Long names that begin alike, shortened in their middle, or whole where that is alike."""
        names = self.names
        whole = {name: md.plain(name, _WHOLE) for name in names}
        heads = Counter(md.plain(name, LABEL) for name in names)
        short = {name: f"{each[:_HEAD]}…{each[-_TAIL:]}" for name, each in whole.items()}
        alike = Counter(short.values())
        return {
            name: short[name] if alike[short[name]] == 1 else whole[name]
            for name in names
            if len(name) > LABEL and heads[md.plain(name, LABEL)] > 1
        }

    @property
    def transforms(self) -> tuple[Transform, ...]:
        """The transforms of the recipe, where it has any."""
        return self.recipe.transforms if isinstance(self.recipe, TableRecipe) else ()

    @property
    def truth(self) -> tuple[str, ...]:
        """Columns that hold the truth."""
        return self.form.truth or (self.recipe.target,)

    @property
    def target(self) -> str:
        """Name of the target."""
        return self.recipe.target
