"""Drafts that the Refactor brings into form: what it breaks is seen by whoever drafted it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.generator.llm.drafts import SCRIPT, Drafting, draft
from tests.generator.llm.provider import serving
from tests.generator.llm.working import planned, questions, workshop_of
from tests.players.reading import Call

SCRIPTED = draft({"recipe": SCRIPT}, prepare_py="def prepare(raw, public, private):\n    pass\n")


class Breaking(Drafting):
    """Drafts by script at first, breaks the draft as Refactor, and mends it as Designer."""

    def designer(self, call: Call) -> tuple[Any, ...]:
        """Draft by script, then by recipe."""
        return (json.dumps(SCRIPTED if len(call.questions) == 1 else draft()),)

    def refactor(self, call: Call) -> tuple[Any, ...]:
        """Say by recipe what the script says, of a file that there is not."""
        return (json.dumps(draft(recipe={"reader": {"files": ["brew.csv"]}})),)


def test_a_draft_that_can_not_be_built_goes_back_as_it_stands(tmp_path: Path):
    source = workshop_of(tmp_path / "brewery")
    with serving(Breaking("")) as provider, planned(provider, source, tmp_path / "made") as at:
        _, task = at.first()
        assert task.manifest.recipe.kind == "table"
    (brought,) = questions(provider, "refactor")
    assert "Bring this draft into the one layout" in brought
    _, again = questions(provider, "designer")
    assert "'brew.csv' is missing" in again
    _, _, shown = again.partition("The draft as it stands:")
    assert '"brew.csv"' in shown
    assert '"kind": "script"' not in shown


class Insisting(Breaking):
    """Drafts by script again, and breaks only the first of its drafts as Refactor."""

    def designer(self, call: Call) -> tuple[Any, ...]:
        """Draft by script."""
        changes = {"prepare_py": SCRIPTED["prepare_py"] + "\n" * len(call.questions)}
        return (json.dumps({**SCRIPTED, **changes}),)

    def refactor(self, call: Call) -> tuple[Any, ...]:
        """Break the first draft, and bring the second into form."""
        return super().refactor(call) if len(call.questions) == 1 else (json.dumps(draft()),)


def test_who_broke_a_draft_hears_what_became_of_it(tmp_path: Path):
    source = workshop_of(tmp_path / "brewery")
    with serving(Insisting("")) as provider, planned(provider, source, tmp_path / "made") as at:
        at.first()
    first, again = questions(provider, "refactor")
    assert "The draft that you gave" not in first
    told, _, asked = again.partition("Bring this draft into the one layout")
    assert told.startswith("The draft that you gave could not be built:\n<data ")
    assert "'brew.csv' is missing" in told
    assert '"kind": "script"' in asked
