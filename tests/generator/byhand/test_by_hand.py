"""Tasks by hand: the worked example runs, drafts say what is wrong with them, work is kept."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from mlesmith_env.errors import GenerationError, ManifestError
from mlesmith_env.task import Task
from mlesmith_generator.byhand.draft import read_draft
from mlesmith_generator.byhand.scaffold import scaffold
from mlesmith_generator.byhand.sealing import seal_draft
from tests.env.packages import write_houses

DOCS = Path(__file__).parents[3] / "docs" / "by-hand.md"


def _environment(home: Path) -> dict[str, str]:
    shim = home / "bin" / "mlesmith"
    if not shim.exists():
        shim.parent.mkdir()
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mlesmith_env.cli "$@"\n')
        shim.chmod(0o755)
    return {
        **os.environ,
        "MLESMITH_CACHE": str(home / "cache"),
        "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}",
    }


def test_the_worked_example_of_the_documentation_runs(tmp_path: Path):
    blocks = re.findall(r"^```(python|sh)\n(.*?)^```$", DOCS.read_text(), re.M | re.S)
    assert len(blocks) >= 7
    for language, code in blocks:
        named = re.match(r"# (\S+/\S+\.py)\n", code)
        if named:
            assert (tmp_path / named[1]).is_file()
            (tmp_path / named[1]).write_text(code)
            assert len(code.splitlines()) <= 10
            continue
        command = [sys.executable, "-c", code] if language == "python" else ["sh", "-ec", code]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=_environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"
    task = Task.load(tmp_path / "offers" / "tabular" / "flat-offers-v1")
    assert task.manifest.metric.name == "offer_cost"
    assert task.manifest.provenance.planner == "hand"
    assert "offer_cost" in task.description
    sealed = tmp_path / "tasks" / "tabular" / "flat-prices-v1"
    assert {"leaderboard.csv", "verification.json", "quality.json"} <= {
        path.name for path in sealed.iterdir()
    }
    assert len(list((tmp_path / "tasks" / "sources").iterdir())) == 2


@pytest.fixture
def houses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "cache"))
    return write_houses(tmp_path / "raw", rows=300)


def test_labels_with_scripts_pass_the_gates_as_they_are(houses: Path, tmp_path: Path):
    folder = scaffold("houses-sold", str(houses), "sold", output=tmp_path / "d", script=True)
    page = folder / "description.md"
    page.write_text("\n".join(page.read_text().splitlines()[2:]))
    sealed = seal_draft(folder, tmp_path / "tasks")
    assert sealed.directory is not None, [report.defects for report in sealed.reports]
    assert set(Task.load(sealed.directory).scripts) == {"prepare.py", "metric.py"}


def test_a_draft_is_short_and_reads_back_as_it_was_meant(houses: Path, tmp_path: Path):
    folder = scaffold("houses-price", str(houses), "price", output=tmp_path / "d", metric="mae")
    content = read_draft(folder)
    told = yaml.safe_load((folder / "task.yaml").read_text())
    assert "limits" not in told
    assert told["recipe"]["kind"] == "table"
    assert content.draft.metric.name == "mae"
    assert content.draft.recipe.target == "price"
    assert content.source.files[0].path == "houses.csv"


def test_what_is_still_to_do_is_not_sealed(houses: Path, tmp_path: Path):
    folder = scaffold("houses-price", str(houses), "price", output=tmp_path / "d")
    with pytest.raises(GenerationError, match="TODO"):
        seal_draft(folder, tmp_path / "tasks")
    assert not (tmp_path / "tasks").exists()


def test_a_gate_that_finds_a_defect_admits_nothing(houses: Path, tmp_path: Path):
    folder = scaffold("houses-price", str(houses), "price", output=tmp_path / "d")
    (folder / "description.md").write_text("# Houses\n\nPredict the price.\n")
    sealed = seal_draft(folder, tmp_path / "tasks")
    assert sealed.directory is None
    codes = {defect.code for defect in sealed.reports[-1].defects}
    assert "description-incomplete" in codes
    assert not list((tmp_path / "tasks").glob("*/*/task.yaml"))


def test_nobodys_work_is_overwritten(houses: Path, tmp_path: Path):
    folder = scaffold("houses-price", str(houses), "price", output=tmp_path / "d")
    with pytest.raises(ManifestError, match="is there already"):
        scaffold("houses-price", str(houses), "price", output=folder)


@pytest.mark.parametrize(
    ("target", "options", "words"),
    [
        ("pric", {}, "did you mean 'price'"),
        ("price", {"table": "flats"}, "there is no table 'flats'"),
        ("price", {"objective": "binary"}, "classes, not two|has one class"),
        ("price", {"metric": "roc_auc"}, "takes no predictions"),
    ],
)
def test_what_can_not_be_is_told(
    houses: Path, tmp_path: Path, target: str, options: dict[str, str], words: str
):
    with pytest.raises(GenerationError, match=words):
        scaffold("houses-price", str(houses), target, output=tmp_path / "d", **options)
    assert not (tmp_path / "d").exists()


def test_verify_says_that_a_draft_is_to_be_sealed_first(houses: Path, tmp_path: Path):
    folder = scaffold("houses-price", str(houses), "price", output=tmp_path / "houses-price-v1")
    with pytest.raises(ManifestError, match="mlesmith seal"):
        Task.load(folder)


def test_a_mistake_in_the_draft_names_file_and_key(houses: Path, tmp_path: Path):
    folder = scaffold("houses-price", str(houses), "price", output=tmp_path / "d")
    path = folder / "task.yaml"
    path.write_text(path.read_text().replace("objective: regression", "objective: guessing"))
    with pytest.raises(ManifestError, match=r"task\.yaml: objective"):
        read_draft(folder)
