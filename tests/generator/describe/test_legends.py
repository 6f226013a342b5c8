"""The metric's section explains the symbols that its formula has, and no others."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from made_pages import orchard, write

from mlesmith_env.metrics import get_metric
from mlesmith_generator.describe import Page
from mlesmith_generator.describe.scoring import metric_section


def legend(page: Page, name: str, kind: str | None = None) -> str:
    form = page.form.model_copy(update={"kind": kind}) if kind else page.form
    text = metric_section(replace(page, metric=get_metric(name), form=form))
    [block] = re.findall(r"```text\n(.*?)\n```", text, re.DOTALL)
    return block.partition("\n")[2]


def test_a_legend_names_what_the_formula_has(harvest: Page, grafted: Page) -> None:
    assert re.match(r"y: .*; p: .*; n: ", legend(harvest, "rmse"))
    assert "n:" not in legend(harvest, "r2")
    assert re.match(r"p: (submitted|predicted) probabilities of 1; P: ", legend(grafted, "roc_auc"))
    assert legend(grafted, "average_precision") == ""
    assert re.fullmatch(r"n: [a-z ]+", legend(grafted, "log_loss"))
    assert "k:" not in legend(grafted, "top_k_accuracy", "probabilities")


@pytest.mark.parametrize("shift", [0.0, 50.0])
def test_a_relative_error_is_justified_only_away_from_zero(shift: float) -> None:
    frame = orchard()
    frame["harvest_kg"] = (frame["harvest_kg"] - frame["harvest_kg"].min() + shift).round(1)
    page = write(frame, target="harvest_kg", metric="mape")
    comment = metric_section(page).rpartition("```")[2]
    assert bool(re.search(r"zero|fraction", comment)) == (shift > 0)
    assert "tail" not in comment
