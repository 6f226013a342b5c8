"""What the fields of file names are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlesmith_generator.formulations.media.fields import fields_of
from mlesmith_generator.profiler.paths import name_parts

_WORDS = ("anna", "bela", "cleo")
_SPOKEN = [f"{digit}_{who}_{take}" for digit in range(10) for who in _WORDS for take in range(3)]


def _names(root: Path, names: list[str]) -> list[str]:
    return [field.name for field in fields_of(name_parts(names, "stem"), root)]


def test_notes_beside_the_files_name_the_fields(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Files: `{wordLabel}_{speaker name}_{index}.wav`, 8 kHz.")
    assert _names(tmp_path, _SPOKEN) == ["word", "speaker", "index"]


@pytest.mark.parametrize(
    "notes",
    ["", "Files: {speaker}_{index}.wav", "{a}_{b}_{c}.wav and later {c}_{b}_{a}.wav"],
)
def test_values_name_a_field_where_notes_do_not(tmp_path: Path, notes: str) -> None:
    (tmp_path / "README.md").write_text(notes)
    assert _names(tmp_path, _SPOKEN) == ["digit", "label_2", "label_3"]


def test_a_field_that_may_be_anything_is_told_by_its_place(tmp_path: Path) -> None:
    names = [f"{number}_x_{kind}" for number in range(3) for kind in ("up", "down")]
    first, last = fields_of(name_parts(names, "stem"), tmp_path)
    assert (first.name, first.known, last.name) == ("label_1", False, "label_3")
    assert last.place == "the third part of the raw file's name"
    ragged = [f"{mood}_{'a_' * long}z" for mood in ("sad", "happy", "angry") for long in (1, 2)]
    (field,) = fields_of(name_parts(ragged, "stem"), tmp_path)
    assert (field.name, field.known) == ("emotion", True)
