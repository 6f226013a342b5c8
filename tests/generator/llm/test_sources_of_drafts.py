"""Models over every kind of source: what they may look at, and what a draft may be made of."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlesmith_env.errors import MlesmithError
from mlesmith_generator.dataset import open_dataset
from mlesmith_generator.gates.assertions import assertions_gate
from mlesmith_generator.llm.answers import ProposedDraft
from mlesmith_generator.llm.chat import ToolCall
from mlesmith_generator.llm.drafting import candidate_of
from mlesmith_generator.llm.exploring import Explorer
from mlesmith_generator.llm.toolbox import Toolbox, as_json
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.refactor import Names
from tests.generator.llm.drafts import SCRIPT, draft
from tests.generator.llm.provider import Provider, serving
from tests.generator.llm.working import ROWS, planned, workshop_of
from tests.players.good import Good
from tests.players.reading import bare

SECRET = "the-recipe-of-the-monks"


def _file(folder: Path) -> str:
    return str(workshop_of(folder / "brewery") / "brews.csv")


def _archive(folder: Path) -> str:
    table = workshop_of(folder / "brewery") / "brews.csv"
    with zipfile.ZipFile(folder / "beers.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(table, "inner/brews.csv")
    return str(folder / "beers.zip")


def _linked(folder: Path) -> str:
    table = workshop_of(folder / "brewery") / "brews.csv"
    (folder / "brewery" / "store").mkdir()
    shutil.move(table, folder / "brewery" / "store" / "brews.bytes")
    table.symlink_to(Path("store") / "brews.bytes")
    return str(folder / "brewery")


SOURCES: dict[str, tuple[Callable[[Path], str], str]] = {
    "a file": (_file, "brews.csv"),
    "an archive": (_archive, "beers.zip/inner/brews.csv"),
    "a link inside the folder": (_linked, "brews.csv"),
    "a bundled dataset": (lambda _: "sklearn:diabetes", "diabetes.csv"),
}
"""How a source comes about, and the name of its table among the files."""


def _results(provider: Provider) -> str:
    return "\n".join(
        bare(message["content"])
        for body in provider.requests
        for message in body["messages"]
        if message["role"] == "tool"
    )


@pytest.mark.parametrize("kind", sorted(SOURCES))
def test_a_good_model_drafts_from_any_source(kind: str, tmp_path: Path):
    made, name = SOURCES[kind]
    source = made(tmp_path)
    with serving(Good()) as provider, planned(provider, source, tmp_path / "made") as at:
        _, task = at.first()
        assert assertions_gate(task).passed
        verdict = at.planner.review(task)
        assert verdict is not None
        assert verdict.passed, verdict.defects
        assert name in task.manifest.recipe.model_dump_json()
    assert f"{name}  " in _results(provider)
    if not source.startswith("sklearn:"):
        assert f"{ROWS} rows" in _results(provider)


def test_what_is_made_for_a_question_keeps_it(tmp_path: Path):
    source = "synthetic:table-flag:1"
    with serving(Good()) as provider, planned(provider, source, tmp_path / "made") as at:
        _, task = at.first()
        verdict = at.planner.review(task)
        assert verdict is not None
        assert verdict.passed, verdict.defects
        signed = at.planner.signed(task.manifest.provenance)
    assert signed.stages["brainstormer"] == signed.stages["designer"] == "rules"
    assert signed.stages["reviewer"] == "played"


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A dataset with a hidden file, a hidden folder, and links to a file and a folder outside."""
    outside = workshop_of(tmp_path / "outside", extra=SECRET)
    folder = workshop_of(tmp_path / "brewery")
    (folder / "linked.csv").symlink_to(outside / "brews.csv")
    (folder / "cellar").symlink_to(outside)
    shutil.copy(outside / "brews.csv", folder / ".secret")
    (folder / ".kept").mkdir()
    shutil.copy(outside / "brews.csv", folder / ".kept" / "brews.csv")
    return folder


NAMES = (
    "linked.csv", "cellar/brews.csv", ".secret", ".kept/brews.csv", "../outside/brews.csv",
)  # fmt: skip
PROGRAM = """
import os
for folder, folders, names in os.walk("input", followlinks=True):
    print("seen", sorted([*folders, *names]))
for name in {names!r}:
    for path in (os.path.join("input", name), os.path.join({folder!r}, name)):
        try:
            print(open(path).read()[-200:])
        except OSError as error:
            print("kept", type(error).__name__)
"""


def test_tools_show_nothing_hidden_and_nothing_outside(closed: Path):
    with open_dataset(str(closed)) as dataset:
        explorer = Explorer(profile_dataset(dataset.folder, dataset.name), dataset.folder)
        toolbox = Toolbox(explorer.tools())

        def use(name: str, **arguments: Any) -> str:
            return bare(toolbox.call(ToolCall(id="1", name=name, arguments=as_json(arguments))))

        try:
            assert use("list_files").splitlines() == [
                f"brews.csv  {(closed / 'brews.csv').stat().st_size:,} bytes"
            ]
            assert use("read_head", file="brews.csv", lines=1).startswith("sugar,hops")
            for name in (*NAMES, str(closed / ".secret")):
                assert use("read_head", file=name).startswith("error: "), name
            for name in ("cellar", ".kept", "..", "../outside", str(closed)):
                assert use("list_files", folder=name).startswith("error: "), name
            told = use("run_python", code=PROGRAM.format(names=NAMES, folder=str(closed)))
        finally:
            explorer.close()
    assert "seen ['brews.csv']" in told
    assert told.count("kept ") == 2 * len(NAMES)
    assert SECRET not in told


@pytest.mark.parametrize("name", NAMES)
def test_no_recipe_reads_what_is_hidden_or_outside(name: str, closed: Path, tmp_path: Path):
    with pytest.raises(MlesmithError, match=r"is missing|not a relative path"):
        _built(closed, tmp_path, draft(recipe={"reader": {"files": [name]}}))


def test_no_pattern_finds_what_is_hidden_or_outside(closed: Path, tmp_path: Path):
    script = (
        "def prepare(raw, public, private):\n"
        "    found = sorted(p.relative_to(raw).as_posix() for p in raw.rglob('*'))\n"
        "    raise SystemExit(f'found {found}')\n"
    )
    with pytest.raises(MlesmithError, match=r"found \['brews.csv'\]"):
        _built(closed, tmp_path, draft({"recipe": SCRIPT}, prepare_py=script))


def _built(source: Path, workshop: Path, proposed: dict[str, Any]) -> None:
    with open_dataset(str(source)) as dataset:
        profile = profile_dataset(dataset.folder, dataset.name)
        candidate_of(
            ProposedDraft.model_validate(proposed),
            dataset,
            profile,
            Names(workshop, dataset.slug),
            workshop,
            seed=0,
        )
