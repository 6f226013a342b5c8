"""What a run may spend, and what it has spent: one file, whichever processes do the spending.

A call first reserves the most that it can cost and settles afterwards, so the bound holds however
many run at once. What a process that died had reserved stays spent: it may have been charged.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from mlesmith_env.errors import LedgerError
from mlesmith_generator.llm.faults import BudgetError

_WIDTH = 240
"""Bytes of the file, always the same, so that one write replaces all of it."""


@dataclass(frozen=True)
class Spending:
    """What was spent, reservations included.

    Attributes:
        usd: Dollars, of the calls whose price is known.
        tokens: Tokens read and written.
        calls: Attempts of calls.
        stopped: The budgets (dollars, tokens) under which a call was refused last, if one was.
    """

    usd: float = 0.0
    tokens: int = 0
    calls: int = 0
    stopped: tuple[float | None, int | None] | None = None


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

    @property
    def stopped(self) -> str:
        """Why no further call is worth a try under these budgets, or an empty string."""
        spent = self.spent
        if spent.stopped != (self.usd, self.tokens):
            return ""
        return self._told(f"${spent.usd:.4f} and {spent.tokens:,} tokens are spent")

    def reserve(self, usd: float, tokens: int) -> None:
        """Set aside the most that a call can cost.

        Raises:
            BudgetError: It is more than what is left.
        """
        handle = self._locked()
        try:
            before = _read(handle)
            told = ""
            if self.usd is not None and before.usd + usd > self.usd:
                told = f"${before.usd:.4f} are spent, and the next call may cost ${usd:.4f}"
            elif self.tokens is not None and before.tokens + tokens > self.tokens:
                told = f"{before.tokens:,} tokens are used, and the next call may take {tokens:,}"
            if told:
                _write(handle, replace(before, stopped=(self.usd, self.tokens)))
                raise BudgetError(self._told(told))
            after = replace(
                before,
                usd=before.usd + usd,
                tokens=before.tokens + tokens,
                calls=before.calls + 1,
                stopped=None,
            )
            _write(handle, after)
        finally:
            os.close(handle)

    def settle(self, usd: float, tokens: int) -> None:
        """Give back what a call did not cost of what was set aside; both are differences."""
        handle = self._locked()
        try:
            before = _read(handle)
            left = replace(
                before, usd=max(0.0, before.usd - usd), tokens=max(0, before.tokens - tokens)
            )
            _write(handle, left)
        finally:
            os.close(handle)

    def _told(self, spent: str) -> str:
        budgets = [
            *([f"--budget-usd {self.usd:g}"] if self.usd is not None else []),
            *([f"--budget-tokens {self.tokens}"] if self.tokens is not None else []),
        ]
        return f"{spent}: raise {' or '.join(budgets)} and --resume"

    def _locked(self) -> int:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        fcntl.flock(handle, fcntl.LOCK_EX)
        return handle


def _read(handle: int) -> Spending:
    text = os.pread(handle, 4096, 0).decode("utf-8", "replace")
    if not text.strip():
        return Spending()  # Nothing was spent yet.
    try:
        known: dict[str, Any] = json.loads(text)
        stopped, usd, tokens = known.get("stopped"), float(known["usd"]), int(known["tokens"])
        if not (math.isfinite(usd) and usd >= 0 and tokens >= 0):
            raise ValueError(f"${usd} and {tokens} tokens are nothing that can be spent")
        return Spending(
            usd,
            tokens,
            int(known["calls"]),
            None if stopped is None else (stopped[0], stopped[1]),
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise LedgerError(
            "the registry's spending.json can not be read, so nobody knows what is left to spend: "
            f"restore it, or remove it to begin at zero ({error})"
        ) from error


def _write(handle: int, spending: Spending) -> None:
    told = {**asdict(spending), "usd": round(spending.usd, 9)}
    text = json.dumps(told).ljust(_WIDTH) + "\n"
    os.pwrite(handle, text.encode(), 0)
