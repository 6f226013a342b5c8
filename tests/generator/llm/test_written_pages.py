"""Pages of the Writer: refused ones go back with what was found; at last the rules' page stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlesmith_env.errors import GenerationError
from mlesmith_generator.gates.review import review_gate
from mlesmith_generator.records import Defect
from tests.generator.llm.provider import serving
from tests.generator.llm.working import planned, questions, workshop_of
from tests.players.good import Good
from tests.players.reading import Call

LEAD = "This task is called"
"""Stands in every page of the good Writer."""


class Careless(Good):
    """Leaves the second half of the page out at first.

    Args:
        mends: Whether it writes the whole page when told.
    """

    def __init__(self, *, mends: bool) -> None:
        """Remember whether it learns."""
        self._mends = mends

    def writer(self, call: Call) -> tuple[Any, ...]:
        """Write half a page; once told of it, the whole."""
        if self._mends and len(call.questions) > 1:
            return super().writer(call)
        page = json.loads(super().writer(call)[0])["description"]
        return (json.dumps({"description": page.partition("## Metric")[0]}),)


@pytest.fixture(scope="module")
def brewery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workshop_of(tmp_path_factory.mktemp("raw") / "brewery")


def test_a_refused_page_goes_back_with_what_was_found(brewery: Path, tmp_path: Path):
    policy = Careless(mends=True)
    with serving(policy) as provider, planned(provider, brewery, tmp_path / "m", "mixed") as at:
        _, task = at.first()
        assert LEAD in task.description
        assert review_gate(task, at.profile).passed
        assert at.planner.signed(task.manifest.provenance).stages["writer"] == "played"
    first, second = questions(provider, "writer")
    assert "The written review did not pass your page" in second
    assert "nothing is said about: metric" in second
    assert "did not pass" not in first


def test_the_page_of_rules_stands_where_none_passes(brewery: Path, tmp_path: Path):
    policy = Careless(mends=False)
    with serving(policy) as provider, planned(provider, brewery, tmp_path / "m", "mixed") as at:
        _, task = at.first()
        assert LEAD not in task.description
        assert review_gate(task, at.profile).passed
        assert at.planner.signed(task.manifest.provenance).stages["writer"] == "rules"
    asked = [body for body in provider.requests if Call(body).role == "writer"]
    assert len(asked) == 3


def test_what_the_reviewer_finds_in_a_page_goes_to_the_writer(brewery: Path, tmp_path: Path):
    found = Defect(
        code="model-untrue", gate="review", stage="design", evidence="hops are no measure of taste"
    )
    with serving(Good()) as provider, planned(provider, brewery, tmp_path / "m", "mixed") as at:
        pursuit, task = at.first()
        pursuit.mend([found])
        again = at.candidate(pursuit)
        assert pursuit.rounds == 1
        assert again.manifest.recipe == task.manifest.recipe
        worthless = found.model_copy(update={"stage": "brainstorm"})
        with pytest.raises(GenerationError, match="no measure of taste"):
            pursuit.mend([worthless])
    assert ["hops are no measure" in text for text in questions(provider, "writer")] == [
        False,
        True,
    ]
