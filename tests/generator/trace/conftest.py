"""Attempts at datasets, written down by ledger and transcript as a run does."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from mlesmith_generator.ledger import Ledger
from mlesmith_generator.llm.chat import Message, ToolCall
from mlesmith_generator.llm.transcript import Transcript

SCRIPT = "<script>alert('cell')</script>"
ESCAPE = "\x1b]0;owned\x07\x1b[31mred\x9b2J\u202etxt"
MARKUP = "[bold red]not bold[/] [link=file:///x]no link[/link]"


class Run:
    """One run's attempt at one dataset; every note comes a few milliseconds after the one before.

    Args:
        registry: The root to write to.
        dataset: Slug of the dataset.
        run: Name of the run.
    """

    def __init__(self, registry: Path, dataset: str = "houses", run: str = "first") -> None:
        self.ledger = Ledger(registry, dataset, run)
        self.transcript = Transcript(registry, dataset, run)
        self.event("start", source=f"./{dataset}", seed=0)

    def event(self, name: str, **fields: Any) -> None:
        time.sleep(0.003)
        self.ledger.record(name, **fields)

    def call(self, role: str, idea: int, cost_usd: float | None, *, cached: bool = False) -> None:
        self.event(
            "call",
            idea=idea,
            role=role,
            model=f"{role}-model",
            key="0" * 64,
            cached=cached,
            prompt_tokens=1000,
            completion_tokens=50,
            cost_usd=cost_usd,
            seconds=1.0,
        )

    def idea(self, number: int, **fields: Any) -> None:
        told = {
            "formulation": "table",
            "target": "price",
            "objective": "regression",
            "metric": "rmse",
            "holdout": "random",
            "excluded": [],
            "justification": f"why {number}",
        }
        self.event("idea", idea=number, **{**told, **fields})

    def gates(self, number: int, round: int, **found: dict[str, Any] | None) -> None:
        """Record verdicts: a gate's name with its defect, or None where it passed.

        `judged` is the review by a model.
        """
        for name, defect in found.items():
            self.event(
                "gate",
                idea=number,
                round=round,
                gate="review" if name == "judged" else name,
                by="model" if name == "judged" else "rules",
                passed=defect is None,
                seconds=0.1,
                defects=[] if defect is None else [defect],
            )

    def end(self, event: str = "done", **fields: Any) -> None:
        told = {"tasks": 1, "reason": "", "seconds": 12.5, "peak_bytes": 1} | fields
        self.event(event, **told)
        self.ledger.close()
        self.transcript.close()


class Speaker:
    """One conversation of a run, from its prompt on."""

    def __init__(self, run: Run, role: str, about: str) -> None:
        self._note = run.transcript.note(role, about)
        self._calls = 0
        self._say(role="system", content=f"You are the {role}.")

    def ask(self, question: str) -> Speaker:
        self._say(role="user", content=question)
        return self

    def use(self, tool: str, arguments: object, result: str) -> Speaker:
        """Have a tool called; ids begin anew with every conversation, as some providers do."""
        given = arguments if isinstance(arguments, str) else json.dumps(arguments)
        call = ToolCall(id="call-0", name=tool, arguments=given)
        self._say(role="assistant", tool_calls=(call,))
        self._say(role="tool", tool_call_id="call-0", content=result)
        return self

    def answer(self, answer: object) -> Speaker:
        content = answer if isinstance(answer, str) else json.dumps(answer)
        self._say(role="assistant", content=content)
        return self

    def _say(self, **message: Any) -> None:
        time.sleep(0.003)
        self._note(Message(**message))


def write_attempt(registry: Path) -> None:
    """Write an attempt of models: a draft that is mended, a provider that fails, a surrender."""
    run = Run(registry)
    run.event("profile", tables=[[SCRIPT, 1300, 9]], problems=["notes.pdf: no table"], seconds=0.1)
    brainstormer = Speaker(run, "brainstormer", "ideas").ask("Explore.")
    brainstormer.use("read_head", {"file": "houses.csv"}, f"price,{SCRIPT}\n{ESCAPE},{MARKUP}")
    brainstormer.use("run_python", {"code": "import pandas\nprint(1)"}, "1")
    brainstormer.answer({"ideas": [{"target": "price"}], "why_none": ""})
    run.call("brainstormer", 0, 0.25)
    run.idea(1)
    designer = Speaker(run, "designer", "idea 1").ask("Work out this idea.")
    run.event("fault", idea=1, role="designer", reason="server", told="status 500", wait_s=0.5)
    run.call("designer", 1, None)
    designer.answer({"title": "Prices", "changes": ""})
    run.event("draft", idea=1, round=0, slug="houses-price")
    copy = {
        "code": "target-copy",
        "stage": "design",
        "evidence": f"price_eur equals {SCRIPT} {MARKUP} {ESCAPE}",
        "columns": ["price_eur"],
    }
    run.gates(1, 0, assertions=copy)
    designer.ask("The gates found: target-copy.")
    designer.use("try_draft", "{broken", "error: wrong arguments")
    designer.answer({"title": "Prices", "changes": "price_eur is left out"})
    run.call("designer", 1, None, cached=True)
    run.event("draft", idea=1, round=1, slug="houses-price")
    run.gates(1, 1, assertions=None, review=None)
    Speaker(run, "reviewer", "houses-price").ask("Review.").answer("no JSON, but fine")
    run.call("reviewer", 1, 0.0625)
    run.gates(1, 1, judged=None, execution=None)
    run.event("task", idea=1, id="mlesmith/houses-price-v1", digest="d", seconds=3.0)
    run.idea(2, target="rooms")
    Speaker(run, "designer", "idea 2").ask("Work out this idea.")
    failure = {"role": "designer", "model": "designer-model", "reason": "timeout", "told": ""}
    run.event("provider-failure", idea=2, **failure)
    run.event("unjudged", idea=2, reason="the provider timed out")
    run.idea(3, target="town")
    giving_up = Speaker(run, "designer", "idea 3").ask("Work out this idea.")
    giving_up.answer({"given_up": "too few rows"})
    run.event("abandoned", idea=3, reason="the Designer gave up: too few rows", seconds=1.0)
    run.idea(4, target="year")
    run.end("stopped", reason="$0.50 are spent")


@pytest.fixture(scope="package")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with one attempt of models at `houses`."""
    root = tmp_path_factory.mktemp("trace") / "registry"
    write_attempt(root)
    return root
