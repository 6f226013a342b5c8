"""What a run may spend, and what it has spent: one file, whichever processes do the spending.

A call first reserves the most that it can cost and settles afterwards, so the bound holds however
many run at once. What a process that died had reserved stays spent: it may have been charged.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlesmith_generator.llm.faults import BudgetError


@dataclass(frozen=True)
class Spending:
    """What was spent, reservations included.

    Attributes:
        usd: Dollars, of the calls whose price is known.
        tokens: Tokens read and written.
        calls: Calls that were paid for.
    """

    usd: float = 0.0
    tokens: int = 0
    calls: int = 0


@dataclass(frozen=True)
class Purse:
    """The money of one run.

    Attributes:
        path: The file that says what was spent; made where missing.
        usd: Dollars that may be spent, or None.
        tokens: Tokens that may be used, or None.
    """

    path: Path
    usd: float | None = None
    tokens: int | None = None

    @property
    def spent(self) -> Spending:
        """What was spent so far."""
        handle = self._locked()
        try:
            return _read(handle)
        finally:
            os.close(handle)

    def reserve(self, usd: float, tokens: int) -> None:
        """Set aside the most that a call can cost.

        Raises:
            BudgetError: It is more than what is left.
        """
        handle = self._locked()
        try:
            before = _read(handle)
            if self.usd is not None and before.usd + usd > self.usd:
                raise BudgetError(
                    f"${before.usd:.4f} of ${self.usd:g} are spent, and the next call may cost "
                    f"${usd:.4f}: raise --budget-usd and --resume, or let the rules do the rest"
                )
            if self.tokens is not None and before.tokens + tokens > self.tokens:
                raise BudgetError(
                    f"{before.tokens:,} of {self.tokens:,} tokens are used, and the next call may "
                    f"take {tokens:,}: raise --budget-tokens and --resume"
                )
            _write(handle, Spending(before.usd + usd, before.tokens + tokens, before.calls + 1))
        finally:
            os.close(handle)

    def settle(self, usd: float, tokens: int) -> None:
        """Give back what a call did not cost of what was set aside; both are differences."""
        handle = self._locked()
        try:
            before = _read(handle)
            left = Spending(
                max(0.0, before.usd - usd), max(0, before.tokens - tokens), before.calls
            )
            _write(handle, left)
        finally:
            os.close(handle)

    def _locked(self) -> int:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        fcntl.flock(handle, fcntl.LOCK_EX)
        return handle


def _read(handle: int) -> Spending:
    text = os.pread(handle, 4096, 0).decode("utf-8", "replace")
    try:
        known: dict[str, Any] = json.loads(text)
        return Spending(float(known["usd"]), int(known["tokens"]), int(known["calls"]))
    except (ValueError, KeyError, TypeError):
        # Empty at first; a machine that stopped in between may leave half a line.
        return Spending()


def _write(handle: int, spending: Spending) -> None:
    told = {"usd": round(spending.usd, 9), "tokens": spending.tokens, "calls": spending.calls}
    text = json.dumps(told).ljust(120) + "\n"
    os.pwrite(handle, text.encode(), 0)
