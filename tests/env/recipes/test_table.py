"""Preparation: what the files hold, and that they are the same bytes every time."""

from __future__ import annotations

import hashlib
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.errors import RecipeError
from mlesmith_env.manifest import SubmissionForm
from mlesmith_env.recipes.model import (
    Holdout,
    RequireValue,
    TableReader,
    TableRecipe,
    Transform,
)
from mlesmith_env.recipes.preparation import prepare

ROWS = 300


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    lines = ["size,note,kind,price,when"]
    for i in range(ROWS):
        note = '"says ""hi"", twice"' if i % 10 == 0 else ("" if i % 7 == 0 else f"n{i}")
        kind = ("cat", "dog", "eel")[i % 3 if i % 9 else 0]
        lines.append(f"{i}.50,{note},{kind},{i * 3}.25,{2000 + i // 10}")
    (folder / "t.csv").write_text("\n".join(lines) + "\n")
    return folder


def recipe(target: str = "price", *transforms: Transform, **holdout: object) -> TableRecipe:
    return TableRecipe(
        reader=TableReader(files=("t.csv",)),
        transforms=transforms,
        target=target,
        holdout=Holdout.model_validate({"kind": "random", **holdout}),
    )


NUMBER = SubmissionForm(columns=("price",), kind="number", rows=1)
CLASSES = ("cat", "dog", "eel")


def load(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_files_columns_and_digests(raw: Path, tmp_path: Path) -> None:
    into = tmp_path / "out"
    digests = prepare(recipe(), NUMBER, raw, description="# Prices\n", into=into)
    assert sorted(digests) == [
        "private/answers.csv",
        "public/description.md",
        "public/sample_submission.csv",
        "public/test.csv",
        "public/train.csv",
    ]
    found = {p.relative_to(into).as_posix() for p in into.rglob("*") if p.is_file()}
    assert found == set(digests)
    for name, digest in digests.items():
        assert hashlib.sha256((into / name).read_bytes()).hexdigest() == digest
    train, test = load(into / "public/train.csv"), load(into / "public/test.csv")
    assert list(train.columns) == ["id", "size", "note", "kind", "when", "price"]
    assert list(test.columns) == ["id", "size", "note", "kind", "when"]
    answers = load(into / "private/answers.csv")
    assert list(answers.columns) == ["id", "price", "Usage"]
    assert set(answers["Usage"]) == {"Public", "Private"}
    assert list(answers["id"]) == list(test["id"])
    assert len(train) + len(test) == ROWS
    assert set(train["id"]).isdisjoint(test["id"])
    assert (into / "public/description.md").read_text() == "# Prices\n"
    assert 'says "hi", twice' in set(train["note"])


def test_the_same_bytes_every_time_and_others_with_another_seed(raw: Path, tmp_path: Path) -> None:
    made = [prepare(recipe(), NUMBER, raw, description="x", into=tmp_path / name) for name in "ab"]
    assert made[0] == made[1]
    other = recipe().model_copy(update={"seed": 1})
    assert prepare(other, NUMBER, raw, description="x", into=tmp_path / "c") != made[0]


def test_the_bytes_do_not_depend_on_pyarrow_or_hash_seed(raw: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "if sys.argv[3] == 'python':\n"
        "    import pandas as pd; pd.set_option('mode.string_storage', 'python')\n"
        "from mlesmith_env.manifest import SubmissionForm\n"
        "from mlesmith_env.recipes.model import *\n"
        "from mlesmith_env.recipes.preparation import prepare\n"
        "recipe = TableRecipe(reader=TableReader(files=('t.csv',)), target='price', "
        "holdout=Holdout(kind='random'))\n"
        "form = SubmissionForm(columns=('price',), kind='number', rows=1)\n"
        "made = prepare(recipe, form, Path(sys.argv[1]), description='x', into=Path(sys.argv[2]))\n"
        "print(sorted(made.items()))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, str(raw), str(tmp_path / storage), storage],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for storage, seed in (("python", "1"), ("pyarrow", "2"))
    }
    assert len(outputs) == 1


def test_neither_ids_nor_order_tell_anything(raw: Path, tmp_path: Path) -> None:
    prepare(recipe(), NUMBER, raw, description="x", into=tmp_path / "out")
    train = pd.read_csv(tmp_path / "out/public/train.csv")
    answers = pd.read_csv(tmp_path / "out/private/answers.csv")
    for frame in (train, answers):
        limit = 4 / math.sqrt(len(frame))
        assert abs(np.corrcoef(frame["id"], frame["price"])[0, 1]) < limit
        assert abs(np.corrcoef(np.arange(len(frame)), frame["price"])[0, 1]) < limit
        assert abs(np.corrcoef(np.arange(len(frame)), frame["id"])[0, 1]) < limit


@pytest.mark.parametrize(
    ("kind", "columns", "classes", "row"),
    [
        ("label", ("kind",), CLASSES, ["cat"]),
        ("probabilities", CLASSES, CLASSES, [repr(1 / 3)] * 3),
    ],
)
def test_sample_submissions_are_constant(
    raw: Path,
    tmp_path: Path,
    kind: str,
    columns: tuple[str, ...],
    classes: tuple[str, ...],
    row: list[str],
) -> None:
    form = SubmissionForm.model_validate(
        {"columns": columns, "kind": kind, "classes": classes, "rows": 1}
    )
    prepare(recipe("kind"), form, raw, description="x", into=tmp_path / "out")
    sample = load(tmp_path / "out/public/sample_submission.csv")
    assert list(sample.columns) == ["id", *columns]
    assert sample[list(columns)].drop_duplicates().to_numpy().tolist() == [row]
    assert list(sample["id"]) == list(load(tmp_path / "out/public/test.csv")["id"])


def test_the_constant_of_a_regression_is_the_training_mean(raw: Path, tmp_path: Path) -> None:
    prepare(recipe(), NUMBER, raw, description="x", into=tmp_path / "out")
    mean = pd.read_csv(tmp_path / "out/public/train.csv")["price"].mean()
    sample = pd.read_csv(tmp_path / "out/public/sample_submission.csv")["price"]
    assert sample.nunique() == 1
    assert sample[0] == pytest.approx(mean, rel=1e-5)


def test_a_probability_is_even(raw: Path, tmp_path: Path) -> None:
    form = SubmissionForm(columns=("big",), kind="probability", classes=("no", "yes"), rows=1)
    lines = (raw / "t.csv").read_text().splitlines()
    marked = [f"{line},{'yes' if i % 4 else 'no'}" for i, line in enumerate(lines[1:])]
    (raw / "t.csv").write_text("\n".join([f"{lines[0]},big", *marked]) + "\n")
    prepare(recipe("big"), form, raw, description="x", into=tmp_path / "out")
    assert set(load(tmp_path / "out/public/sample_submission.csv")["big"]) == {"0.5"}
    assert set(load(tmp_path / "out/private/answers.csv")["big"]) == {"no", "yes"}


def test_the_column_of_the_holdout_can_be_left_out(raw: Path, tmp_path: Path) -> None:
    timed = recipe("price", kind="time", column="when", drop_column=True)
    prepare(timed, NUMBER, raw, description="x", into=tmp_path / "out")
    assert "when" not in load(tmp_path / "out/public/train.csv").columns
    assert "when" not in load(tmp_path / "out/public/test.csv").columns


@pytest.mark.parametrize(
    ("target", "transforms", "form", "reason"),
    [
        ("note", (), NUMBER, "is missing in"),
        ("note", (RequireValue(column="note"),), NUMBER, "is not a number"),
        ("nothing", (), NUMBER, "no column 'nothing'"),
        (
            "kind",
            (),
            SubmissionForm(columns=("kind",), kind="label", classes=("cat", "dog"), rows=1),
            "none of the classes",
        ),
        ("price", (), NUMBER.model_copy(update={"id_column": "size"}), "another name"),
    ],
)
def test_what_does_not_fit_is_told(
    raw: Path,
    tmp_path: Path,
    target: str,
    transforms: tuple[Transform, ...],
    form: SubmissionForm,
    reason: str,
) -> None:
    with pytest.raises(RecipeError, match=reason):
        prepare(recipe(target, *transforms), form, raw, description="x", into=tmp_path / "out")


def test_a_hundred_thousand_rows_are_a_matter_of_seconds(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    lines = (f"{i},{i % 97},{'abc'[i % 3]},{i * 0.5}\n" for i in range(100_000))
    (raw / "t.csv").write_text("a,b,kind,price\n" + "".join(lines))
    made = prepare(recipe(), NUMBER, raw, description="x", into=tmp_path / "out")
    assert len(made) == 5
