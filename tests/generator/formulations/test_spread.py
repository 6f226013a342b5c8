"""Intervals and quantiles: of which numbers they are asked, and that the tasks hold."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from mlesmith_env.manifest import Objective
from mlesmith_generator.brainstormer import FORMS, ideas_for
from mlesmith_generator.profiler import profile_dataset
from tests.generator.formulations.made_tables import charges, write
from tests.generator.formulations.making import generated, proposals


def test_at_most_one_of_each_is_asked(tmp_path: Path) -> None:
    found = proposals(write(tmp_path / "patients", charges()), "spread")
    assert sorted(each.idea.objective for each in found) == ["interval", "quantile"]
    assert all(each.idea.target == "charges" for each in found)


def test_one_number_is_asked_for_in_two_forms_where_there_are_others(tmp_path: Path) -> None:
    folder = write(tmp_path / "data" / "patients", charges())
    ideas = ideas_for(profile_dataset(folder, "patients"), folder, limit=5)
    forms = Counter(idea.target_source for idea in ideas)
    assert max(forms.values()) <= FORMS or len(forms) == 1


def test_a_number_that_is_all_but_given_is_not_asked_for(tmp_path: Path) -> None:
    frame = charges()
    frame["charges"] = (100 * frame["age"] + frame["children"]).astype(float) + 0.5
    assert not proposals(write(tmp_path / "patients", frame), "spread")


def test_a_number_without_a_tail_has_no_quantile_unless_it_costs(tmp_path: Path) -> None:
    frame = charges()
    random = np.random.default_rng(2)
    frame["yield"] = (40 + 0.2 * frame["age"] + random.normal(0, 4, len(frame))).round(2)
    found = proposals(write(tmp_path / "farm", frame.drop(columns="charges")), "spread")
    assert [each.idea.objective for each in found] == ["interval"]


@pytest.mark.parametrize("objective", ["interval", "quantile"])
def test_tasks_hold_from_end_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, objective: Objective
) -> None:
    folder = write(tmp_path / "data" / "patients", charges())
    task = generated(folder, objective, tmp_path / "registry", monkeypatch)
    private = task.manifest.reference.private
    assert private.ceiling < private.floor
    assert task.manifest.submission.columns[-1] in ("upper", "charges")
