"""Survival: which columns are a time and an event, how they are coded, and that the task holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.recipes.model import DropColumns, MapValues, TableRecipe
from mlesmith_generator.brainstorm.censoring import follow_ups
from mlesmith_generator.brainstormer import ideas_for
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.profiler.table import measure_table
from tests.generator.formulations.made_tables import followed, write
from tests.generator.formulations.making import generated, proposals


def _pairs(frame: pd.DataFrame) -> list[tuple[str, str, dict[str, str]]]:
    text = frame.astype(str).astype(object)
    return [(p.time, p.event, dict(p.values)) for p in follow_ups(measure_table(text))]


@pytest.mark.parametrize(
    ("names", "coding"),
    [
        (("time", "event"), {"0": "0", "1": "1"}),
        (("futime", "status"), {"0": "0", "1": "1"}),
        (("duration", "censored"), {"0": "0", "1": "1"}),
        (("survival_days", "died"), {"0": "0", "1": "1"}),
        (("überlebenszeit", "tod"), {"0": "0", "1": "1"}),
    ],
)
def test_times_and_events_are_found_by_name_and_values(
    names: tuple[str, str], coding: dict[str, str]
) -> None:
    frame = followed().rename(columns=dict(zip(("time", "event"), names, strict=True)))
    assert _pairs(frame) == [(*names, coding)]


def test_longer_times_are_the_censored_ones_whatever_the_column_is_called() -> None:
    frame = followed()
    frame["cens"] = 1 - frame.pop("event")
    assert _pairs(frame) == [("time", "cens", {"0": "1", "1": "0"})]
    codes = followed().assign(status=lambda made: made.pop("event") + 1)
    assert _pairs(codes) == [("time", "status", {"1": "0", "2": "1"})]


def test_of_three_outcomes_the_commonest_that_ends_it_is_the_event() -> None:
    frame = followed()
    other = (frame["event"] == 1) & (np.random.default_rng(2).random(len(frame)) < 0.2)
    frame["status"] = np.where(other, 1, 2 * frame.pop("event"))
    ((_, _, coding),) = _pairs(frame)
    assert coding == {"0": "0", "1": "0", "2": "1"}


def test_look_alikes_are_no_follow_up() -> None:
    random = np.random.default_rng(3)
    frame = followed()
    term = frame.assign(time=random.integers(6, 72, len(frame)))  # of a loan, say
    term["status"] = random.integers(0, 2, len(frame))
    assert _pairs(term.drop(columns="event")) == []
    assert _pairs(frame.drop(columns="event").assign(outcome=random.integers(0, 2, 500))) == []
    lead = frame.rename(columns={"time": "lead_time", "event": "status"})
    assert _pairs(lead) == []


def test_what_is_known_only_afterwards_is_left_out(tmp_path: Path) -> None:
    frame = followed().assign(
        log_time=lambda made: np.log(made["time"] + 1).round(5),
        cause=lambda made: np.where(made["event"] == 1, "seal", ""),
    )
    (proposal,) = proposals(write(tmp_path / "pumps", frame), "survival")
    recipe = proposal.idea.recipe
    assert isinstance(recipe, TableRecipe)
    gone = {name for t in recipe.transforms if isinstance(t, DropColumns) for name in t.columns}
    assert gone >= {"log_time", "cause", "watched"}
    assert not any(isinstance(t, MapValues) for t in recipe.transforms)
    assert proposal.idea.form is not None
    assert proposal.idea.form.truth == ("time", "event")


def test_tables_do_not_predict_a_censored_time_nor_the_event_from_it(tmp_path: Path) -> None:
    other = {"y": lambda made: np.log(made["time"] + 1).round(5)}
    folder = write(tmp_path / "pumps", followed().assign(**other))
    ideas = ideas_for(profile_dataset(folder, "pumps"), folder, limit=8)
    assert "survival" in [idea.objective for idea in ideas[:2]]
    tables = [idea for idea in ideas if idea.formulation == "table"]
    assert not any(idea.target_source in ("time", "y") for idea in tables)
    (event,) = [idea for idea in tables if idea.target == "event"]
    assert {each.column for each in event.exclusions} >= {"time", "watched"}


@pytest.mark.parametrize(
    ("names", "late"), [(("time", "event"), True), (("tenure", "churned"), False)]
)
def test_other_questions_do_not_know_how_the_follow_up_ended(
    tmp_path: Path, names: tuple[str, str], late: bool
) -> None:
    frame = followed().rename(columns=dict(zip(("time", "event"), names, strict=True)))
    frame["grade"] = (2 + frame["load"] + 0.3 * frame["wear"]).round().clip(1, 4).astype(int)
    folder = write(tmp_path / "pumps", frame)
    ideas = ideas_for(profile_dataset(folder, "pumps"), folder, limit=8)
    graded = [idea for idea in ideas if idea.target_source == "grade"]
    left_out = {each.column for each in graded[0].exclusions}
    assert left_out >= {*names} if late else left_out.isdisjoint(names)


def test_people_with_several_rows_are_held_out_whole(tmp_path: Path) -> None:
    frame = followed()
    frame.insert(0, "patient", [f"p{place // 2:03d}" for place in range(len(frame))])
    (proposal,) = proposals(write(tmp_path / "pumps", frame), "survival")
    holdout = proposal.idea.holdout
    assert (holdout.kind, holdout.column) == ("group", "patient")


def test_a_task_holds_from_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "data" / "pumps", followed())
    task = generated(folder, "survival", tmp_path / "registry", monkeypatch)
    assert task.manifest.metric.name == "concordance"
    private = task.manifest.reference.private
    assert private.floor == 0.5
    assert private.ceiling > 0.65
    assert "censored" in task.description
