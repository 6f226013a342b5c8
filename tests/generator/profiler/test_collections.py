"""Collections: what many files are, what their names say, and which table tells more."""

from __future__ import annotations

import re
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mlesmith_env.recipes.folders import listed
from mlesmith_env.recipes.model import Extract, Join, Mask, TableReader
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.transforms import apply_transforms
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.profiler.collections import pinned_files
from mlesmith_generator.profiler.paths import folder_parts, patterns_of
from mlesmith_generator.records import CollectionProfile, DatasetProfile

RANDOM = np.random.default_rng(0)


def picture(path: Path, *, mask: bool = False, size: tuple[int, int] = (8, 6)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = RANDOM.integers(0, 256, (size[1], size[0]), dtype=np.uint8)
    if mask:
        values = np.where(values > 127, 255, 0).astype(np.uint8)
    Image.fromarray(values).save(path)


def sound(path: Path, seconds: float, rate: int = 8000) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(RANDOM.bytes(2 * round(seconds * rate)))


def profiled(folder: Path) -> DatasetProfile:
    return profile_dataset(folder, "beasts")


def only(folder: Path) -> CollectionProfile:
    (collection,) = profiled(folder).collections
    return collection


def test_pictures_by_folder(tmp_path: Path):
    for kind in ("cat", "dog", "eel"):
        for number in range(10):
            picture(tmp_path / "data" / kind / f"{number}.{'PNG' if number else 'png'}")
    (tmp_path / "README.md").write_text("About beasts.")
    found = only(tmp_path)
    assert (found.media, found.files, found.endings) == ("image", 30, (("png", 30),))
    (folders,) = found.folders
    assert folders.top == (("cat", 10), ("dog", 10), ("eel", 10))
    frame = read_table(TableReader(files=found.patterns, format="files"), tmp_path)
    assert len(frame) == 30
    kinds = apply_transforms(
        frame, [Extract(column="file", into="kind", pattern=folders.pattern)], seed=0
    )
    assert list(kinds["kind"]) == list(frame["folder"])
    assert found.image is not None
    assert (found.image.sizes, found.image.modes) == (((8, 6, 30),), (("L", 30),))
    assert found.image.two_values < 0.5


def test_names_in_fields(tmp_path: Path):
    for digit in range(3):
        for speaker in ("ann", "bob"):
            for take in range(5):
                sound(tmp_path / f"{digit}_{speaker}_{take}.wav", 0.1 * (1 + digit))
    found = only(tmp_path)
    assert found.media == "audio"
    assert [part.distinct for part in found.parts] == [3, 2, 5]
    assert [re.findall(part.pattern, "2_ann_4") for part in found.parts] == [["2"], ["ann"], ["4"]]
    assert found.audio is not None
    assert found.audio.rates == ((8000, 30),)
    assert found.audio.seconds == pytest.approx((0.1, 0.2, 0.3))


def test_documents_are_no_tables_though_some_look_like_one(tmp_path: Path):
    for kind in ("good", "bad"):
        for number in range(20):
            text = f"Case {number}, as told.\n" + "A, b, c and d; then e.\n" * (1 + number % 3)
            path = tmp_path / kind / f"{number}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    listing = "".join(f"{i};{i * 2};{i % 7}\n" for i in range(30))
    (tmp_path / "good" / "3.txt").write_text("a;b;c\n" + listing)
    (tmp_path / "bad" / "3.txt").write_bytes("Ein Käse.".encode("latin-1"))
    profile = profiled(tmp_path)
    (found,) = profile.collections
    assert (found.media, found.files, found.encoding) == ("document", 40, "cp1252")
    assert profile.tables == ()
    assert profile.problems == ()
    reader = TableReader(files=found.patterns, format="files", text=True, encoding=found.encoding)
    texts = dict(read_table(reader, tmp_path)[["file", "text"]].to_numpy().tolist())
    assert texts["bad/3.txt"] == "Ein Käse."


def test_masks_beside_their_pictures_are_a_collection_of_their_own(tmp_path: Path):
    for number in range(25):
        picture(tmp_path / "parts" / f"p{number}.jpg")
        picture(tmp_path / "parts" / f"p{number}.png", mask=True)
    profile = profiled(tmp_path)
    pictures, masks = profile.collections
    assert (pictures.endings[0][0], masks.endings[0][0]) == ("jpg", "png")
    assert [(pair.other, pair.key, pair.share) for pair in pictures.pairs] == [
        (masks.name, "path", 1.0)
    ]
    assert masks.image is not None
    assert masks.image.two_values == 1.0


def test_masks_in_a_folder_beside(tmp_path: Path):
    for number in range(25):
        picture(tmp_path / "images" / f"{number}.png")
        picture(tmp_path / "masks" / f"{number}_mask.png", mask=True)
    pictures, masks = profiled(tmp_path).collections
    assert listed(tmp_path, masks.patterns)[0].startswith("masks/")
    assert (pictures.files, masks.files) == (25, 25)


@pytest.mark.parametrize(
    ("named", "key"),
    [("{file}", "file"), ("{name}", "name"), ("{stem}", "stem"), ("{number}", "stem")],
)
def test_a_table_about_the_files_can_be_joined(tmp_path: Path, named: str, key: str):
    lines = ["which,weight"]
    for number in range(30):
        stem = f"beast_{number}"
        picture(tmp_path / "all" / f"{stem}.png")
        told = named.format(file=f"all/{stem}.png", name=f"{stem}.png", stem=stem, number=number)
        lines.append(f"{told},{number * 2}")
    (tmp_path / "weights.csv").write_text("\n".join(lines) + "\n")
    (found,) = profiled(tmp_path).collections
    (sidecar,) = found.sidecars
    assert (sidecar.table, sidecar.column, sidecar.key) == ("weights", "which", key)
    assert (sidecar.share, sidecar.unique) == (1.0, True)
    frame = read_table(TableReader(files=found.patterns, format="files"), tmp_path)
    transforms: list[Extract | Join] = [
        Join(table=TableReader(files=("weights.csv",)), on={key: "which"}, columns=("weight",))
    ]
    if sidecar.pattern:
        transforms = [
            Extract(column=key, into="key", pattern=sidecar.pattern),
            Join(
                table=TableReader(files=("weights.csv",)),
                on={"key": "which"},
                columns=("weight",),
            ),
        ]
    made = apply_transforms(frame, transforms, seed=0, raw=tmp_path)
    numbers = [int(stem.split("_")[1]) for stem in made["stem"]]
    assert list(made["weight"]) == [str(2 * number) for number in numbers]


def test_paths_that_begin_further_in_and_several_rows_a_file(tmp_path: Path):
    lines = ["path,box"]
    for number in range(30):
        picture(tmp_path / "v1" / "images" / f"b{number}.png")
        lines += [f"images/b{number}.png,{box}" for box in range(1 + number % 3)]
    (tmp_path / "boxes.csv").write_text("\n".join(lines) + "\n")
    (found,) = profiled(tmp_path).collections
    (sidecar,) = found.sidecars
    assert (sidecar.key, sidecar.share, sidecar.unique) == ("file", 1.0, False)
    assert re.findall(sidecar.pattern, "v1/images/b1.png") == ["images/b1.png"]


def test_one_table_a_case_with_the_labels_elsewhere(tmp_path: Path):
    for number in range(25):
        rows = "\n".join(f"{RANDOM.normal():.3f},{RANDOM.normal():.3f}" for _ in range(12))
        path = tmp_path / "cases" / f"case_{number}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"left,right\n{rows}\n")
    labels = "".join(f"{number},{'ab'[number % 2]}\n" for number in range(25))
    (tmp_path / "labels.csv").write_text("case,kind\n" + labels)
    profile = profiled(tmp_path)
    (found,) = profile.collections
    assert (found.media, found.files) == ("series", 25)
    assert profile.tables[0].reader.file_column in {part.column for part in found.parts}
    (sidecar,) = found.sidecars
    assert (sidecar.table, sidecar.column, sidecar.share) == ("labels", "case", 1.0)


def test_equal_files_are_counted_and_broken_ones_told(tmp_path: Path):
    for number in range(30):
        picture(tmp_path / f"{number}.png")
    (tmp_path / "30.png").write_bytes((tmp_path / "3.png").read_bytes())
    (tmp_path / "31.png").write_bytes(b"no picture at all")
    profile = profiled(tmp_path)
    (found,) = profile.collections
    assert (found.files, found.duplicates) == (32, 1)
    assert profile.problems == ("31.png: can not be read as image",)


def test_a_link_that_leads_out_belongs_to_no_collection(tmp_path: Path):
    folder = tmp_path / "data"
    for number in range(30):
        picture(folder / f"{number}.png")
    picture(tmp_path / "private.png")
    (folder / "30.png").symlink_to(tmp_path / "private.png")
    profile = profiled(folder)
    assert profile.collections[0].files == 30
    assert pinned_files(profile, folder) == sorted(f"{number}.png" for number in range(30))


def test_the_record_pins_tables_and_collections(tmp_path: Path):
    for number in range(30):
        picture(tmp_path / "all" / f"{number}.png")
    (tmp_path / "a.csv").write_text("x,y\n" + "".join(f"{i},{i % 5}\n" for i in range(40)))
    (tmp_path / "README.md").write_text("About.")
    pinned = pinned_files(profiled(tmp_path), tmp_path)
    assert pinned == sorted(["a.csv", *(f"all/{number}.png" for number in range(30))])


def test_patterns_give_the_files_and_no_others(tmp_path: Path):
    names = ["a/1.TXT", "a/2.txt", "b/[x]/3.txt", "README.txt", "b/4.md", "c*d/5.txt"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    for wanted in (
        ["a/1.TXT", "a/2.txt", "b/[x]/3.txt", "c*d/5.txt"],
        ["a/1.TXT", "b/[x]/3.txt"],
        ["c*d/5.txt"],
        ["README.txt", "b/4.md"],
        sorted(names),
    ):
        assert listed(tmp_path, patterns_of(tmp_path, wanted)) == sorted(wanted)


def test_the_profile_is_the_same_every_time(tmp_path: Path):
    for number in range(40):
        picture(tmp_path / f"k{number % 3}" / f"{number}.png", size=(8 + number % 4, 6))
    assert profiled(tmp_path) == profiled(tmp_path)


def test_a_mask_of_the_collection_becomes_runs(tmp_path: Path):
    for number in range(20):
        picture(tmp_path / f"{number}.jpg")
        picture(tmp_path / f"{number}.png", mask=True)
    masks = profiled(tmp_path).collections[1]
    frame = read_table(TableReader(files=masks.patterns, format="files"), tmp_path)
    made = apply_transforms(frame, [Mask(column="file", into="runs")], seed=0, raw=tmp_path)
    assert made["runs"].notna().all()


@pytest.mark.parametrize(
    ("above", "names", "together"),
    [
        (("oak", "elm", "ash"), ("leaf01", "leaf02", "leaf03"), True),
        (("oak", "elm", "ash"), ("01", "02", "03"), True),
        (("oak", "elm", "ash"), ("dry", "wet"), False),
        (("train", "test"), ("leaf01", "leaf02", "leaf03"), False),
        (("ann", "bob"), tuple("0123456789"), False),
    ],
)
def test_folders_that_are_numbered_anew_in_each_folder_are_told_with_it(
    above: tuple[str, ...], names: tuple[str, ...], together: bool
) -> None:
    files = [f"{one}/{two}/{k}.png" for one in above for two in names for k in range(4)]
    first, second = folder_parts(files)
    assert {value for value, _ in first.top} == set(above)
    expected = {f"{one}/{two}" for one in above for two in names} if together else set(names)
    assert {value for value, _ in second.top} == expected
    read = {re.search(second.pattern, file) for file in files}
    assert {found[1] for found in read if found} == expected


def test_files_beside_folders_are_no_hindrance() -> None:
    files = [f"{one}/leaf0{two}/{k}.png" for one in ("oak", "elm") for two in "123" for k in "12"]
    first, second = folder_parts([*files, "cover.png", "oak/whole.png"])
    assert {"oak", "elm"} <= {value for value, _ in first.top}
    assert {"oak/leaf01", "elm/leaf01"} <= {value for value, _ in second.top}
