"""Who plays which stage: rules, or a model by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlesmith_env.errors import InvalidSettingError
from mlesmith_generator.llm.roles import ROLES, Role, version_of

RULES = "rules"

_TEAMS: dict[str, tuple[Role, ...]] = {
    "llm": ("brainstormer", "designer", "refactor", "reviewer"),
    "mixed": ("brainstormer", "writer", "reviewer"),
}
"""Stages that a model plays. Mixed: its ideas and pages, with preparation by rules."""
PLANNERS = (RULES, *_TEAMS)


@dataclass(frozen=True)
class Staffing:
    """Names of the models by stage; a stage without one is played by rules.

    Attributes:
        planner: `llm` or `mixed`.
        models: The model of each stage that a model plays.
    """

    planner: str
    models: Mapping[Role, str]

    @classmethod
    def parse(
        cls, planner: str, model: str, models: Mapping[str, str], *, solver: bool = False
    ) -> Staffing:
        """Return the staffing that the command line asks for.

        Args:
            planner: `llm` or `mixed`.
            model: The model of all stages that have none of their own.
            models: Models by stage; `rules` takes a stage from the models.
            solver: Whether a model plays every task as a further witness.

        Raises:
            InvalidSettingError: There is no such planner or stage, or a stage lacks a model.
        """
        if planner not in _TEAMS:
            raise InvalidSettingError(
                f"there is no planner {planner!r}; choose one of {', '.join(PLANNERS)}"
            )
        strange = sorted(set(models) - set(ROLES))
        if strange:
            raise InvalidSettingError(
                f"there is no stage {strange[0]!r}; stages are {', '.join(ROLES)}"
            )
        team = (*_TEAMS[planner], *(("solver",) if solver else ()))
        playing: dict[Role, str] = {}
        for stage in ROLES:
            named = models.get(stage, model if stage in team else RULES)
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
        if not playing:
            raise InvalidSettingError("no stage is left to a model; use --planner rules")
        return cls(planner, playing)

    @property
    def falls_back(self) -> bool:
        """Whether rules take over where the budget is spent."""
        return self.planner == "mixed"

    def model(self, stage: Role) -> str:
        """Return the model of a stage, or an empty string where rules play it."""
        return self.models.get(stage, "")

    @property
    def shape(self) -> dict[str, str]:
        """What shapes the tasks: the models, and the versions of what they are told."""
        told = {f"prompt of {stage}": version_of(stage) for stage in self.models}
        return {"planner": self.planner, **self.models, **told}
