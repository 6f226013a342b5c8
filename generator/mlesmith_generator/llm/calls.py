"""Calls of models, each kept, paid for and told: all between a conversation and a provider."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mlesmith_generator.llm.chat import ChatReply, ChatRequest
from mlesmith_generator.llm.endpoint import Endpoint
from mlesmith_generator.llm.faults import FaultError, ProviderError
from mlesmith_generator.llm.prices import PriceTable
from mlesmith_generator.llm.purse import Purse
from mlesmith_generator.llm.store import CallStore

_CHARACTERS_A_TOKEN = 2.5
"""Fewer than tokens have in any language that is written in letters, so an upper estimate."""

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
        self.purse.reserve(dear, most + request.max_tokens)
        began = time.monotonic()

        def fault(found: FaultError, wait_s: float) -> None:
            self.tell("fault", role=role, reason=found.reason, told=str(found), wait_s=wait_s)

        try:
            reply = self.endpoint.complete(request, on_fault=fault)
        except ProviderError as error:
            # Nobody is charged for an answer that did not come.
            self.purse.settle(dear, most + request.max_tokens)
            self.tell(
                "provider-failure",
                role=role,
                model=request.model,
                reason=error.reason,
                told=str(error),
                attempts=error.attempts,
            )
            raise
        self.store.keep(key, reply)
        if reply.usage is not None:
            used = reply.usage.prompt_tokens + reply.usage.completion_tokens
            cost = price.cost(reply.usage) if price else 0.0
            self.purse.settle(dear - cost, most + request.max_tokens - used)
        # What was not counted may have cost all that was set aside for it.
        self._told(request, reply, role, key, seconds=time.monotonic() - began, cached=False)
        return reply

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
            "cost_usd": round(price.cost(usage), 9) if price and usage else None,
            "seconds": round(seconds, 3),
        }
        self.tell("call", **event)


def most_tokens(request: ChatRequest) -> int:
    """Return an upper estimate of the tokens that a request has a model read."""
    return math.ceil(len(str(request.wire())) / _CHARACTERS_A_TOKEN)
