"""What the calls of an attempt came to, by stage and in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

CALL, FAULT, FAILURE = "call", "fault", "provider-failure"
EVENTS = frozenset({CALL, FAULT, FAILURE})
"""Events that calls of models leave in a ledger."""


@dataclass(frozen=True)
class Costs:
    """What calls came to.

    Attributes:
        stage: Whose calls they are.
        models: The models that were asked.
        calls: Answers that were paid for.
        cached: Answers that were known.
        prompt_tokens: Tokens read, of those that were paid for.
        completion_tokens: Tokens written, of those that were paid for.
        usd: Dollars of the calls whose price is known; None where that is none of them.
        unpriced: Calls that were paid for at a price that is not known.
        faults: Attempts that failed, after which another was made.
        failures: Calls that brought no answer.
    """

    stage: str
    models: tuple[str, ...] = ()
    calls: int = 0
    cached: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float | None = 0.0
    unpriced: int = 0
    faults: int = 0
    failures: int = 0

    @property
    def asked(self) -> bool:
        """Whether any model was asked."""
        return bool(self.calls or self.cached or self.failures)

    @property
    def price(self) -> str:
        """The dollars in words, so that what is unknown is told as unknown."""
        if self.usd is None:
            return "unknown"
        unknown = f" + {self.unpriced:,} call(s) of unknown price" if self.unpriced else ""
        return f"${self.usd:.4f}{unknown}"


def costs_of(stage: str, events: Sequence[dict[str, Any]]) -> Costs:
    """Return what the calls among some events came to.

    Args:
        stage: What to call them.
        events: Events of a ledger; those that tell of no call are passed over.
    """
    calls = [event for event in events if event.get("event") == CALL]
    paid = [call for call in calls if not call.get("cached")]
    prices = [call.get("cost_usd") for call in paid]
    known = [float(price) for price in prices if price is not None]
    models = (str(event["model"]) for event in events if event.get("model"))
    return Costs(
        stage=stage,
        models=tuple(dict.fromkeys(models)),
        calls=len(paid),
        cached=len(calls) - len(paid),
        prompt_tokens=sum(int(call.get("prompt_tokens", 0)) for call in paid),
        completion_tokens=sum(int(call.get("completion_tokens", 0)) for call in paid),
        usd=sum(known) if known or not paid else None,
        unpriced=len(paid) - len(known),
        faults=sum(event.get("event") == FAULT for event in events),
        failures=sum(event.get("event") == FAILURE for event in events),
    )


def costs_by_stage(events: Sequence[dict[str, Any]]) -> tuple[Costs, ...]:
    """Return the costs of every stage that asked a model, in the order in which they did."""
    told = [event for event in events if event.get("event") in EVENTS]
    roles = dict.fromkeys(str(event.get("role", "")) for event in told)
    return tuple(
        costs_of(role, [event for event in told if str(event.get("role", "")) == role])
        for role in roles
    )
