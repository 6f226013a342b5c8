"""Who speaks in a recording, or whose picture it is: hidden whole where there are enough."""

from __future__ import annotations

import csv
import wave
from pathlib import Path

import numpy as np
import pytest

from mlesmith_env.recipes.table import recipe_table
from mlesmith_generator.brainstormer import ideas_for
from mlesmith_generator.formulations.media.labels import Label
from mlesmith_generator.formulations.media.subjects import (
    by_subject,
    can_be_hidden,
    hidden_whole,
    is_subject,
    noun_of,
    subject_of,
)
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.records import Idea

_NAMES = "ada ben cyn dov eli fay gus hal ira joy kim lou max ned oli pam quin rae sid tom".split()


def _label(name: str, values: list[str], origin: str = "file name", column: str = "") -> Label:
    return Label(name, (), tuple(values), origin, 1.0, column=column)


def _sound(path: Path, pitch: float, random: np.random.Generator) -> None:
    moments = np.arange(400) / 8_000
    values = np.sin(2 * np.pi * pitch * moments) + 0.3 * random.normal(size=len(moments))
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8_000)
        sound.writeframes((values * 8_000).clip(-32_000, 32_000).astype("<i2").tobytes())


def _spoken(root: Path, names: list[str], takes: int = 3) -> Path:
    random = np.random.default_rng(0)
    root.mkdir()
    for who in names:
        for word, pitch in (("low", 200.0), ("high", 900.0), ("mid", 500.0)):
            for take in range(takes):
                _sound(root / f"{word}_{who}_{take}.wav", pitch, random)
    return root


def _first(folder: Path, target: str = "label_1") -> Idea:
    profile = profile_dataset(folder, folder.name)
    ideas = ideas_for(profile, folder, limit=5)
    return next(idea for idea in ideas if idea.target == target)


def test_many_speakers_are_hidden_whole_and_stay_in_the_files(tmp_path: Path) -> None:
    folder = _spoken(tmp_path / "words", _NAMES)
    idea = _first(folder)
    assert idea.holdout.kind == "group"
    assert not idea.holdout.drop_column
    assert idea.recipe is not None
    frame = recipe_table(idea.recipe, folder)  # type: ignore[arg-type]
    assert set(frame[idea.holdout.column]) == set(_NAMES)
    assert "unseen sources" in idea.question


def test_few_speakers_are_on_both_sides_and_are_told_where_they_are_known(tmp_path: Path) -> None:
    folder = _spoken(tmp_path / "words", _NAMES[:6], takes=8)
    assert _first(folder).holdout.kind == "stratified"
    assert "shared" not in _first(folder).measured
    (folder / "README.md").write_text("Named `{word}_{speaker}_{take}.wav`.")
    idea = _first(folder, "word")
    assert idea.holdout.kind == "stratified"
    assert idea.measured["shared"] == "six speakers"


def test_subjects_of_a_table_are_hidden_though_each_is_of_one_class(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    root = tmp_path / "coughs"
    (root / "sounds").mkdir(parents=True)
    rows = [("file", "patient_id", "diagnosis")]
    for patient in range(40):
        ill = patient % 2
        for take in range(4):
            name = f"c{patient * 4 + take:04d}.wav"
            _sound(root / "sounds" / name, 300.0 + 300 * ill, random)
            rows.append((name, f"P{1000 + 7 * patient}", "ill" if ill else "well"))
    with (root / "list.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    idea = _first(root, "diagnosis")
    assert (idea.holdout.kind, idea.holdout.column) == ("group", "patient_id")
    assert all(each.target != "patient_id" for each in ideas_for(profile_dataset(root, "c"), root))


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("speaker_id", ["a", "b"], True),
        ("patient", ["a", "b"], True),
        ("colour", ["red", "blue"], False),
        ("category", ["Actor_01", "Actor_02"], True),
        ("category", ["type 1", "type 2"], False),
    ],
)
def test_subjects_are_told_by_names_and_by_numbered_values(
    name: str, values: list[str], expected: bool
) -> None:
    column = name if name != "category" else ""
    assert is_subject(_label(name, values, "table", column)) is expected


def test_who_it_is_may_be_the_question_itself() -> None:
    who = _label("speaker", _NAMES * 30, column="speaker")
    word = _label("word", [f"w{number % 29}" for number in range(600)])
    assert subject_of(who, [who, word], _NAMES) is None
    assert subject_of(word, [who, word], [f"w{number}" for number in range(29)]) is who


@pytest.mark.parametrize(("subjects", "expected"), [(14, False), (15, True)])
def test_fifteen_are_enough(subjects: int, expected: bool) -> None:
    who = _label("speaker", [f"s{number % subjects}" for number in range(300)])
    word = _label("word", ["yes" if number // subjects % 2 else "no" for number in range(300)])
    assert can_be_hidden(who, word, ("no", "yes")) is expected


def test_one_who_has_most_files_and_classes_of_few_are_not_hidden() -> None:
    word = _label("word", ["yes", "no"] * 150)
    most = _label("speaker", [f"s{max(0, number - 150) % 40}" for number in range(300)])
    assert not can_be_hidden(most, word, ("no", "yes"))
    who = [f"s{number // 10}" for number in range(300)]
    rare = _label("kind", ["rare" if number < 50 else "usual" for number in range(300)])
    assert not can_be_hidden(_label("speaker", who), rare, ("rare", "usual"))


def _alphabets(each: int) -> tuple[Label, Label]:
    paths = [f"{script}/sign{n:03d}" for script in ("runic", "coptic") for n in range(each)] * 6
    scripts = [path.split("/")[0] for path in paths]
    return _label("category", scripts, "folder"), _label("folder_1", paths, "folder")


def test_folders_inside_those_of_the_classes_are_hidden_whole_and_their_paths_not_shown() -> None:
    script, sign = _alphabets(each=95)
    subject = subject_of(script, [script, sign], ("coptic", "runic"))
    assert subject is sign
    hidden = hidden_whole(subject, script, ("coptic", "runic"))
    assert hidden is not None
    assert hidden.name == "sign"
    holdout = by_subject(hidden, script)
    assert (holdout.kind, holdout.column, holdout.drop_column) == ("group", "sign", True)


@pytest.mark.parametrize("turn", [20, 1], ids=["each says all words", "each has one state"])
def test_folders_of_people_that_tell_no_class_stay_to_make_folds_by(turn: int) -> None:
    person = _label("category", [f"speaker{n % 20:02d}" for n in range(400)], "folder")
    label = _label("word", ["yes" if n // turn % 2 else "no" for n in range(400)], "table")
    assert not by_subject(person, label).drop_column
    assert not by_subject(person).drop_column


def test_folders_too_few_to_tell_skill_from_luck_are_told_and_not_hidden() -> None:
    script, sign = _alphabets(each=20)
    assert subject_of(script, [script, sign], ("coptic", "runic")) is sign
    assert hidden_whole(sign, script, ("coptic", "runic")) is None
    assert noun_of(sign) == "sign"


def test_few_folders_of_a_class_and_the_finer_question_itself_are_not_hidden() -> None:
    script, sign = _alphabets(each=7)
    assert subject_of(script, [script, sign], ("coptic", "runic")) is None
    assert subject_of(sign, [script, sign], sorted(sign.counts)) is None
