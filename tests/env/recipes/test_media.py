"""Raw files that come along, and further tables: copies, names, digests, and what is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from mlesmith_env.digests import folder_digest
from mlesmith_env.errors import RecipeError
from mlesmith_env.manifest import SubmissionForm
from mlesmith_env.recipes.model import (
    DropColumns,
    Holdout,
    Media,
    Select,
    SideTable,
    TableReader,
    TableRecipe,
)
from mlesmith_env.recipes.preparation import further_files, prepare
from mlesmith_env.sources import raw_files, record_folder

FORM = SubmissionForm(columns=("kind",), kind="label", classes=("cat", "dog"), rows=1)
READER = TableReader(files=("*/*.png", "*/*.JPG"), format="files")


def recipe(**changes: object) -> TableRecipe:
    whole = TableRecipe(
        reader=READER,
        transforms=(DropColumns(columns=("name", "stem", "ending")),),
        target="folder",
        holdout=Holdout(kind="stratified"),
        media=(Media(column="file", folder="images"),),
    )
    return whole.model_copy(update=changes)


FOLDERS = FORM.model_copy(update={"columns": ("folder",)})


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    root = tmp_path / "raw"
    for kind in ("cat", "dog"):
        (root / kind).mkdir(parents=True)
        for number in range(40):
            # Four files each of equal content.
            content = f"{kind} {number // 4}".encode()
            (root / kind / f"{number}.{'png' if number % 4 else 'JPG'}").write_bytes(content)
    (root / ".hidden").mkdir()
    (root / ".hidden" / "x.png").write_bytes(b"never listed")
    return root


def load(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_files_come_along_under_names_that_say_nothing(raw: Path, tmp_path: Path):
    into = tmp_path / "out"
    digests = prepare(recipe(), FOLDERS, raw, description="x", into=into)
    train, test = load(into / "public/train.csv"), load(into / "public/test.csv")
    assert list(train.columns) == ["id", "file", "folder"]
    assert list(test.columns) == ["id", "file"]
    assert len(train) + len(test) == 80
    for row in train.itertuples():
        assert str(row.file).rsplit(".", 1)[0] == f"images/{row.id}"
        content = (into / "public" / str(row.file)).read_bytes()
        assert content.startswith(str(row.folder).encode())
    assert not any(path.is_symlink() for path in into.rglob("*"))
    assert len(list((into / "public/images").iterdir())) == 80
    assert digests["public/images/"] == folder_digest(into / "public/images")
    assert not any(name.startswith("public/images/") and name[-1] != "/" for name in digests)


def test_the_digest_of_a_folder_is_that_of_its_sorted_lines(raw: Path, tmp_path: Path):
    into = tmp_path / "out"
    digests = prepare(recipe(), FOLDERS, raw, description="x", into=into)
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted((into / "public/images").iterdir())
    ]
    assert digests["public/images/"] == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_equal_files_are_on_one_side(raw: Path, tmp_path: Path):
    into = tmp_path / "out"
    prepare(recipe(), FOLDERS, raw, description="x", into=into)

    def contents(name: str) -> set[bytes]:
        return {(into / "public" / file).read_bytes() for file in load(into / name)["file"]}

    assert not contents("public/train.csv") & contents("public/test.csv")


def test_the_same_bytes_from_a_folder_and_from_a_record(raw: Path, tmp_path: Path):
    first = prepare(recipe(), FOLDERS, raw, description="x", into=tmp_path / "a")
    record = record_folder(raw, "animals")
    with raw_files(record, nearby=raw) as folder:
        second = prepare(recipe(), FOLDERS, folder, description="x", into=tmp_path / "b")
    assert first == second


def test_further_tables_are_written_whole(raw: Path, tmp_path: Path):
    (raw / "owners.csv").write_text("owner,age,secret\nAda,36,s\nBob,,s\n")
    side = SideTable(
        name="owners",
        reader=TableReader(files=("owners.csv",)),
        transforms=(Select(columns=("owner", "age")),),
    )
    into = tmp_path / "out"
    wanted = recipe(tables=(side,))
    digests = prepare(wanted, FOLDERS, raw, description="x", into=into)
    assert (into / "public/owners.csv").read_text() == "owner,age\nAda,36\nBob,\n"
    assert set(further_files(wanted)) == {"public/images/", "public/owners.csv"} <= set(digests)


def test_a_further_table_does_not_overwrite_the_training_rows(raw: Path, tmp_path: Path):
    (raw / "owners.csv").write_text("owner,age\nAda,36\n")
    side = SideTable(name="train", reader=TableReader(files=("owners.csv",)))
    with pytest.raises(RecipeError, match="written twice"):
        prepare(recipe(tables=(side,)), FOLDERS, raw, description="x", into=tmp_path / "out")


NAMED = TableReader(files=("index.csv",))


@pytest.mark.parametrize(
    "path", ["../outside.txt", "/etc/hostname", "cat/../../outside.txt", "leak", "door/outside.txt"]
)
def test_nothing_outside_the_raw_folder_comes_along(raw: Path, tmp_path: Path, path: str):
    (tmp_path / "outside.txt").write_text("private")
    (raw / "leak").symlink_to(tmp_path / "outside.txt")
    (raw / "door").symlink_to(tmp_path, target_is_directory=True)
    rows = "".join(f"cat/{i}.png,cat\ndog/{i}.png,dog\n" for i in range(1, 40, 4))
    (raw / "index.csv").write_text(f"picture,kind\n{rows}{path},cat\n")
    whole = TableRecipe(
        reader=NAMED,
        target="kind",
        holdout=Holdout(kind="random"),
        media=(Media(column="picture", folder="images"),),
    )
    into = tmp_path / "out"
    with pytest.raises(RecipeError, match="media: the column 'picture'"):
        prepare(whole, FORM, raw, description="x", into=into)
    assert not any(b"private" in p.read_bytes() for p in into.rglob("*") if p.is_file())


def test_a_file_that_is_not_there_is_told_by_name(raw: Path, tmp_path: Path):
    (raw / "index.csv").write_text("picture,kind\ncat/1.png,cat\ncat/none.png,cat\n")
    whole = TableRecipe(
        reader=NAMED,
        target="kind",
        holdout=Holdout(kind="random"),
        media=(Media(column="picture", folder="images"),),
    )
    with pytest.raises(RecipeError, match=r"'cat/none\.png' is missing"):
        prepare(whole, FORM, raw, description="x", into=tmp_path / "out")


def test_two_columns_do_not_share_a_folder(raw: Path, tmp_path: Path):
    twice = (Media(column="file", folder="images"), Media(column="file", folder="images"))
    with pytest.raises(RecipeError, match="share one of the folders"):
        prepare(recipe(media=twice), FOLDERS, raw, description="x", into=tmp_path / "out")


def test_a_folder_name_can_not_lead_elsewhere():
    for name in ("../x", "/x", "a/b", "..", "", "X"):
        with pytest.raises(ValueError, match="folder"):
            Media(column="file", folder=name)
