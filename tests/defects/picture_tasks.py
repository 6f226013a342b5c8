"""Tasks of pictures: what gives their class, number or boxes away, what is told wrongly."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from mlesmith_env.task import PreparedTask, Task

from .cases import LEGITIMATE, Case, defect
from .making import Exhibit, Tables, propose, reworded

Save = Callable[[Image.Image, str, int], bytes]
Files = dict[str, "pd.DataFrame | bytes"]
KINDS = ("ball", "brick")


def _drawn(random: np.random.Generator, kind: str, side: int = 36) -> NDArray[np.bool_]:
    at = np.stack(np.mgrid[:side, :side], axis=2) - random.integers(12, side - 12, 2)
    size = random.integers(5, 10)
    if kind == "ball":
        return (at**2).sum(axis=2) < size**2
    return np.abs(at).max(axis=2) < size


def _picture(random: np.random.Generator, inside: NDArray[np.bool_]) -> Image.Image:
    grain = random.integers(0, 70, inside.shape)
    values = grain + np.where(inside, random.integers(90, 180), 20)
    return Image.fromarray(values.astype(np.uint8))


def _plain(picture: Image.Image, kind: str, number: int) -> bytes:
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def toys(save: Save = _plain, each: int = 60) -> Files:
    """Pictures of toys, one folder for each kind."""
    random = np.random.default_rng(1)
    return {
        f"{kind}/{number:03d}.png": save(_picture(random, _drawn(random, kind)), kind, number)
        for kind in KINDS
        for number in range(each)
    }


def ponds() -> Files:
    """Pictures of ponds, and a table of how large each is."""
    random = np.random.default_rng(2)
    files: Files = {}
    rows: list[tuple[str, str]] = []
    for number in random.permutation(160).tolist():
        inside = _drawn(random, "ball")
        files[f"aerial/pond{number:03d}.png"] = _plain(_picture(random, inside), "", number)
        area = float(inside.sum()) * 4 + random.normal(0, 40)
        rows.append((f"pond{number:03d}.png", f"{area:.0f}"))
    files["ponds.csv"] = pd.DataFrame(rows, columns=["picture", "surface_m2"])
    return files


def boxed() -> Files:
    """Pictures of bricks, and a table of the box around each."""
    random = np.random.default_rng(3)
    files: Files = {}
    rows: list[tuple[object, ...]] = []
    for number in range(110):
        inside = _drawn(random, "brick", 48)
        files[f"photos/p{number:03d}.png"] = _plain(_picture(random, inside), "", number)
        down, right = np.nonzero(inside)
        edges = (right.min(), down.min(), right.max() + 1, down.max() + 1)
        rows.append((f"p{number:03d}.png", "brick", *edges))
    columns = ["filename", "class", "xmin", "ymin", "xmax", "ymax"]
    files["boxes.csv"] = pd.DataFrame(rows, columns=columns)
    return files


def masked() -> Files:
    """Pictures of balls with a mask for each."""
    random = np.random.default_rng(4)
    files: Files = {}
    for number in range(100):
        inside = _drawn(random, "ball", 40)
        files[f"photos/p{number:03d}.png"] = _plain(_picture(random, inside), "", number)
        mask = Image.fromarray((inside * 255).astype(np.uint8))
        files[f"masks/p{number:03d}.png"] = _plain(mask, "", number)
    return files


def _toys(root: Path, save: Save = _plain) -> Exhibit:
    return propose(root, "toys", toys(save), "files")


LEGITIMATE.extend(
    (
        Case("kinds of toys by their pictures", "legitimate", _toys),
        Case(
            "surfaces of ponds by their pictures",
            "legitimate",
            lambda root: propose(root, "ponds", ponds(), "files"),
        ),
        Case(
            "boxes around bricks",
            "legitimate",
            lambda root: propose(root, "bricks", boxed(), "detection"),
        ),
        Case(
            "masks of balls",
            "legitimate",
            lambda root: propose(root, "balls", masked(), "segmentation"),
        ),
    )
)


@defect("leak", "file-property-leak")
def pictures_of_one_kind_are_stored_larger(root: Path) -> Exhibit:
    def save(picture: Image.Image, kind: str, number: int) -> bytes:
        notes = PngInfo()
        notes.add_text("profile", "x" * (3_000 if kind == "ball" else 10))
        content = io.BytesIO()
        picture.save(content, "PNG", pnginfo=notes)
        return content.getvalue()

    return _toys(root, save)


@defect("leak", "file-property-leak")
def pictures_of_one_kind_of_several_have_a_resolution(root: Path) -> Exhibit:
    def save(picture: Image.Image, kind: str, number: int) -> bytes:
        content = io.BytesIO()
        more = {"dpi": (72, 72)} if kind == "ball" else {}
        picture.save(content, "PNG", **more)
        return content.getvalue()

    return _toys(root, save)


@defect("leak", "file-property-leak")
def pictures_of_one_kind_were_taken_earlier(root: Path) -> Exhibit:
    def save(picture: Image.Image, kind: str, number: int) -> bytes:
        exif = Image.Exif()
        year = 2017 if kind == "ball" else 2021
        exif[306] = f"{year}:{number % 12 + 1:02d}:{number % 28 + 1:02d} 10:{number % 60:02d}:00"
        content = io.BytesIO()
        picture.save(content, "PNG", exif=exif)
        return content.getvalue()

    return _toys(root, save)


@defect("leak", "file-property-leak")
def the_kind_is_noted_in_the_header(root: Path) -> Exhibit:
    def save(picture: Image.Image, kind: str, number: int) -> bytes:
        notes = PngInfo()
        notes.add_text("Comment", f"shot {number:04d}, {kind}, lamp {number % 7}")
        content = io.BytesIO()
        picture.save(content, "PNG", pnginfo=notes)
        return content.getvalue()

    return _toys(root, save)


@defect("leak", "duplicate-across-holdout")
def pictures_are_there_twice_in_two_encodings(root: Path) -> Exhibit:
    files = toys(each=40)
    for path, content in list(files.items()):
        if isinstance(content, bytes):
            again = io.BytesIO()
            with Image.open(io.BytesIO(content)) as picture:
                picture.save(again, "JPEG", quality=96)
            files[path.replace("/", "/copy").replace(".png", ".jpg")] = again.getvalue()
    return propose(root, "toys", files, "files")


@defect("leak", "duplicate-across-holdout")
def boxed_pictures_are_there_twice(root: Path) -> Exhibit:
    files = boxed()
    table = files["boxes.csv"]
    if not isinstance(table, pd.DataFrame):
        raise AssertionError("boxes stand in a table")
    for path, content in list(files.items()):
        if isinstance(content, bytes):
            with Image.open(io.BytesIO(content)) as picture:
                files[path.replace("/p", "/q")] = _plain(picture.convert("RGB"), "", 0)
    twice = table.assign(filename=table["filename"].str.replace("p", "q", n=1))
    files["boxes.csv"] = pd.concat([table, twice], ignore_index=True)
    return propose(root, "bricks", files, "detection")


def _changed(
    root: Path, files: Files, formulation: str, change: Callable[[Tables], None]
) -> Exhibit:
    """Return a task with other tables, and the pictures beside them."""
    task = Task.load(propose(root, "toys", files, formulation).directory)
    tables, pictures = Tables.of(task), task.prepare().public_dir / "pictures"
    change(tables)
    written = tables.written(root)
    prepared = written.prepared
    if prepared is None:
        raise AssertionError("changed tables are written somewhere else")
    shutil.copytree(pictures, prepared.public_dir / "pictures")
    return Exhibit(written.directory, PreparedTask(prepared.public_dir, prepared.private_dir))


@defect("leak", "file-name-leak")
def the_kind_stands_in_the_names_of_the_files(root: Path) -> Exhibit:
    def change(tables: Tables) -> None:
        for frame, kinds in (
            (tables.train, tables.train[tables.target]),
            (tables.test, tables.answers[tables.target]),
        ):
            frame["file"] = [
                f"pictures/{kind}_{Path(path).name}"
                for path, kind in zip(frame["file"], kinds, strict=True)
            ]

    exhibit = _changed(root, toys(), "files", change)
    if exhibit.prepared is None:
        raise AssertionError("changed tables are written somewhere else")
    public = exhibit.prepared.public_dir
    for name in ("train.csv", "test.csv"):
        for path in pd.read_csv(public / name)["file"]:
            plain = public / "pictures" / str(path).rsplit("_", 1)[1]
            plain.rename(public / str(path))
    return exhibit


@defect("leak", "target-in-test")
def the_kind_of_a_picture_in_the_test_file(root: Path) -> Exhibit:
    def change(tables: Tables) -> None:
        tables.test[tables.target] = tables.answers[tables.target].to_numpy()

    return _changed(root, toys(), "files", change)


@defect("data", "target-invalid", "grading-fails")
def surfaces_that_are_no_numbers(root: Path) -> Exhibit:
    def change(tables: Tables) -> None:
        tables.answers[tables.target] = "wide"

    return _changed(root, ponds(), "files", change)


@defect("description", "description-untrue", "description-incomplete")
def a_page_of_pictures_about_another_target(root: Path) -> Exhibit:
    task = Task.load(propose(root, "ponds", ponds(), "files").directory)
    return reworded(task, "surface_m2", "depth_m")
