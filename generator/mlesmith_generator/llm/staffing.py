"""Who plays which stage: rules, or a model by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from mlesmith_env.errors import InvalidSettingError

PlannedStage = Literal["brainstormer", "designer", "refactor", "writer", "reviewer"]
STAGES: tuple[PlannedStage, ...] = get_args(PlannedStage)
RULES = "rules"

_TEAMS: dict[str, tuple[PlannedStage, ...]] = {
    "rules": (),
    "llm": ("brainstormer", "designer", "refactor", "reviewer"),
    "mixed": ("brainstormer", "writer", "reviewer"),
}
"""Stages that a model plays. Mixed: its ideas and pages, with preparation by rules."""


@dataclass(frozen=True)
class Staffing:
    """Names of the models by stage; a stage without one is played by rules.

    Attributes:
        models: The model of each stage that a model plays.
        falls_back: Whether rules take over where the budget is spent.
    """

    models: Mapping[PlannedStage, str]
    falls_back: bool = False

    @classmethod
    def parse(cls, planner: str, model: str, models: Mapping[str, str]) -> Staffing:
        """Return the staffing that the command line asks for.

        Args:
            planner: `rules`, `llm` or `mixed`.
            model: The model of all stages that have none of their own.
            models: Models by stage; `rules` takes a stage from the models.

        Raises:
            InvalidSettingError: There is no such planner or stage, or a stage lacks a model.
        """
        if planner not in _TEAMS:
            raise InvalidSettingError(
                f"there is no planner {planner!r}; choose one of {', '.join(_TEAMS)}"
            )
        strange = sorted(set(models) - set(STAGES))
        if strange:
            raise InvalidSettingError(
                f"there is no stage {strange[0]!r}; stages are {', '.join(STAGES)}"
            )
        playing: dict[PlannedStage, str] = {}
        for stage in STAGES:
            named = models.get(stage, model if stage in _TEAMS[planner] else RULES)
            if named == RULES:
                continue
            if not named:
                raise InvalidSettingError(
                    f"--planner {planner} needs a model for the {stage}: name one with --model"
                )
            playing[stage] = named
        if "designer" in playing and "writer" in playing:
            raise InvalidSettingError(
                "a model as designer writes its own page; leave the writer out, or let rules design"
            )
        if "refactor" in playing and "designer" not in playing:
            del playing["refactor"]  # What rules design is in the one layout already.
        return cls(playing, falls_back=planner == "mixed")

    def model(self, stage: PlannedStage) -> str:
        """Return the model of a stage, or an empty string where rules play it."""
        return self.models.get(stage, "")

    @property
    def told(self) -> dict[str, str]:
        """Who plays each stage, for the provenance."""
        return {stage: self.models.get(stage, RULES) for stage in STAGES}
