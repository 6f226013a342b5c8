"""Stories as text and as a page: complete, and harmless whatever strangers wrote."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from mlesmith_env.errors import LedgerError
from mlesmith_generator.trace.commands import trace
from mlesmith_generator.trace.page import render
from mlesmith_generator.trace.reading import story_of
from mlesmith_generator.trace.text import tell
from tests.generator.trace.conftest import MARKUP, SCRIPT, Run, Speaker

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _told(registry: Path, *, full: bool, terminal: bool = False, width: int = 60) -> str:
    out = io.StringIO()
    console = Console(
        file=out,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
        width=width,
        legacy_windows=False,
    )
    tell(story_of(registry, "houses"), console, full=full)
    return out.getvalue()


def test_the_text_tells_everything(registry: Path) -> None:
    told = _told(registry, full=False)
    wanted = [
        "houses: attempt 1, stopped after 12.5 s, 1 task(s): $0.50 are spent",
        "notes.pdf: no table",
        "brainstormer (brainstormer-model), ideas: 3 turn(s), 2 tool call(s)",
        "called read_head",
        "file: houses.csv",
        "idea 1: regression of price, by rmse, holdout random",
        "why 1",
        "round 0: draft houses-price",
        "FAIL  assertions (0.1 s)",
        "target-copy, back to design: price_eur equals",
        "[price_eur]",
        "round 1: draft houses-price",
        "mended: price_eur is left out",
        "designer (designer-model), idea 1, goes on: 2 turn(s), 1 tool call(s)",
        "with: {broken",
        "pass  review by a model (0.1 s)",
        "pass  execution (0.1 s)",
        "reviewer (reviewer-model), houses-price: 1 turn(s), 0 tool call(s)",
        "costs $0.0625 + 1 call(s) of unknown price; 2 call(s) paid for, 1 known before",
        "admitted mlesmith/houses-price-v1 (3.0 s)",
        "round 0: no draft came of it",
        "unjudged by a failure of the provider: the provider timed out",
        "abandoned (1.0 s): the Designer gave up: too few rows",
        "stopped by the budget: $0.50 are spent",
        "tasks: mlesmith/houses-price-v1",
        "costs: $0.3125 + 1 call(s) of unknown price; 3 call(s) paid for, 1 known before",
        "designer (designer-model): unknown;",
    ]
    places = [told.find(each) for each in wanted]
    assert -1 not in places, [each for each, place in zip(wanted, places, strict=True) if place < 0]
    assert places == sorted(places)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("terminal", [False, True])
def test_nothing_that_strangers_wrote_reaches_a_terminal_as_a_command(
    registry: Path, *, full: bool, terminal: bool
) -> None:
    told = _told(registry, full=full, terminal=terminal, width=400)
    assert ("\x1b[" in told) == terminal
    told = _COLOURS.sub("", told)
    assert not _CONTROLS.search(told)
    assert told.count(MARKUP) >= 2
    assert told.count(SCRIPT) >= 2
    assert "\ufffd]0;owned\ufffd\ufffd[31mred" in told


def test_a_terminal_gets_lines_that_fit(registry: Path) -> None:
    lines = _COLOURS.sub("", _told(registry, full=True, terminal=True, width=60)).splitlines()
    assert max(map(len, lines)) <= 60


def test_full_shows_messages_whole(tmp_path: Path) -> None:
    run = Run(tmp_path)
    Speaker(run, "brainstormer", "ideas").ask("Explore." + " so" * 900 + " it is").answer("no")
    run.end()
    short, full = (_told(tmp_path, full=full) for full in (False, True))
    assert "prompt: 21 characters" not in full
    assert "prompt: You are the brainstormer." in full
    assert " so" * 900 in full
    assert "characters left out" in short
    assert " so" * 200 not in short


class _Reader(HTMLParser):
    """Collects a page's tags, addresses and text, and checks that tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for key, value in attrs if key in ("src", "href", "action")]
        assert not [key for key, _ in attrs if key.startswith("on")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_stands_on_its_own_and_shows_scripts_as_text(registry: Path) -> None:
    page = render(story_of(registry, "houses"))
    reader = _Reader()
    reader.feed(page)
    assert reader.open == []
    assert reader.addresses == []
    assert not reader.tags & {"script", "link", "img", "iframe", "a", "base"}
    assert not re.search(r"url\(|@import", page)
    assert not _CONTROLS.search(page)
    text = " ".join(" ".join(reader.words).split())
    for wanted in (
        f"profile {SCRIPT}: 1,300 rows, 9 columns",
        f"price_eur equals {SCRIPT}",
        "brainstormer (brainstormer-model), ideas: 3 turns, 2 tool calls",
        "Idea 1: regression of price, by rmse, holdout random",
        "Mended: price_eur is left out",
        "admitted mlesmith/houses-price-v1 (3.0 s)",
        "unknown",
        "too few rows",
    ):
        assert wanted in text, wanted


def test_the_page_does_without_conversations(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.idea(1)
    run.end("failed", reason="disk full", tasks=0)
    page = render(story_of(tmp_path, "houses"))
    assert "No model was asked" in page
    assert "disk full" in page
    assert "<details class" not in page


def _run(*words: str) -> str:
    app = typer.Typer()
    app.command()(trace)
    done = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_command_prints_text_json_or_writes_the_page(registry: Path, tmp_path: Path) -> None:
    given = ("houses", "--registry", str(registry))
    assert "tasks: mlesmith/houses-price-v1" in _run(*given)
    data = json.loads(_run(*given, "--json"))
    assert data["ideas"][0]["rounds"][1]["mended"] == ["price_eur is left out"]
    assert data["costs"][1]["usd"] is None
    page = tmp_path / "out" / "story.html"
    assert _run(*given, "--page", str(page)) == f"written: {page}\n"
    assert page.read_text() == render(story_of(registry, "houses"))
    with pytest.raises(LedgerError, match="they go from 1 to 1"):
        _run(*given, "--attempt", "2")
