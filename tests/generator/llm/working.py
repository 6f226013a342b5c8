"""A small dataset, and runs over it with a player in the models' place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mlesmith_env.journal import read_journal
from mlesmith_generator.generation import Settings, generate_all
from mlesmith_generator.llm.endpoint import Endpoint, Patience
from mlesmith_generator.llm.prices import Price, PriceTable
from mlesmith_generator.llm.settings import Bounds, ModelSettings
from mlesmith_generator.llm.staffing import Staffing
from tests.generator.llm.provider import Policy, Provider, serving

PRICES = PriceTable(models={"played": Price(input=10.0, output=100.0)})
ROWS = 600


def workshop_of(folder: Path, extra: str = "") -> Path:
    """Write a dataset of a made-up brewery: quality by recipe, price by quality; returns it.

    Args:
        folder: Where it goes.
        extra: A text for every cell of a further column; without it there is none.
    """
    rng = np.random.default_rng(7)
    folder.mkdir(parents=True)
    lines = ["sugar,hops,temperature,yeast,quality,price" + (",remark" if extra else "")]
    for _ in range(ROWS):
        sugar, hops, warm = rng.normal(10, 2), rng.gamma(2, 3), rng.normal(18, 3)
        yeast = rng.choice(["ale", "lager", "wild"])
        merit = 0.5 * sugar - 0.2 * hops - 0.3 * abs(warm - 18) + (yeast == "ale") * 1.5
        merit += rng.normal(0, 1.0)
        quality = "good" if merit > 4.2 else "plain"
        price = 3 + 0.8 * merit + rng.normal(0, 0.5)
        cells = [f"{sugar:.2f}", f"{hops:.2f}", f"{warm:.1f}", yeast, quality, f"{price:.2f}"]
        lines.append(",".join([*cells, *([f'"{extra}"'] if extra else [])]))
    (folder / "brews.csv").write_text("\n".join(lines) + "\n")
    return folder


def models(provider: Provider, planner: str = "llm", **changes: Any) -> ModelSettings:
    """Return settings in which a provider plays all that a planner leaves to models."""
    patience = Patience(
        attempts=changes.pop("attempts", 3), timeout_s=changes.pop("timeout_s", 60.0),
        first_wait_s=0.01,
    )  # fmt: skip
    staffing = Staffing.parse(
        planner, "played", changes.pop("roles", {}), solver=changes.pop("solver", False)
    )
    given: dict[str, Any] = {"prices": PRICES, "bounds": Bounds(), **changes}
    return ModelSettings(staffing, Endpoint(provider.url, patience), **given)


def generated(
    policy: Policy, source: Path, registry: Path, planner: str = "llm", **changes: Any
) -> tuple[dict[str, Any], Provider]:
    """Generate with a policy in the models' place; returns the summary and what was asked."""
    with serving(policy) as provider:
        return run(provider, source, registry, planner, **changes), provider


def run(
    provider: Provider,
    source: Path,
    registry: Path,
    planner: str = "llm",
    *,
    ideas: int = 2,
    resume: bool = False,
    **changes: Any,
) -> dict[str, Any]:
    """Generate with a provider that is there; returns the summary."""
    settings = Settings(registry, ideas=ideas, models=models(provider, planner, **changes))
    generate_all([str(source)], settings, resume=resume)
    return json.loads((registry / "generation.json").read_text())


def events(registry: Path, *names: str) -> Sequence[dict[str, Any]]:
    """Return the ledger's events of some names, in order."""
    return [e for e in read_journal(registry / "generation.jsonl") if e["event"] in names]


def codes(registry: Path) -> set[str]:
    """Return the codes of all defects in the ledger."""
    return {d["code"] for gate in events(registry, "gate") for d in gate["defects"]}
