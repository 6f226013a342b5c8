"""What the calls of one idea add up to, counted as they are told."""

from __future__ import annotations

import time
from typing import Any

from mlesmith_env.errors import GenerationError
from mlesmith_generator.llm.calls import Tell
from mlesmith_generator.llm.settings import Bounds
from mlesmith_generator.planner import Expense


class Meter:
    """Passes events on to the ledger, with the idea that they belong to, and counts its calls.

    Args:
        tell: Records an event.
        bounds: What one idea may take.
    """

    def __init__(self, tell: Tell, bounds: Bounds) -> None:
        """Begin before the first idea."""
        self._tell = tell
        self._bounds = bounds
        self.start(0)

    def start(self, idea: int) -> None:
        """Begin to count for an idea; 0 is what comes before the first."""
        self._idea = idea
        self._tokens = 0
        self._usd: float | None = 0.0
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds that an idea may take."""
        return self._bounds.seconds

    @property
    def expense(self) -> Expense:
        """What the idea took so far."""
        return Expense(self._tokens, self._usd)

    def tell(self, event: str, **fields: Any) -> None:
        """Count a call, and record any event."""
        if event == "call":
            self._tokens += fields["prompt_tokens"] + fields["completion_tokens"]
            cost = fields["cost_usd"]
            self._usd = None if cost is None or self._usd is None else self._usd + cost
        self._tell(event, idea=self._idea, **fields)

    def check(self) -> None:
        """Give an idea up that took too much.

        Raises:
            GenerationError: It took more tokens or seconds than it may.
        """
        if self._tokens > self._bounds.tokens:
            raise GenerationError(
                f"given up after {self._tokens:,} tokens; an idea has {self._bounds.tokens:,}"
            )
        seconds = time.monotonic() - self._began
        if seconds > self._bounds.seconds:
            raise GenerationError(
                f"given up after {seconds:.0f} s; an idea has {self._bounds.seconds:g} s"
            )
