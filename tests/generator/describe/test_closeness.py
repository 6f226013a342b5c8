"""What a page calls close, equal or apart is so in the figures that stand beside it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from made_pages import renamed

from mlesmith_generator.describe.association import Association, Measure
from mlesmith_generator.describe.facts import Facts
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.phrases import banks
from mlesmith_generator.describe.scoring import metric_section
from mlesmith_generator.describe.signals import signal_findings

_CLOSE = re.compile(
    r"neck and neck|close together|(?:nearly|almost|about|just) as (?:well|much|good|strong)|"
    r"(?:little|not much) (?:separates|divides)|on a par|equally|a tie|level with",
    re.IGNORECASE,
)
_ALONE = re.compile(r"stand out|lead the field|ahead of the rest|behind two", re.IGNORECASE)
_COPIES = re.compile(
    r"all but repeat|nearly repeat|duplicate|interchangeable|almost (?:the same|knows)|"
    r"hardly any|little independent|much the same|can nearly guess|hardly be told apart",
    re.IGNORECASE,
)
_TURNS = 60


def _told(page: Page, banks_of: str, **facts: object) -> list[str]:
    """Return what many pages of the same facts say in the banks whose names begin so."""
    told: list[str] = []
    for number in range(_TURNS):
        one = renamed(page, number)
        one = replace(one, facts=replace(one.facts, **facts))  # type: ignore[arg-type]
        told += [
            finding.told(one.voice)
            for finding in signal_findings(one)
            if finding.bank.startswith(banks_of)
        ]
    return told


def _leaders(*strengths: float, measures: tuple[Measure, ...] = ("rank",) * 4) -> object:
    return tuple(
        Association(f"column_{place}", strength, 1 if measure == "rank" else 0, measure)
        for place, (strength, measure) in enumerate(zip(strengths, measures, strict=False))
    )


@pytest.mark.parametrize(
    ("strengths", "close"),
    [((0.94, 0.84), False), ((0.94, 0.90), False), ((0.94, 0.92), True), ((0.60, 0.59), True)],
)
def test_two_columns_are_close_within_three_hundredths_alone(
    harvest: Page, strengths: tuple[float, ...], close: bool
) -> None:
    told = _told(harvest, "leader", associations=_leaders(*strengths, 0.1))
    assert len(told) == _TURNS
    assert any(_CLOSE.search(each) for each in told) is close


@pytest.mark.parametrize("whole", [True, False])
def test_columns_that_were_not_compared_are_told(harvest: Page, whole: bool) -> None:
    names = [column.name for column in harvest.facts.features]
    leaders = tuple(
        Association(name, 0.8 if place == 0 else 0.1, 1, "rank")
        for place, name in enumerate(names if whole else names[:-1])
    )
    told = _told(harvest, "leader", associations=leaders)
    last = rf"\. [A-Z][a-z ]+:? `{names[-1]}`\.$"
    assert all((re.search(last, each) is not None) is not whole for each in told)
    assert told


def test_figures_of_two_measures_are_no_draw(harvest: Page) -> None:
    leaders = _leaders(0.80, 0.79, 0.1, measures=("rank", "ratio", "rank"))
    told = _told(harvest, "leader", associations=leaders)
    assert told
    assert not any(_CLOSE.search(each) for each in told)


@pytest.mark.parametrize(("third", "alone"), [(0.3, True), (0.62, False)])
def test_two_columns_lead_the_field_where_the_third_is_behind(
    harvest: Page, third: float, alone: bool
) -> None:
    told = _told(harvest, "leader", associations=_leaders(0.70, 0.64, third))
    assert any(_ALONE.search(each) for each in told) is alone


@pytest.mark.parametrize(("value", "copies"), [(0.82, False), (0.93, False), (0.97, True)])
def test_columns_that_overlap_are_no_copies(harvest: Page, value: float, copies: bool) -> None:
    told = _told(harvest, "closest", closest=("height_m", "trunk_width", value), copied=False)
    assert len(told) == _TURNS
    assert any(_COPIES.search(each) for each in told) is copies


def test_no_other_bank_of_signals_calls_columns_close() -> None:
    allowed = {"leader close"}
    for name, templates in banks().items():
        if name.startswith("leader") and name not in allowed:
            assert not any(_CLOSE.search(re.sub(r"[\[\]]", "", t.text)) for t in templates), name


@pytest.mark.parametrize(("rows", "alike"), [((50, 55), True), ((60, 100), False)])
def test_class_sizes_are_called_alike_where_they_are(
    grafted: Page, rows: tuple[int, int], alike: bool
) -> None:
    said: set[bool] = set()
    for number in range(_TURNS):
        page = renamed(grafted, number)
        facts: Facts = replace(
            page.facts,
            classes=tuple(zip(page.form.classes, rows, strict=True)),
        )
        told = metric_section(replace(page, facts=facts))
        said.add(
            re.search(r"similar size|comparable size|are close|no class dominates", told.lower())
            is not None
        )
    assert (True in said) is alike
