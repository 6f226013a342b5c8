"""Nothing leads that is as large as something else, and every figure is named for what it is."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from made_pages import orchard, renamed, write

from mlesmith_env.recipes.model import Holdout
from mlesmith_generator.describe.association import Association
from mlesmith_generator.describe.context import opening
from mlesmith_generator.describe.finding import Finding
from mlesmith_generator.describe.measure import as_text, measure_column
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.quirks import quirk_findings
from mlesmith_generator.describe.relations import PAIRED
from mlesmith_generator.describe.signals import signal_findings
from mlesmith_generator.describe.target import target_section
from mlesmith_generator.describe.values import notes_cell

_FIRST = re.compile(
    r"clearest|strongest|most visible|best single|most closely|no column|more than any other|"
    r"heads the list|comes first|well ahead|only beaten|second|ahead of|closest|the leader",
    re.IGNORECASE,
)
_TURNS = 40


def _leaders(page: Page, *strengths: float, sign: int = 1) -> list[str]:
    told = tuple(
        Association(name, strength, sign, "rank")
        for name, strength in zip(
            (column.name for column in page.facts.features), strengths, strict=False
        )
    )
    facts = replace(page.facts, associations=told)
    pages = [replace(renamed(page, turn), facts=facts) for turn in range(_TURNS)]
    return [
        finding.told(one.voice)
        for one in pages
        for finding in signal_findings(one)
        if finding.bank.startswith("leader")
    ]


@pytest.mark.parametrize("figures", [(0.754, 0.75), (0.75, 0.75, 0.748), (0.2, 0.2), (0.2,) * 4])
def test_columns_of_one_figure_have_no_leader(harvest: Page, figures: tuple[float, ...]) -> None:
    told = _leaders(harvest, *figures, 0.1)
    assert len(told) == _TURNS
    for each in told:
        assert _FIRST.search(each.replace("come first", "").replace("first place", "")) is None
        assert f"{figures[0]:.2f}" in each


def test_falling_columns_of_one_figure_have_it_in_size(harvest: Page) -> None:
    assert all("0.75 in size" in each for each in _leaders(harvest, 0.75, 0.75, 0.1, sign=-1))


def test_a_second_column_is_named_where_the_third_is_behind(harvest: Page) -> None:
    second = f"`{harvest.facts.features[1].name}`"
    assert any(second in each for each in _leaders(harvest, 0.8, 0.7, 0.6))
    assert not any(second in each for each in _leaders(harvest, 0.8, 0.7, 0.7))


def test_correlation_ratios_are_told_to_be_of_ranks(grafted: Page) -> None:
    told: list[str] = []
    for turn in range(_TURNS):
        page = renamed(grafted, turn)
        levels = tuple(
            Association(column.name, 0.6 - place / 10, 0, "ratio")
            for place, column in enumerate(page.facts.features)
        )
        page = replace(page, facts=replace(page.facts, associations=levels))
        told += [finding.told(page.voice) for finding in signal_findings(page)]
    named = re.findall(r"correlation ratios?( by rank)?", " ".join(told))
    assert named
    assert all(named)


def test_what_was_not_measured_is_told_after_it(harvest: Page) -> None:
    told = Finding("leader", 1.0, {"c": "`a`", "r": "0.5", "measure": "m", "target": "`t`"})
    aside = replace(told, aside="`notes`")
    for turn in range(_TURNS):
        voice = renamed(harvest, turn).voice
        first, rest = told.told(voice), aside.told(voice)
        assert rest.startswith(f"{first} ")
        assert re.fullmatch(r"[A-Z][a-z ]+:? `notes`\.", rest[len(first) + 1 :])


def test_a_column_with_many_gaps_is_told_to_be_measured_where_it_is_filled(harvest: Page) -> None:
    first = harvest.facts.features[0]
    for missing, told in ((0.9, True), (0.2, False)):
        gappy = replace(first, missing=int(missing * first.rows))
        facts = replace(harvest.facts, features=(gappy, *harvest.facts.features[1:]))
        said = _leaders(replace(harvest, facts=facts), 0.8, 0.4, 0.3)
        sentence = rf"`{first.name}` (has|holds) a value in 10 % of the training rows, and is"
        assert all((re.search(sentence, each) is not None) is told for each in said)


def test_a_wide_table_has_no_closest_pair_of_all(harvest: Page) -> None:
    wide = (*harvest.facts.features, *[harvest.facts.features[0]] * PAIRED)
    for value, banks in ((0.9, set[str]()), (0.1, set[str]()), (0.97, {"closest"})):
        closest = ("height_m", "trunk_width", value)
        facts = replace(harvest.facts, features=wide, closest=closest, copied=False)
        found = {each.bank for each in signal_findings(replace(harvest, facts=facts))}
        assert {bank for bank in found if bank in ("closest", "closest overlap", "apart")} == banks


def _page_of(sorts: list[str]) -> Page:
    frame = orchard(len(sorts))
    frame["kind"] = sorts
    return write(
        frame, target="kind", objective="multiclass", metric="accuracy",
        holdout=Holdout(kind="random"), classes=sorted(set(sorts)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def kinds() -> Page:
    return _page_of(["a", "b", "c", "d"] * 60)


@pytest.mark.parametrize(
    ("rows", "leads"), [((1010, 1009, 500, 300), False), ((900, 500, 400, 300), True)]
)
def test_a_class_leads_by_shares_that_differ(
    kinds: Page, rows: tuple[int, ...], leads: bool
) -> None:
    told: list[str] = []
    for turn in range(_TURNS):
        page = renamed(kinds, turn)
        classes = tuple(zip(page.form.classes, rows, strict=True))
        page = replace(page, facts=replace(page.facts, classes=classes))
        told.append(target_section(page).split("\n\n")[0])
    assert any("%" in each for each in told) is leads


@pytest.mark.parametrize(("rows", "leads"), [((90, 90, 50, 30), False), ((90, 80, 50, 30), True)])
def test_the_commonest_class_is_one(kinds: Page, rows: tuple[int, ...], leads: bool) -> None:
    said = ""
    for turn in range(4 * _TURNS):
        page = renamed(kinds, turn)
        classes = tuple(zip(page.form.classes, rows, strict=True))
        said += opening(replace(page, facts=replace(page.facts, classes=classes)))
    assert ("the commonest" in said) is leads


@pytest.mark.parametrize(("counts", "leads"), [((40, 40, 40), False), ((60, 30, 30), True)])
def test_a_value_leads_its_column_by_a_share_that_differs(
    harvest: Page, counts: tuple[int, ...], leads: bool
) -> None:
    frame = orchard(120)
    frame["state"] = np.repeat(["Ohio", "Utah", "Iowa"], counts)
    column = measure_column("state", as_text(frame.astype(str), "state"), None)
    notes = {notes_cell(renamed(harvest, turn), column) for turn in range(_TURNS)}
    assert all(("Ohio" in each or "Utah" in each or "Iowa" in each) is leads for each in notes)
    assert all(("33 % each" in each) is not leads for each in notes)


def test_the_commonest_of_many_levels_is_one(harvest: Page) -> None:
    frame = orchard(300)
    for rows, leads in (([10] * 30, False), ([40, *[10] * 24, *[4] * 5], True)):
        frame["state"] = np.repeat([f"s{place:02d}" for place in range(30)], rows)
        column = measure_column("state", as_text(frame.astype(str), "state"), None)
        facts = replace(harvest.facts, features=(column,))
        found = [f for f in quirk_findings(replace(harvest, facts=facts)) if f.bank == "levels"]
        assert len(found) == 1
        assert ("v" in found[0].fields) is leads
