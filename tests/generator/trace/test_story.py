"""Stories: conversations stand with the draft to which they led; nothing unknown is zero."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlesmith_env.errors import LedgerError
from mlesmith_generator.ledger import record_withdrawal
from mlesmith_generator.trace.costs import costs_of
from mlesmith_generator.trace.reading import story_of
from mlesmith_generator.trace.strangers import LONGEST
from tests.generator.trace.conftest import Run, Speaker, write_attempt


def test_conversations_stand_where_they_belong(registry: Path) -> None:
    story = story_of(registry, "houses")
    (explored,) = story.brainstorm
    assert (explored.role, explored.turns, explored.calls) == ("brainstormer", 3, 2)
    assert [step.kind for step in explored.steps] == [
        *("prompt", "question", "call", "call", "answer")
    ]
    first, second = story.ideas[0].rounds
    assert [talk.role for talk in first.work] == ["designer"]
    assert not first.work[0].goes_on
    assert [talk.role for talk in second.work] == ["designer"]
    assert second.work[0].goes_on
    assert second.work[0].steps[0].text == "The gates found: target-copy."
    assert not first.judging
    assert [(talk.role, talk.models) for talk in second.judging] == [
        ("reviewer", ("reviewer-model",))
    ]


def test_calls_stand_with_their_own_results(registry: Path) -> None:
    (explored,) = story_of(registry, "houses").brainstorm
    head, ran = [step for step in explored.steps if step.kind == "call"]
    assert head.tool == "read_head"
    assert head.fields == (("file", "houses.csv"),)
    assert head.text.startswith("price,")
    assert ran.fields == (("code", "import pandas\nprint(1)"),)
    assert ran.text == "1"


def test_defects_and_what_was_mended(registry: Path) -> None:
    first, second = story_of(registry, "houses").ideas[0].rounds
    (gate,) = first.gates
    assert (gate.name, gate.passed, gate.defects[0].code) == ("assertions", False, "target-copy")
    assert gate.defects[0].columns == ("price_eur",)
    assert first.mended == ()
    assert second.mended == ("price_eur is left out",)
    assert all(gate.passed for gate in second.gates)
    assert [gate.title for gate in second.gates] == [
        *("assertions", "review", "review by a model", "execution")
    ]


def test_every_idea_has_its_ending(registry: Path) -> None:
    story = story_of(registry, "houses")
    assert [idea.ending.how for idea in story.ideas] == [
        *("admitted", "unjudged", "abandoned", "stopped")
    ]
    assert story.admitted == ("mlesmith/houses-price-v1",)
    assert story.ideas[1].ending.told == "the provider timed out"
    (undrafted,) = story.ideas[2].rounds
    assert not undrafted.drafted
    assert undrafted.work[0].steps[-1].fields == (("given_up", "too few rows"),)
    assert story.ideas[3].ending.told == "$0.50 are spent"
    assert story.attempt.ending == "stopped"
    assert story.notes == ()


def test_unknown_prices_are_no_zeros(registry: Path) -> None:
    story = story_of(registry, "houses")
    by_stage = {costs.stage: costs for costs in story.costs}
    assert list(by_stage) == ["brainstormer", "designer", "reviewer"]
    designer = by_stage["designer"]
    assert (designer.calls, designer.cached, designer.unpriced) == (1, 1, 1)
    assert designer.usd is None
    assert designer.price == "unknown"
    assert (designer.faults, designer.failures) == (1, 1)
    assert by_stage["brainstormer"].price == "$0.2500"
    assert story.total.price == "$0.3125 + 1 call(s) of unknown price"
    assert (story.total.prompt_tokens, story.total.completion_tokens) == (3000, 150)
    assert story.ideas[0].costs.price == "$0.0625 + 1 call(s) of unknown price"
    assert story.ideas[1].costs.failures == 1
    assert costs_of("all", []).price == "$0.0000"
    assert len(story.faults) == 2


def test_rules_alone_leave_rounds_and_repairs(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.event("profile", tables=[["houses", 1300, 9]], problems=[])
    run.idea(1)
    run.event("draft", idea=1, round=0, slug="houses-price")
    run.gates(1, 0, assertions={"code": "target-copy", "evidence": "e", "columns": ["a", "b"]})
    run.event("draft", idea=1, round=1, slug="houses-price")
    run.gates(1, 1, assertions=None, review=None, execution=None)
    run.event("task", idea=1, id="t", seconds=1.0)
    run.end()
    record_withdrawal(tmp_path, "houses", "t", "it repeats another")
    story = story_of(tmp_path, "houses")
    assert story.ideas[0].rounds[1].mended == ("left out a, b (target-copy)",)
    assert story.ideas[0].ending.withdrawn == "it repeats another"
    assert (story.costs, story.brainstorm, story.admitted) == ((), (), ())


def test_of_several_attempts_the_last_that_ended_is_told(tmp_path: Path) -> None:
    write_attempt(tmp_path)
    later = Run(tmp_path, run="second")
    Speaker(later, "brainstormer", "ideas").ask("Once more.")
    later.end("failed", reason="disk full", tasks=0)
    killed = Run(tmp_path, run="third")
    killed.idea(1)
    story = story_of(tmp_path, "houses")
    assert (story.attempt.number, story.attempt.ending) == (2, "failed")
    assert story.brainstorm[0].steps[1].text == "Once more."
    assert [other.ending for other in story.others] == ["stopped", "not ended"]
    assert len(story_of(tmp_path, "houses", 1).ideas) == 4
    assert story_of(tmp_path, "houses", 3).ideas[0].ending.how == "open"
    assert story_of(tmp_path, "houses", 3).tables is None
    for number in (0, 4):
        with pytest.raises(LedgerError, match="they go from 1 to 3"):
            story_of(tmp_path, "houses", number)


def test_an_attempt_begun_anew_in_one_run_has_its_own_messages(tmp_path: Path) -> None:
    write_attempt(tmp_path)
    again = Run(tmp_path)
    Speaker(again, "brainstormer", "ideas").ask("Once more.")
    again.end(tasks=0)
    assert [talk.turns for talk in story_of(tmp_path, "houses").brainstorm] == [0]
    assert [talk.turns for talk in story_of(tmp_path, "houses", 1).brainstorm] == [3]


def test_an_unknown_dataset_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="holds no ledger"):
        story_of(tmp_path, "houses")
    write_attempt(tmp_path)
    with pytest.raises(LedgerError, match="no dataset 'house'; did you mean houses"):
        story_of(tmp_path, "house")
    with pytest.raises(LedgerError, match="it knows houses"):
        story_of(tmp_path, "zzz")


def test_long_messages_lose_their_middle(tmp_path: Path) -> None:
    run = Run(tmp_path)
    Speaker(run, "brainstormer", "ideas").ask("a" * 50_000 + "b")
    run.end()
    told = story_of(tmp_path, "houses").brainstorm[0].steps[1].text
    assert len(told) < LONGEST + 100
    assert "30,00" in told
    assert "left out" in told
    assert told.endswith("b")


def test_what_can_not_be_read_is_counted(tmp_path: Path) -> None:
    run = Run(tmp_path)
    Speaker(run, "brainstormer", "ideas").ask("Explore.")
    path = tmp_path / "transcripts" / "houses.jsonl"
    good = path.read_text().splitlines()[0]
    broken = good.replace('"role": "system"', '"role": "stranger"')
    assert broken != good
    with path.open("a") as file:
        file.write(f'{broken}\n{{"torn": ')
    run.end()
    story = story_of(tmp_path, "houses")
    assert story.unreadable == 1
    assert len(story.brainstorm[0].steps) == 2


def test_events_that_nobody_knew_are_told(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.event("staffing", models={"designer": "m"})
    run.event("witness", idea=7, progress=0.5)
    run.idea(1, data_use="all columns")
    run.event("witness", idea=1, progress=0.4)
    run.end()
    story = story_of(tmp_path, "houses")
    assert story.notes == ("staffing: models: designer: m", "witness: progress: 0.5")
    assert ("data use", "all columns") in story.ideas[0].facts
    assert story.ideas[0].notes == ("witness: progress: 0.4",)
