"""Ideas from raw files to proposals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made import loans, text, visits, write

from mlesmith_env.errors import GenerationError
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.transforms import apply_transforms
from mlesmith_generator.brainstorm import brainstorm
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.records import Idea


def ideas(folder: Path, name: str = "owner__table", limit: int = 5) -> tuple[Idea, ...]:
    found = brainstorm(profile_dataset(folder, name), folder, limit=limit)
    return tuple(idea for idea, _ in found)


def test_the_outcome_comes_first_without_keys_and_twins(tmp_path: Path) -> None:
    first = ideas(write(tmp_path, **loans()))[0]
    assert first.target == "default"
    assert first.objective == "binary"
    assert {e.column for e in first.exclusions} == {"loan_id", "collection_letter"}
    assert "default" in first.justification
    assert first.signal > 0


def test_ideas_differ_in_target_objective_or_holdout(tmp_path: Path) -> None:
    found = ideas(write(tmp_path, **visits()))
    kinds = [(i.target_source, i.objective, i.holdout.kind, i.holdout.column) for i in found]
    assert len(kinds) >= 3
    assert len(set(kinds)) == len(kinds)


def test_the_same_ideas_every_time_and_no_more_than_asked_for(tmp_path: Path) -> None:
    folder = write(tmp_path, **loans())
    assert ideas(folder) == ideas(folder)
    assert len(ideas(folder, limit=2)) == 2


def test_people_seen_again_and_again_are_held_out_whole(tmp_path: Path) -> None:
    found = [idea for idea in ideas(write(tmp_path, **visits())) if idea.target == "score"]
    assert found[0].holdout.kind == "group"
    assert found[0].holdout.column == "patient"


def test_the_future_is_one_of_the_holdouts(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    x = random.normal(size=500)
    days = pd.date_range("2019-01-01", periods=500).strftime("%d/%m/%Y").tolist()
    columns = {"day": days, "wind": text(x), "power": text(3 * x + random.normal(size=500))}
    found = ideas(write(tmp_path, **columns))
    timed = [idea for idea in found if idea.holdout.kind == "time"]
    assert timed[0].target_source == "power"
    frame = read_table(profile_dataset(tmp_path, "x").tables[0].reader, tmp_path)
    done = apply_transforms(frame, timed[0].transforms, seed=0)
    assert done["day"].iloc[0] == "2019-01-01"


def test_dates_that_do_not_sort_as_text_are_parsed_before_the_future_is_held_out(
    tmp_path: Path,
) -> None:
    random = np.random.default_rng(3)
    x = random.normal(size=500)
    days = [f"{day.year}-{day.month}-{day.day}" for day in pd.date_range("2019-01-01", periods=500)]
    columns = {"day": days, "wind": text(x), "power": text(3 * x + random.normal(size=500))}
    timed = [idea for idea in ideas(write(tmp_path, **columns)) if idea.holdout.kind == "time"]
    assert timed
    frame = read_table(profile_dataset(tmp_path, "x").tables[0].reader, tmp_path)
    done = apply_transforms(frame, timed[0].transforms, seed=0)
    assert done["day"].iloc[1] == "2019-01-02"


def test_the_day_of_answering_is_no_holdout_of_a_survey(tmp_path: Path) -> None:
    random = np.random.default_rng(6)
    mood = random.integers(0, 3, 500)
    asked = ("sleep", "eat", "work", "travel")
    columns = {
        f"How happy are you with the way that you {verb}?": [
            ("not", "rather", "very")[min(2, max(0, value))]
            for value in mood + random.integers(-1, 2, 500)
        ]
        for verb in asked
    }
    days = pd.date_range("2019-01-01", periods=500).strftime("%Y-%m-%d").tolist()
    found = ideas(write(tmp_path, StartDate=days, **columns))
    assert found
    assert all(idea.holdout.kind != "time" for idea in found)


def test_a_third_form_of_a_target_comes_after_other_outcomes(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    budget = random.gamma(2, 50, 800)
    gross = budget * random.uniform(0.5, 4, 800)
    folder = write(
        tmp_path,
        budget=text(budget),
        revenue=text(gross),
        revenue_2013=text(gross * random.uniform(1, 1.3, 800)),
        revenue_world=text(gross * random.uniform(1.4, 1.7, 800)),
        rating=text(budget / 50 + random.normal(0, 1, 800)),
        theatres=text(budget * random.uniform(0.5, 2, 800)),
    )
    targets = [idea.target_source for idea in ideas(folder, limit=3)]
    assert "rating" in targets
    assert sum(name.startswith("revenue") for name in targets) <= 2


def test_siblings_of_one_quantity_do_not_hide_another_outcome(tmp_path: Path) -> None:
    random = np.random.default_rng(11)
    skill = random.normal(size=600)
    won = {
        f"{side}_{ball}_won": text(20 + 5 * skill + random.normal(0, 3, 600))
        for side in ("home", "guest")
        for ball in ("first", "second", "third")
    }
    minutes = text(90 + 10 * skill + random.normal(0, 8, 600))
    aces = text(random.normal(size=600) + skill)
    folder = write(tmp_path, aces=aces, minutes=minutes, **won)
    targets = [idea.target_source for idea in ideas(folder, limit=3)]
    assert "minutes" in targets
    assert sum(name.endswith("_won") for name in targets) == 1


def paintings(rows: int = 600) -> dict[str, list[str]]:
    """Works sorted by year, whose words tell of it, in several hundred versions."""
    random = np.random.default_rng(5)
    years = np.sort(random.integers(1900, 2000, rows))
    early = ["oil on canvas", "tempera on panel", "charcoal on paper"]
    late = ["acrylic on canvas", "video and sound", "print on plastic"]
    mediums = [
        f"{(late if year > 1950 else early)[random.integers(3)]}, {random.integers(20, 999)} mm"
        for year in years
    ]
    titles = [f"Study number {place} of a pear in grey light" for place in range(rows)]
    return {"title": titles, "medium": mediums, "year": years.astype(str).tolist()}


def test_the_year_of_works_is_asked_for_where_there_is_nothing_else(tmp_path: Path) -> None:
    found = ideas(write(tmp_path, **paintings()))
    assert {idea.target_source for idea in found} == {"year"}


def test_the_year_of_a_series_of_years_is_not_asked_for(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    columns = {
        "year": text(np.arange(1700, 1950)),
        "remark": [f"Nothing much was written about number {place}" for place in range(250)],
        "noise": text(random.normal(size=250)),
    }
    with pytest.raises(GenerationError):
        ideas(write(tmp_path, **columns))


def test_transforms_of_every_idea_can_be_applied(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    x = random.normal(size=400)
    price = np.exp(0.8 * x + 4 + 0.3 * random.normal(size=400))
    folder = write(
        tmp_path,
        size=text(x),
        colour=random.choice(["red", "blue", "green"], 400).tolist(),
        price=[f"${value:,.2f}" for value in price],
    )
    frame = read_table(profile_dataset(folder, "x").tables[0].reader, folder)
    for idea in ideas(folder):
        done = apply_transforms(frame, idea.transforms, seed=0)
        assert done[idea.target].notna().sum() >= 100
        if idea.objective != "regression":
            assert done[idea.target].nunique() == (2 if idea.objective == "binary" else 3)


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"x": [str(place) for place in range(50)], "y": ["a", "b"] * 25}, "50 rows are too few"),
        ({"x": ["same"] * 300, "y": ["too"] * 300}, "one value only"),
        ({"x": ["a", "b", "b"] * 100}, "only 'x' varies"),
        (
            {
                "x": [f"k{place:04d}" for place in range(300)],
                "y": [f"z{place * 7919}" for place in range(300)],
            },
            "key",
        ),
    ],
)
def test_hopeless_tables_say_why(
    tmp_path: Path, columns: dict[str, list[str]], reason: str
) -> None:
    with pytest.raises(GenerationError, match=reason):
        ideas(write(tmp_path, **columns))


def test_noise_gives_no_idea(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    columns = {name: text(random.normal(size=300)) for name in ("a", "b", "c")}
    with pytest.raises(GenerationError, match="could be learnt"):
        ideas(write(tmp_path, **columns))


def test_every_table_has_its_turn(tmp_path: Path) -> None:
    write(tmp_path, "loans.csv", **loans())
    write(tmp_path, "visits.csv", **visits())
    assert {idea.table for idea in ideas(tmp_path)} == {"loans", "visits"}


def test_which_numbered_file_a_row_comes_from_is_no_target(tmp_path: Path) -> None:
    for year in (2018, 2019, 2020):
        columns = loans(rows=200, seed=year)
        write(tmp_path, f"loans-{year}.csv", **columns, level=text(np.full(200, year - 2000.0)))
    found = ideas(tmp_path)
    assert found[0].target == "default"
    assert all(idea.target_source != "file" for idea in found)


def test_one_target_of_several_tables_comes_once_before_others(tmp_path: Path) -> None:
    for season in ("spring", "autumn"):
        columns = loans(seed=len(season))
        if season == "autumn":
            columns = {"weather": columns["purpose"], **columns}
        write(tmp_path, f"{season}.csv", **columns)
    targets = [idea.target for idea in ideas(tmp_path, limit=3)]
    assert targets[:2].count("default") == 1


def test_the_design_of_a_trial_is_not_asked_for_beside_a_measurement(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    row = random.permutation(np.repeat(np.arange(1, 21), 20))
    soil = text(row + random.normal(size=400))
    trial = ideas(write(tmp_path / "trial", plot=text(row), soil=soil))
    assert {idea.target_source for idea in trial} == {"soil"}
    measured = ideas(write(tmp_path / "measured", rain=text(row), soil=soil))
    assert {idea.target_source for idea in measured} == {"rain", "soil"}


def test_a_last_resort_is_asked_only_where_no_table_of_a_dataset_has_more(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    place = random.choice(["Ohio", "Utah", "Iowa"], 400)
    grown = {"Ohio": "maize", "Utah": "cherry", "Iowa": "soy"}
    seen = np.where(random.random(400) < 0.8, [grown[each] for each in place], "wheat")
    notes = [f"the visit of {crop} fields, farm {n}, by car" for n, crop in enumerate(seen)]
    write(tmp_path / "both", "visits.csv", zip_code=place.tolist(), notes=notes)
    assert {idea.target_source for idea in ideas(tmp_path / "both")} == {"zip_code"}
    write(tmp_path / "both", "loans.csv", **loans())
    assert "zip_code" not in {idea.target_source for idea in ideas(tmp_path / "both")}
