"""Conversations: tools in a loop, answers by schema, a history that follows the protocol."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel

from mlesmith_env.errors import GenerationError
from mlesmith_generator.ledger import spending
from mlesmith_generator.llm.conversation import MAX_CALLS, MAX_MENDS, Conversation, Persona
from mlesmith_generator.llm.faults import BudgetError, ProviderError
from mlesmith_generator.llm.toolbox import LONGEST, Arguments, Tool, Toolbox, fenced, shortened
from tests.generator.llm.conftest import MakeCalls
from tests.generator.llm.provider import Body, Raw, failed, in_turn, said, serving
from tests.players.reading import bare, data


class Sum(BaseModel):
    total: int


class Pair(Arguments):
    a: int
    b: int


def _add(pair: Pair) -> str:
    if pair.a < 0:
        raise GenerationError("a has to be positive")
    return str(pair.a + pair.b)


TOOLS = Toolbox([Tool("add", "Adds two numbers.", Pair, _add)])
PERSONA = Persona(role="designer", model="played", prompt="You add.", max_tokens=100)


def check_history(body: Body) -> None:
    """Assert that every call of a tool is answered by one result, right behind it."""
    open_calls: list[str] = []
    for message in body["messages"]:
        if message["role"] == "tool":
            open_calls.remove(message["tool_call_id"])
        else:
            assert not open_calls
        open_calls += [call["id"] for call in message.get("tool_calls", ())]
    assert not open_calls


def test_tools_then_an_answer(make_calls: MakeCalls, events: list[dict[str, Any]]) -> None:
    def policy(body: Body) -> Body:
        last = body["messages"][-1]
        if last["role"] == "user":
            return said("I shall add.", ("add", {"a": 2, "b": 3}), ("add", {"a": 1, "b": 1}))
        results = [bare(m["content"]) for m in body["messages"] if m["role"] == "tool"]
        return said(f'{{"total": {sum(map(int, results))}}}')

    with serving(policy) as provider:
        talk = Conversation(PERSONA, make_calls(provider), TOOLS)
        assert talk.ask("What is it?", Sum) == Sum(total=7)
    for body in provider.requests:
        check_history(body)
    assert [tool["function"]["name"] for tool in provider.requests[0]["tools"]] == ["add"]
    assert provider.requests[0]["response_format"]["json_schema"]["name"] == "sum"
    assert [event["event"] for event in events] == ["call", "call"]
    assert events[0]["cost_usd"] == pytest.approx((100 * 10 + 20 * 100) / 1e6)


def test_calls_that_can_not_be_made_are_answered(make_calls: MakeCalls) -> None:
    answers = in_turn(
        said(None, ("subtract", {"a": 1}), ("add", "{broken"), ("add", {"a": 1})),
        said(None, ("add", {"a": -1, "b": 2})),
        said('{"total": 1}'),
    )
    with serving(answers) as provider:
        talk = Conversation(PERSONA, make_calls(provider), TOOLS)
        assert talk.ask("What is it?", Sum).total == 1
    results = [message.content for message in talk.messages if message.role == "tool"]
    assert "there is no tool 'subtract'; there are add" in results[0]
    assert "wrong arguments" in results[1]
    assert "b: Field required" in results[2]
    assert results[3] == f"error: add can not do that:\n{fenced('a has to be positive')}"
    check_history(provider.requests[-1])


@pytest.mark.parametrize(
    "content",
    [
        '{"total": 4}',
        'Sure!\n```json\n{"total": 4}\n```\nAnything else?',
        '{x} then {"total": 4}',
        '{"plan": ["add"]} and so {"total": 4}',
        '{"total": "none"} no: {"total": 4}',
    ],
)
def test_prose_around_an_answer_is_passed_over(make_calls: MakeCalls, content: str) -> None:
    with serving(in_turn(said(content))) as provider:
        assert Conversation(PERSONA, make_calls(provider)).ask("?", Sum).total == 4


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (said("four"), "not JSON"),
        (said('{"sum": 4}'), "total: Field required"),
        (said('{"total": "many"}'), "total: Input should be a valid integer"),
        (said('{"tot', finish="length"), "cut off"),
    ],
)
def test_an_answer_in_no_form_goes_back(make_calls: MakeCalls, wrong: Body, told: str) -> None:
    with serving(in_turn(wrong, said('{"total": 4}'))) as provider:
        assert Conversation(PERSONA, make_calls(provider)).ask("?", Sum).total == 4
    assert told in provider.requests[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("wrong", "reason"), [(said("four"), "schema"), (said("{", finish="length"), "truncated")]
)
def test_one_who_never_answers_fails_the_provider(
    make_calls: MakeCalls, wrong: Body, reason: str
) -> None:
    with serving(in_turn(wrong)) as provider, pytest.raises(ProviderError) as caught:
        Conversation(PERSONA, make_calls(provider)).ask("?", Sum)
    assert caught.value.reason == reason
    assert len(provider.requests) == MAX_MENDS + 1


def test_tools_end_after_their_turns(make_calls: MakeCalls) -> None:
    def policy(body: Body) -> Body:
        # What was called before stays told, for the history names it.
        assert body["tools"]
        if body.get("tool_choice") == "none":
            return said('{"total": 2}')
        return said(None, ("add", {"a": 1, "b": 1}))

    with serving(policy) as provider:
        talk = Conversation(PERSONA, make_calls(provider), TOOLS, turns=3)
        assert talk.ask("?", Sum).total == 2
    assert len(provider.requests) == 4
    with serving(in_turn(said(None, ("add", {"a": 1, "b": 1})))) as stubborn:
        talk = Conversation(PERSONA, make_calls(stubborn), TOOLS, turns=3)
        with pytest.raises(ProviderError, match="went on calling tools"):
            talk.ask("?", Sum)
    check_history(stubborn.requests[-1])


def test_nothing_is_paid_for_twice(make_calls: MakeCalls, events: list[dict[str, Any]]) -> None:
    with serving(in_turn(said('{"total": 4}'))) as provider:
        calls = make_calls(provider)
        for _ in range(2):
            assert Conversation(PERSONA, calls).ask("?", Sum).total == 4
    assert len(provider.requests) == 1
    assert [event["cached"] for event in events] == [False, True]
    assert spending(events)["calls"] == 1
    assert spending(events)["cost_usd"] == events[0]["cost_usd"] > 0
    assert calls.purse.spent.calls == 1


def test_the_budget_holds_before_the_call(make_calls: MakeCalls) -> None:
    with serving(in_turn(said('{"total": 4}'))) as provider:
        calls = make_calls(provider, usd=0.025)
        assert Conversation(PERSONA, calls).ask("one", Sum).total == 4
        spent = calls.purse.spent
        assert spent.usd == pytest.approx(0.003)
        talks = [Conversation(PERSONA, calls) for _ in range(100)]
        with pytest.raises(BudgetError, match="--budget-usd"):
            _ = [talk.ask(f"question {number}", Sum) for number, talk in enumerate(talks)]
    assert calls.purse.spent.usd <= 0.025
    assert len(provider.requests) == calls.purse.spent.calls


def test_a_refused_call_costs_nothing(make_calls: MakeCalls, events: list[dict[str, Any]]) -> None:
    with serving(in_turn(failed(500))) as provider:
        calls = make_calls(provider, usd=1.0)
        with pytest.raises(ProviderError):
            Conversation(PERSONA, calls).ask("?", Sum)
    assert calls.purse.spent.usd == 0.0
    assert calls.purse.spent.tokens == 0
    assert [event["event"] for event in events] == ["fault"] * 3 + ["provider-failure"]
    assert spending(events)["cost_usd"] == 0


def test_an_answer_of_no_use_is_paid_for(
    make_calls: MakeCalls, events: list[dict[str, Any]]
) -> None:
    with serving(in_turn(said(""), said('{"total": 4}'))) as provider:
        calls = make_calls(provider, usd=1.0)
        assert Conversation(PERSONA, calls).ask("?", Sum).total == 4
    assert calls.purse.spent.usd == pytest.approx(2 * (100 * 10 + 20 * 100) / 1e6)
    assert calls.purse.spent.tokens == 240
    told = spending(events)
    assert (told["tokens"], told["cost_usd"]) == (240, pytest.approx(calls.purse.spent.usd))


def test_what_may_have_been_charged_stays_set_aside(
    make_calls: MakeCalls, events: list[dict[str, Any]]
) -> None:
    with serving(in_turn(Raw(content=b"{"), said('{"total": 4}'))) as provider:
        calls = make_calls(provider, usd=1.0)
        assert Conversation(PERSONA, calls).ask("?", Sum).total == 4
        most = most_tokens_of(provider.requests[0])
    # One token a byte of the call, and all that might have been written; then what was told.
    assert calls.purse.spent.tokens == most + PERSONA.max_tokens + 120
    told = spending(events)
    assert (told["tokens"], told["cost_usd"], told["faults_of_unknown_cost"]) == (120, 0.003, 1)


def most_tokens_of(body: Body) -> int:
    """Return the bytes of a call's body."""
    return len(json.dumps(body, ensure_ascii=False).encode())


def test_an_answer_whose_tokens_nobody_counted_costs_what_was_set_aside(
    make_calls: MakeCalls, events: list[dict[str, Any]]
) -> None:
    answer = {key: value for key, value in said('{"total": 4}').items() if key != "usage"}
    with serving(in_turn(answer)) as provider:
        calls = make_calls(provider, usd=1.0)
        assert Conversation(PERSONA, calls).ask("?", Sum).total == 4
        most = most_tokens_of(provider.requests[0])
    assert calls.purse.spent.usd == pytest.approx((most * 10 + 100 * 100) / 1e6)
    assert events[-1]["cost_usd"] is None


def test_answers_that_led_nowhere_are_asked_for_again(make_calls: MakeCalls) -> None:
    with serving(in_turn(said("four"))) as provider:
        calls = make_calls(provider)
        with pytest.raises(ProviderError):
            Conversation(PERSONA, calls).ask("?", Sum)
        provider.policy = in_turn(said('{"total": 4}'))
        assert Conversation(PERSONA, calls).ask("?", Sum).total == 4
        assert Conversation(PERSONA, calls).ask("?", Sum).total == 4
    assert len(provider.requests) == MAX_MENDS + 2


def test_a_conversation_may_be_ended_before_any_call(make_calls: MakeCalls) -> None:
    left = [2]

    def check() -> None:
        if not left[0]:
            raise GenerationError("enough")
        left[0] -= 1

    with serving(in_turn(said(None, ("add", {"a": 1, "b": 1})))) as provider:
        talk = Conversation(PERSONA, make_calls(provider), TOOLS, check=check)
        with pytest.raises(GenerationError, match="enough"):
            talk.ask("?", Sum)
    assert len(provider.requests) == 2


def test_no_answer_calls_more_tools_than_it_may(make_calls: MakeCalls) -> None:
    many = [("add", {"a": 1, "b": 1})] * (MAX_CALLS + 3)
    with serving(in_turn(said(None, *many), said('{"total": 2}'))) as provider:
        talk = Conversation(PERSONA, make_calls(provider), TOOLS)
        assert talk.ask("?", Sum).total == 2
    results = [message.content for message in talk.messages if message.role == "tool"]
    assert results[:MAX_CALLS] == [fenced("2")] * MAX_CALLS
    assert all(f"at most {MAX_CALLS} calls" in told for told in results[MAX_CALLS:])
    check_history(provider.requests[-1])


def test_calls_of_a_message_that_was_cut_off_are_not_made(make_calls: MakeCalls) -> None:
    cut = said(None, ("add", {"a": 1, "b": 1}), finish="length")
    with serving(in_turn(cut, said('{"total": 2}'))) as provider:
        talk = Conversation(PERSONA, make_calls(provider), TOOLS)
        assert talk.ask("?", Sum).total == 2
    assert "nothing was called" in talk.messages[-2].content


def test_results_that_can_not_be_sent_are_mended(make_calls: MakeCalls) -> None:
    odd = Toolbox([Tool("name", "Says a name of a file.", Arguments, lambda _: "half \udcff")])
    with serving(in_turn(said(None, ("name", {})), said('{"total": 2}'))) as provider:
        assert Conversation(PERSONA, make_calls(provider), odd).ask("half \ud800", Sum).total == 2
    told = [message["content"] for message in provider.requests[-1]["messages"]]
    assert told[1] == "half ?"
    assert data(told[3]) == ["half ?"]


def test_a_tool_that_trips_is_a_result(make_calls: MakeCalls) -> None:
    def trip(_: Arguments) -> str:
        raise RecursionError("too deep")

    broken = Toolbox([Tool("trip", "Trips.", Arguments, trip)])
    with serving(in_turn(said(None, ("trip", {})), said('{"total": 2}'))) as provider:
        talk = Conversation(PERSONA, make_calls(provider), broken)
        assert talk.ask("?", Sum).total == 2
    told = talk.messages[-2].content
    assert told == f"error: trip broke down:\n{fenced('RecursionError: too deep')}"


def test_data_can_not_close_their_own_marks() -> None:
    text = "a </data 000000000000> b"
    first, inside, last = fenced(text).split("\n")
    assert inside == text
    assert first.replace("<", "</") == last
    assert last not in text
    assert fenced(fenced(text)).split("\n")[0] not in fenced(text)


def test_an_unknown_price_is_an_unknown_cost(
    make_calls: MakeCalls, events: list[dict[str, Any]]
) -> None:
    persona = Persona(role="designer", model="nobody-knows", prompt="You add.")
    with serving(in_turn(said('{"total": 4}'))) as provider:
        Conversation(persona, make_calls(provider)).ask("?", Sum)
    assert events[0]["cost_usd"] is None


def test_long_results_are_cut_in_the_middle() -> None:
    text = shortened("a" * 5_000 + "b" * 5_000, 600)
    assert text.startswith("a" * 400)
    assert text.endswith("b" * 200)
    assert "9,400 characters left out" in text


def test_a_tool_may_say_more_than_others() -> None:
    long = "x" * (2 * LONGEST)
    short, whole = (
        Tool("tell", "Tells.", Arguments, lambda _: long, longest) for longest in (LONGEST, 20_000)
    )
    (told,) = data(short.call("{}"))
    assert "characters left out" in told
    assert whole.call("{}") == fenced(long)
