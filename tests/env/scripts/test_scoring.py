from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import made_scripts
import numpy as np
import pandas as pd
import pytest

from mlesmith_env.errors import MetricError, SandboxUnavailableError
from mlesmith_env.task import Task

Make = Callable[..., Task]


def evaluating(body: str, before: str = "") -> str:
    return f"{before}\ndef evaluate(submission, answers):\n{textwrap.indent(body, '    ')}\n"


def off_by(task: Task, error: float) -> pd.DataFrame:
    """The answers, all of them too low by an error."""
    frame = task.grader.perfect_submission()
    return frame.assign(load=frame["load"] - error)


def test_the_script_scores_each_part_by_its_own_rows(make_task: Make) -> None:
    task = make_task()
    grader, frame = task.grader, off_by(task, 1.5)
    assert grader.scores(frame) == {"public": pytest.approx(1.5), "private": pytest.approx(1.5)}
    grade = task.grade(frame, "private")
    assert grade.valid
    assert grade.progress == pytest.approx((1.5 - made_scripts.FLOOR) / (2.0 - made_scripts.FLOOR))


def test_it_sees_the_rows_of_one_part_without_usage_and_the_checked_submission(
    make_task: Make,
) -> None:
    body = """\
assert list(submission.columns) == ["id", "load"], submission.columns
assert list(answers.columns) == ["id", "load", "weight"], answers.columns
assert list(submission["id"]) == list(answers["id"])
assert answers["load"].dtype == float and submission["load"].dtype == float
assert answers["weight"].dtype.kind == "i"
return float(len(answers))
"""
    task = make_task(metric=evaluating(body))
    shuffled = task.grader.perfect_submission().sample(frac=1, random_state=1)
    scores = task.grader.scores(shuffled)
    counts = {part: float(task.grader.mask(part).sum()) for part in ("public", "private")}
    assert scores == counts


def test_labels_and_probabilities_arrive_as_text_and_numbers(make_task: Make) -> None:
    body = """\
assert set(answers["kind"]) == {"NA", "nylon"}, answers
return float(((answers["kind"] == "nylon") == (submission["kind"] > 0.5)).mean())
"""
    prepare = made_scripts.PREPARE.replace('row["load"]', 'row["kind"].replace("hemp", "NA")')
    prepare = prepare.replace('"kind": row["kind"]', '"load": row["load"]').replace(
        '"load": row["kind"]', '"kind": row["kind"]'
    )
    from mlesmith_env.manifest import SubmissionForm

    form = SubmissionForm(columns=("kind",), kind="probability", classes=("NA", "nylon"), rows=1)
    declared = made_scripts.DECLARED.model_copy(
        update={
            "kinds": ("probability",),
            "direction": "maximize",
            "perfect": 1.0,
            "range": (0.0, 1.0),
        }
    )
    recipe = made_scripts.RECIPE.model_copy(update={"target": "kind"})
    task = make_task(
        metric=evaluating(body),
        prepare=prepare.replace('"load": "10.0"', '"kind": "0.5"'),
        declared=declared,
        recipe=recipe,
        submission=form,
        objective="binary",
    )
    assert task.grade(task.grader.perfect_submission()).score == 1.0


def test_what_is_no_valid_submission_never_reaches_the_script(make_task: Make) -> None:
    task = make_task(metric=evaluating("raise SystemExit('reached')"))
    frame = task.grader.perfect_submission()
    for spoilt in (frame.iloc[1:], frame.assign(load="abc"), frame.assign(load=np.nan)):
        assert not task.grade(spoilt).valid


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return float('nan')", "nan, not a finite"),
        ("return float('inf')", "inf, not a finite"),
        ("return '0.5'", "returned a str"),
        ("return None", "returned a NoneType"),
        ("return True", "returned a bool"),
        ("return answers['load'] * 0", "returned a Series"),
        ("return -1.0", r"-1\.0, outside its declared range from 0 to ∞"),
        ("raise KeyError('no such column')", "raised KeyError"),
        ("import os\nos._exit(7)", "exit code 7"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "killed"),
        ("import os\nos._exit(0)", "without a result"),
        ("import subprocess\nsubprocess.Popen(['sleep', '60'])", "raised PermissionError"),
        ("import os\nos.fork()", "raised PermissionError"),
        ("open('../../made', 'w')", "raised PermissionError"),
        ("return bytearray(900_000_000)[0] / 1", "MemoryError|out of memory"),
    ],
)
def test_what_is_no_score_is_a_fault_of_the_task(make_task: Make, body: str, words: str) -> None:
    small = made_scripts.DECLARED.model_copy(update={"memory_bytes": 400 * 1024**2})
    task = make_task(metric=evaluating(body), declared=small)
    with pytest.raises(MetricError, match=words) as raised:
        task.grade(task.grader.perfect_submission())
    assert "the task's fault" in str(raised.value)


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ("import time\nwhile True: time.sleep(1)", "took too long"),
        (evaluating("while True: pass"), "took too long"),
        ("def evaluate(:", "SyntaxError"),
        ("x = 1", "no function evaluate"),
        (evaluating("print('x' * 5_000_000)\nreturn 0.0"), "too much"),
    ],
)
def test_a_script_that_gives_nothing_is_a_fault_of_the_task(
    make_task: Make, metric: str, words: str
) -> None:
    quick = made_scripts.DECLARED.model_copy(update={"timeout_s": 1.5})
    task = make_task(metric=metric, declared=quick)
    with pytest.raises(MetricError, match=words):
        task.grade(task.grader.perfect_submission())


def test_a_score_within_rounding_of_its_bound_is_put_on_it(make_task: Make) -> None:
    task = make_task(metric=evaluating("return -1e-12"))
    assert task.grade(task.grader.perfect_submission()).score == 0.0


def test_a_good_score_after_a_bad_one_comes_from_a_clean_sandbox(make_task: Make) -> None:
    body = """\
import os, pathlib
for place in (pathlib.Path("mark"), pathlib.Path.home() / "mark", pathlib.Path(os.environ["TMPDIR"]) / "mark"):
    assert not place.exists(), place
    place.write_text("x")
import builtins
assert not hasattr(builtins, "mark")
builtins.mark = True
if submission["load"].iloc[0] > 900:
    raise ValueError("bad")
return 0.0
"""  # noqa: E501
    task = make_task(metric=evaluating(body))
    perfect = task.grader.perfect_submission()
    assert task.grade(perfect).score == 0.0
    with pytest.raises(MetricError, match="ValueError"):
        task.grade(perfect.assign(load=1000.0))
    assert task.grade(perfect).score == 0.0


def test_the_script_reaches_nothing_of_the_host(
    make_task: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    other = tmp_path / "cache" / "entries" / "other" / "private" / "answers.csv"
    other.parent.mkdir(parents=True)
    other.write_text("id,y\n1,2\n")
    with socket.create_server(("127.0.0.1", 0)) as server:
        body = f"""\
import os, socket
for path in {[str(secret), str(other), str(tmp_path), "/etc/shadow", "/root"]!r}:
    try:
        os.listdir(path) if os.path.isdir(path) else open(path).read()
    except OSError:
        continue
    return "could read " + path
if any("secret" in value for value in os.environ.values()):
    return "found a key"
try:
    socket.create_connection(("127.0.0.1", {server.getsockname()[1]}), timeout=5)
except OSError:
    pass
else:
    return "reached the network"
try:
    open("input/answers.csv", "a").write("x")
except OSError:
    return 0.0
return "changed the answers"
"""
        task = make_task(metric=evaluating(body))
        assert task.grade(task.grader.perfect_submission()).score == 0.0


def test_many_cases_are_scored_at_once_and_one_without_a_score_is_nan(make_task: Make) -> None:
    body = """\
if submission["load"].iloc[0] == 77:
    raise ValueError("not this one")
assert answers["id"].is_unique and list(answers["id"]) == list(submission["id"])
return float((submission["load"] - answers["load"]).abs().mean())
"""
    grader = make_task(metric=evaluating(body)).grader
    truth = grader.truth()
    drawn = np.array([0, 0, 3, 5, 5, 5])
    cases = [(drawn, truth[drawn] + 2.0), (drawn, np.full(6, 77.0)), (drawn[:2], truth[drawn[:2]])]
    scores = grader.score_cases(cases)
    assert scores[[0, 2]] == pytest.approx([2.0, 0.0])
    assert np.isnan(scores[1])


def test_one_grader_serves_several_threads(make_task: Make) -> None:
    task = make_task()
    frames = [off_by(task, error) for error in (1.0, 2.0, 3.0, 4.0)]
    found: dict[int, float | None] = {}

    def work(number: int) -> None:
        for _ in range(3):
            found[number] = task.grade(frames[number]).score

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(4)] == pytest.approx([1.0, 2.0, 3.0, 4.0])


def _folders() -> set[str]:
    import tempfile

    return {path.name for path in Path(tempfile.gettempdir()).glob("mlesmith-sandbox-*")}


def test_nothing_is_left_when_the_task_is_closed_and_it_works_again_after(make_task: Make) -> None:
    task = make_task()
    before = _folders()
    perfect = task.grader.perfect_submission()
    for _ in range(2):
        assert task.grade(perfect).score == 0.0
        box = task.grader.scorer._box
        assert box is not None
        place, own = box.input.parent, {box.input.parent.name, box.workspace.parent.name}
        assert own <= _folders()
        assert not any((place / "outputs").glob("*"))
        task.close()
        assert not own & _folders()
        task.close()
    assert not {name for name in _folders() & before if not name}


def test_a_task_that_is_forgotten_takes_its_sandbox_with_it(root: Path) -> None:
    task = Task.load(made_scripts.write_task(root))
    assert task.grade(task.grader.perfect_submission()).score == 0.0
    box = task.grader.scorer._box
    own = {box.input.parent.name, box.workspace.parent.name}
    del task, box
    gc.collect()
    assert not own & _folders()


def test_a_sandbox_that_was_lost_is_replaced(make_task: Make) -> None:
    task = make_task()
    perfect = task.grader.perfect_submission()
    assert task.grade(perfect).score == 0.0
    server = task.grader.scorer._box._sandbox._server
    server.connection.end()
    assert task.grade(perfect).score == 0.0


@pytest.mark.parametrize("way", ["exit", "kill"])
def test_a_process_that_ends_without_closing_leaves_no_answers_behind(
    root: Path, tmp_path: Path, way: str
) -> None:
    folder = made_scripts.write_task(root)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    code = f"""\
import sys, time
from pathlib import Path
from mlesmith_env.task import Task
task = Task.load(Path({str(folder)!r}))
print(task.grade(task.grader.perfect_submission()).score, flush=True)
{"time.sleep(600)" if way == "kill" else ""}
"""
    variables = {**os.environ, "TMPDIR": str(temporary)}
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=variables
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "0.0\n"
    if way == "kill":
        process.send_signal(signal.SIGKILL)
        process.wait()
        # The next process that makes a sandbox takes away what the dead one left.
        again = "from mlesmith_env.sandbox.workspace import remove_abandoned; remove_abandoned()"
        subprocess.run([sys.executable, "-c", again], env=variables, check=True)
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 30
    while any(temporary.rglob("answers.csv")) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not list(temporary.glob("mlesmith-sandbox-*"))


def test_a_script_is_never_run_where_it_can_not_be_confined(
    make_task: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = make_task()
    perfect = task.grader.perfect_submission()
    monkeypatch.setattr("mlesmith_env.sandbox.process.LocalSandbox._newest_abi", lambda _: 0)
    with pytest.raises(SandboxUnavailableError, match=r"metric\.py of a task runs only confined"):
        task.grade(perfect)
