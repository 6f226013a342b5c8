"""What the roles answer, as schemas: ideas, drafts, reviews, programs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mlesmith_env.manifest import Modality, Objective, PredictionKind
from mlesmith_generator.records import Stage

LONGEST_PAGE = 20_000
LONGEST_SCRIPT = 40_000
"""Characters."""


class Answer(BaseModel):
    """Base of everything that a model answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LeftOut(Answer):
    """A column that solvers must not see."""

    column: str
    reason: str


class HoldoutChoice(Answer):
    """Which rows are hidden."""

    kind: Literal["random", "stratified", "group", "time", "last"] = "random"
    column: str | None = Field(
        default=None, description="The grouping column, or that of times (group, time, last)."
    )
    group: str | None = Field(default=None, description="With `last`: what names the series.")
    horizon: int | None = Field(
        default=None, gt=0, description="With `last`: moments of each series that are hidden."
    )


class ProposedIdea(Answer):
    """One idea for a task."""

    adopts: int | None = Field(
        default=None,
        description="Number of one of the measured ideas, where you take it over as it is.",
    )
    table: str = Field(description="Name of the table, as the profile calls it.")
    target: str = Field(description="The column that is asked for.")
    objective: Objective
    metric: str = Field(description="A metric of the catalogue.")
    metric_params: dict[str, float | int | str] = Field(default_factory=dict)
    holdout: HoldoutChoice = HoldoutChoice()
    excluded: tuple[LeftOut, ...] = ()
    data_use: str = Field(min_length=1, description="Which files and columns it is made of.")
    justification: str = Field(min_length=1, description="Why it is a good task, with numbers.")


class ProposedIdeas(Answer):
    """Ideas, the best first; none where the data afford none."""

    ideas: tuple[ProposedIdea, ...]
    why_none: str = ""


class ProposedForm(Answer):
    """What a submission looks like."""

    id_column: str = "id"
    columns: tuple[str, ...] = Field(min_length=1)
    kind: PredictionKind
    classes: tuple[str, ...] = ()
    truth: tuple[str, ...] = ()


class ProposedDraft(Answer):
    """A task worked out, as far as a person could."""

    given_up: str = Field(default="", description="Why the idea can not be saved, if so.")
    slug: str = Field(description="Subject and target: lower-case words with hyphens.")
    title: str
    domain: str = Field(description="Field of life, a lower-case word or two.")
    modality: Modality = "tabular"
    objective: Objective
    metric: dict[str, Any] = Field(
        description='`{"name": "rmse", "params": {}}`, or the declaration of metric_py with '
        '`"kind": "script"`.'
    )
    recipe: dict[str, Any]
    submission: ProposedForm
    description: str = Field(max_length=LONGEST_PAGE, description="The page, in Markdown.")
    prepare_py: str = Field(default="", max_length=LONGEST_SCRIPT)
    metric_py: str = Field(default="", max_length=LONGEST_SCRIPT)
    justification: str = ""
    changes: str = Field(default="", description="What was changed, and why.")


class Evidence(Answer):
    """Something that can be looked up."""

    kind: Literal["quote", "column", "value"]
    document: str = Field(
        description="`description.md`, `prepare.py`, `metric.py`, or a public file such as "
        "`train.csv`."
    )
    text: str = Field(min_length=1, description="The quote, the column's name, or the value.")
    column: str = Field(default="", description="With `value`: the column in which it stands.")


class ReviewFinding(Answer):
    """Something that is wrong with a candidate."""

    kind: Literal["clarity", "untrue", "metric-fit", "shortcut", "leak", "worth", "instructions"]
    severity: Literal["blocking", "advice"]
    stage: Stage
    told: str = Field(min_length=1, description="What is wrong, and what was measured.")
    evidence: tuple[Evidence, ...] = Field(min_length=1)
    columns: tuple[str, ...] = Field(
        default=(), description="Columns that mending would leave out, where that is the cure."
    )


class Review(Answer):
    """A judgement."""

    verdict: Literal["accept", "reject"]
    summary: str = Field(min_length=1)
    findings: tuple[ReviewFinding, ...] = ()


class Move(Answer):
    """One turn of a solver."""

    thought: str = ""
    program: str = ""
    finished: bool = False
