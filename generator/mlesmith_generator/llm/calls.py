"""Calls of models, each kept, paid for and told: all between a conversation and a provider."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mlesmith_generator.llm.chat import ChatReply, ChatRequest, Usage
from mlesmith_generator.llm.endpoint import Endpoint
from mlesmith_generator.llm.faults import FaultError, ProviderError
from mlesmith_generator.llm.prices import Price, PriceTable
from mlesmith_generator.llm.purse import Purse
from mlesmith_generator.llm.store import CallStore

Tell = Callable[..., None]
"""Records an event: `tell("call", role=…, …)`."""


@dataclass(frozen=True)
class Calls:
    """Asks models on behalf of one run.

    Attributes:
        endpoint: Where.
        prices: What calls cost.
        purse: What may be spent.
        store: Answers that were paid for before.
        tell: Records every call and every fault.
    """

    endpoint: Endpoint
    prices: PriceTable
    purse: Purse
    tell: Tell
    store: CallStore = field(default_factory=CallStore)

    def ask(self, request: ChatRequest, *, role: str) -> ChatReply:
        """Return the model's answer; one that is known is not paid for again.

        Raises:
            ProviderError: No attempt brought an answer. It is recorded, and says nothing of a task.
            BudgetError: It might cost more than what is left.
        """
        key = request.key(self.endpoint.name)
        known = self.store.find(key)
        if known is not None:
            self._told(request, known, role, key, seconds=0.0, cached=True)
            return known
        price = self.prices.of(request.model)
        most = most_tokens(request)
        dear = price.cost_of(most, request.max_tokens) if price else 0.0
        tokens = most + request.max_tokens

        def before() -> None:
            self.purse.reserve(dear, tokens)

        def fault(found: FaultError, wait_s: float | None) -> None:
            used = found.usage
            if used is not None or not found.charged:
                # What may have been charged, and was not counted, stays set aside.
                spent = used.prompt_tokens + used.completion_tokens if used else 0
                cost = price.cost(used) if price and used else 0.0
                self.purse.settle(dear - cost, tokens - spent)
            self.tell(
                "fault",
                role=role,
                reason=found.reason,
                told=str(found),
                wait_s=wait_s,
                prompt_tokens=used.prompt_tokens if used else 0,
                completion_tokens=used.completion_tokens if used else 0,
                cost_usd=_cost(price, used) if found.charged else 0.0,
            )

        began = time.monotonic()
        try:
            reply = self.endpoint.complete(request, before=before, on_fault=fault)
        except ProviderError as error:
            self.failed(role, request.model, error)
            raise
        if reply.usage is not None:
            used = reply.usage.prompt_tokens + reply.usage.completion_tokens
            cost = price.cost(reply.usage) if price else 0.0
            self.purse.settle(dear - cost, tokens - used)
        self.store.keep(key, reply)
        self._told(request, reply, role, key, seconds=time.monotonic() - began, cached=False)
        return reply

    def failed(self, role: str, model: str, error: ProviderError) -> ProviderError:
        """Record a failure of a provider, and return it."""
        self.tell(
            "provider-failure",
            role=role,
            model=model,
            reason=error.reason,
            told=str(error),
            attempts=error.attempts,
        )
        return error

    def forget(self, request: ChatRequest) -> None:
        """Forget the answer to a request: it was of no use, and the next run has to ask again."""
        self.store.forget(request.key(self.endpoint.name))

    def _told(
        self,
        request: ChatRequest,
        reply: ChatReply,
        role: str,
        key: str,
        *,
        seconds: float,
        cached: bool,
    ) -> None:
        price, usage = self.prices.of(request.model), reply.usage
        event: dict[str, Any] = {
            "role": role,
            "model": request.model,
            "key": key,
            "cached": cached,
            "prompt_tokens": usage.prompt_tokens if usage else 0,
            "completion_tokens": usage.completion_tokens if usage else 0,
            # Unknown is null, never zero. Where the answer was known, nothing was paid now.
            "cost_usd": _cost(price, usage),
            "seconds": round(seconds, 3),
        }
        self.tell("call", **event)


def _cost(price: Price | None, usage: Usage | None) -> float | None:
    """Return the dollars of a call, None where price or tokens are not known."""
    return round(price.cost(usage), 9) if price and usage else None


def most_tokens(request: ChatRequest) -> int:
    """Return more tokens than a request can have a model read: one for every byte."""
    return len(json.dumps(request.wire(), ensure_ascii=False).encode("utf-8", "replace"))
