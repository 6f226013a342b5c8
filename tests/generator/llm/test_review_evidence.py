"""Evidence of a review: what can not be looked up goes back with the reason, and does not count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlesmith_generator.llm.conversation import Conversation, Persona
from mlesmith_generator.llm.faults import ProviderError
from mlesmith_generator.llm.reviewing import ROUNDS, Documents, judged
from tests.generator.llm.conftest import MakeCalls
from tests.generator.llm.provider import Body, in_turn, said, serving

PERSONA = Persona(role="reviewer", model="played", prompt="You are the Reviewer.", max_tokens=100)
PAGE = "# Brews\n\nThe price of a brew,   in crowns; `hops` in grams.\n"


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    (tmp_path / "train.csv").write_text("id,hops,price\n1,3.5,7\n2,4.5,8\n")
    (tmp_path / "notes.txt").write_text("Nobody knows what the monks did.\n")
    return Documents({"description.md": PAGE, "metric.py": "def evaluate(a, b): ..."}, tmp_path)


def _review(
    kind: str, document: str, text: str, *, column: str = "", columns: tuple[str, ...] = ()
) -> Body:
    evidence = {"kind": kind, "document": document, "text": text, "column": column}
    finding: dict[str, Any] = {
        "kind": "clarity",
        "severity": "blocking",
        "stage": "design",
        "told": "It says too little",
        "evidence": [evidence],
        "columns": columns,
    }
    answer = {"verdict": "reject", "summary": "Not yet.", "findings": [finding]}
    return said(json.dumps(answer))


ACCEPTED = said(json.dumps({"verdict": "accept", "summary": "Fine."}))
REFUSED: dict[str, tuple[Body, str]] = {
    "a short quote": (_review("quote", "description.md", "a b r e w"), "at least 8 characters"),
    "a quote of blanks": (_review("quote", "description.md", " \n  \t    "), "at least 8"),
    "a quote of nothing": (
        _review("quote", "description.md", "The price of a stew"), "does not say",
    ),
    "a quote of no file": (_review("quote", "page.md", "The price of"), "no document 'page.md'"),
    "a quote of answers": (
        _review("quote", "../private/answers.csv", "the answers"), "no document",
    ),
    "a zero in a name": (_review("quote", "a\0b.csv", "the answers"), "can not be looked into"),
    "a column of a page": (_review("column", "description.md", "hops"), "has no columns; quote it"),
    "a column of no table": (_review("column", "train.csv", "malt"), "no column 'malt'"),
    "a value of no column": (
        _review("value", "train.csv", "3.5", column="malt"), "no column 'malt'",
    ),
    "a value elsewhere": (
        _review("value", "train.csv", "3.5", column="price"), "does not stand in column 'price'",
    ),
    "columns that there are not": (
        _review("column", "train.csv", "hops", columns=("hops", "malt")),
        "`columns` names 'malt', which train.csv does not have",
    ),
}  # fmt: skip
FOUND = {
    "a quote": _review("quote", "description.md", "the PRICE of a brew, in crowns"),
    "a quote of a script": _review("quote", "metric.py", "def evaluate(a, b)"),
    "a quote of a file": _review("quote", "notes.txt", "what the monks did"),
    "a column": _review("column", "input/train.csv", "hops", columns=("hops",)),
    "a value": _review("value", "train.csv", "3.5", column="hops"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_can_not_be_looked_up_goes_back(
    name: str, documents: Documents, make_calls: MakeCalls
):
    wrong, told = REFUSED[name]
    with serving(in_turn(wrong, ACCEPTED)) as provider:
        verdict = judged(Conversation(PERSONA, make_calls(provider)), "Review it.", documents)
    assert verdict.passed
    assert len(provider.requests) == 2
    question = provider.requests[1]["messages"][-1]["content"]
    assert "Your review can not be used as it stands" in question
    assert told in question


@pytest.mark.parametrize("name", sorted(FOUND))
def test_what_can_be_looked_up_counts(name: str, documents: Documents, make_calls: MakeCalls):
    with serving(in_turn(FOUND[name])) as provider:
        verdict = judged(Conversation(PERSONA, make_calls(provider)), "Review it.", documents)
    (defect,) = verdict.defects
    assert defect.code == "model-clarity"
    assert "It says too little" in defect.evidence
    assert len(provider.requests) == 1


def test_evidence_that_is_never_found_is_no_verdict(documents: Documents, make_calls: MakeCalls):
    wrong, _ = REFUSED["a short quote"]
    with serving(in_turn(wrong)) as provider:
        calls = make_calls(provider)
        for again in (1, 2):  # What led to nothing is asked anew, not taken from the store.
            with pytest.raises(ProviderError, match="evidence that could not be found"):
                judged(Conversation(PERSONA, calls), "Review it.", documents)
            assert len(provider.requests) == again * (ROUNDS + 1)


def test_a_verdict_agrees_with_its_findings(documents: Documents, make_calls: MakeCalls):
    torn = said(json.dumps({"verdict": "reject", "summary": "I do not like it."}))
    with serving(in_turn(torn, ACCEPTED)) as provider:
        judged(Conversation(PERSONA, make_calls(provider)), "Review it.", documents)
    assert "'reject' with 0 blocking" in provider.requests[1]["messages"][-1]["content"]
