"""Play the attacks and print who held: `python -m tests.attacks [--variant NAME]… [WORDS…]`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from .arena import Outcome
from .suite import attacks
from .variants import VARIANTS


def main() -> int:
    """Play the attacks and print the table; returns 0 where every sandbox held."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("words", nargs="*", help="only attacks whose family or name has a word")
    parser.add_argument(
        "--variant", action="append", choices=list(VARIANTS), help="all if left out"
    )
    parser.add_argument("--light", action="store_true", help="leave out attacks that take seconds")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    chosen = [attack for attack in attacks(*options.words) if not (options.light and attack.heavy)]
    outcomes: dict[str, list[Outcome]] = {}
    for name in options.variant or VARIANTS:
        with (
            tempfile.TemporaryDirectory(prefix="attacks-", ignore_cleanup_errors=True) as folder,
            VARIANTS[name].arena(Path(folder)) as arena,
        ):
            outcomes[name] = []
            for attack in chosen:
                if attack.name in VARIANTS[name].harmless:
                    continue
                outcomes[name].append(arena.play(attack))
                if not options.json:
                    print(_line(name, outcomes[name][-1]), flush=True)
    if options.json:
        print(
            json.dumps([_plain(name, outcome) for name in outcomes for outcome in outcomes[name]])
        )
    else:
        print(f"\n{'variant':28} {'attacks':>8} {'held':>6} {'broke':>6} {'seconds':>8}")
        for name, played in outcomes.items():
            held = sum(outcome.held for outcome in played)
            seconds = sum(outcome.seconds for outcome in played)
            print(f"{name:28} {len(played):8} {held:6} {len(played) - held:6} {seconds:8.1f}")
    return 0 if all(outcome.held for played in outcomes.values() for outcome in played) else 1


def _plain(name: str, outcome: Outcome) -> dict[str, object]:
    return {
        "variant": name,
        "family": outcome.attack.family,
        "attack": outcome.attack.name,
        "held": outcome.held,
        "broke": list(outcome.broke),
        "status": outcome.status,
        "seconds": round(outcome.seconds, 3),
    }


def _line(name: str, outcome: Outcome) -> str:
    mark = "held " if outcome.held else "BROKE"
    attack = outcome.attack
    text = f"{mark} {name:26} {attack.family:8} {attack.name:52.52} {outcome.status:18}"
    text += f" {outcome.seconds:6.2f} s"
    return text + "".join(f"\n        {what}" for what in outcome.broke)


if __name__ == "__main__":
    began = time.monotonic()
    status = main()
    if "--json" not in sys.argv:
        print(f"{time.monotonic() - began:.0f} s")
    sys.exit(status)
