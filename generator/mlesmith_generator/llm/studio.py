"""What the models of one dataset share: calls, tools, transcript, and how they are introduced."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from mlesmith_env import cache
from mlesmith_env.errors import MlesmithError, SandboxError
from mlesmith_generator.gates.assertions import assertions_gate
from mlesmith_generator.gates.review import review_gate
from mlesmith_generator.llm.answers import ProposedDraft
from mlesmith_generator.llm.calls import Calls
from mlesmith_generator.llm.conversation import Conversation, Persona
from mlesmith_generator.llm.drafting import candidate_of
from mlesmith_generator.llm.exploring import Explorer
from mlesmith_generator.llm.recipe_words import recipe_tool
from mlesmith_generator.llm.roles import filled, metrics_told, objectives_told
from mlesmith_generator.llm.staffing import PlannedStage, Staffing
from mlesmith_generator.llm.toolbox import Arguments, Tool, Toolbox, as_json
from mlesmith_generator.llm.transcript import Transcript
from mlesmith_generator.planner import Assignment
from mlesmith_generator.records import DatasetProfile, GateReport

_MOST_COLUMNS = 60


class _Draft(Arguments):
    draft: ProposedDraft = Field(description="The whole draft, as it would be answered.")


class Studio:
    """The room in which models work on one dataset.

    Args:
        assignment: What they work on.
        staffing: Who plays which stage.
        calls: Asks the models.
        transcript: Where everything is written down.
        sandbox: Backend for programs that look at the data.
    """

    def __init__(
        self,
        assignment: Assignment,
        staffing: Staffing,
        calls: Calls,
        transcript: Transcript,
        *,
        sandbox: str = "local",
    ) -> None:
        """Lay out the tools; nothing is started before it is used."""
        self.assignment = assignment
        self.staffing = staffing
        self._calls = calls
        self._transcript = transcript
        self._explorer = Explorer(assignment.profile, assignment.dataset.folder, sandbox=sandbox)

    def talk(self, stage: PlannedStage, about: str, tools: Sequence[Tool[Any]] = ()) -> Conversation:
        """Begin a conversation with whoever plays a stage.

        Args:
            stage: The stage.
            about: What it is about, for the transcript.
            tools: What may be called beside the tools that look at the data.
        """
        fields = {
            "limit": str(self.assignment.ideas),
            "metrics": metrics_told(),
            "objectives": objectives_told(),
        }
        persona = Persona(
            role=stage,
            model=self.staffing.model(stage),
            prompt=filled(stage, fields),
            seed=self.assignment.seed,
        )
        toolbox = Toolbox([*self._explorer.tools(), *tools])
        return Conversation(persona, self._calls, toolbox, note=self._transcript.note(stage, about))

    def drafting_tools(self) -> tuple[Tool[Any], ...]:
        """Return the tools of those who draft: the language of recipes, and a try of a draft."""
        tried = Tool(
            "try_draft",
            "Builds a draft and tells what assertions and written review find, with evidence.",
            _Draft,
            lambda given: self.tried(given.draft),
        )
        return recipe_tool(), tried

    def tried(self, draft: ProposedDraft) -> str:
        """Return what the gates would say of a draft; nothing of it stays."""
        given = self.assignment
        with tempfile.TemporaryDirectory(prefix="mlesmith-try-") as workshop:
            try:
                task = candidate_of(
                    draft,
                    given.dataset,
                    given.profile,
                    given.names,
                    Path(workshop),
                    planner="model",
                    seed=given.seed,
                )
            except SandboxError:
                raise
            except MlesmithError as error:
                return f"it can not be built: {error}"
            try:
                reports = [assertions_gate(task)]
                if reports[-1].passed:
                    reports.append(review_gate(task, given.profile))
            finally:
                task.close()
                cache.remove(task.cache_key)
        return report_told(reports)

    def close(self) -> None:
        """End what was started. May be called more than once."""
        self._explorer.close()
        self._transcript.close()


def report_told(reports: Sequence[GateReport]) -> str:
    """Return what gates found, for a model to read."""
    lines: list[str] = []
    for report in reports:
        warned = [check for check in report.checks if check.warning]
        lines.append(f"{report.gate}: {'passed' if report.passed else 'not passed'}")
        lines += [
            f"- defect {defect.code} (to be mended by {defect.stage}): {defect.evidence}"
            for defect in report.defects
        ]
        lines += [f"- warning {check.name}: {check.measured}" for check in warned]
    return "\n".join(lines)


def profile_told(profile: DatasetProfile) -> str:
    """Return what was measured about a dataset, for a model to read: data, not instructions."""
    tables = [
        {
            "name": table.name,
            "rows": table.rows,
            "files": list(table.reader.files),
            "columns": [
                {
                    "name": column.name,
                    "type": column.type,
                    "distinct": column.distinct,
                    "missing": round(column.missing, 3),
                    "examples": list(column.examples[:3]),
                }
                for column in table.columns[:_MOST_COLUMNS]
            ],
            "more_columns": max(0, len(table.columns) - _MOST_COLUMNS),
            "keys": [list(key) for key in table.keys],
            "groups": list(table.groups),
            "times": list(table.times),
            "relations": [relation.model_dump(mode="json") for relation in table.relations[:20]],
        }
        for table in profile.tables
    ]
    collections = [
        {"name": each.name, "media": each.media, "files": each.files}
        for each in profile.collections
    ]
    told = {
        "dataset": profile.dataset,
        "subject": profile.subject,
        "tables": tables,
        "collections": collections,
        "problems": list(profile.problems),
    }
    return as_json(told)
