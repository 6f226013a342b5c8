"""The command line, as a process: what it prints, how it exits, what it says when wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.env.packages import write_task

VERBS = "generate verify list show play run prepare cache doctor demo new seal registry".split()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    write_task(home / "registry")
    return home


def mlesmith(home: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "MLESMITH_REGISTRY": str(home / "registry"),
        "MLESMITH_CACHE": str(home / "cache"),
        "COLUMNS": "160",
    }
    return subprocess.run(
        [sys.executable, "-m", "mlesmith_env.cli", *words],
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        cwd=home,
    )


_ALL_HELP = """
import sys
from mlesmith_env.cli.app import main
for verb in sys.argv[1:]:
    print(end=chr(12))
    sys.argv = ["mlesmith", verb, "--help"]
    try:
        main()
    except SystemExit as end:
        print("exit", end.code)
"""


def test_help_names_every_verb_and_every_verb_shows_an_example(home: Path):
    shown = mlesmith(home, "--help")
    assert shown.returncode == 0
    for verb in VERBS:
        assert verb in shown.stdout
    verbs = [verb for verb in VERBS if verb != "cache"]
    # One process for all of them: a second each is saved.
    told = subprocess.run(
        [sys.executable, "-c", _ALL_HELP, *verbs], capture_output=True, text=True, check=True
    ).stdout.split("\f")[1:]
    assert len(told) == len(verbs)
    for verb, text in zip(verbs, told, strict=True):
        assert f"mlesmith {verb}" in text
        assert "Example" in text
        assert text.endswith("exit 0\n")


def test_list_sorts_and_filters_by_quality(home: Path):
    rows = json.loads(mlesmith(home, "list", "--json", "--sort", "-rows").stdout)
    counts = [row["rows"] for row in rows]
    assert counts == sorted(counts, reverse=True)
    none = mlesmith(home, "list", "--json", "-w", "dataset=houses", "-w", "min_headroom=0.5")
    assert json.loads(none.stdout) == []
    wrong = mlesmith(home, "list", "--sort", "beauty")
    assert wrong.returncode == 1
    assert "--sort takes a column" in wrong.stderr


def test_list_as_a_table_and_as_json(home: Path):
    table = mlesmith(home, "list", "-w", "dataset=houses")
    assert table.returncode == 0
    assert "mlesmith/houses-price-v1" in table.stdout
    rows = json.loads(mlesmith(home, "list", "--json", "-w", "dataset=houses").stdout)
    assert [row["id"] for row in rows] == ["mlesmith/houses-price-v1"]
    assert rows[0]["available"] is True


def test_show_prints_the_page_or_the_manifest(home: Path):
    assert "Predict" in mlesmith(home, "show", "houses-price").stdout
    manifest = json.loads(mlesmith(home, "show", "houses-price", "--json").stdout)
    assert manifest["metric"]["name"] == "rmse"


def test_prepare_prints_where_the_data_are(home: Path):
    made = json.loads(mlesmith(home, "prepare", "houses-price", "--json").stdout)
    public = Path(made["mlesmith/houses-price-v1"]["public"])
    assert (public / "train.csv").is_file()
    assert "houses-price-v1" in mlesmith(home, "cache", "list").stdout
    pruned = mlesmith(home, "cache", "prune")
    assert pruned.returncode == 0
    assert not public.exists()


def test_an_error_is_one_line_without_a_traceback_and_with_one_under_debug(home: Path):
    plain = mlesmith(home, "show", "house-price")
    assert plain.returncode == 1
    assert "did you mean 'houses-price'" in plain.stderr
    assert "Traceback" not in plain.stderr
    assert "Traceback" in mlesmith(home, "show", "house-price", "--debug").stderr


def test_a_wrong_command_line_exits_with_2(home: Path):
    assert mlesmith(home, "lsit").returncode == 2
    assert mlesmith(home, "list", "--nonsense").returncode == 2


def test_run_with_the_scripted_agent_settles_the_episode(home: Path):
    done = mlesmith(home, "run", "houses-price", "--json", "--log-dir", str(home / "log"))
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["final"]["valid"]
    assert result["final"]["progress"] > 0.5
    assert result["return"] == pytest.approx(max(0.0, result["final"]["progress"]))
    assert list((home / "log").rglob("*.jsonl"))


def test_run_with_a_program_and_with_an_agent_of_ones_own(home: Path):
    program = home / "solution.py"
    program.write_text(
        "import csv\n"
        "rows = list(csv.DictReader(open('input/test.csv', encoding='utf-8')))\n"
        "with open('submission.csv', 'w') as file:\n"
        "    file.write('id,price\\n')\n"
        "    for row in rows:\n"
        "        price = 2 * float(row['area']) + 15 * float(row['rooms'])\n"
        "        file.write(f\"{row['id']},{price}\\n\")\n"
    )
    done = mlesmith(home, "run", "houses-price", str(program), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["final"]["progress"] > 0.9
    agent = home / "agent.py"
    agent.write_text(
        "def make_agent(task):\n    return Quitter()\n\nclass Quitter:\n"
        "    def act(self, observation, info):\n"
        "        return {'kind': 'submit', 'content': ''}\n"
    )
    quitted = mlesmith(home, "run", "houses-price", "--agent", str(agent), "--json")
    assert quitted.returncode == 1
    assert json.loads(quitted.stdout)["final"]["valid"] is False


def test_play_reads_from_the_terminal(home: Path):
    typed = (
        ":info metric\n"
        "import shutil\n"
        "shutil.copy('input/sample_submission.csv', 'submission.csv')\n"
        ".\n"
        ":nonsense\n"
        ":submit\n"
    )
    done = mlesmith(home, "play", "houses-price", typed=typed)
    assert done.returncode == 0, done.stderr
    assert "private score" in done.stdout
    assert "there is no :nonsense" in done.stdout


def test_play_left_by_end_of_input_says_so(home: Path):
    done = mlesmith(home, "play", "houses-price", typed="")
    assert done.returncode == 1
    assert "without settling" in done.stdout


def test_doctor_reports_and_exits_by_what_it_found(home: Path):
    done = mlesmith(home, "doctor", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == (0 if report["usable"] else 1)
    assert {"landlock", "seccomp"} <= {f["name"].lower().split()[0] for f in report["findings"]}
