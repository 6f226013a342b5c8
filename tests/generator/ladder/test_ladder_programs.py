"""The reference programs run on every kind of task and on tables as they are found."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import made_tasks
import numpy as np
import pandas as pd
import pytest

from mlesmith_env.manifest import PredictionKind
from mlesmith_env.metrics import get_metric
from mlesmith_env.recipes.model import Holdout
from mlesmith_env.sandbox import SandboxSpec, make_sandbox
from mlesmith_env.task import Task
from mlesmith_generator.ladder import LadderResult, Rung, ladder_for, run_ladder


def messy(rows: int = 260) -> tuple[pd.DataFrame, np.ndarray]:
    """A table with everything that real ones have, and a number that some of it explains."""
    draws = np.random.default_rng(11)
    days = pd.date_range("2001-01-01", periods=rows, freq="D")
    words = ["good", "bad", "ugly", "日本語", "übel", "fine", "a", "the"]
    frame = pd.DataFrame(
        {
            'größe, "in m"': draws.normal(size=rows),
            "价格": draws.lognormal(3, 2, rows).round(2),
            "when": days.strftime("%m/%d/%Y"),
            "stamp": days.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "user": [f"u{number % 90:05d}" for number in range(rows)],
            "city": draws.choice([f"stadt {number}" for number in range(60)], rows),
            "review": [" ".join(draws.choice(words, draws.integers(1, 30))) for _ in range(rows)],
            "flag": draws.choice([True, False], rows),
            "empty": [None] * rows,
            "const": ["x"] * rows,
            "mixed": [str(value) if value > 0.5 else "low" for value in draws.random(rows)],
            "money": [f"$ {value:,.2f}" for value in draws.lognormal(8, 1, rows)],
            "huge": draws.choice([1e300, -1e300, 1.0], rows),
            "endless": draws.choice(["inf", "-inf", "3"], rows),
            "yn": draws.choice(["ja", "nein"], rows),
        }
    )
    signal = frame.iloc[:, 0] * 2 + (frame["yn"] == "ja") * 1.5 + np.log(frame["价格"])
    answer = np.asarray(signal + draws.normal(size=rows) * 0.3)
    return frame.mask(draws.random(frame.shape) < 0.4), answer


def targets(answer: np.ndarray, kind: PredictionKind) -> list[object]:
    if kind == "number":
        return list(np.exp(answer / 3).round(4))
    if kind == "probability":
        return list(np.where(answer > np.quantile(answer, 0.7), "oui, é", "non"))
    edges = np.quantile(answer, [0.04, 0.3, 0.6, 0.9])
    return [f"stufe {code}" for code in np.searchsorted(edges, answer)]


@pytest.mark.parametrize(
    ("kind", "metric"),
    [
        ("number", "rmsle"),
        ("number", "pinball"),
        ("probability", "log_loss"),
        ("probabilities", "log_loss"),
        ("label", "quadratic_kappa"),
    ],
)
def test_every_rung_works_on_a_messy_table(
    tmp_path: Path, kind: PredictionKind, metric: str
) -> None:
    frame, answer = messy()
    frame["ziel 'q'"] = targets(answer, kind)
    task = made_tasks.write_task(tmp_path / "task", frame, "ziel 'q'", kind, metric)
    ladder = run_ladder(task, sandbox="subprocess")
    assert {rung.name: rung.error for rung in ladder.rungs if not rung.worked} == {}
    best = ladder.ceiling_rung("private")
    assert not best.trivial
    assert ladder.gap("private") > 0


def test_a_table_of_texts_alone_is_read(tmp_path: Path) -> None:
    draws = np.random.default_rng(2)
    positive = draws.integers(0, 2, 240)
    words = [f"w{number}" for number in range(300)]
    texts = [
        ("great film " if one else "awful film ") + " ".join(draws.choice(words, 8))
        for one in positive
    ]
    frame = pd.DataFrame({"x": texts, "y": np.where(positive == 1, "p", "n")})
    task = made_tasks.write_task(tmp_path / "task", frame, "y", "label", "f1")
    ladder = run_ladder(task, sandbox="subprocess")
    assert {rung.name: rung.error for rung in ladder.rungs if not rung.worked} == {}
    linear, column_alone = ladder.rung("linear"), ladder.rung("best_column")
    assert linear is not None
    assert column_alone is not None
    assert linear.scores["private"] > column_alone.scores["private"]


@pytest.mark.parametrize(("flipped", "most"), [(0.0, 0.02), (0.35, 0.85)])
def test_texts_are_read_as_closely_as_suits_them(
    tmp_path: Path, flipped: float, most: float
) -> None:
    """Where a word decides, the model is sure of it; where labels are noisy, of nothing."""
    draws = np.random.default_rng(2)
    spam = draws.integers(0, 2, 400)
    words = [f"w{number}" for number in range(60)]
    texts = [("prize " if one else "lunch ") + " ".join(draws.choice(words, 9)) for one in spam]
    noisy = np.where(draws.random(400) < flipped, 1 - spam, spam)
    frame = pd.DataFrame({"x": texts, "y": np.where(noisy == 1, "p", "n")})
    task = made_tasks.write_task(tmp_path / "task", frame, "y", "probability", "log_loss")
    manifest = task.manifest.model_copy(update={"modality": "text"})
    rung = next(rung for rung in ladder_for(manifest) if rung.name == "words_and_letters")
    public = _copy(task.prepare().public_dir, tmp_path / "alone")
    list(run_alone([rung], public))
    told = task.grader.predictions(tmp_path / "alone" / "words_and_letters.csv")
    assert task.grader.score_predictions(told) < most


def test_a_table_that_says_nothing_is_survived(tmp_path: Path, good_task: Task) -> None:
    folder = tmp_path / "input"
    folder.mkdir()
    numbers = [f"{number}" for number in range(60)]
    (folder / "train.csv").write_text(
        "\n".join(["row,load,stretch", *(f"a{number},,{number}" for number in numbers)])
    )
    (folder / "test.csv").write_text("row,load\nb1,\nb2,\n")
    (folder / "sample_submission.csv").write_text("row,stretch\nb1,0\nb2,0\n")
    for name, rows in run_alone(ladder_for(good_task.manifest), folder):
        values = [float(row["stretch"]) for row in rows]
        assert len(values) == 2
        if name not in ("sample_submission", "nearest_neighbours"):
            assert values == pytest.approx([29.5, 29.5], rel=0.1), name


def test_strong_rungs_stand_above_weak_ones(good_ladder: LadderResult) -> None:
    score = {rung.name: rung.scores["private"] for rung in good_ladder.worked}
    assert score["constant"] > score["best_column"] > score["tuned_boosting"]
    assert score["constant"] > score["linear"] > min(score["blend"], score["tuned_boosting"])


def test_the_same_task_gives_the_same_predictions(
    good_task: Task, good_ladder: LadderResult
) -> None:
    again = run_ladder(good_task, sandbox="subprocess", seed=99)
    for first, second in zip(good_ladder.rungs, again.rungs, strict=True):
        np.testing.assert_array_equal(first.predictions, second.predictions, err_msg=first.name)


def test_the_ladder_is_long_enough_and_its_foot_is_cheap(good_task: Task) -> None:
    rungs = ladder_for(good_task.manifest)
    trivial = [rung for rung in rungs if rung.trivial]
    assert len(rungs) >= 8
    assert len(rungs) - len(trivial) >= 5
    for rung in trivial:
        assert "pandas" not in rung.code
        assert "sklearn" not in rung.code
    assert sum("sklearn" in rung.code for rung in rungs) <= 6


def test_chance_is_a_baseline_for_labels_only(good_task: Task) -> None:
    manifest = good_task.manifest
    form = manifest.submission.model_copy(update={"kind": "label", "classes": ("a", "b")})
    labels = manifest.model_copy(update={"submission": form})
    assert "random_draw" in [rung.name for rung in ladder_for(labels)]
    assert "random_draw" not in [rung.name for rung in ladder_for(manifest)]


def test_a_program_knows_the_page_and_nothing_else(good_task: Task) -> None:
    manifest = good_task.manifest
    programs = "\n".join(rung.code for rung in ladder_for(manifest))
    anchor = manifest.model_copy(update={"slug": "other", "title": "Another"})
    assert ladder_for(anchor) == ladder_for(manifest)
    assert str(good_task.directory) not in programs
    assert "answers.csv" not in programs


def run_alone(rungs: Iterable[Rung], public: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Run programs on a folder of public files; yields each one's name and what it hands in."""
    sandbox = make_sandbox("subprocess", SandboxSpec(public_dir=public))
    sandbox.start()
    try:
        for rung in rungs:
            result = sandbox.run(rung.code, timeout_s=120)
            assert result.status == "ok", result.output
            taken = public.parent / f"{rung.name}.csv"
            assert sandbox.take("submission.csv", taken, max_bytes=10**6)
            with taken.open(encoding="utf-8", newline="") as file:
                yield rung.name, list(csv.DictReader(file))
    finally:
        sandbox.close()


@pytest.mark.parametrize(
    ("metric", "target", "expected"),
    [
        ("rmse", [1, 2, 3, 4, 40], 10.0),
        ("mae", [1, 2, 3, 4, 40], 3.0),
        ("pinball", [1, 2, 3, 4, 40], 4.0),
        ("mape", [1, 10, 10, 10, 100], 1.0),
        ("rmsle", [0, 0, 0, np.expm1(4)], np.expm1(1)),
    ],
)
def test_the_constant_is_the_one_that_the_metric_likes(
    tmp_path: Path, metric: str, target: list[float], expected: float
) -> None:
    frame = pd.DataFrame({"x": range(len(target) * 20), "y": target * 20})
    params: dict[str, float | int | str] = {"alpha": 0.7} if metric == "pinball" else {}
    task = made_tasks.write_task(tmp_path / "task", frame, "y", "number", metric, params=params)
    public = task.prepare().public_dir
    train = pd.read_csv(public / "train.csv")["y"].to_numpy(float)
    constant = next(rung for rung in ladder_for(task.manifest) if rung.name == "constant")
    (_, rows), *_ = run_alone([constant], _copy(public, tmp_path / "alone"))
    value = float(rows[0]["y"])
    scored = get_metric(task.manifest.metric)
    own, wanted = (scored(train, np.full(len(train), guess)) for guess in (value, expected))
    assert own <= wanted * 1.05 + 1e-9


@pytest.mark.parametrize(("kind", "metric"), [("number", "rmse"), ("label", "accuracy")])
def test_what_drifts_has_its_last_level_at_the_foot(
    tmp_path: Path, kind: PredictionKind, metric: str
) -> None:
    days = pd.date_range("2020-01-01", periods=600, freq="D").strftime("%Y-%m-%d")
    level = np.repeat(["10", "20", "40"], [200, 200, 200])
    frame = pd.DataFrame({"day": days, "x": np.arange(600) % 7, "y": level})
    holdout = Holdout(kind="time", column="day", test_fraction=0.2)
    task = made_tasks.write_task(tmp_path / "task", frame, "y", kind, metric, holdout=holdout)
    lately = next(rung for rung in ladder_for(task.manifest) if rung.name == "lately")
    assert lately.trivial
    public = _copy(task.prepare().public_dir, tmp_path / "alone")
    ((_, rows),) = run_alone([lately], public)
    assert {row["y"] for row in rows} == {"40"}
    for other in (Holdout(kind="random"), holdout.model_copy(update={"drop_column": True})):
        recipe = task.manifest.recipe.model_copy(update={"holdout": other})
        rungs = ladder_for(task.manifest.model_copy(update={"recipe": recipe}))
        assert "lately" not in [rung.name for rung in rungs]


def one_rung(task: Task, name: str, folder: Path) -> np.ndarray:
    """Return what one program of the ladder predicts, as numbers."""
    public = _copy(task.prepare().public_dir, folder)
    rung = next(rung for rung in ladder_for(task.manifest) if rung.name == name)
    assert not rung.trivial
    ((_, rows),) = run_alone([rung], public)
    return np.array([float(row["y"]) for row in rows])


@pytest.mark.parametrize(("kind", "metric"), [("number", "mae"), ("label", "accuracy")])
def test_each_group_goes_on_as_it_was_last(
    tmp_path: Path, kind: PredictionKind, metric: str
) -> None:
    """Of the columns that come back, the one that decides is found, alone or with another."""
    draws = np.random.default_rng(3)
    year = np.repeat(np.arange(1990, 2010), 30)
    region, crop = np.tile(np.arange(30) % 6, 20), np.tile(np.arange(30) // 6, 20)
    level = 10 * ((region * 7 + crop * 3) % 5) + 50 * (year >= 2001)
    frame = pd.DataFrame(
        {"year": year, "region": region, "crop": [f"c{code}" for code in crop], "y": level}
    )
    frame["noise"] = draws.integers(0, 9, len(frame))
    holdout = Holdout(kind="time", column="year", test_fraction=0.2)
    task = made_tasks.write_task(tmp_path / "task", frame, "y", kind, metric, holdout=holdout)
    told = one_rung(task, "latest_of_group", tmp_path / "alone")
    asked = frame[frame["year"] >= 2006]
    np.testing.assert_allclose(np.sort(told), np.sort(asked["y"]), atol=0.5)
    plain = task.manifest.recipe.model_copy(update={"holdout": Holdout(kind="random")})
    rungs = ladder_for(task.manifest.model_copy(update={"recipe": plain}))
    assert "latest_of_group" not in [rung.name for rung in rungs]


@pytest.mark.parametrize(
    ("kind", "metric"),
    [("number", "rmsle"), ("probability", "log_loss"), ("label", "f1_macro")],
)
def test_groups_of_a_messy_table_are_survived(
    tmp_path: Path, kind: PredictionKind, metric: str
) -> None:
    frame, answer = messy()
    frame["ziel"] = targets(answer, kind)
    holdout = Holdout(kind="time", column="stamp", test_fraction=0.3)
    task = made_tasks.write_task(tmp_path / "task", frame, "ziel", kind, metric, holdout=holdout)
    ladder = run_ladder(task, sandbox="subprocess")
    assert {rung.name: rung.error for rung in ladder.rungs if not rung.worked} == {}
    assert ladder.rung("latest_of_group") is not None


def test_bends_and_levels_add_up(tmp_path: Path) -> None:
    """Neither a straight line nor trees of few rows find a bend beside names of many levels."""
    draws = np.random.default_rng(4)
    worth = draws.normal(size=60)
    names, month = draws.integers(0, 60, 700), draws.integers(1, 13, 700)
    x = draws.normal(size=700)
    y = worth[names] + np.abs(x) + 2 * (month % 3 == 0)
    frame = pd.DataFrame({"name": [f"n{code}" for code in names], "month": month, "x": x, "y": y})
    task = made_tasks.write_task(tmp_path / "task", frame, "y", "number", "rmse")
    truth = task.grader.truth("private")
    mask = task.grader.mask("private")
    errors = {
        name: np.sqrt(np.mean((one_rung(task, name, tmp_path / name)[mask] - truth) ** 2))
        for name in ("additive", "linear", "blend")
    }
    assert errors["additive"] < 0.5 * min(errors["linear"], errors["blend"])


def test_a_course_of_ups_and_downs_is_told_by_its_column(tmp_path: Path) -> None:
    """Bins of a twentieth of the rows are too wide for a value that changes from day to day."""
    draws = np.random.default_rng(6)
    level = draws.normal(size=300)
    day = draws.integers(0, 300, 3000)
    frame = pd.DataFrame({"day": day, "w": draws.normal(size=3000), "y": level[day]})
    task = made_tasks.write_task(tmp_path / "task", frame, "y", "number", "r2")
    told = one_rung(task, "best_column", tmp_path / "alone")
    assert np.corrcoef(told[task.grader.mask("private")], task.grader.truth("private"))[0, 1] > 0.9


@pytest.mark.parametrize("metric", ["rmse", "mae", "r2"])
def test_the_best_column_alone_is_read_as_a_line(tmp_path: Path, metric: str) -> None:
    """Bins of few rows are coarser than the line through them, and far rows do not bend it."""
    draws = np.random.default_rng(9)
    x = draws.normal(size=250)
    y = 3 * x + 0.3 * draws.normal(size=250)
    y[:6] -= 40 * np.sign(x[:6])
    frame = pd.DataFrame({"x": x, "w": draws.normal(size=250), "y": y})
    task = made_tasks.write_task(tmp_path / "task", frame, "y", "number", metric)
    public = _copy(task.prepare().public_dir, tmp_path / "alone")
    rung = next(rung for rung in ladder_for(task.manifest) if rung.name == "best_column")
    ((_, rows),) = run_alone([rung], public)
    told = np.array([float(row["y"]) for row in rows])
    known = pd.read_csv(public / "test.csv")["x"].to_numpy(float)
    inner = np.abs(known) < 2
    assert np.mean(np.abs(told - 3 * known)[inner]) < 0.4


def test_where_steps_count_the_blend_stands_on_the_steps(tmp_path: Path) -> None:
    """The mean of skewed counts lies between levels, where absolute errors are never least."""
    draws = np.random.default_rng(5)
    x = draws.normal(size=500)
    counts = np.minimum(draws.poisson(np.exp(x - 0.5)), 6)
    frame = pd.DataFrame({"x": x, "w": draws.normal(size=500), "y": counts})
    for metric, whole in (("mae", True), ("rmse", False)):
        task = made_tasks.write_task(tmp_path / metric, frame, "y", "number", metric)
        public = _copy(task.prepare().public_dir, tmp_path / f"{metric} alone")
        rung = next(rung for rung in ladder_for(task.manifest) if rung.name == "blend")
        ((_, rows),) = run_alone([rung], public)
        told = np.array([float(row["y"]) for row in rows])
        assert (told == np.rint(told)).all() == whole


def test_a_class_without_training_rows_is_survived(tmp_path: Path) -> None:
    draws = np.random.default_rng(0)
    frame = pd.DataFrame({"x": draws.normal(size=90), "w": draws.normal(size=90)})
    frame["y"] = np.where(frame["x"] > 0, "p", np.where(frame["w"] > 0, "n", "m"))
    task = made_tasks.write_task(tmp_path / "task", frame, "y", "probabilities", "log_loss")
    public = _copy(task.prepare().public_dir, tmp_path / "alone")
    lines = (public / "train.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.endswith(",m\n")]
    assert len(kept) < len(lines)
    (public / "train.csv").write_text("".join(kept), encoding="utf-8")
    for name, rows in run_alone(ladder_for(task.manifest), public):
        shares = [float(row["m"]) for row in rows]
        if name != "sample_submission":
            assert 0 < max(shares) < 0.05, name


def _copy(public: Path, folder: Path) -> Path:
    """Copy the public files of a task, so that nothing happens to those in the cache."""
    folder.mkdir()
    return Path(shutil.copytree(public, folder / "input"))
