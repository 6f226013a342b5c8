"""Numbers of pictures, counts of boxes, pictures beside columns, and pieces of music."""

from __future__ import annotations

import csv
import struct
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from mlesmith_env.executor import Execution
from mlesmith_env.leaderboard import read_leaderboard
from mlesmith_env.recipes.model import TableRecipe
from mlesmith_env.recipes.table import recipe_table
from mlesmith_env.task import Task
from mlesmith_generator.brainstormer import ideas_for
from mlesmith_generator.formulations.media.files import FILES
from mlesmith_generator.generation import Settings, generate_all
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.verification import VerificationJob, verify_package

Image = pytest.importorskip("PIL.Image")


def write_rows(path: Path, rows: list[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def saved(random: np.random.Generator, path: Path, inside: np.ndarray, bright: int = 170) -> None:
    values = random.integers(0, 60, inside.shape) + np.where(inside, bright, 20)
    Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(path)


def leaves(root: Path) -> Path:
    """Pictures of one blot each; a table says how large the real thing was."""
    random = np.random.default_rng(0)
    (root / "scans").mkdir(parents=True)
    rows: list[tuple[object, ...]] = [("scan", "scanner_no", "leaf_area_cm2")]
    for number in random.permutation(150).tolist():
        radius = random.uniform(4, 15)
        at = np.stack(np.mgrid[:40, :40], axis=2) - random.integers(15, 25, 2)
        name = f"leaf{number:03d}.png"
        saved(random, root / "scans" / name, (at**2).sum(axis=2) < radius**2)
        area = 0.2 * radius**2 + random.normal(0, 2)
        rows.append((name, random.integers(1, 4), f"{area:.1f}"))
    write_rows(root / "measured.csv", rows)
    return root


def crates(root: Path, most: int = 6) -> Path:
    """Pictures of some squares each; a table lists a box for each square."""
    random = np.random.default_rng(1)
    (root / "photos").mkdir(parents=True)
    rows: list[tuple[object, ...]] = [("filename", "class", "xmin", "ymin", "xmax", "ymax")]
    for number in range(110):
        inside = np.zeros((48, 48), bool)
        cells = random.permutation(9)[: random.integers(1, most + 1)]
        for cell in cells.tolist():
            down, right = 16 * (cell // 3) + 3, 16 * (cell % 3) + 3
            inside[down : down + 10, right : right + 10] = True
            box = (right, down, right + 10, down + 10)
            rows.append((f"p{number:03d}.png", "crate", *box))
        saved(random, root / "photos" / f"p{number:03d}.png", inside)
    write_rows(root / "boxes.csv", rows)
    return root


def flats(root: Path) -> Path:
    """Flats with columns and a picture each: the rent follows from both."""
    random = np.random.default_rng(2)
    (root / "photos").mkdir(parents=True)
    rows: list[tuple[object, ...]] = [("photo", "rooms", "floor_m2", "district", "rent_eur")]
    for number in random.permutation(180).tolist():
        bright, rooms = int(random.integers(40, 190)), int(random.integers(1, 6))
        area, district = random.uniform(25, 120), random.choice(["north", "old town", "river"])
        inside = np.zeros((32, 32), bool)
        inside[6:26, 6:26] = True
        saved(random, root / "photos" / f"{number:04d}.jpg", inside, bright)
        rent = 6 * area + 40 * rooms + 3 * bright + 150 * (district == "river")
        row = (rooms, f"{area:.0f}", district, f"{rent + random.normal(0, 40):.0f}")
        rows.append((f"photos/{number:04d}.jpg", *row))
    write_rows(root / "flats.csv", rows)
    return root


def midi(random: np.random.Generator, major: bool, beat_us: int) -> bytes:
    """A standard MIDI file of one track: broken chords, with running status and a tempo."""
    third, root = (4 if major else 3), 60 + int(random.integers(-5, 6))
    track = b"\x00\xff\x51\x03" + beat_us.to_bytes(3, "big") + b"\x00\xc0\x00\x00"
    for place in range(32):
        pitch = root + (0, third, 7, 12)[place % 4] + 12 * int(random.integers(0, 2))
        force = int(random.integers(60, 110))
        track += bytes((0x90, pitch, force, 0x60, pitch, 0)) if not place else b""
        track += bytes((pitch, force, 0x60, pitch, 0)) if place else b""
        track += b"\x00" if place < 31 else b""
    track += b"\x00\xff\x2f\x00"
    head = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 96)
    return head + b"MTrk" + struct.pack(">I", len(track)) + track


def tunes(root: Path) -> Path:
    """Pieces whose mood a table tells by paths of excerpts that are not at hand."""
    random = np.random.default_rng(3)
    (root / "whole").mkdir(parents=True)
    rows: list[tuple[object, ...]] = [("excerpt", "mood")]
    for number in random.permutation(130).tolist():
        major = bool(random.integers(0, 2))
        content = midi(random, major, int(random.integers(300_000, 900_000)))
        (root / "whole" / f"Tune {number}x.mid").write_bytes(content)
        mood = "glad" if major ^ (random.uniform() < 0.1) else "sad"
        rows.append((f"cut/excerpts/Tune {number}x_0.mid", mood))
    write_rows(root / "moods.csv", rows)
    return root


MAKERS = {"leaves": leaves, "crates": crates, "flats": flats, "tunes": tunes}


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("amounts")
    return {name: make(folder / name) for name, make in MAKERS.items()}


@pytest.fixture(scope="module")
def packages(sources, tmp_path_factory) -> dict[str, Path]:
    registry = tmp_path_factory.mktemp("registry") / "made"
    settings = Settings(registry=registry, ideas=1)
    made = [str(sources[name]) for name in ("flats", "tunes")]
    assert generate_all(made, settings, execution=Execution(workers=2))
    found: dict[str, Path] = {}
    for path in registry.glob("*/*/task.yaml"):
        manifest = Task.load(path.parent).manifest
        name = f"{manifest.source.dataset} {manifest.objective} {manifest.modality}"
        found[name] = path.parent
    return found


@pytest.fixture(scope="module")
def tasks(packages) -> dict[str, Task]:
    return {name: Task.load(path) for name, path in packages.items()}


def test_each_collection_becomes_the_tasks_that_it_affords(tasks):
    assert set(tasks) == {"flats regression mixed", "tunes binary audio"}


def test_a_number_of_each_picture_is_asked_for(sources):
    root = sources["leaves"]
    first, *others = ideas_for(profile_dataset(root, "leaves"), root, limit=5)
    assert (first.target, first.objective, first.modality) == (
        "leaf_area_cm2",
        "regression",
        "image",
    )
    assert "scanner_no" not in [idea.target for idea in others if idea.modality == "image"]


def test_boxes_are_found_and_counted(sources):
    root = sources["crates"]
    ideas = ideas_for(profile_dataset(root, "crates"), root, limit=5)
    assert {idea.objective for idea in ideas} == {"detection", "counting"}
    recipe = next(idea.recipe for idea in ideas if idea.objective == "counting")
    assert isinstance(recipe, TableRecipe)
    frame = recipe_table(recipe, root)
    assert list(frame.columns) == ["file", "crate_count"]
    listed = Counter(row["filename"] for row in csv.DictReader((root / "boxes.csv").open()))
    assert dict(zip(frame["file"], frame["crate_count"].astype(int), strict=True)) == {
        f"photos/{name}": count for name, count in listed.items()
    }


def test_what_is_asked_of_files_is_told_in_their_words(tasks):
    tune = tasks["tunes binary audio"]
    assert "other columns" not in tune.description
    assert "MIDI" in tune.description
    assert "path of the piece below `input/`" in tune.description
    flat = tasks["flats regression mixed"]
    assert "`picture` is the path of the row's picture" in flat.description
    assert "`floor_m2`" in flat.description
    assert "photos/" not in flat.description


def test_both_say_more_than_each_alone(packages, tasks):
    name = "flats regression mixed"
    digest = tasks[name].manifest.digest
    board = read_leaderboard(packages[name] / "leaderboard.csv", digest=digest)
    names = [entry.name for entry in board.entries]
    best = min(names.index("both_mixture"), names.index("both_linear"))
    assert best < min(names.index("columns_boosting"), names.index("described_forest"))


def test_they_pass_again(packages):
    verdict = verify_package(VerificationJob(packages["tunes binary audio"], "local", False))
    assert verdict.passed, verdict.as_dict()


def test_one_box_in_nearly_every_picture_is_no_question(tmp_path):
    root = crates(tmp_path / "single", most=1)
    ideas = ideas_for(profile_dataset(root, "single"), root, limit=5)
    assert {idea.objective for idea in ideas} == {"detection"}


@pytest.mark.parametrize("column", ["frame", "width", "picture_id"])
def test_what_a_table_says_of_the_file_itself_is_no_question(tmp_path, column):
    root = leaves(tmp_path / "told")
    text = (root / "measured.csv").read_text().replace("leaf_area_cm2", column)
    (root / "measured.csv").write_text(text)
    profile = profile_dataset(root, "told")
    asked = FILES.propose(profile, root, limit=5, seed=0)
    assert column not in [proposal.idea.target for proposal in asked]


def test_a_file_alone_makes_no_mixed_question(sources):
    profile = profile_dataset(sources["leaves"], "leaves")
    ideas = ideas_for(profile, sources["leaves"], limit=5)
    assert "mixed" not in {idea.modality for idea in ideas}
