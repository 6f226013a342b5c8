"""The endpoint: the real client over HTTP, every fault of a provider told apart."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from mlesmith_env.errors import InvalidSettingError
from mlesmith_generator.llm.chat import ChatRequest, Message, Usage
from mlesmith_generator.llm.endpoint import Endpoint, Patience, retry_after
from mlesmith_generator.llm.faults import FaultError, ProviderError, redacted
from mlesmith_generator.llm.limits import Limits
from tests.generator.llm.conftest import quick
from tests.generator.llm.provider import KEY, Body, Raw, failed, in_turn, said, serving

REQUEST = ChatRequest(
    model="played", messages=(Message(role="user", content="hello"),), max_tokens=50
)


def test_a_call_over_http() -> None:
    with serving(in_turn(said("hello back"))) as provider:
        reply = quick(provider).complete(REQUEST)
    assert reply.content == "hello back"
    assert reply.usage == Usage(prompt_tokens=100, completion_tokens=20)
    (body,) = provider.requests
    assert body["messages"] == [{"role": "user", "content": "hello"}]
    assert body["max_completion_tokens"] == 50
    assert provider.keys == [f"Bearer {KEY}"]


@pytest.mark.parametrize(
    "fault",
    [
        failed(500),
        failed(503, Retry_After="0"),
        failed(429, Retry_After="0.01"),
        failed(408),
        Raw(content=b"<html>gateway</html>"),
        Raw(content=b'{"object": "chat.completion"}'),
        Raw(content=b'{"choices": []}'),
        Raw(drop=True),
        said(None),
        said("   "),
    ],
    ids=[
        "500", "503", "429", "408", "html", "schema", "no-choice", "dropped", "empty", "blank",
    ],
)  # fmt: skip
def test_faults_that_pass_are_waited_out(fault: Raw) -> None:
    told: list[str] = []
    with serving(in_turn(fault, said("at last"))) as provider:
        reply = quick(provider).complete(
            REQUEST, on_fault=lambda found, _: told.append(found.reason)
        )
    assert reply.content == "at last"
    assert len(provider.requests) == 2
    assert len(told) == 1


@pytest.mark.parametrize(
    ("answer", "reason", "tries"),
    [
        (failed(500), "server", 3),
        (failed(429, Retry_After="0"), "rate-limit", 3),
        (failed(429, "insufficient_quota: pay first"), "rate-limit", 1),
        (failed(401, f"Incorrect API key provided: {KEY}"), "refused", 1),
        (failed(400, "max_completion_tokens is too large"), "request", 1),
        (Raw(content=b"{"), "malformed", 3),
        (Raw(drop=True), "unreachable", 3),
        (said(None), "empty", 3),
        (said(None, refusal="I would rather not"), "refusal", 1),
        (said("half", finish="content_filter"), "refusal", 1),
    ],
)
def test_faults_that_stay_are_failures_of_the_provider(
    answer: Raw, reason: str, tries: int
) -> None:
    with serving(in_turn(answer)) as provider, pytest.raises(ProviderError) as caught:
        quick(provider).complete(REQUEST)
    assert (caught.value.reason, caught.value.attempts) == (reason, tries)
    assert len(provider.requests) == tries
    assert KEY not in str(caught.value)


def test_a_hang_ends() -> None:
    with serving(in_turn(Raw(hang_s=60), said("late"))) as provider:
        reply = quick(provider, timeout_s=0.5).complete(REQUEST)
    assert reply.content == "late"


def test_an_answer_that_trickles_in_ends_as_well() -> None:
    slow = Raw(content=json.dumps(said("late")).encode(), drip_s=0.2)
    with serving(in_turn(slow, said("in time"))) as provider:
        # Every byte comes within the seconds of a try; all of them together do not.
        reply = quick(provider, timeout_s=2.0).complete(REQUEST)
    assert reply.content == "in time"
    assert len(provider.requests) == 2


def _with(message: Body, **fields: object) -> Body:
    answer = said("x")
    answer["choices"][0]["message"] = message
    return {**answer, **fields}


def test_providers_leave_things_out() -> None:
    call = {"function": {"name": "add", "arguments": {"a": 1}}}
    bare = _with({"tool_calls": [call, {"id": "one", **call}, {"id": "one", **call}, call]})
    del bare["usage"], bare["model"], bare["id"], bare["choices"][0]["finish_reason"]
    with serving(in_turn(bare)) as provider:
        reply = quick(provider).complete(REQUEST)
    assert reply.usage is None
    assert len({call.id for call in reply.tool_calls}) == 4
    assert {json.loads(call.arguments)["a"] for call in reply.tool_calls} == {1}
    assert reply.finish_reason == "stop"


@pytest.mark.parametrize(
    ("content", "read"),
    [
        ([{"type": "text", "text": "in "}, {"type": "text", "text": "parts"}], "in parts"),
        ("half \ud83d of a character", "half ? of a character"),
    ],
)
def test_contents_come_in_forms(content: object, read: str) -> None:
    with serving(in_turn(_with({"role": "assistant", "content": content}))) as provider:
        assert quick(provider).complete(REQUEST).content == read


@pytest.mark.parametrize(
    "usage",
    [{}, {"prompt_tokens": -5, "completion_tokens": 2}, {"prompt_tokens": 3}, {"total_tokens": 9},
     {"prompt_tokens": "many", "completion_tokens": 2}],
)  # fmt: skip
def test_tokens_that_were_not_counted_are_unknown(usage: Body) -> None:
    with serving(in_turn({**said("x"), "usage": usage})) as provider:
        assert quick(provider).complete(REQUEST).usage is None


def test_an_address_is_shown_without_what_is_secret_in_it() -> None:
    endpoint = Endpoint("https://user:hunter2@models.example:8443/v1?token=hunter2")
    assert endpoint.shown == "https://models.example:8443/v1"


def test_every_attempt_is_asked_for_before() -> None:
    asked: list[int] = []
    with serving(in_turn(failed(500), failed(500), said("x"))) as provider:
        quick(provider).complete(REQUEST, before=lambda: asked.append(1))
        assert len(asked) == len(provider.requests) == 3


def test_nobody_there() -> None:
    with serving(in_turn(said("x"))) as provider:
        gone = quick(provider, attempts=2)
    with pytest.raises(ProviderError, match="after 2 tries") as caught:
        gone.complete(REQUEST)
    assert caught.value.reason == "unreachable"


def test_the_wait_is_what_the_provider_asks_within_bounds() -> None:
    assert retry_after({"retry-after": "2.5"}) == 2.5
    assert retry_after({}) is None
    assert retry_after({"retry-after": "soon"}) is None
    ahead = retry_after({"retry-after": format_datetime(datetime.now(UTC) + timedelta(minutes=5))})
    assert ahead is not None
    assert 200 < ahead <= 300
    waited: list[float] = []
    with serving(in_turn(failed(429, Retry_After="3600"), said("x"))) as provider:
        quick(provider, longest_wait_s=0.02).complete(
            REQUEST, on_fault=lambda _, wait: waited.append(wait)
        )
    assert waited == [0.02]


def test_no_more_calls_at_once_than_allowed() -> None:
    with serving(in_turn(Raw(hang_s=0.2, content=json.dumps(said("x")).encode()))) as provider:
        endpoint = Endpoint(provider.url, Patience(timeout_s=30.0), Limits(at_once=2))
        threads = [threading.Thread(target=endpoint.complete, args=(REQUEST,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(provider.requests) == 6
    assert provider.most_at_once == 2


def test_calls_begin_apart_under_a_rate() -> None:
    with serving(in_turn(said("x"))) as provider:
        endpoint = Endpoint(provider.url, Patience(), Limits(a_minute=600.0))
        for _ in range(6):
            endpoint.complete(REQUEST)
    # Five gaps of 0.1 s; on a busy machine the first call may be seen late.
    assert provider.times[-1] - provider.times[0] >= 0.2


def test_without_a_key_or_an_address_nothing_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(InvalidSettingError, match="OPENAI_API_KEY"):
        Endpoint().check()
    Endpoint("http://127.0.0.1:1/v1").check()


def test_keys_are_blotted_out() -> None:
    assert redacted(f"no {KEY}!") == "no [key]!"
    assert redacted("it was hunter2", ["hunter2"]) == "it was [key]"
    assert isinstance(FaultError("empty", "x"), Exception)
