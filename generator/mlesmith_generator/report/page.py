"""The report as one HTML page that needs no network: every plot is a table or stands beside one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from mlesmith_generator.report.distribution import Distribution
from mlesmith_generator.report.survey import UNKNOWN, Survey
from mlesmith_generator.report.template import filled

NONE = "\N{EN DASH}"
MOST_BARS = 12
"""Bars of one chart; what is left stands together as one bar."""
WIDTH, HEIGHT = 320.0, 120.0
_SIZES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: its label, its number, and its share of the longest (0 to 1)."""

    label: str
    count: int
    length: float
    share: float | None
    """Share of all that the chart counts; None where that means nothing."""


@dataclass(frozen=True)
class Chart:
    """Counts as bars, under a title that says what they show."""

    title: str
    heading: str
    """What the labels are."""
    bars: tuple[Bar, ...]
    note: str = ""


@dataclass(frozen=True)
class Column:
    """One bin of a histogram, in the plot's own units."""

    x: float
    y: float
    width: float
    height: float
    label: str
    count: int


@dataclass(frozen=True)
class Histogram:
    """A distribution as columns, under a title that says what it shows."""

    title: str
    unit: str
    columns: tuple[Column, ...]
    ticks: tuple[tuple[float, str], ...]
    most: int
    note: str

    @property
    def alternative(self) -> str:
        """The plot in words."""
        return f"Histogram of {self.unit}. {self.note}"


def render(survey: Survey) -> str:
    """Return the page.

    Raises:
        MissingExtraError: Jinja is not installed.
    """
    values = {"survey": survey, **_parts(survey)}
    return filled("mlesmith_generator.report", values, number=number, size=_size)


def number(value: float | None) -> str:
    """Return a number as one reads it: three digits, thousands apart, a dash for none."""
    if value is None:
        return NONE
    if abs(value) >= 1000 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _parts(survey: Survey) -> dict[str, Any]:
    kinds = [
        _chart(survey.modality, "Modality", "modalities"),
        _chart(survey.objective, "Objective", "objectives"),
        _chart(survey.domain, "Domain", "domains"),
        _chart(survey.metric, "Metric", "metrics"),
    ]
    qualities = [
        _histogram(
            survey.headroom, "standard errors", "Headroom: half of the tasks have more than {}"
        ),
        _histogram(survey.difficulty, "difficulty", "Difficulty: half of the tasks are above {}"),
        _histogram(
            survey.discrimination,
            "discrimination",
            "Discrimination: half are above {}",
        ),
        _histogram(survey.rows, "hidden rows", "Size: half of the tasks hide more than {} rows"),
        _histogram(
            survey.seconds, "seconds of the ladder", "Running: half of the ladders take over {} s"
        ),
        _histogram(
            survey.making, "seconds to make a task", "Making: half of the tasks took over {} s"
        ),
    ]
    evaluated = survey.split.get("eval", 0) / survey.tasks
    unknown = sum(
        count
        for licence, count in survey.licence.items()
        if licence == UNKNOWN or licence.casefold().startswith("unknown")
    )
    licensed = f"{unknown:,} of {survey.tasks:,} tasks" if unknown else "None of the tasks"
    return {
        "kinds": kinds,
        "funnel": _funnel(survey),
        "defects": _chart(survey.defects, "Defect", "codes of defects") if survey.defects else None,
        "qualities": [histogram for histogram in qualities if histogram is not None],
        "levels": _chart(survey.level, "Level", "levels") if survey.level else None,
        "licences": _chart(
            survey.licence, "Licence", "licences", f"{licensed} lack a known licence"
        ),
        "splits": _chart(
            survey.split, "Split", "splits", f"{evaluated:.0%} of the tasks are for evaluation"
        ),
        "width": WIDTH,
        "height": HEIGHT,
    }


def _chart(counts: dict[str, int], heading: str, several: str, title: str = "") -> Chart:
    """Return counts as bars; by default the title tells how many kinds there are and which leads.

    What is left of many kinds is one bar at the end, never longer than the longest of the others.
    """
    total = sum(counts.values())
    shown = list(counts.items())
    if len(shown) > MOST_BARS:
        rest = shown[MOST_BARS - 1 :]
        shown = shown[: MOST_BARS - 1]
        shown.append((f"{len(rest)} others", sum(count for _, count in rest)))
    first, most = max(counts.items(), key=lambda pair: pair[1])
    told = f"{len(counts)} {several}: {first} leads with {most / total:.0%}"
    if len(counts) == 1:
        told = f"{heading}: all are {first}"
    bars = tuple(Bar(name, count, min(count / most, 1.0), count / total) for name, count in shown)
    return Chart(title or told, heading, bars)


def _funnel(survey: Survey) -> Chart | None:
    """Return the yield of every stage, or None where there is no ledger."""
    stages = {stage.name: stage.count for stage in survey.stages}
    if not stages.get("drafts"):
        return None
    longest = max(stages.values())
    bars = tuple(
        Bar(
            name,
            count,
            count / longest,
            None if name in ("datasets", "ideas") else count / stages["drafts"],
        )
        for name, count in stages.items()
    )
    made = stages["tasks"] / stages["drafts"]
    note = "Shares are of the drafts. A draft that a gate sends back comes again as another one."
    return Chart(f"Of {stages['drafts']:,} drafts {made:.0%} became tasks", "Stage", bars, note)


def _histogram(spread: Distribution, unit: str, title: str) -> Histogram | None:
    """Return a distribution as columns, or None where nothing is known.

    Args:
        spread: The distribution.
        unit: What stands on the axis.
        title: A sentence with a place for the median.
    """
    if not spread.count:
        return None
    most, width = max(spread.bins), WIDTH / len(spread.bins)
    columns = tuple(
        Column(
            x=round(place * width + 1, 2),
            y=round(HEIGHT - count / most * HEIGHT, 2),
            width=round(width - 2, 2),
            height=round(count / most * HEIGHT, 2),
            label=f"{number(low)} to {number(high)}",
            count=count,
        )
        for place, ((low, high), count) in enumerate(
            zip(pairwise(spread.edges), spread.bins, strict=True)
        )
    )
    every = max(1, -(-len(spread.edges) // 7))
    ticks = tuple(
        (round(place * width, 2), _tick(edge))
        for place, edge in enumerate(spread.edges)
        if place % every == 0
    )
    note = (
        f"{spread.count:,} measured: from {number(spread.minimum)} to {number(spread.maximum)}, "
        f"half of them between {number(spread.lower_quartile)} and "
        f"{number(spread.upper_quartile)}."
    )
    if spread.missing:
        note += f" Not measured: {spread.missing:,}."
    return Histogram(title.format(number(spread.median)), unit, columns, ticks, most, note)


def _tick(value: float) -> str:
    """Return an edge as short as a plot needs it: `20k`."""
    for size, suffix in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{suffix}"
    return f"{value:g}"


def _size(value: int | None) -> str:
    if value is None:
        return NONE
    for unit, name in _SIZES:
        if value >= unit:
            return f"{value / unit:.3g} {name}"
    return f"{value} B"
