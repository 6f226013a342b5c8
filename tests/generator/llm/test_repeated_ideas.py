"""Ideas that ask what was asked already: they go back, and are left out where they stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlesmith_env.errors import GenerationError
from mlesmith_generator.records import Defect
from tests.generator.llm.drafts import Drafting, draft, idea_of
from tests.generator.llm.provider import serving
from tests.generator.llm.working import planned, questions, workshop_of
from tests.players.reading import Call

PRICE, QUALITY = idea_of("price"), idea_of("quality", "binary", "roc_auc")
SAID = "price: it is asked for in the same way already"


class Repeating(Drafting):
    """Proposes lists of ideas in turn, whatever is said to them; the last one again and again."""

    def __init__(self, *lists: list[dict[str, Any]]) -> None:
        """Remember what to propose."""
        super().__init__(json.dumps(draft()))
        self._lists = lists

    def brainstormer(self, call: Call) -> tuple[Any, ...]:
        """Answer the question by its number."""
        ideas = self._lists[min(len(call.questions), len(self._lists)) - 1]
        return (json.dumps({"ideas": ideas}),)


@pytest.fixture(scope="module")
def brewery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workshop_of(tmp_path_factory.mktemp("raw") / "brewery")


def test_an_idea_twice_goes_back(brewery: Path, tmp_path: Path):
    other = {**PRICE, "metric": "mae", "justification": "In other words."}
    policy = Repeating([PRICE, other], [PRICE, QUALITY])
    with serving(policy) as provider, planned(provider, brewery, tmp_path / "m", ideas=2) as at:
        assert [idea.target for idea in at.planner.ideas()] == ["price", "quality"]
    first, second = questions(provider, "brainstormer")
    assert SAID in second
    assert SAID not in first


def test_an_idea_twice_is_left_out_at_last(brewery: Path, tmp_path: Path):
    policy = Repeating([PRICE, PRICE])
    with serving(policy) as provider, planned(provider, brewery, tmp_path / "m", ideas=2) as at:
        assert [idea.target for idea in at.planner.ideas()] == ["price"]
    assert len(provider.requests) == 3


def test_a_mended_idea_is_none_that_was_followed(brewery: Path, tmp_path: Path):
    worthless = Defect(
        code="target-worthless", gate="review", stage="brainstorm", evidence="nobody asks that"
    )
    policy = Repeating([PRICE, QUALITY], [PRICE])
    with serving(policy) as provider, planned(provider, brewery, tmp_path / "m", ideas=2) as at:
        price, quality = at.planner.ideas()
        at.planner.pursue(price)
        pursuit = at.planner.pursue(quality)
        with pytest.raises(GenerationError, match="in the same way already"):
            pursuit.mend([worthless])
    asked = questions(provider, "brainstormer")
    assert "nobody asks that" in asked[1]
    assert SAID in asked[2]
