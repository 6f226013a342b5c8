"""One OpenAI-compatible endpoint: calls with bounded retries and limits, keys out of sight.

The official client speaks the protocol; what it brings back is read by schemas of our own, because
providers differ in what they leave out. The client's own retries are off: here they are counted,
bounded in time, and told.
"""

from __future__ import annotations

import email.utils
import json
import os
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import SystemRandom
from typing import Any, cast
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from mlesmith_env.errors import InvalidSettingError, MissingExtraError
from mlesmith_generator.llm.chat import ChatReply, ChatRequest, ToolCall, Usage, sendable
from mlesmith_generator.llm.faults import FaultError, ProviderError, redacted
from mlesmith_generator.llm.limits import Limits

KEY_VARIABLE = "OPENAI_API_KEY"
ADDRESS_VARIABLE = "OPENAI_BASE_URL"
_NO_KEY = "none"
"""Sent to a local server that asks for no key."""
_AGAIN = frozenset({408, 409, 425, 429})
_REFUSED = frozenset({401, 403})


@dataclass(frozen=True)
class Patience:
    """How long a call is tried.

    Attributes:
        attempts: Most tries of one call.
        timeout_s: Seconds that one try has.
        first_wait_s: Seconds before the second try; doubled for each more, with up to a half more
            by chance.
        longest_wait_s: Most seconds between two tries, whatever the provider asks for.
    """

    attempts: int = 5
    timeout_s: float = 180.0
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0


@dataclass(frozen=True)
class Endpoint:
    """Where models are asked.

    Attributes:
        base_url: Address of the API; empty for `OPENAI_BASE_URL`, or else the client's default.
        patience: How long a call is tried.
        limits: How many calls run at once, and how many a minute, over all processes of the
            machine.
    """

    base_url: str = ""
    patience: Patience = field(default_factory=Patience)
    limits: Limits = field(default_factory=Limits)

    @property
    def name(self) -> str:
        """The address by which calls are told apart."""
        return (self.base_url or os.environ.get(ADDRESS_VARIABLE, "")).rstrip("/") or "openai"

    def check(self) -> None:
        """Refuse before any work where no call could succeed.

        Raises:
            MissingExtraError: The client is not installed.
            InvalidSettingError: There is no key for the provider's own address.
        """
        _client_module()
        if self.name == "openai" and not os.environ.get(KEY_VARIABLE):
            raise InvalidSettingError(
                f"{KEY_VARIABLE} is not set; set it to your key, or name a server that needs none "
                "with --base-url"
            )

    @property
    def shown(self) -> str:
        """The address as it may be told: without what could be a secret in it."""
        parts = urlsplit(self.name)
        if not parts.hostname:
            return self.name
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"

    def complete(
        self,
        request: ChatRequest,
        *,
        before: Callable[[], None] | None = None,
        on_fault: Callable[[FaultError, float | None], None] | None = None,
    ) -> ChatReply:
        """Return what the model answers.

        Args:
            request: The call.
            before: Called before each attempt; what it raises ends the call.
            on_fault: Told of each attempt that failed, with the seconds until the next, or None.

        Raises:
            ProviderError: No attempt brought an answer.
            MissingExtraError: The client is not installed.
        """
        attempt = 1
        while True:
            try:
                with self.limits.slot(self.name, timeout_s=self.patience.timeout_s):
                    if before is not None:
                        before()
                    return self._attempt(request)
            except FaultError as fault:
                last = not fault.again or attempt >= self.patience.attempts
                wait = None if last else self._wait(attempt, fault)
                if on_fault is not None:
                    on_fault(fault, wait)
                if wait is None:
                    tries = f", after {attempt} tries" if attempt > 1 else ""
                    raise ProviderError(fault.reason, f"{fault}{tries}", attempt) from fault
                time.sleep(wait)
                attempt += 1

    def _wait(self, attempt: int, fault: FaultError) -> float:
        backed = self.patience.first_wait_s * 2 ** (attempt - 1) * SystemRandom().uniform(1.0, 1.5)
        asked = fault.wait_s if fault.wait_s is not None else backed
        return max(0.0, min(asked, self.patience.longest_wait_s))

    def _attempt(self, request: ChatRequest) -> ChatReply:
        """Make one call; it has its seconds in all, however slowly an answer trickles in."""
        openai = _client_module()
        key = os.environ.get(KEY_VARIABLE) or _NO_KEY
        address = None if self.name == "openai" else self.name
        client = openai.OpenAI(
            api_key=key, base_url=address, max_retries=0, timeout=self.patience.timeout_s
        )
        answers: queue.SimpleQueue[str | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                raw = client.chat.completions.with_raw_response.create(**request.wire())
                answers.put(raw.http_response.text)
            except Exception as error:  # noqa: BLE001 - it is raised again where it is waited for
                answers.put(error)

        late = FaultError(
            "timeout",
            f"{self.shown} did not answer within {self.patience.timeout_s:g} s",
            charged=True,
        )
        threading.Thread(target=ask, daemon=True).start()
        try:
            answer = answers.get(timeout=self.patience.timeout_s)
        except queue.Empty:
            raise late from None
        finally:
            client.close()
        if isinstance(answer, str):
            return read_reply(answer)
        keys = [os.environ.get(KEY_VARIABLE, "")]
        if isinstance(answer, openai.APITimeoutError):
            raise late
        if isinstance(answer, openai.APIStatusError):
            raise _status_fault(answer, keys)
        if isinstance(answer, openai.APIConnectionError):
            cause = answer.__cause__
            # What was sent and not answered may have been paid for.
            refused = type(cause).__name__ in ("ConnectError", "UnsupportedProtocol")
            told = f"{self.shown}: {type(cause or answer).__name__}: {cause or answer}"
            told = redacted(told.replace(self.name, self.shown), keys)
            raise FaultError("unreachable", told, charged=not refused)
        if isinstance(answer, openai.OpenAIError):
            raise FaultError("malformed", redacted(str(answer), keys), charged=True)
        raise answer


def read_reply(text: str) -> ChatReply:
    """Return the reply in the body of an answer.

    Providers differ in what they leave out: ids of calls, counts of tokens, empty contents.

    Raises:
        FaultError: It is not JSON, follows no schema of the protocol, or says nothing at all.
    """
    try:
        body = _Completion.model_validate(json.loads(text))
    except (ValueError, ValidationError, RecursionError) as error:
        told = redacted(f"the endpoint's answer is no chat completion: {error}")
        raise FaultError("malformed", told, charged=True) from None
    usage = _counted(body.usage)

    def fault(reason: str, told: str, *, again: bool = True) -> FaultError:
        return FaultError(reason, redacted(told), again=again, charged=True, usage=usage)

    if not body.choices:
        raise fault("empty", "the endpoint's answer holds no choice")
    choice = body.choices[0]
    said, content = choice.message, _text(choice.message.content)
    calls = _calls(said.tool_calls or [])
    if said.refusal:
        raise fault("refusal", f"the model refused: {said.refusal}", again=False)
    if choice.finish_reason == "content_filter":
        raise fault("refusal", "the provider's filter withheld the answer", again=False)
    if not calls and not content.strip() and choice.finish_reason != "length":
        raise fault("empty", "the model answered with nothing")
    return ChatReply(
        content=content,
        tool_calls=calls,
        finish_reason=choice.finish_reason or "stop",
        model=sendable(body.model or ""),
        usage=usage,
    )


def _counted(usage: dict[str, Any] | None) -> Usage | None:
    """Return the tokens of a call; None where the provider did not count both kinds."""
    told = usage or {}
    read, written = told.get("prompt_tokens"), told.get("completion_tokens")
    if not isinstance(read, int) or not isinstance(written, int) or min(read, written) < 0:
        return None
    return Usage(prompt_tokens=read, completion_tokens=written)


def _calls(found: Sequence[_Call]) -> tuple[ToolCall, ...]:
    """Return calls of tools, each with an id of its own and its arguments as text."""
    calls: list[ToolCall] = []
    for place, call in enumerate(found):
        given = call.function.arguments
        arguments = given if isinstance(given, str) else json.dumps(given if given else {})
        known = {each.id for each in calls}
        told = call.id or f"call-{place}"
        own = told if told not in known else f"{told}-{place}"
        calls.append(
            ToolCall(
                id=own, name=sendable(call.function.name), arguments=sendable(arguments or "{}")
            )
        )
    return tuple(calls)


def _text(content: str | list[dict[str, Any]] | None) -> str:
    """Return a content, which some providers give in parts."""
    if isinstance(content, list):
        content = "".join(str(part.get("text") or "") for part in content)
    return sendable(content or "")


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Function(_Loose):
    name: str
    arguments: Any = "{}"


class _Call(_Loose):
    id: str | None = None
    function: _Function


class _Said(_Loose):
    content: str | list[dict[str, Any]] | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(_Loose):
    message: _Said
    finish_reason: str | None = None


class _Completion(_Loose):
    choices: list[_Choice]
    model: str | None = None
    usage: dict[str, Any] | None = None


def _status_fault(error: Any, keys: list[str]) -> FaultError:
    status = int(error.status_code)
    told = redacted(f"status {status}: {error.message}", keys)
    headers = cast("Mapping[str, str]", error.response.headers)
    if status in _REFUSED:
        return FaultError("refused", f"{told}; check {KEY_VARIABLE} and --base-url", again=False)
    if status in _AGAIN:
        reason = "rate-limit" if status == 429 else "server"
        spent = status == 429 and "insufficient_quota" in told
        return FaultError(reason, told, again=not spent, wait_s=retry_after(headers))
    if status >= 500:
        return FaultError("server", told, wait_s=retry_after(headers))
    return FaultError("request", told, again=False)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that an answer asks to wait: `Retry-After` as seconds or as a date."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _client_module() -> Any:
    try:
        import openai
    except ImportError as error:
        raise MissingExtraError(
            "language models are asked through the openai client: pip install 'mlesmith-env[llm]'"
        ) from error
    return openai
