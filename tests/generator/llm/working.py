"""A small dataset, and runs over it with a player in the models' place."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mlesmith_env.journal import read_journal
from mlesmith_env.task import Task
from mlesmith_generator.dataset import open_dataset
from mlesmith_generator.generation import Settings, generate_all
from mlesmith_generator.ledger import Ledger
from mlesmith_generator.llm.endpoint import Endpoint, Patience
from mlesmith_generator.llm.planner import hire
from mlesmith_generator.llm.prices import Price, PriceTable
from mlesmith_generator.llm.settings import Bounds, ModelSettings
from mlesmith_generator.llm.staffing import Staffing
from mlesmith_generator.pipeline import DatasetResult, GenerationJob, generate_dataset
from mlesmith_generator.planner import Assignment, Planner, Pursuit, RulePlanner
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.records import DatasetProfile
from mlesmith_generator.refactor import Names
from tests.generator.llm.provider import Policy, Provider, serving
from tests.players.reading import Call

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
    for event in events(registry, "gate", "abandoned", "unjudged"):
        if event.get("defects") or event["event"] != "gate":
            print(json.dumps(event))  # Where a test fails, it is asked for first.
    return json.loads((registry / "generation.json").read_text())


def events(registry: Path, *names: str) -> Sequence[dict[str, Any]]:
    """Return the ledger's events of some names, in order."""
    return [e for e in read_journal(registry / "generation.jsonl") if e["event"] in names]


def codes(registry: Path) -> set[str]:
    """Return the codes of all defects in the ledger."""
    return {d["code"] for gate in events(registry, "gate") for d in gate["defects"]}


@dataclass(frozen=True)
class Planned:
    """A planner with models in it, at work on an open dataset.

    Attributes:
        planner: As the pipeline has it.
        profile: What was measured.
        workshop: Folder for candidates.
    """

    planner: Planner
    profile: DatasetProfile
    workshop: Path

    def candidate(self, pursuit: Pursuit) -> Task:
        """Return the next candidate of a pursuit, in a folder of its own."""
        return pursuit.candidate(Path(tempfile.mkdtemp(dir=self.workshop)))

    def first(self) -> tuple[Pursuit, Task]:
        """Return the pursuit of the first idea, and its first candidate."""
        pursuit = self.planner.pursue(self.planner.ideas()[0])
        return pursuit, self.candidate(pursuit)


@contextmanager
def planned(
    provider: Provider,
    source: str | Path,
    registry: Path,
    planner: str = "llm",
    *,
    ideas: int = 1,
    solver: bool = False,
) -> Generator[Planned]:
    """Open a dataset and hire a planner for it: the pipeline's way to a candidate, no further.

    What comes behind, the ladder above all, takes long and knows nothing of models.
    """
    registry.mkdir(exist_ok=True)
    with open_dataset(str(source)) as dataset, tempfile.TemporaryDirectory() as workshop:
        profile = profile_dataset(dataset.folder, dataset.name)
        names = Names(registry, dataset.slug)
        given = Assignment(str(source), dataset, profile, names, ideas, 0)
        ledger = Ledger(registry, dataset.slug, "planned")
        staffed = models(provider, planner, solver=solver)
        hired = hire(staffed, given, RulePlanner(given), registry, ledger)
        try:
            yield Planned(hired, profile, Path(workshop))
        finally:
            hired.close()
            ledger.close()


def attempted(
    policy: Policy, source: Path, registry: Path, planner: str = "llm", *, ideas: int = 1
) -> tuple[DatasetResult, Provider]:
    """Run the pipeline over one dataset in this process; what fails is raised.

    Good for what never reaches the ladder.
    """
    with serving(policy) as provider:
        settings = models(provider, planner)
        job = GenerationJob(str(source), registry, ideas, 0, "local", "", models=settings)
        return generate_dataset(job), provider


def questions(provider: Provider, role: str) -> list[str]:
    """Return everything that was asked of a role in the users' name, each once, in order."""
    calls = [Call(body) for body in provider.requests]
    found = [text for call in calls if call.role == role for text in call.questions]
    return list(dict.fromkeys(found))
