from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path

import made_scripts
import pytest

from mlesmith_env.errors import ChecksumError, SandboxUnavailableError, ScriptError
from mlesmith_env.sandbox.inside import landlock
from mlesmith_env.scripts.preparation import Circumstances
from mlesmith_env.task import Task

Make = Callable[..., Task]


def spoilt(code: str, before: str = "") -> str:
    """The good script with lines at the end of `prepare`."""
    lines = "".join(f"    {line}\n" for line in code.splitlines())
    return f"{before}\n{made_scripts.PREPARE}{lines}"


def test_a_script_gives_the_pinned_files_and_the_description_is_ours(make_task: Make) -> None:
    prepared = make_task().prepare()
    assert (prepared.public_dir / "description.md").read_text() == made_scripts.PAGE
    assert sorted(path.name for path in prepared.public_dir.iterdir()) == [
        "description.md", "sample_submission.csv", "test.csv", "train.csv",
    ]  # fmt: skip
    assert (prepared.private_dir / "answers.csv").read_text().startswith("id,load,weight,Usage\n")


def test_a_script_may_give_more_public_files_in_folders(make_task: Make) -> None:
    code = "(public / 'maps').mkdir()\n(public / 'maps' / 'a.txt').write_text('north')"
    prepared = make_task(prepare=spoilt(code)).prepare()
    assert (prepared.public_dir / "maps" / "a.txt").read_text() == "north"


def test_twice_gives_the_same_bytes_under_another_hash_seed_and_date(
    make_task: Make, tmp_path: Path
) -> None:
    task = make_task()
    again = task.make(tmp_path / "again", Circumstances(hash_seed=4711, shift_s=4e7))
    assert again == dict(task.manifest.prepared)


@pytest.mark.parametrize(
    "code",
    [
        "(public / 'x.txt').write_text(' '.join({'ant', 'bee', 'cow', 'dog', 'emu', 'fox'}))",
        "import datetime\n(public / 'x.txt').write_text(str(datetime.date.today().year))",
        "from datetime import datetime as d\n(public / 'x.txt').write_text(str(d.now().year))",
        "import time\n(public / 'x.txt').write_text(time.strftime('%Y'))",
    ],
    ids=["hash-order", "date", "datetime", "strftime"],
)
def test_another_hash_seed_or_date_shows_what_depends_on_it(
    make_task: Make, tmp_path: Path, code: str
) -> None:
    task = make_task(prepare=spoilt(code))
    again = task.make(tmp_path / "again", Circumstances(hash_seed=4711, shift_s=4e7))
    assert again != dict(task.manifest.prepared)


def test_a_script_with_randomness_of_its_own_is_not_the_pinned_one(make_task: Make) -> None:
    task = make_task(prepare=spoilt("import os\n(public / 'x').write_bytes(os.urandom(9))"))
    with pytest.raises(ChecksumError, match=r"public/x.*not deterministic"):
        task.prepare()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("p = public / 'train.csv'\np.unlink()\np.symlink_to('/etc/passwd')", "a link"),
        ("(public / 'l').symlink_to('.')", "a link"),
        ("import os; os.mkfifo(public / 'pipe')", "no plain file"),
        ("import os; os.link(public / 'train.csv', public / 'again.csv')", "hard link"),
        ("(public / 'description.md').write_text('mine')", "description"),
        ("import shutil; shutil.rmtree(private)", "removed private/"),
        ("import shutil; shutil.rmtree(private); private.write_text('x')", "place of private/"),
        ("import shutil; shutil.rmtree(private); private.symlink_to('/etc')", "place of private/"),
        ("for k in range(50_001): open(public / f'{k}', 'w').close()", "more than 50,000 files"),
        ("p = public\nfor _ in range(12): p = p / 'd'; p.mkdir()", "too deep"),
        ("(public / 'a\\nb').write_text('')", "bad name"),
        ("for k in 'ab':\n  open(public / k, 'wb').truncate(1_500_000)", "output_bytes"),
        ("raise KeyError('rows')", "KeyError"),
        ("import os; os._exit(3)", "exit code 3"),
    ],
)  # fmt: skip
def test_what_a_script_leaves_is_taken_with_suspicion(
    make_task: Make, code: str, words: str
) -> None:
    recipe = made_scripts.RECIPE.model_copy(update={"output_bytes": 2_000_000})
    task = make_task(prepare=spoilt(code), prepared=made_scripts.UNPREPARED, recipe=recipe)
    with pytest.raises(ScriptError, match=re.escape(words)):
        task.prepare()
    assert not list(Path(task.registry_root or "").parent.glob("cache/entries/*"))


@pytest.mark.parametrize(
    ("code", "words", "limits"),
    [
        ("import time; time.sleep(600)", "took too long", {"timeout_s": 1.5}),
        ("x = bytearray(900_000_000)", "out of memory", {"memory_bytes": 400 * 1024**2}),
        (
            "with open(public / 'big', 'wb') as f:\n    while True: f.write(bytes(1 << 20))",
            "failed|too much",
            {"output_bytes": 5_000_000},
        ),
        ("while True: print('x' * 100_000)", "too much", {}),
        ("import os\nwhile True: os.fork()", "failed|killed|too long", {"timeout_s": 5.0}),
    ],
    ids=["time", "memory", "disk", "output", "processes"],
)
def test_a_script_is_bounded(make_task: Make, code: str, words: str, limits: dict) -> None:
    recipe = made_scripts.RECIPE.model_copy(update=limits)
    with pytest.raises(ScriptError, match=words):
        make_task(prepare=spoilt(code), prepared=made_scripts.UNPREPARED, recipe=recipe).prepare()


def test_a_script_reads_its_raw_files_and_nothing_else_of_the_host(
    make_task: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    other = tmp_path / "cache" / "entries" / "other" / "private" / "answers.csv"
    other.parent.mkdir(parents=True)
    other.write_text("id,y\n1,2\n")
    raw = tmp_path / "raw" / "ropes.csv"
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = f"""\
import os, socket
for path in {[str(secret), str(other), str(raw), str(tmp_path), "/etc/shadow", "/root"]!r}:
    try:
        os.listdir(path) if os.path.isdir(path) else open(path).read()
    except OSError:
        continue
    raise SystemExit(f"could read {{path}}")
if any("secret" in value for value in os.environ.values()):
    raise SystemExit("found a key")
try:
    socket.create_connection(("127.0.0.1", {server.getsockname()[1]}), timeout=5)
except OSError:
    pass
else:
    raise SystemExit("reached the network")
for path in ({str(tmp_path / "made.txt")!r}, str(raw / "ropes.csv"), "input/prepare.py"):
    try:
        open(path, "a").write("x")
    except OSError:
        continue
    raise SystemExit(f"could write {{path}}")
(public / "done.txt").write_text("done")
"""
        prepared = make_task(prepare=spoilt(code)).prepare()
    assert (prepared.public_dir / "done.txt").read_text() == "done"
    assert not (tmp_path / "made.txt").exists()


def test_a_process_that_a_script_leaves_behind_is_dead_before_its_files_are_taken(
    make_task: Make,
) -> None:
    code = """\
import subprocess, sys
more = "import time\\nwhile True: open('public/late.txt', 'w').write('x'); time.sleep(0.01)"
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(2);" + more], start_new_session=True)
"""  # noqa: E501
    task = make_task(prepare=spoilt(code))
    assert "public/late.txt" not in task.manifest.prepared


def test_a_script_is_never_run_where_it_can_not_be_confined(
    make_task: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlesmith_env.sandbox.process.NEWEST_ABI", 0)
    monkeypatch.setattr(landlock, "NEWEST_ABI", 0)
    monkeypatch.setattr("mlesmith_env.sandbox.process.LocalSandbox._newest_abi", lambda _: 0)
    with pytest.raises(SandboxUnavailableError, match=r"prepare\.py of a task runs only confined"):
        make_task()
