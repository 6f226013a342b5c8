"""A model's page over a task made by rules: the same facts, said by somebody who writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from mlesmith_env.package import DESCRIPTION, MANIFEST, dump_manifest, seal, write_package
from mlesmith_env.task import Task
from mlesmith_generator.gates.review import review_gate
from mlesmith_generator.llm.answers import Answer
from mlesmith_generator.llm.studio import Studio, report_told
from mlesmith_generator.planner import Pursuit
from mlesmith_generator.records import Defect

_ROUNDS = 2
"""How often a page may come back; after that the rules' page stands."""


class WrittenPage(Answer):
    """A page."""

    description: str = Field(min_length=1, description="The whole page, in Markdown.")


class WrittenPursuit:
    """A pursuit whose candidates get a page by a model, where it passes the written review."""

    def __init__(self, inner: Pursuit, studio: Studio, number: int) -> None:
        """Remember whose candidates to write for."""
        self._inner = inner
        self._studio = studio
        self._number = number

    @property
    def rounds(self) -> int:
        """How many times it came back from the gates."""
        return self._inner.rounds

    def mend(self, defects: Sequence[Defect]) -> None:
        """Have the task itself mended; its page is written again afterwards."""
        self._inner.mend(defects)

    def candidate(self, workshop: Path) -> Task:
        """Return the candidate with the model's page, or as it was where no page was good enough."""
        task = self._inner.candidate(workshop)
        talk = self._studio.talk("writer", f"idea {self._number}")
        question = (
            "Write the page of this task. The measured facts, as the rules put them:\n\n"
            f"{task.description}"
        )
        for _ in range(_ROUNDS + 1):
            page = talk.ask(question, WrittenPage).description.strip() + "\n"
            written = _with_page(task, page)
            report = review_gate(written, self._studio.assignment.profile)
            if report.passed:
                return written
            question = (
                f"The written review did not pass your page:\n{report_told([report])}\nMend it, and "
                "answer with the whole page."
            )
        return _with_page(task, task.description)


def _with_page(task: Task, page: str) -> Task:
    """Write the task's package anew with another page, and return it."""
    manifest = seal(task.manifest, page, task.scripts)
    directory = task.directory
    files = {MANIFEST: dump_manifest(manifest), DESCRIPTION: page, **task.scripts}
    write_package(directory, files)
    return Task.load(directory, nearby=task.nearby)
