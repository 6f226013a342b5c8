"""What quick models solve: no metric of the order of rows, and no second form of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made import table, text, write

from mlesmith_generator.brainstorm import brainstorm, features, holdouts, probe
from mlesmith_generator.brainstorm.scoring import choose_metric
from mlesmith_generator.brainstorm.targets import primary
from mlesmith_generator.profiler import profile_dataset

_ORDERS = {"roc_auc", "roc_auc_ovr", "average_precision"}


def _flowers(
    blur: float, kinds: tuple[str, ...] = ("aster", "daisy", "poppy")
) -> dict[str, list[str]]:
    random = np.random.default_rng(2)
    kind = random.integers(0, len(kinds), 450)
    noise = random.normal(0, blur, (2, 450))
    return {
        "petal": text(np.cos(2.1 * kind) * 5 + noise[0], 2),
        "stem": text(np.sin(2.1 * kind) * 5 + noise[1], 2),
        "soil": text(random.normal(0, 1, 450), 2),
        "species": [kinds[each] for each in kind],
    }


def _metrics(blur: float, kinds: tuple[str, ...]) -> set[str]:
    data = table(**_flowers(blur, kinds))
    made = primary(data["species"])
    assert made is not None
    rows = np.arange(data.rows)
    plan = holdouts.plain(made, data.rows)
    built = features.build(data, rows, {"species"})
    folds = holdouts.folds(plan, made, data, rows, 0)
    signal = probe.measure(made.truth, len(made.classes), built, folds)
    return {
        choose_metric(f"garden{number}", made, signal, plan.units)[0].name for number in range(20)
    }


@pytest.mark.parametrize("kinds", [("aster", "daisy"), ("aster", "daisy", "poppy")])
def test_a_perfect_order_of_rows_is_not_asked_for(kinds: tuple[str, ...]) -> None:
    assert _metrics(6.0, kinds) & _ORDERS
    easy = _metrics(0.8, kinds)
    assert easy
    assert not easy & _ORDERS


def _weights() -> dict[str, list[str]]:
    """Classes by a sum of five numbers, none of which tells it alone, with gaps between them."""
    random = np.random.default_rng(3)
    parts = random.normal(0, 1, (2500, 5))
    total = parts.sum(axis=1)
    kept = np.flatnonzero(np.minimum(abs(total - 1), abs(total + 1)) > 0.9)[:600]
    columns = {f"part_{letter}": text(parts[kept, k], 3) for k, letter in enumerate("abcde")}
    size = np.digitize(total[kept], [-1, 1])
    return columns | {"species": [("aster", "daisy", "poppy")[each] for each in size]}


@pytest.mark.parametrize("solved", [False, True])
def test_one_class_of_what_is_solved_is_no_further_task(tmp_path: Path, solved: bool) -> None:
    folder = write(tmp_path, "table.csv", **(_weights() if solved else _flowers(3.0)))
    found = brainstorm(profile_dataset(folder, "owner__flowers"), folder, limit=8)
    asked = [idea.target for idea, _ in found if idea.target_source == "species"]
    assert "species" in asked
    assert any(name.startswith("species_is") for name in asked) is not solved
