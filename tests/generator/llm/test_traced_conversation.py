"""A conversation with a provider can be read afterwards, and no key stands anywhere in it."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from pydantic import BaseModel
from rich.console import Console

from mlesmith_generator.ledger import Ledger
from mlesmith_generator.llm.conversation import Conversation, Persona
from mlesmith_generator.llm.faults import ProviderError
from mlesmith_generator.llm.toolbox import Arguments, Tool, Toolbox
from mlesmith_generator.llm.transcript import Transcript
from mlesmith_generator.trace.page import render
from mlesmith_generator.trace.reading import story_of
from mlesmith_generator.trace.text import tell
from tests.generator.llm.conftest import MakeCalls
from tests.generator.llm.provider import KEY, failed, in_turn, said, serving
from tests.players.reading import data


class Answer(BaseModel):
    changes: str


class Nothing(Arguments):
    pass


def test_what_was_said_is_told_without_the_key(make_calls: MakeCalls, tmp_path: Path) -> None:
    root = tmp_path / "registry"
    ledger, transcript = Ledger(root, "houses", "run"), Transcript(root, "houses", "run")
    ledger.record("start", source="./houses", seed=0)
    ledger.record("idea", idea=1, target="price", objective="regression", metric="rmse")
    answers = in_turn(
        failed(500, f"internal error, Bearer {KEY}"),
        said(None, ("look", {})),
        said("no JSON"),
        said('{"changes": "none yet"}'),
        failed(401, f"Incorrect API key provided: {KEY}"),
    )
    toolbox = Toolbox([Tool("look", "Looks.", Nothing, lambda _: "three columns")])
    with serving(answers) as provider:
        calls = replace(make_calls(provider), tell=ledger.record)
        persona = Persona(role="designer", model="played", prompt="You design.", max_tokens=100)
        note = transcript.note("designer", "idea 1")
        talk = Conversation(persona, calls, toolbox, note=note)
        assert talk.ask("Work it out.", Answer).changes == "none yet"
        ledger.record("draft", idea=1, round=0, slug="houses-price")
        with pytest.raises(ProviderError):
            talk.ask("Mend it.", Answer)
    ledger.record("unjudged", idea=1, reason="the provider refused")
    ledger.record("done", tasks=0, reason="", seconds=1.0)
    ledger.close()
    transcript.close()

    story = story_of(root, "houses")
    drafted, undrafted = story.ideas[0].rounds
    (first,), (second,) = drafted.work, undrafted.work
    assert [step.kind for step in first.steps] == [
        *("prompt", "question", "call", "answer", "question", "answer")
    ]
    assert (first.models, first.turns, data(first.steps[2].text)) == (
        ("played",),
        3,
        ["three columns"],
    )
    assert [step.text for step in second.steps] == ["Mend it."]
    assert second.goes_on
    assert (story.total.calls, story.total.faults, story.total.failures) == (3, 2, 1)
    assert story.total.usd == pytest.approx(3 * (100 * 10 + 20 * 100) / 1e6)
    out = io.StringIO()
    tell(story, Console(file=out), full=True)
    written = [path.read_text() for path in root.rglob("*.jsonl")]
    assert len(written) == 2
    for text in (*written, out.getvalue(), render(story), json.dumps(asdict(story))):
        assert "Work it out." in text or "unjudged" in text
        assert KEY not in text
