"""What goes of the ideas that were chosen, and what stays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made import table, text, write

from mlesmith_env.manifest import MetricSpec
from mlesmith_generator.brainstorm.entities import is_fact_of_entity
from mlesmith_generator.brainstorm.persons import is_what_somebody_is
from mlesmith_generator.brainstorm.running import is_running_number
from mlesmith_generator.brainstorm.weeding import weeded
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.records import DatasetProfile, Holdout, Idea

ROWS = 400
RANDOM = np.random.default_rng(5)


def _idea(column: str, *reasons: str, formulation: str = "table") -> Idea:
    return Idea(
        dataset="made",
        table="table",
        target=column,
        target_source=column,
        objective="multiclass",
        metric=MetricSpec(name="accuracy"),
        holdout=Holdout(kind="random", test_fraction=0.3),
        justification="made up",
        reasons=reasons,
        formulation=formulation,
    )


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> tuple[DatasetProfile, Path]:
    """Workers at machines, each of one make."""
    machine = RANDOM.integers(0, 8, ROWS)
    folder = write(
        tmp_path_factory.mktemp("made"),
        wage=text(RANDOM.gamma(4, 5, ROWS), 2),
        female=text(RANDOM.integers(0, 2, ROWS), 0),
        machine=text(801 + machine, 0),
        make=[("Ada", "Bob", "Cyd")[place] for place in (3 * machine + 1) % 7 % 3],
        tenure=text(RANDOM.gamma(2, 5, ROWS), 1),
        hue=[("red", "blue")[place] for place in RANDOM.integers(0, 2, ROWS)],
        wage_hue=[("low", "high")[place] for place in RANDOM.integers(0, 2, ROWS)],
        episode=text(1 + np.arange(ROWS) % 12, 0),
    )
    return profile_dataset(folder, "made", seed=0), folder


def _kept(given: tuple[DatasetProfile, Path], *chosen: Idea) -> list[str]:
    return [idea.target for idea in weeded(chosen, *given)]


def test_weak_questions_beside_a_clear_one_go_from_the_third_on(
    workers: tuple[DatasetProfile, Path],
) -> None:
    chosen = [_idea(name) for name in ("wage", "tenure", "hue")]
    assert _kept(workers, *chosen) == ["wage", "tenure"]
    assert _kept(workers, *chosen[::-1]) == ["hue", "tenure", "wage"]


def test_kinds_of_things_are_weak_beside_what_leaves_no_doubt(
    workers: tuple[DatasetProfile, Path],
) -> None:
    named = "its name is that of an outcome"
    chosen = [_idea("wage", named), _idea("tenure"), _idea("contract_type", named)]
    assert _kept(workers, *chosen) == ["wage", "tenure"]
    last = _idea("contract_type", named, "it is the last column")
    assert _kept(workers, *chosen[:2], last) == ["wage", "tenure", "contract_type"]


@pytest.mark.parametrize("reason", ["it labels rows of measurements", "it is the last column"])
def test_what_something_speaks_for_stays(workers: tuple[DatasetProfile, Path], reason: str) -> None:
    first = (_idea("wage"), _idea("tenure"))
    assert _kept(workers, *first, _idea("hue", reason)) == ["wage", "tenure", "hue"]
    assert _kept(workers, *first, _idea("hue", "it leads the table")) == ["wage", "tenure"]


def test_weak_questions_stay_where_none_is_clear_or_the_clear_one_is_of_their_name(
    workers: tuple[DatasetProfile, Path],
) -> None:
    assert _kept(workers, *map(_idea, ("make", "tenure", "hue"))) == ["make", "tenure", "hue"]
    assert _kept(workers, *map(_idea, ("wage", "tenure", "wage_hue")))[-1] == "wage_hue"


def test_other_ways_of_asking_stay(workers: tuple[DatasetProfile, Path]) -> None:
    last = _idea("tenure", formulation="forecasting")
    assert _kept(workers, _idea("wage"), _idea("hue"), last) == ["wage", "hue", "tenure"]


def test_what_somebody_is_and_running_numbers_are_last_resorts(
    workers: tuple[DatasetProfile, Path],
) -> None:
    assert _kept(workers, _idea("female"), _idea("tenure")) == ["tenure"]
    assert _kept(workers, _idea("female"), _idea("episode")) == ["female", "episode"]
    assert _kept(workers, _idea("episode"), _idea("hue")) == ["hue"]
    named = _idea("female", "the data are named after it")
    assert _kept(workers, named, _idea("tenure")) == ["female", "tenure"]
    last = "it is the last column"
    assert _kept(workers, _idea("tenure"), _idea("female", last)) == ["tenure"]
    label = _idea("female", last, "it labels rows of measurements")
    assert _kept(workers, _idea("tenure"), label) == ["tenure", "female"]


def test_what_a_code_tells_goes_unless_it_is_first(workers: tuple[DatasetProfile, Path]) -> None:
    assert _kept(workers, _idea("tenure"), _idea("make")) == ["tenure"]
    assert _kept(workers, _idea("make"), _idea("tenure")) == ["make", "tenure"]
    declared = _idea("make", "it is the last column")
    assert _kept(workers, _idea("tenure"), declared) == ["tenure", "make"]


def test_an_entity_is_told_by_a_code_and_not_by_an_amount() -> None:
    code = RANDOM.integers(0, 10, ROWS)
    data = table(
        code=text(code, 0),
        mixed=[("a", "b")[place] for place in code % 2],
        loose=[("a", "b")[place] for place in (code + (RANDOM.random(ROWS) < 0.1)) % 2],
        grown=[("small", "large")[int(place > 4)] for place in code],
        press=text(np.array([802, 813, 815, 816, 821, 824, 827, 828, 830, 839])[code], 0),
    )
    assert is_fact_of_entity(data["mixed"], data.columns)
    assert not is_fact_of_entity(data["loose"], [data["code"]])
    assert not is_fact_of_entity(data["grown"], [data["code"]])
    assert is_fact_of_entity(data["grown"], [data["press"]])


def _flags(rows: int = ROWS) -> list[str]:
    return text(RANDOM.integers(0, 2, rows), 0)


def _sexes() -> list[str]:
    return ["mf"[place] for place in RANDOM.integers(0, 2, ROWS)]


@pytest.mark.parametrize(
    ("name", "other", "people"),
    [
        ("black", "educ", True),
        ("male", "lwage", True),
        ("Geschlecht", "Einkommen", True),
        ("white", "ph", False),
        ("male", "wing_mm", False),
        ("whiteness", "educ", False),
    ],
)
def test_flags_say_what_somebody_is_beside_what_only_people_have(
    name: str, other: str, people: bool
) -> None:
    data = table(**{name: _flags(), other: text(RANDOM.normal(9, 1, ROWS))})
    assert is_what_somebody_is(data[name].profile, [name, other], "made") == people


def test_the_sex_of_animals_is_asked_for() -> None:
    data = table(sex=_sexes(), beak=text(RANDOM.normal(9, 1, ROWS)))
    assert not is_what_somebody_is(data["sex"].profile, ["sex", "beak"], "penguins")
    assert is_what_somebody_is(data["sex"].profile, ["sex", "marital_status"], "made")


def test_running_numbers_are_told_by_name_and_values() -> None:
    run = 1 + np.arange(ROWS) % 20
    ended = np.where(RANDOM.random(ROWS) < 0.5, 3, 1 + np.arange(ROWS) % 12)
    data = table(
        Episode=text(run, 0),
        lap_no=text(run, 0),
        age=text(run, 0),
        round=text(ended, 0),
        volume=text(40 * run, 0),
        verse=text(run + 5, 0),
    )
    found = [each.name for each in data.columns if is_running_number(each.profile)]
    assert found == ["Episode", "lap_no"]
