"""Labels: their order, their spelling, and the recipe that declares both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made import table

from mlesmith_env.recipes.model import MapValues
from mlesmith_env.recipes.text import text_frame
from mlesmith_env.recipes.transforms import apply_transforms
from mlesmith_generator.brainstorm.levels import level_order
from mlesmith_generator.brainstorm.targets import alternatives, primary
from mlesmith_generator.brainstormer import ideas_for
from mlesmith_generator.designer import design
from mlesmith_generator.profiler import profile_dataset


@pytest.mark.parametrize(
    "levels",
    [
        ["never", "sometimes", "often", "always"],
        ["Low", "Medium", "High", "Very_High"],
        ["Poor", "Fair", "Good", "Excellent"],
        ["<20", "20-50", ">50"],
        ["18-29", "30-44", "45-60", "> 60"],
        ["<1/week", "1/week", "2/week"],
        ["$0 - $24,999", "$25,000 - $49,999", "$100,000 - $149,999", "$150,000+"],
        ["1. < HS Grad", "2. HS Grad", "3. Some College"],
        ["0.0", "0.5", "1.0", "2.0"],
        ["Strongly disagree", "Somewhat disagree", "Neither", "Somewhat agree", "Strongly agree"],
        ["Very unfavorable", "Somewhat unfavorable", "Somewhat favorable", "Very favorable"],
        ["novice", "intermediate", "advanced", "expert"],
        [
            "Never",
            "Once a year or less",
            "Once a month or less",
            "A few times per month",
            "A few times per week",
            "Every night",
        ],
        [
            "Never",
            "Once a year or less",
            "Once a month or less",
            "A few times per week",
            "Every day",
        ],
    ],
)
def test_levels_are_put_in_order(levels: list[str]) -> None:
    assert level_order(sorted(levels, key=lambda label: label[::-1])) == levels


@pytest.mark.parametrize(
    "labels",
    [["red", "green", "blue"], ["A14", "A11", "A12"], ["yes", "no", "perhaps"], ["a", "b"],
     ["3 litre diesel", "2 litre petrol", "1 litre electric"]],
)  # fmt: skip
def test_other_labels_have_no_order(labels: list[str]) -> None:
    assert level_order(labels) is None


def test_the_recipe_declares_the_order_of_words() -> None:
    values = ["high", "low", "medium", "low", "high", "medium"] * 40
    made = primary(table(risk=values)["risk"])
    assert made is not None
    assert made.ordered
    assert made.classes == ("low", "medium", "high")
    steps = [step for step in made.transforms if isinstance(step, MapValues)]
    assert list(steps[0].values.values()) == ["low", "medium", "high"]


def test_blanks_and_case_make_no_classes_of_their_own() -> None:
    values: list[str] = [" Yes", "yes", "No ", "no", "NO", "unknown", "-"] * 40
    made = primary(table(smokes=values)["smokes"])
    assert made is not None
    assert sorted(label.lower() for label in made.classes) == ["no", "yes"]
    frame = pd.DataFrame(text_frame({"smokes": values}))
    done = apply_transforms(frame, made.transforms, seed=0)
    assert set(done["smokes"]) == set(made.classes)
    assert len(done) == made.rows == 200


def test_levels_are_halved_and_classes_singled_out() -> None:
    grades = ["poor", "fair", "good", "excellent"] * 60
    column = table(grade=grades)["grade"]
    made = primary(column)
    assert made is not None
    upper = alternatives(column, made)[0]
    assert upper.classes == ("below good", "good or above")
    kinds = table(species=["cat", "dog", "dog", "cow"] * 60)["species"]
    first = primary(kinds)
    assert first is not None
    single = alternatives(kinds, first)[0]
    assert single.objective == "binary"
    assert single.target.startswith("species_is_")


def test_a_class_called_other_takes_the_rare_ones_in() -> None:
    rare = [f"kind {place}" for place in range(12) for _ in range(3)]
    values = ["Bird"] * 200 + ["Other"] * 60 + ["Fish"] * 90 + rare
    made = primary(table(kind=values)["kind"])
    assert made is not None
    assert made.classes == ("Bird", "Fish", "Other")
    frame = pd.DataFrame(text_frame({"kind": values}))
    prepared = apply_transforms(frame, made.transforms, seed=0)
    assert prepared["kind"].value_counts().to_dict() == {"Bird": 200, "Fish": 90, "Other": 96}


def test_of_a_class_and_the_rest_the_class_is_the_positive_one(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    weight, height = random.normal(size=(2, 400)).round(3)
    size = weight + height + random.normal(0, 0.4, 400)
    species = np.select([size < -0.5, size < 0.7], ["cat", "dog"], "cow")
    animals = pd.DataFrame({"weight": weight, "height": height, "species": species})
    animals.to_csv(tmp_path / "animals.csv", index=False)
    profile = profile_dataset(tmp_path, "animals")
    ideas = ideas_for(profile, tmp_path, limit=8)
    single = next(idea for idea in ideas if idea.target.startswith("species_is_"))
    classes = design(single, profile, tmp_path, seed=0).form.classes
    assert classes[0] == f"not {classes[1]}"
