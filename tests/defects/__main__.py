"""Print precision and recall of the gates: `python -m tests.defects [--json] [WORDS…]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict

from .corpus import DEFECTS, LEGITIMATE
from .judging import Outcome, judge, score


def main() -> int:
    """Judge the corpus and print the table; returns 0 where nothing was judged wrongly."""
    parser = argparse.ArgumentParser(prog="python -m tests.defects", description=__doc__)
    parser.add_argument("words", nargs="*", help="judge only cases whose name or area has a word")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--no-execution", action="store_true", help="leave the ladder out")
    options = parser.parse_args()
    cases = [
        case
        for case in (*DEFECTS, *LEGITIMATE)
        if (not options.words or any(word in f"{case.area} {case.name}" for word in options.words))
        and not (options.no_execution and case.area == "execution")
    ]
    began = time.monotonic()
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="mlesmith-corpus-") as cache:
        os.environ["MLESMITH_CACHE"] = cache
        for case in cases:
            outcomes.append(judge(case, execution=not options.no_execution))
            if not options.json:
                print(_line(outcomes[-1]), flush=True)
    total = score(outcomes)
    if options.json:
        rows = [
            {
                "name": outcome.case.name,
                "area": outcome.case.area,
                "expected": sorted(outcome.case.codes),
                "found": sorted(outcome.codes),
                "gate": outcome.gate,
                "right": outcome.right,
                "seconds": round(outcome.seconds, 3),
            }
            for outcome in outcomes
        ]
        summary = asdict(total) | {"recall": total.recall, "precision": total.precision}
        print(json.dumps({"summary": summary, "cases": rows}, indent=1))
    else:
        print(
            f"\n{'area':12} {'cases':>5} {'right':>5}\n"
            + "\n".join(
                f"{area:12} {len(part):5d} {sum(o.right for o in part):5d}"
                for area, part in _by_area(outcomes)
            )
        )
        print(
            f"\n{total.seeded} seeded defects: {total.caught} refused, {total.right_reason} for "
            f"the right reason (recall {total.recall:.1%})\n{total.legitimate} legitimate tasks: "
            f"{total.refused} refused (precision {total.precision:.1%})\n"
            f"{time.monotonic() - began:.0f} s, of which {sum(o.seconds for o in outcomes):.0f} s "
            "in the gates"
        )
    return 0 if all(outcome.right for outcome in outcomes) else 1


def _by_area(outcomes: list[Outcome]) -> list[tuple[str, list[Outcome]]]:
    areas = dict.fromkeys(outcome.case.area for outcome in outcomes)
    return [(area, [o for o in outcomes if o.case.area == area]) for area in areas]


def _line(outcome: Outcome) -> str:
    mark = "ok   " if outcome.right else "WRONG"
    told = ", ".join(sorted(outcome.codes)) or "passed"
    text = f"{mark} {outcome.case.area:11} {outcome.case.name:55} {outcome.seconds:5.1f} s  {told}"
    if not outcome.right:
        wanted = " or ".join(sorted(outcome.case.codes)) or "no defect"
        text += f"\n      wanted {wanted}"
        text += "".join(f"\n      {code}: {evidence[:300]}" for code, evidence in outcome.found[:4])
    return text


if __name__ == "__main__":
    sys.exit(main())
