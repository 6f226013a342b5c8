"""What a description is written from, and its frame of fixed headings."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlesmith_env.manifest import Limits, SubmissionForm
from mlesmith_env.metrics import Metric
from mlesmith_env.recipes.model import TableRecipe
from mlesmith_generator.describe.facts import Facts
from mlesmith_generator.describe.voice import Voice
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
LONGEST = 12_000
"""Bytes of a page."""


@dataclass(frozen=True)
class Page:
    """Everything that a description is written from.

    Attributes:
        slug: Slug of the task; it decides which words are chosen.
        title: Title of the task.
        profile: Profile of the dataset.
        table: Profile of the table that the task is made of.
        idea: The idea, with its justification and exclusions.
        recipe: The recipe, with what was left out later.
        form: The submission form, with the number of test rows.
        metric: The metric.
        limits: Limits of an episode.
        facts: Facts measured on the prepared rows.
    """

    slug: str
    title: str
    profile: DatasetProfile
    table: TableProfile
    idea: Idea
    recipe: TableRecipe
    form: SubmissionForm
    metric: Metric
    limits: Limits
    facts: Facts
    voice: Voice = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Give the page its voice."""
        object.__setattr__(self, "voice", Voice(self.slug))

    @property
    def target(self) -> str:
        """Name of the target."""
        return self.recipe.target
