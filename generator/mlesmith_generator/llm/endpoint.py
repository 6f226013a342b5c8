"""One OpenAI-compatible endpoint: calls with bounded retries and limits, keys out of sight.

The official client speaks the protocol; what it brings back is read by schemas of our own, because
providers differ in what they leave out. The client's own retries are off: here they are counted,
bounded in time, and told.
"""

from __future__ import annotations

import email.utils
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from random import SystemRandom
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from mlesmith_env.errors import InvalidSettingError, MissingExtraError
from mlesmith_generator.llm.chat import ChatReply, ChatRequest, ToolCall, Usage
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

    def complete(
        self, request: ChatRequest, *, on_fault: Callable[[FaultError, float], None] | None = None
    ) -> ChatReply:
        """Return what the model answers.

        Args:
            request: The call.
            on_fault: Told of each attempt that failed and is made again, with the seconds waited.

        Raises:
            ProviderError: No attempt brought an answer.
            MissingExtraError: The client is not installed.
        """
        attempt = 1
        while True:
            try:
                with self.limits.slot(self.name, timeout_s=self.patience.timeout_s):
                    return self._attempt(request)
            except FaultError as fault:
                if not fault.again or attempt >= self.patience.attempts:
                    tries = f", after {attempt} tries" if attempt > 1 else ""
                    raise ProviderError(fault.reason, f"{fault}{tries}", attempt) from fault
                wait = self._wait(attempt, fault)
                if on_fault is not None:
                    on_fault(fault, wait)
                time.sleep(wait)
                attempt += 1

    def _wait(self, attempt: int, fault: FaultError) -> float:
        backed = self.patience.first_wait_s * 2 ** (attempt - 1) * SystemRandom().uniform(1.0, 1.5)
        asked = fault.wait_s if fault.wait_s is not None else backed
        return max(0.0, min(asked, self.patience.longest_wait_s))

    @cached_property
    def _client(self) -> Any:
        openai = _client_module()
        key = os.environ.get(KEY_VARIABLE) or _NO_KEY
        address = None if self.name == "openai" else self.name
        return openai.OpenAI(
            api_key=key, base_url=address, max_retries=0, timeout=self.patience.timeout_s
        )

    def _attempt(self, request: ChatRequest) -> ChatReply:
        openai = _client_module()
        keys = [os.environ.get(KEY_VARIABLE, "")]
        try:
            raw = self._client.chat.completions.with_raw_response.create(**request.wire())
            text = raw.http_response.text
        except openai.APITimeoutError as error:
            told = f"{self.name} did not answer within {self.patience.timeout_s:g} s"
            raise FaultError("timeout", told) from error
        except openai.APIStatusError as error:
            raise _status_fault(error, keys) from None
        except openai.APIConnectionError as error:
            told = redacted(f"{self.name}: {error.__cause__ or error}", keys)
            raise FaultError("unreachable", told) from None
        except openai.OpenAIError as error:
            raise FaultError("malformed", redacted(str(error), keys)) from None
        return read_reply(text)


def read_reply(text: str) -> ChatReply:
    """Return the reply in the body of an answer.

    Raises:
        FaultError: It is not JSON, follows no schema of the protocol, or says nothing at all.
    """
    try:
        body = _Completion.model_validate(json.loads(text))
    except (ValueError, ValidationError) as error:
        told = redacted(f"the endpoint's answer is no chat completion: {error}")
        raise FaultError("malformed", told) from None
    if not body.choices:
        raise FaultError("empty", "the endpoint's answer holds no choice")
    choice = body.choices[0]
    said = choice.message
    calls = tuple(
        ToolCall(id=call.id, name=call.function.name, arguments=call.function.arguments)
        for call in said.tool_calls or ()
    )
    if said.refusal:
        raise FaultError("refusal", redacted(f"the model refused: {said.refusal}"), again=False)
    if choice.finish_reason == "content_filter":
        raise FaultError("refusal", "the provider's filter withheld the answer", again=False)
    if not calls and not (said.content or "").strip() and choice.finish_reason != "length":
        raise FaultError("empty", "the model answered with nothing")
    return ChatReply(
        content=said.content or "",
        tool_calls=calls,
        finish_reason=choice.finish_reason or "stop",
        model=body.model or "",
        usage=_counted(body.usage),
    )


def _counted(usage: _Counted | None) -> Usage | None:
    """Return the tokens of a call; None where the provider did not count both kinds."""
    if usage is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    return Usage(prompt_tokens=usage.prompt_tokens, completion_tokens=usage.completion_tokens)


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Function(_Loose):
    name: str
    arguments: str = "{}"


class _Call(_Loose):
    id: str
    function: _Function


class _Said(_Loose):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(_Loose):
    message: _Said
    finish_reason: str | None = None


class _Counted(_Loose):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Completion(_Loose):
    choices: list[_Choice]
    model: str | None = None
    usage: _Counted | None = None


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
