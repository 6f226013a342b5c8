"""A model's page over a task made by rules: the same facts, said by somebody who writes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pydantic import Field

from mlesmith_env.package import DESCRIPTION, MANIFEST, dump_manifest, seal, write_package
from mlesmith_env.task import Task
from mlesmith_generator.gates.assertions import assertions_gate
from mlesmith_generator.gates.review import review_gate
from mlesmith_generator.llm.answers import LONGEST_PAGE, Answer
from mlesmith_generator.llm.faults import BudgetError
from mlesmith_generator.llm.profile_words import defects_told, report_told
from mlesmith_generator.llm.roles import Role
from mlesmith_generator.llm.studio import Studio
from mlesmith_generator.llm.toolbox import fenced
from mlesmith_generator.planner import Pursuit
from mlesmith_generator.records import Defect

_ROUNDS = 2
"""How often a page may come back; after that the rules' page stands."""


class WrittenPage(Answer):
    """A page."""

    description: str = Field(
        min_length=1, max_length=LONGEST_PAGE, description="The whole page, in Markdown."
    )


class WrittenPursuit:
    """A pursuit whose candidates get a page by a model, where it passes the written review.

    Args:
        inner: Whose candidates to write for.
        studio: Where the model works.
        number: Number of the idea.
        spent: Told where the budget does not reach for a page; raises it where that ends the work.
    """

    def __init__(
        self,
        inner: Pursuit,
        studio: Studio,
        number: int,
        spent: Callable[[BudgetError], None],
    ) -> None:
        """Remember whose candidates to write for."""
        self._inner = inner
        self._studio = studio
        self._number = number
        self._spent = spent
        self._written = False
        self._rewritten = 0
        self._found: Sequence[Defect] = ()

    @property
    def rounds(self) -> int:
        """How many times it came back from the gates."""
        return self._inner.rounds + self._rewritten

    @property
    def players(self) -> Mapping[Role, str]:
        """Who wrote the page of the last candidate, where it was a model."""
        return {"writer": self._studio.staffing.model("writer")} if self._written else {}

    def mend(self, defects: Sequence[Defect]) -> None:
        """Have the page written again where that is the cure, else the task itself mended."""
        self._studio.meter.check()
        about_page = self._written and all(
            defect.gate == "review" and defect.stage != "brainstorm" and not defect.columns
            for defect in defects
        )
        self._found = defects if about_page else ()
        if about_page:
            self._rewritten += 1
        else:
            self._inner.mend(defects)

    def candidate(self, workshop: Path) -> Task:
        """Return the candidate with the model's page, or as it was if no page was good enough."""
        task = self._inner.candidate(workshop)
        self._written = False
        if not assertions_gate(task).passed:
            return task  # Its data come back first; a page would be written for nothing.
        plain = task.description
        try:
            page = self._page(task)
        except BudgetError as error:
            self._spent(error)
            page = ""
        if not page:
            return _with_page(task, plain)
        self._written = True
        return _with_page(task, page)

    def _page(self, task: Task) -> str:
        """Return a page that passes the written review, or an empty string."""
        talk = self._studio.talk("writer", f"idea {self._number}")
        question = (
            "Write the page of this task. The measured facts, as the rules put them:\n\n"
            f"{fenced(task.description)}"
        )
        if self._found:
            question += f"\n\nThe last page came back with\n{fenced(defects_told(self._found))}"
        for _ in range(_ROUNDS + 1):
            page = talk.ask(question, WrittenPage).description.strip() + "\n"
            tried = _with_page(task, page)
            report = review_gate(tried, self._studio.assignment.profile)
            if report.passed:
                return page
            question = (
                f"The written review did not pass your page:\n{fenced(report_told([report]))}\n"
                "Mend it, and answer with the whole page."
            )
        return ""


def _with_page(task: Task, page: str) -> Task:
    """Write the task's package anew with another page, and return it."""
    manifest = task.manifest
    prepared = {
        **manifest.prepared,
        f"public/{DESCRIPTION}": hashlib.sha256(page.encode()).hexdigest(),
    }
    manifest = seal(manifest.model_copy(update={"prepared": prepared}), page, task.scripts)
    files = {MANIFEST: dump_manifest(manifest), DESCRIPTION: page, **task.scripts}
    write_package(task.directory, files)
    return Task.load(task.directory, nearby=task.nearby, aside=task.aside)
