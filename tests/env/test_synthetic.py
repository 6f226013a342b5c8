"""Synthetic datasets: the same bytes everywhere, a known optimum that is in no file."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import subprocess
import sys
import wave
import zipfile

import numpy as np
import pytest
from PIL import Image

from mlesmith_env import sources, synthetic
from mlesmith_env.errors import DataUnavailableError
from mlesmith_env.metrics import get_metric
from mlesmith_env.synthetic import drawings, encodings, tunes
from mlesmith_env.synthetic.streams import Stream

NAMES = tuple(f"{form}:7:0.50" for form in synthetic.FORMS)
DIGESTS = {
    "table-number:7:0.50": "8a6c018c9d159f6b",
    "text-verdict:7:0.50": "0b2feb095daac8c5",
    "series:7:0.50": "54d975de785b9949",
    "table-flag:7:0.50": "76f6f6b363a9a6c4",
    "ratings:7:0.50": "d408a6f0ebd424a5",
    "table-classes:7:0.50": "35259dffbdb00997",
    "places:7:0.50": "90c7b7478a3a77a3",
    "table-grade:7:0.50": "4ad4c6a2fdeadd73",
    "text-rating:7:0.50": "86b6ccb60063586e",
    "table-count:7:0.50": "dba148e94efd9caf",
    "picture:7:0.50": "cd8e80c84807ff59",
    "sound:7:0.50": "230482a3085ddb1d",
    "graph:7:0.50": "20d14e22c8500481",
}


def digest(name: str) -> str:
    world = synthetic.make(name)
    parts = [world.files[path] for path in sorted(world.files)]
    return hashlib.sha256(b"".join(parts) + world.optimum.tobytes()).hexdigest()[:16]


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(synthetic.make(name).files["data.csv"].decode())))


def test_the_bytes_are_those_of_every_other_machine():
    assert {name: digest(name) for name in NAMES} == DIGESTS


@pytest.mark.parametrize("form", ["picture", "sound"])
def test_every_row_of_a_world_of_files_has_a_file_of_its_own(form):
    world = synthetic.make(f"{form}:7:0.50")
    (archive,) = [path for path in world.files if path.endswith(".zip")]
    with zipfile.ZipFile(io.BytesIO(world.files[archive])) as packed:
        contents = {f"{archive}/{name}": packed.read(name) for name in packed.namelist()}
    named = [row["file"] for row in rows(f"{form}:7:0.50")]
    assert sorted(named) == sorted(contents)
    assert len(set(contents.values())) == len(named)
    # Neither size nor order of the files can tell anything.
    assert len({len(content) for content in contents.values()}) == 1
    assert named != sorted(named)


def test_other_libraries_read_the_drawings(tmp_path):
    world = synthetic.make("picture:7:0.50")
    with zipfile.ZipFile(io.BytesIO(world.files["pictures.zip"])) as packed:
        content = packed.read(packed.namelist()[0])
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", (48, 53))
        picture.load()
        again = encodings.png_bytes(np.asarray(picture))
    assert again == content
    large = np.arange(300 * 200 * 3).reshape(300, 200, 3).astype(np.uint8)
    with Image.open(io.BytesIO(encodings.png_bytes(large))) as picture:
        assert (np.asarray(picture) == large).all()


def test_other_libraries_read_the_tunes():
    world = synthetic.make("sound:7:0.50")
    with zipfile.ZipFile(io.BytesIO(world.files["sounds.zip"])) as packed:
        content = packed.read(packed.namelist()[0])
    with wave.open(io.BytesIO(content)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8_000, 1, 2)
        values = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    assert len(values) == 6_000
    assert 2_000 < np.abs(values.astype(int)).max() < 32_767


@pytest.mark.parametrize(
    ("made", "steps", "levels"),
    [(drawings.drawing, drawings.STEPS, drawings.LEVELS), (tunes.tune, tunes.STEPS, tunes.LEVELS)],
)
def test_every_step_and_level_shows_whatever_the_others_are(made, steps, levels):
    """With the same places, grain and hiss, files that mean something else differ."""
    middle = ([size // 2 for size in steps], [0 for _ in levels])
    seen: set[bytes] = set()
    for part, sizes in enumerate((steps, levels)):
        for place, size in enumerate(sizes):
            contents = set()
            for value in range(size):
                chosen = [list(each) for each in middle]
                chosen[part][place] = value
                contents.add(made(Stream("same"), *chosen))
            assert len(contents) == size
            seen |= contents
    assert len(seen) == 1 + sum(size - 1 for size in (*steps, *levels))


def test_another_process_makes_the_same():
    code = (
        "import sys; from mlesmith_env import synthetic; "
        "sys.stdout.buffer.write(synthetic.make('text-verdict:3').files['data.csv'])"
    )
    env = {**os.environ, "PYTHONHASHSEED": "11"}
    made = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True)
    assert made.stdout == synthetic.make("text-verdict:3").files["data.csv"]


@pytest.mark.parametrize("form", synthetic.FORMS)
def test_a_world_has_few_training_rows_and_other_seeds_give_others(form):
    for seed in range(4):
        world = synthetic.make(f"{form}:{seed}")
        table = rows(f"{form}:{seed}")
        holdout = world.wish.holdout
        train = round(len(table) * (1 - holdout.test_fraction))
        if holdout.kind == "last":
            ends = len({row[holdout.group or ""] for row in table}) * (holdout.horizon or 0)
            train = len(table) - ends
        assert 50 <= train <= 205
        assert len(world.optimum) == len(table)
    assert rows(f"{form}:1") != rows(f"{form}:2")


@pytest.mark.parametrize("form", synthetic.FORMS)
def test_the_optimum_is_in_no_column(form):
    world, table = synthetic.make(f"{form}:5"), rows(f"{form}:5")
    best = np.round(world.optimum.reshape(len(table), -1)[:, -1], 4)
    for name in table[0]:
        try:
            column = np.array([float(row[name]) for row in table])
        except ValueError:
            continue
        assert (np.round(column, 4) == best).mean() < 0.2, name


@pytest.mark.parametrize("form", synthetic.FORMS)
def test_no_spoilt_optimum_scores_better_on_average(form):
    """The optimum is the best prediction in expectation: moved ones lose, over many worlds."""
    gains: list[float] = []
    random = np.random.default_rng(0)
    for seed in range(12):
        name = f"{form}:{seed}:0.40"
        world, table = synthetic.make(name), rows(name)
        wish, best = world.wish, world.optimum
        metric = get_metric(wish.metric)
        told = [row[wish.target] for row in table]
        if wish.classes:
            truth = np.array([wish.classes.index(label) for label in told])
            even = np.full(best.shape, 1 / (best.shape[1] if best.ndim == 2 else 2))
            worse = 0.7 * best + 0.3 * even
            if metric.name.startswith("roc"):
                worse = random.permutation(best)
        else:
            truth = np.array([float(text) for text in told])
            worse = best + 0.5 * np.std(best) * random.choice([-1, 1], len(best))
            worse = np.maximum(worse, 1e-3) if metric.name == "poisson_deviance" else worse
        gains.append(metric.sign * (metric(truth, best) - metric(truth, worse)))
    assert np.mean(gains) > 0
    assert np.mean(np.array(gains) > 0) > 0.7


def test_the_harder_the_less_can_be_known():
    def known(difficulty: float) -> float:
        shares = []
        for seed in range(30):
            name = f"table-number:{seed}:{difficulty:.2f}"
            world, table = synthetic.make(name), rows(name)
            truth = np.array([float(row[world.wish.target]) for row in table])
            shares.append(np.corrcoef(truth, world.optimum)[0, 1] ** 2)
        return float(np.mean(shares))

    assert known(0.0) > known(0.5) > known(1.0)


@pytest.mark.parametrize(
    "name", ["table-number", "nothing:1", "series:x", "series:1:2", "series:1:0.123"]
)
def test_a_name_that_is_none_is_refused_with_the_forms(name):
    with pytest.raises(DataUnavailableError, match="table-number"):
        synthetic.parse(name)


def test_a_batch_is_varied_and_the_same_every_time():
    batch = synthetic.expand("synthetic:", 25, 3)
    assert len(set(batch)) == 25
    assert batch == synthetic.batch(25, 3)
    assert {synthetic.parse(name).form for name in batch} == set(synthetic.FORMS)
    assert synthetic.expand("sklearn:iris", 5, 0) == ("sklearn:iris",)


def test_raw_files_are_made_anew_and_checked(tmp_path, monkeypatch):
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path))
    record = sources.synthetic_record("series:4")
    assert sources.available(record)
    with sources.raw_files(record) as folder:
        content = (folder / "data.csv").read_bytes()
    assert content == synthetic.make("series:4").files["data.csv"]
    other = record.model_copy(update={"revision": "0"})
    assert not sources.available(other)
    assert synthetic.folder() in sources.closed_paths()
