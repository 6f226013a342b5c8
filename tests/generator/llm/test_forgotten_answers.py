"""A conversation that led to nothing is forgotten: the next run asks the same provider anew."""

from __future__ import annotations

import json
from pathlib import Path

from tests.generator.llm.provider import said, serving
from tests.generator.llm.working import events, run, workshop_of
from tests.players.flaky import always


def test_prose_is_not_kept(tmp_path: Path):
    source, registry = workshop_of(tmp_path / "brewery"), tmp_path / "made"
    nothing = json.dumps({"ideas": [], "why_none": "nobody asks for brews"})
    with serving(always("prose")) as provider:
        first = run(provider, source, registry)
        assert (first["failed"], first["provider_failures"]) == (["brewery"], 1)
        asked = list(provider.requests)
        provider.policy = lambda body: said(nothing)
        second = run(provider, source, registry, resume=True)
        anew = provider.requests[len(asked) :]
    assert second["failed"] == []
    assert anew == asked[:1], "the first question has to be asked again, and nothing else"
    assert events(registry, "done")[-1]["reason"] == "nobody asks for brews"
