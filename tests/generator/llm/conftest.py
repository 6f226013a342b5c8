"""What tests of language models share: a key, a cache of their own, calls that wait for nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlesmith_generator.llm.calls import Calls
from mlesmith_generator.llm.endpoint import Endpoint, Patience
from mlesmith_generator.llm.limits import Limits
from mlesmith_generator.llm.prices import Price, PriceTable
from mlesmith_generator.llm.purse import Purse
from tests.generator.llm.provider import KEY, Provider

MakeCalls = Callable[..., Calls]


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("openai", reason="the extra llm is not installed")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "cache"))


def quick(provider: Provider, **patience: float) -> Endpoint:
    """Return an endpoint that tries three times, a few milliseconds apart."""
    given: dict[str, Any] = {"attempts": 3, "timeout_s": 20.0, "first_wait_s": 0.01, **patience}
    return Endpoint(provider.url, Patience(**given), Limits())


@pytest.fixture
def events() -> list[dict[str, Any]]:
    """Everything that was told."""
    return []


@pytest.fixture
def make_calls(tmp_path: Path, events: list[dict[str, Any]]) -> MakeCalls:
    """Return calls of a provider, with a price for `played`."""

    def make(provider: Provider, *, usd: float | None = None, **patience: Any) -> Calls:
        def tell(event: str, **fields: Any) -> None:
            events.append({"event": event, **fields})

        prices = PriceTable(models={"played": Price(input=10.0, output=100.0)})
        purse = Purse(tmp_path / "spending.json", usd=usd)
        return Calls(quick(provider, **patience), prices, purse, tell)

    return make
