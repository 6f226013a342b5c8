"""Scripts whose raw data have other answers: what may follow them, and what may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.manifest import Manifest
from mlesmith_env.recipes.model import TableReader
from mlesmith_env.task import Task
from mlesmith_generator.gates.altered import scan_altered
from mlesmith_generator.gates.answer_cells import Known, exchange_of, told
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.matching import matched
from mlesmith_generator.gates.raw_cells import RawTable, canonical_values, read_cells
from mlesmith_generator.gates.responses import Look, response
from tests.defects.bases import Base, churn, housing
from tests.defects.making import good
from tests.defects.scripted import with_scripts

# Raw files

FILES = {
    "commas": (b'a,b\r\n1,x\r\n2,"y, z"\r\n3,"say ""so"""\r\n', TableReader(files=("t",))),
    "no end of line": (b"a;b\n1;x\n2;y", TableReader(files=("t",), delimiter=";")),
    "blanks": (b"a   b\n 1  x\n2 \t y \n", TableReader(files=("t",), delimiter="whitespace")),
    "title and notes": (
        b"A table\na\tb\n1\tx\n2\ty\nSource: us\n",
        TableReader(files=("t",), delimiter="\t", skip_rows=1, skip_footer=1),
    ),
    "lines in values": (b'a,b\n1,"x\nx"\n2,y\n', TableReader(files=("t",))),
    "mark and latin": ("\ufeffa,b\n1,é\n2,y\n".encode(), TableReader(files=("t",))),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_joined_again_as_it_was(kind: str, tmp_path: Path) -> None:
    content, reader = FILES[kind]
    (tmp_path / "t").write_bytes(content)
    table = read_cells(reader, tmp_path, "t")
    assert table is not None
    rows = 3 if kind == "commas" else 2
    assert table.columns[table.names[0]].tolist() == ["1", "2", "3"][:rows]
    same = table.exchanged(table.names, np.arange(len(table)), np.arange(len(table)))
    assert same == content


def test_cells_are_exchanged_with_their_quotes_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(b'a,b,c\r\n1,"y, z", 7\r\n2,x,8 \r\n')
    table = read_cells(TableReader(files=("t",)), tmp_path, "t")
    assert table is not None
    assert table.columns["b"].tolist() == ["y, z", "x"]
    swapped = table.exchanged(["b"], np.array([0, 1]), np.array([1, 0]))
    assert swapped == b'a,b,c\r\n1,x, 7\r\n2,"y, z",8 \r\n'


def test_what_is_no_text_of_separated_values_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(b"a,b\n1,\xff\n")
    assert read_cells(TableReader(files=("t",)), tmp_path, "t") is None
    assert read_cells(TableReader(files=("t",), format="json"), tmp_path, "t") is None


# Rows and columns


def _columns(**columns: Sequence[object]) -> dict[str, np.ndarray]:
    return {name: canonical_values(list(values)) for name, values in columns.items()}


def test_rows_are_found_though_columns_are_renamed_and_ids_look_like_another() -> None:
    random = np.random.default_rng(0)
    raw = {"row": range(90), "size": random.normal(size=90), "kind": random.choice(["a", "b"], 90)}
    order = random.permutation(90)[:60]
    ours = _columns(
        id=range(60), v1=[raw["size"][at] for at in order], v2=[raw["kind"][at] for at in order]
    )
    match = matched(ours, _columns(**raw))
    assert match.rows.tolist() == order.tolist()
    assert ("id", "row") not in match.pairs


def test_rows_that_are_the_same_are_not_guessed_at() -> None:
    rows = matched(_columns(a=[1, 1, 2, 3]), _columns(a=[1, 2, 3, 3])).rows
    assert rows.tolist() == [-1, -1, 1, -1]


def test_columns_tell_a_target_as_itself_by_code_or_in_bands() -> None:
    random = np.random.default_rng(1)
    amount = random.gamma(3, 10, 200)
    kind = random.choice(["ash", "elm", "oak"], 200)
    assert told(canonical_values(amount.tolist()), canonical_values(amount.tolist()))
    assert told(canonical_values(np.log(amount).tolist()), canonical_values(amount.tolist()))
    assert told(canonical_values((amount > 30).tolist()), canonical_values(amount.tolist()))
    code = pd.Series(kind).map({"ash": 3, "elm": 1, "oak": 2}).tolist()
    assert told(canonical_values(kind.tolist()), canonical_values(code))


def test_columns_that_go_with_a_target_or_hold_few_rows_each_do_not_tell_it() -> None:
    random = np.random.default_rng(2)
    amount = random.gamma(3, 10, 300)
    year = random.integers(2000, 2010, 300)
    rough = amount + random.normal(0, 1, 300)
    rare = np.where(np.arange(300) == 7, "yes", "no")
    for truth, values in (
        (amount, year), (amount, rough), (amount > 30, rough), (rare, year), (rare, range(300)),
    ):  # fmt: skip
        assert not told(canonical_values(list(truth)), canonical_values(list(values)))


def _raw(tmp_path: Path, frame: pd.DataFrame) -> RawTable:
    frame.to_csv(tmp_path / "raw.csv", index=False)
    table = read_cells(TableReader(files=("raw.csv",)), tmp_path, "raw.csv")
    assert table is not None
    return table


def test_only_hidden_rows_lose_their_answers_and_all_columns_that_tell_them_go(
    tmp_path: Path,
) -> None:
    random = np.random.default_rng(3)
    frame = pd.DataFrame({"size": random.normal(size=80), "kind": random.choice([*"abc"], 80)})
    frame["code"] = frame["kind"].map({"a": 7, "b": 9, "c": 8})
    hidden = np.arange(80) % 4 == 0
    known = Known(_columns(id=range(80), size=frame["size"]), _columns(kind=frame["kind"]), hidden)
    table = _raw(tmp_path, frame)
    exchange = exchange_of(table, known)
    assert exchange is not None
    assert (exchange.names, exchange.hidden_only) == (("kind", "code"), True)
    assert hidden[exchange.into].all()
    (tmp_path / "raw.csv").write_bytes(exchange.content())
    after = pd.read_csv(tmp_path / "raw.csv")
    moved = frame["kind"] != after["kind"]
    assert moved[exchange.into].all()
    assert moved.sum() == len(exchange.into) >= 6
    assert sorted(after["kind"]) == sorted(frame["kind"])
    assert (after["kind"].map({"a": 7, "b": 9, "c": 8}) == after["code"]).all()


# What changes


def _look(frame: pd.DataFrame, hidden: np.ndarray, features: Sequence[str]) -> Look:
    train, test = frame[~hidden], frame[hidden]
    tables = Tables(
        train[["id", *features, "y"]].astype(str),
        test[["id", *features]].astype(str),
        test[["id"]].astype(str).assign(y="0"),
        test[["id", "y"]].astype(str).assign(Usage="Private"),
    )
    return Look(tables, "id", ("y",), {})


def _world() -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Rows before, rows with some hidden answers exchanged, and where they are hidden."""
    random = np.random.default_rng(4)
    before = pd.DataFrame({"id": range(90), "size": random.normal(size=90)})
    before["colour"] = random.choice([*"rgb"], 90)
    before["y"] = random.normal(size=90).round(3)
    hidden = np.arange(90) >= 60
    after = before.copy()
    after.loc[60:74, "y"] = np.roll(before["y"][60:75], 7)
    return before, after, hidden


MADE: Mapping[str, tuple[str, set[str]]] = {
    "nothing": ("size", set()),
    "own answer": ("y * 3 + id", {"z"}),
    "mean of the colour": ("colour", {"z"}),
    "answer before": ("before", {"z"}),
    "mean of training rows": ("seen", set()),
}


@pytest.mark.parametrize("kind", MADE)
def test_features_that_change_with_hidden_answers_are_named(kind: str) -> None:
    before, after, hidden = _world()
    for frame in (before, after):
        frame["z"] = {
            "size": frame["size"].round(1),
            "y * 3 + id": frame["y"] * 3 + frame["id"],
            "colour": frame.groupby("colour")["y"].transform("mean"),
            "before": frame["y"].shift(1).fillna(0),
            "seen": frame["colour"].map(frame[~hidden].groupby("colour")["y"].mean()),
        }[MADE[kind][0]]
    looks = [_look(frame, hidden, ["size", "colour", "z"]) for frame in (before, after)]
    seen = response(*looks, hidden_only=True)
    assert {name for finding in seen.findings for name in finding.columns} == MADE[kind][1]
    assert 0.1 < seen.answers < 0.3


@pytest.mark.parametrize("salted", [False, True])
def test_features_are_compared_though_rows_change_their_part(salted: bool) -> None:
    before, after, hidden = _world()
    moved = np.roll(hidden, 11)
    for frame in (before, after):
        frame["z"] = (frame["y"] * 3 + frame["id"]) if salted else frame["size"] * 2
    first, second = before.assign(id=range(90)), after.sample(frac=1, random_state=5)
    second["id"] = range(90)
    looks = [_look(first, hidden, ["size", "colour", "z"])]
    looks.append(_look(second, moved, ["size", "colour", "z"]))
    seen = response(*looks, hidden_only=True)
    assert seen.moved
    assert [finding.columns for finding in seen.findings] == ([("z",)] if salted else [])


def test_rows_of_which_some_were_lost_accuse_no_feature() -> None:
    """Rows that come and go shift all others: everything changes at their places."""
    before, _, hidden = _world()
    random = np.random.default_rng(6)
    after = before.sample(frac=1, random_state=7)
    after["id"], after["size"] = range(90), random.normal(size=90)
    looks = [_look(frame, hidden, ["size", "colour"]) for frame in (before, after)]
    seen = response(*looks, hidden_only=False)
    assert not seen.findings
    assert not seen.compared


# Scripts

HEAD = """
import numpy as np
import pandas as pd


def give(df, features, y, hidden, public, private):
    df = df.assign(**{T: y, "part": np.where(hidden, "Private", "train")})
    df.loc[df[df["part"] == "Private"].index[::2], "part"] = "Public"
    df = df.iloc[np.random.default_rng(0).permutation(len(df))]
    df.insert(0, "id", range(len(df)))
    train, test = df[df["part"] == "train"], df[df["part"] != "train"]
    train[["id", *features, T]].to_csv(public / "train.csv", index=False)
    test[["id", *features]].to_csv(public / "test.csv", index=False)
    guess = test[["id"]].assign(**{T: train[T].iloc[0]})
    guess.to_csv(public / "sample_submission.csv", index=False)
    answers = test[["id", T]].assign(Usage=test["part"])
    answers.to_csv(private / "answers.csv", index=False)


def prepare(raw, public, private):
    df = pd.read_csv(next(raw.rglob("*.csv")))
    names = [name for name in df.columns if name != T]
    hidden = np.random.default_rng(5).random(len(df)) < 0.3
"""
HONEST = {
    "logarithm, scaled features": (
        "sizes = df[names].select_dtypes('number').columns\n"
        "df[sizes] = (df[sizes] - df[sizes].mean()) / df[sizes].std()\n"
        "give(df, list(sizes), np.log(df[T]), hidden, public, private)"
    ),
    "encoding of training rows": (
        "df['level'] = df['district'].map(df[~hidden].groupby('district')[T].mean())\n"
        "give(df, [*names, 'level'], df[T], hidden, public, private)"
    ),
    "lag beyond the horizon": (
        "hidden = np.arange(len(df)) >= len(df) - 80\n"
        "df['earlier'] = df[T].shift(80)\n"
        "give(df, [*names, 'earlier'], df[T], hidden, public, private)"
    ),
    "bands as an amount": (
        "bands = pd.qcut(df[T], 5, labels=False)\ngive(df, names, bands, hidden, public, private)"
    ),
    "outliers left out": (
        "kept = df[T].between(*df[T].quantile([0.02, 0.98]))\n"
        "give(df[kept], names, df[T][kept], hidden[kept], public, private)"
    ),
}


def _flats() -> Base:
    return housing(rows=300)


def _customers() -> Base:
    return churn(rows=400)


def _scanned(task: Task, code: str) -> tuple[list[tuple[str, bool]], str]:
    lines = "".join(f"    {line}\n" for line in code.splitlines())
    script = f"T = {task.manifest.recipe.target!r}\n{HEAD}{lines}"
    made = Task.load(with_scripts(task, prepare=script).directory)
    scan = scan_altered(made, made.prepare())
    return [(finding.code, finding.warning) for finding in scan.findings], scan.measured


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "cache"))


@pytest.mark.usefixtures("own_cache")
@pytest.mark.parametrize("kind", HONEST)
def test_honest_scripts_pass(kind: str, tmp_path: Path) -> None:
    found, measured = _scanned(good(tmp_path, _flats), HONEST[kind])
    assert not found
    assert "hidden rows exchanged" in measured


@pytest.mark.usefixtures("own_cache")
@pytest.mark.parametrize("salted", [False, True])
def test_a_stratified_split_hides_no_answer(salted: bool, tmp_path: Path) -> None:
    task = good(tmp_path, _customers)
    data = task.manifest.model_dump(mode="json")
    data["submission"]["kind"], data["metric"] = "label", {"name": "accuracy", "params": {}}
    task.manifest = Manifest.model_validate(data)
    code = (
        "from sklearn.model_selection import train_test_split\n"
        "at = np.arange(len(df))\n"
        "hidden = np.isin(at, train_test_split(at, stratify=df[T], random_state=1)[1])\n"
        "import zlib\n"
        "df['batch'] = [zlib.crc32(f'{n} {y}'.encode()) for n, y in zip(df[names[0]], MIXED)]\n"
        "give(df, [*names, 'batch'], df[T], hidden, public, private)"
    ).replace("MIXED", "df[T]" if salted else "df[names[1]]")
    found, measured = _scanned(task, code)
    assert found == ([("altered-features", False)] if salted else [])
    assert salted or "rows change their part" in measured


@pytest.mark.usefixtures("own_cache")
def test_answers_that_stand_in_no_raw_table_are_told_as_untested(tmp_path: Path) -> None:
    code = (
        "sizes = df['area'].rank() + df['floor']\n"
        "give(df, names, (sizes * 31 % 17).round(3), hidden, public, private)"
    )
    found, _ = _scanned(good(tmp_path, _flats), code.replace("names,", "['district'],"))
    assert found == [("altered-untested", True)]
