"""Pictures and recordings: made-up collections through all gates, and what is no question."""

from __future__ import annotations

import csv
import wave
from pathlib import Path

import numpy as np
import pytest

from mlesmith_env.executor import Execution
from mlesmith_generator.brainstormer import ideas_for
from mlesmith_generator.formulations.media.labels import labels_of
from mlesmith_generator.formulations.media.traces import of_files
from mlesmith_generator.gates.singles import KEPT
from mlesmith_generator.gates.verdict import Finding
from mlesmith_generator.generation import Settings, generate_all
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.verification import VerificationJob, verify_package

Image = pytest.importorskip("PIL.Image")


def shape(random: np.random.Generator, kind: str, side: int = 40) -> np.ndarray:
    """A grey picture of a bright disc, square or cross at a drawn place."""
    at = np.stack(np.mgrid[:side, :side], axis=2) - random.integers(14, side - 14, 2)
    size = random.integers(6, 11)
    if kind == "disc":
        inside = (at**2).sum(axis=2) < size**2
    elif kind == "square":
        inside = np.abs(at).max(axis=2) < size
    else:
        inside = (np.abs(at).min(axis=2) < 2) & (np.abs(at).max(axis=2) < size)
    return inside


def picture(random: np.random.Generator, inside: np.ndarray) -> Image.Image:
    noise = random.integers(0, 60, inside.shape)
    values = noise + np.where(inside, random.integers(110, 180), 20)
    return Image.fromarray(values.astype(np.uint8))


def pictures_by_folder(root: Path) -> Path:
    random = np.random.default_rng(0)
    for kind in ("disc", "square", "cross"):
        (root / kind).mkdir(parents=True)
        for number in range(45):
            picture(random, shape(random, kind)).save(root / kind / f"{kind}{number}.png")
    return root


def boxed_pictures(root: Path) -> Path:
    random = np.random.default_rng(1)
    (root / "photos").mkdir(parents=True)
    rows = [("filename", "class", "xmin", "ymin", "xmax", "ymax")]
    for number in range(120):
        inside = shape(random, "square", 48)
        picture(random, inside).save(root / "photos" / f"p{number:03d}.png")
        down, right = np.nonzero(inside)
        box = (right.min(), down.min(), right.max() + 1, down.max() + 1)
        rows.append((f"p{number:03d}.png", "tile", *map(str, box)))
    with (root / "boxes.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return root


def masked_pictures(root: Path) -> Path:
    random = np.random.default_rng(2)
    for folder in ("photos", "masks"):
        (root / folder).mkdir(parents=True)
    for number in range(100):
        inside = shape(random, "disc")
        picture(random, inside).save(root / "photos" / f"p{number:03d}.jpg", quality=95)
        mask = Image.fromarray((inside * 255).astype(np.uint8))
        mask.save(root / "masks" / f"p{number:03d}.png")
    return root


def recordings(root: Path) -> Path:
    """Tones and noises of six players, first tones drowned: `<what>_<who>_<number>.wav`."""
    random = np.random.default_rng(3)
    root.mkdir(parents=True)
    moments = np.arange(2_000) / 8_000
    for who in ("ada", "ben", "cyn", "dov", "eli", "fay"):
        pitch = random.uniform(0.9, 1.1)
        for what, base in (("low", 200), ("high", 900), ("hiss", 0)):
            for number in range(8):
                tone = np.sin(2 * np.pi * base * pitch * random.uniform(0.95, 1.05) * moments)
                noise = random.normal(size=len(moments))
                drowned = base == 0 or number == 0
                values = 0.3 * noise if drowned else 0.5 * tone + 0.1 * noise
                with wave.open(str(root / f"{what}_{who}_{number}.wav"), "wb") as sound:
                    sound.setnchannels(1)
                    sound.setsampwidth(2)
                    sound.setframerate(8_000)
                    sound.writeframes((values * 12_000).clip(-32_000, 32_000).astype("<i2"))
    return root


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("media")
    return {
        "shapes": pictures_by_folder(folder / "shapes"),
        "tiles": boxed_pictures(folder / "tiles"),
        "spots": masked_pictures(folder / "spots"),
        "tones": recordings(folder / "tones"),
    }


@pytest.fixture(scope="module")
def registry(sources, tmp_path_factory) -> Path:
    registry = tmp_path_factory.mktemp("registry") / "made"
    settings = Settings(registry=registry, ideas=1)
    assert generate_all(
        [str(path) for path in sources.values()], settings, execution=Execution(workers=2)
    )
    return registry


def packages(registry: Path) -> dict[str, Path]:
    return {path.parent.name: path.parent for path in registry.glob("*/*/task.yaml")}


def test_each_collection_becomes_the_task_that_it_affords(registry):
    from mlesmith_env.task import Task

    asked = {}
    for path in packages(registry).values():
        manifest = Task.load(path).manifest
        asked[manifest.source.dataset] = (manifest.modality, manifest.objective)
    assert asked == {
        "shapes": ("image", "multiclass"),
        "tiles": ("image", "detection"),
        "spots": ("image", "segmentation"),
        "tones": ("audio", "multiclass"),
    }


def test_they_pass_again_and_folders_are_pinned_as_one(registry):
    from mlesmith_env.task import Task

    for path in packages(registry).values():
        manifest = Task.load(path).manifest
        assert any(name.endswith("/") for name in manifest.prepared), manifest.prepared
        if manifest.modality == "audio":
            verdict = verify_package(VerificationJob(path, "local", False))
            assert verdict.passed, verdict.as_dict()


def test_a_running_number_is_no_question(sources):
    profile = profile_dataset(sources["tones"], "tones")
    (collection,) = profile.collections
    labels = labels_of(profile, collection, sources["tones"])
    assert [sorted(label.counts)[:2] for label in labels] == [["high", "hiss"], ["ada", "ben"]]


def test_boxes_and_masks_are_not_asked_as_tables_or_classes(sources):
    for name in ("tiles", "spots"):
        profile = profile_dataset(sources[name], name)
        ideas = ideas_for(profile, sources[name], limit=5)
        assert {idea.objective for idea in ideas} == {
            "detection" if name == "tiles" else "segmentation"
        }


@pytest.mark.parametrize(("column", "kept"), [("bytes", True), ("date", False)])
def test_evidence_says_kept_only_of_what_is_kept(column, kept):
    near = Finding("target-proxy", f"{column} gives the target{KEPT}", "design", (column,), True)
    found = of_files(near, "of 'disc' against the rest: ")
    assert found.warning is kept
    assert found.evidence.endswith(KEPT) is kept
    assert found.evidence.startswith("of 'disc' against the rest: ")


def test_a_picture_whose_size_tells_the_class_is_refused(tmp_path):
    random = np.random.default_rng(4)
    for place, kind in enumerate(("disc", "square")):
        (tmp_path / "sized" / kind).mkdir(parents=True)
        for number in range(70):
            inside = shape(random, kind, 40 + 8 * place)
            picture(random, inside).save(tmp_path / "sized" / kind / f"{number}.png")
    registry = tmp_path / "registry"
    assert not generate_all([str(tmp_path / "sized")], Settings(registry=registry, ideas=1))
    assert "file-property-leak" in (registry / "generation.json").read_text()
