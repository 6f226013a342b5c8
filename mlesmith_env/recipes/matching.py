"""Regular expressions of recipes, matched in a process of their own that is ended in time.

Some patterns take time that grows exponentially with the text. A recipe may be a stranger's, so no
pattern of one is ever tried where nothing could stop it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import cast

from mlesmith_env.errors import RecipeError

TIMEOUT_S = 120.0
"""Seconds for all different values of a column; a million short ones take about two."""

# The limit on CPU time ends the process where ours is gone and nobody waits for it.
_PROGRAM = """
import json, re, resource, sys
asked = json.load(sys.stdin)
resource.setrlimit(resource.RLIMIT_CPU, (asked["seconds"], asked["seconds"] + 1))
search = re.compile(asked["pattern"]).search
json.dump([(found[1] if (found := search(text)) else None) for text in asked["texts"]], sys.stdout)
"""


def first_groups(
    pattern: str, texts: Sequence[str], *, timeout_s: float = TIMEOUT_S
) -> list[str | None]:
    """Return what the first group of a pattern matches in each text; None where there is no match.

    Args:
        pattern: A regular expression of Python with at least one group; searched, not anchored.
        texts: Where to search.
        timeout_s: Seconds for all of them.

    Raises:
        RecipeError: It takes too long.
    """
    if not texts:
        return []
    asked = {"pattern": pattern, "texts": list(texts), "seconds": max(1, round(timeout_s))}
    try:
        answer = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-S", "-c", _PROGRAM],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_slow(pattern, timeout_s) from error
    if answer.returncode < 0:
        raise _too_slow(pattern, timeout_s)
    if answer.returncode:
        said = answer.stderr.decode(errors="replace").strip().splitlines()
        raise RecipeError(f"extract: {pattern[:200]!r} failed: {said[-1] if said else 'no reason'}")
    return cast("list[str | None]", json.loads(answer.stdout))


def _too_slow(pattern: str, timeout_s: float) -> RecipeError:
    return RecipeError(
        f"extract: {pattern[:200]!r} took more than {timeout_s:g} s; write it without repeats that "
        "can match the same text in many ways, such as (a+)+"
    )
