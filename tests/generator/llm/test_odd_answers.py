"""Drafts of every odd kind: each ends its own idea, with a reason that says what was wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlesmith_env.errors import GenerationError
from mlesmith_env.task import Task
from mlesmith_generator.llm.drafting import slugged
from tests.generator.llm.drafts import CLASSES, SCRIPT, Drafting, draft
from tests.generator.llm.working import attempted, events, generated, workshop_of


@pytest.fixture(scope="module")
def brewery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workshop_of(tmp_path_factory.mktemp("raw") / "brewery")


def _reading(*files: str) -> dict[str, Any]:
    return draft(recipe={"reader": {"files": list(files)}})


_SCRIPTED_METRIC = {
    "kind": "script", "name": "own", "direction": "minimize", "perfect": 0, "range": [0, None],
    "kinds": ["number"], "summary": "An error.", "formula": "mean(|y - p|)",
}  # fmt: skip
_DEEP = "[" * 100_000 + "]" * 100_000
_NESTED: Any = json.loads("[" * 200 + "]" * 200)
ODD: dict[str, tuple[dict[str, Any] | str, str]] = {
    "a file that there is not": (_reading("none.csv"), "'none.csv' is missing"),
    "a file above": (_reading("../brews.csv"), "not a relative path inside the dataset"),
    "an absolute path": (_reading("/etc/passwd"), "not a relative path inside the dataset"),
    "a path with a zero": (_reading("a\0b.csv"), "not a relative path inside the dataset"),
    "a pattern that climbs": (
        draft(recipe={"reader": {"format": "files", "files": ["../*"]}, "target": "file"}),
        "not a pattern of relative paths",
    ),
    "a kind of recipe that there is not": (draft(recipe={"kind": "magic"}), "'magic'"),
    "an op that there is not": (draft(recipe={"transforms": [{"op": "conjure"}]}), "'conjure'"),
    "a transform of no column": (
        draft(recipe={"transforms": [{"op": "drop", "columns": ["malt"]}]}), "malt",
    ),
    "a target that is no column": (
        draft(recipe={"target": "malt"}, submission={"columns": ["malt"]}), "malt",
    ),
    "classes twice": (
        draft(CLASSES, submission={"classes": ["good", "good"]}), "'good' stands twice",
    ),
    "classes of other data": (
        draft(CLASSES, submission={"classes": ["fine", "poor"]}), "fine",
    ),
    "a parameter that is no number": (
        draft(metric={"name": "pinball", "params": {"alpha": float("nan")}}), "alpha",
    ),
    "an endless parameter": (
        draft(metric={"name": "pinball", "params": {"alpha": float("inf")}}), "alpha",
    ),
    "a huge parameter": (
        draft(metric={"name": "pinball", "params": {"alpha": 10**400}}), "alpha",
    ),
    "a metric that there is not": (draft(metric={"name": "luck", "params": {}}), "luck"),
    "a prediction that does not fit": (
        draft(submission={"kind": "label"}), "a regression task asks for number",
    ),
    "a metric that takes something else": (
        draft(metric={"name": "accuracy", "params": {}}), "accuracy takes",
    ),
    "a name without letters": (draft(slug="!/?*"), "no name for a task"),
    "a long page": (draft(description="word " * 4000), "description"),
    "a page that is too long": (draft(description="x" * 20_001), "at most 20000 characters"),
    "a page with a zero": (draft(description="# Brews\0\n\nAll of it."), "description"),
    "half characters in the page": (draft(description="# Brews \ud83c\n\nAll."), "description"),
    "half characters in the title": (draft(title="Brews \udfff"), "title"),
    "a script that is no Python": (
        draft({"recipe": SCRIPT}, prepare_py="def prepare(raw, public:"), "SyntaxError",
    ),
    "a script without prepare": (draft({"recipe": SCRIPT}, prepare_py="x = 1\n"), "prepare"),
    "a script that is not declared": (draft(prepare_py="x = 1\n"), "declares no script"),
    "a metric without evaluate": (
        draft({"metric": _SCRIPTED_METRIC}, metric_py="x = 1\n"), "evaluate",
    ),
    "a nested transform": (draft(recipe={"transforms": [{"op": _NESTED}]}), "op"),
    "nested without end": (
        json.dumps(draft(recipe={"deep": "DEEP"})).replace('"DEEP"', _DEEP),
        "does not follow the schema",
    ),
}  # fmt: skip
"""A first answer of the Designer, and a few words of what it has to be told."""


@pytest.mark.parametrize("name", sorted(ODD))
def test_an_odd_draft_ends_its_idea_and_says_why(name: str, brewery: Path, tmp_path: Path):
    odd, told = ODD[name]
    content = odd if isinstance(odd, str) else json.dumps(odd)
    result, _ = attempted(Drafting(content), brewery, tmp_path / "made")
    assert result.tasks == ()
    assert not list((tmp_path / "made").glob("*/*-v1"))
    (abandoned,) = events(tmp_path / "made", "abandoned")
    assert " gave up: I was told: " in abandoned["reason"]
    assert told in abandoned["reason"]
    assert not events(tmp_path / "made", "provider-failure", "unjudged", "failed")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("brews-price", "brews-price"),
        ("  Brews & Prices!  ", "brews-prices"),
        ("../../etc/passwd", "etc-passwd"),
        ("Bières: prix\0\ud83c", "bi-res-prix"),
        ("brews-v2-v3", "brews"),
        ("a" * 5000, "a" * 70),
        ("a" * 67 + "-v12", "a" * 67),
    ],
)
def test_names_become_slugs(text: str, slug: str):
    assert slugged(text) == slug


@pytest.mark.parametrize("text", ["", " ", "ß", "\0"])
def test_what_holds_no_word_is_no_name(text: str):
    with pytest.raises(GenerationError, match="is no name for a task"):
        slugged(text)


def test_an_odd_draft_takes_nothing_from_the_next_idea(brewery: Path, tmp_path: Path):
    odd = json.dumps(draft(title="Brews \udfff"))
    summary, _ = generated(Drafting(odd), brewery, tmp_path / "made", ideas=2)
    assert (summary["ideas"], summary["tasks"], summary["failed"]) == (2, 1, [])
    (abandoned,) = events(tmp_path / "made", "abandoned")
    assert abandoned["idea"] == 1
    (path,) = (tmp_path / "made").glob("*/*-v1")
    assert Task.load(path).manifest.recipe.target == "quality"
