"""The command line on tasks with scripts, as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import made_scripts
import pytest


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    made_scripts.write_task(home / "registry")
    return home


def mlesmith(home: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    variables = {
        **os.environ,
        "MLESMITH_REGISTRY": str(home / "registry"),
        "MLESMITH_CACHE": str(home / "cache"),
        "COLUMNS": "160",
    }
    command = [sys.executable, "-m", "mlesmith_env.cli", *words]
    return subprocess.run(
        command, env=variables, input=typed, capture_output=True, text=True, check=False, cwd=home
    )


def test_list_and_show_tell_the_metric_of_the_script(home: Path) -> None:
    rows = json.loads(mlesmith(home, "list", "--json", "-w", "dataset=ropes").stdout)
    assert [row["metric"] for row in rows] == ["weighted_cost"]
    assert not (home / "cache").exists()
    shown = mlesmith(home, "show", "rope-load")
    assert shown.returncode == 0, shown.stderr
    assert "weighted_cost" in shown.stdout
    plain = json.loads(mlesmith(home, "show", "rope-load", "--json").stdout)
    assert plain["metric"]["kind"] == plain["recipe"]["kind"] == "script"


def test_prepare_and_run_use_the_scripts(home: Path) -> None:
    made = json.loads(mlesmith(home, "prepare", "rope-load", "--json").stdout)
    assert (Path(made["mlesmith/rope-load-v1"]["public"]) / "train.csv").is_file()
    program = home / "guess.py"
    program.write_text(
        "import pandas as pd\n"
        "test = pd.read_csv('input/test.csv')\n"
        "test['load'] = 3 * test.width + 2\n"
        "test[['id', 'load']].to_csv('submission.csv', index=False)\n"
    )
    played = mlesmith(home, "run", "rope-load", str(program), "--json")
    assert played.returncode == 0, played.stderr
    final = json.loads(played.stdout)
    assert "progress" in json.dumps(final)


def test_a_person_can_play_it(home: Path) -> None:
    played = mlesmith(home, "play", "rope-load", typed=":info metric\n:submit\n")
    assert played.returncode == 0, played.stderr
    assert "Mean cost of the errors" in played.stdout


def test_a_script_that_fails_is_told_without_a_traceback_of_ours(tmp_path: Path) -> None:
    spoilt = made_scripts.PREPARE + "    raise OSError('no ropes')\n"
    made_scripts.write_task(tmp_path / "registry", prepare=spoilt, prepared=made_scripts.UNPREPARED)
    told = mlesmith(tmp_path, "prepare", "rope-load")
    assert told.returncode != 0
    assert "no ropes" in told.stderr
    assert "mlesmith_env/" not in told.stderr
