"""Which column names a description tells, one by one or inside a series."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe.values import number_in

_SPAN = re.compile(r"`([^`\n]+)` to `([^`\n]+)`")


def uncovered(description: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that a description neither shows nor covers by `a1` to `a9`."""
    spans = _SPAN.findall(description)
    return tuple(
        name
        for name in names
        if md.code(name) not in description
        and md.cell(md.code(name)) not in description
        and not any(_between(name, first, last) for first, last in spans)
    )


def _between(name: str, first: str, last: str) -> bool:
    found, low, high = number_in(name), number_in(first), number_in(last)
    if found is None or low is None or high is None:
        return False
    same = (found[0], found[2]) == (low[0], low[2]) == (high[0], high[2])
    return same and int(low[1]) <= int(found[1]) <= int(high[1])
