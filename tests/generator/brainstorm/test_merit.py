"""How likely a practitioner would be to predict a column, by its name and its values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made import text, write

from mlesmith_generator.brainstorm.merit import Merit, merits
from mlesmith_generator.profiler import measure_file, profile_dataset


def ranked(folder: Path, subject: str = "owner-table") -> dict[str, Merit]:
    """Return what could be asked of a folder's table, best first."""
    table = profile_dataset(folder, subject).tables[0]
    found = merits(table, measure_file(table.reader, folder, seed=0).table, subject)
    return {merit.column: merit for merit in found}


def _departures(varying: int = 0) -> dict[str, list[str]]:
    """A month of a timetable: the same buses every day, some minutes late."""
    random = np.random.default_rng(3)
    numbers, days = random.permutation(np.arange(100, 900, 4))[:80], 25
    bus, day = np.repeat(numbers, days), np.tile(np.arange(days), 80)
    shown = bus + random.integers(-varying, varying + 1, len(bus))
    planned = np.repeat(random.integers(300, 1300, 80), days)
    line = np.repeat(random.choice(["north", "south", "ring"], 80), days)
    late = random.gamma(2, 4, len(bus)) + 6.0 * (line == "ring")
    order = random.permutation(len(bus))
    columns = {
        "bus": shown.astype(str),
        "line": line,
        "minute_of_day": (planned + random.integers(-1, 2, len(bus))).astype(str),
        "day": day.astype(str),
        "late": np.array(text(late, 1)),
    }
    return {name: values[order].tolist() for name, values in columns.items()}


def test_the_number_of_a_row_s_own_thing_is_a_code_and_no_amount(tmp_path: Path) -> None:
    assert "bus" not in ranked(write(tmp_path, **_departures()), "town-buses")


def test_what_varies_between_rows_alike_may_be_an_amount_without_a_bonus(tmp_path: Path) -> None:
    folder = write(tmp_path, **_departures(varying=40))
    named, other = (ranked(folder, subject)["bus"] for subject in ("town-buses", "town-ledger"))
    assert named.score == other.score


@pytest.mark.parametrize("subject", ["late", "late-arrivals"])
def test_other_data_are_still_named_after_their_outcome(tmp_path: Path, subject: str) -> None:
    found = ranked(write(tmp_path, **_departures()), subject)["late"]
    assert "the data are named after it" in found.reasons


def _experiment(name: str, levels: list[str], last: bool = True) -> dict[str, list[str]]:
    random = np.random.default_rng(4)
    done = random.choice(levels, 300)
    played = text(20 + 9.0 * (done == levels[0]) + random.normal(0, 6, 300), 1)
    given = {name: done.tolist()}
    rest = {"age": random.integers(11, 19, 300).astype(str).tolist(), "stake": played}
    return {**rest, **given} if last else {**given, **rest}


@pytest.mark.parametrize("name", ["arrangement", "setting", "experiment_arm", "block"])
def test_the_design_of_an_experiment_is_no_outcome_even_at_the_end(
    tmp_path: Path, name: str
) -> None:
    found = ranked(write(tmp_path, **_experiment(name, ["alone", "team"])))
    assert next(iter(found)) != name
    assert found[name].score < 0


def test_what_was_done_to_people_is_told_by_its_levels(tmp_path: Path) -> None:
    done, sick = (
        ranked(write(tmp_path / word, **_experiment("condition", [word, "control"])))["condition"]
        for word in ("placebo", "disease")
    )
    assert done.score == pytest.approx(sick.score - 1.0)
    assert sick.score > 1.0


def _places(stem: str, first: int = 0) -> dict[str, list[str]]:
    random = np.random.default_rng(6)
    level = random.normal(50, 9, 200)
    names = [f"{stem}{first + place}" for place in range(8)]
    return {name: text(level + random.normal(0, 4, 200), 2) for name in names}


@pytest.mark.parametrize(
    ("stem", "first", "resort"),
    [("V", 1, True), ("pixel_0_", 0, True), ("income_", 2011, False), ("price", 1, False)],
)
def test_a_place_of_a_numbered_family_is_a_last_resort_beside_named_columns(
    tmp_path: Path, stem: str, first: int, resort: bool
) -> None:
    places = _places(stem, first)
    named = {"moisture": text(np.random.default_rng(7).normal(9, 2, 200), 2)}
    found = ranked(write(tmp_path / "named", **named, **places))
    assert all(found[name].senseless == resort for name in places)
    assert not found["moisture"].senseless
    alone = ranked(write(tmp_path / "alone", **places))
    assert alone[f"{stem}{first + 7}"].score > found[f"{stem}{first + 7}"].score or not resort


def test_the_label_of_a_numbered_family_is_none_of_its_places(tmp_path: Path) -> None:
    label = np.random.default_rng(8).choice(["rock", "mine"], 200).tolist()
    found = ranked(write(tmp_path, hertz=text(np.arange(200.0)), **_places("V", 1), V9=label))
    assert next(iter(found)) == "V9"


def test_anonymous_columns_of_several_kinds_are_one_numbered_family(tmp_path: Path) -> None:
    random = np.random.default_rng(9)
    flags = {f"part_{n}": random.choice(["t", "f"], 200).tolist() for n in (1, 4)}
    amounts = {f"part_{n}": text(random.gamma(2, 9, 200), 2) for n in (2, 3, 8, 15)}
    granted = random.choice(["+", "-"], 200).tolist()
    found = ranked(write(tmp_path, **flags, **amounts, granted=granted))
    assert {name for name, merit in found.items() if not merit.senseless} == {"granted"}
