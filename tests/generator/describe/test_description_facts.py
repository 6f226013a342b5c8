"""Facts are measured on the training file, exactly where they are told as exact."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_pages import orchard, write
from scipy import stats

from mlesmith_env.metrics import get_metric
from mlesmith_env.recipes.model import DropColumns, ParseNumber, RequireValue
from mlesmith_generator.describe import Page
from mlesmith_generator.describe.association import correlation_ratio, cramer, spearman
from mlesmith_generator.describe.columns import columns_section
from mlesmith_generator.describe.measure import as_text, measure_column
from mlesmith_generator.describe.quirks import quirk_findings
from mlesmith_generator.describe.scoring import constant_score
from mlesmith_generator.describe.signals import signal_findings
from mlesmith_generator.describe.target import target_section
from mlesmith_generator.describe.values import notes_cell
from mlesmith_generator.records import Exclusion

_MEDIAN = r"\bmedian\b|\bhalf\b|\bnear\b"


def measured(values: list[str | None], name: str = "a"):
    frame = pd.DataFrame({name: pd.Series(values, dtype=object)})
    return measure_column(name, as_text(frame, name), None)


def test_numbers_keep_their_range_and_share_of_gaps() -> None:
    column = measured(["1.5", " 2 ", "", None, "-3", "0"] * 10)
    assert (column.kind, column.minimum, column.maximum) == ("number", -3.0, 2.0)
    assert column.missing == 20
    assert column.missing_share == pytest.approx(1 / 3)
    assert column.zeros == 0.25
    assert not column.integer


def test_kinds() -> None:
    assert measured(["yes", "no"] * 20).kind == "boolean"
    assert measured(["0", "1"] * 20).kind == "boolean"
    assert measured(["same"] * 20).kind == "constant"
    assert measured([None] * 20).kind == "constant"
    assert measured(["red", "green", "blue"] * 20).kind == "category"
    assert measured([f"2020-01-{n % 28 + 1:02d}" for n in range(60)]).kind == "date"
    assert measured([f"key{n}" for n in range(60)]).kind == "identifier"
    text = "the quick brown fox jumps over the lazy dog number"
    assert measured([f"{text} {n}" for n in range(60)]).kind == "text"


def test_infinite_and_odd_numbers_do_no_harm() -> None:
    column = measured([str(n) for n in range(95)] + ["inf", "-inf", "nan", "1e400", "abc"])
    assert column.kind == "number"
    assert (column.minimum, column.maximum) == (0.0, 94.0)
    assert column.textual == 5


def test_one_number_among_texts_makes_no_numbers() -> None:
    values = ["0"] * 95 + [f"{number},{number:03d}" for number in range(1, 6)]
    frame = pd.DataFrame({"x": pd.array(values, dtype="str")})
    assert measure_column("x", as_text(frame, "x"), None).kind == "category"


def test_dates_tell_first_and_last() -> None:
    column = measured(["2021-05-04", "1999-12-31", "2003-01-01"] * 5)
    assert (column.first, column.last) == ("1999-12-31", "2021-05-04")


def test_spearman_is_scipys() -> None:
    draw = np.random.default_rng(0)
    x = draw.normal(size=200).round(1)
    y = x + draw.normal(size=200)
    assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y).statistic)
    x[:20] = np.nan
    assert spearman(x, y) == pytest.approx(stats.spearmanr(x[20:], y[20:]).statistic)


def test_associations_do_not_mistake_chance_for_signal() -> None:
    draw = np.random.default_rng(0)
    groups, values = draw.integers(0, 20, 400), draw.normal(size=400)
    assert correlation_ratio(groups, values) < 0.2
    assert cramer(groups, draw.integers(0, 3, 400)) < 0.2
    assert correlation_ratio(groups, groups + values / 10) > 0.9
    assert cramer(groups, groups // 7) > 0.9


def test_strongest_columns_come_first(harvest: Page) -> None:
    names = [each.column for each in harvest.facts.associations]
    assert names[:2] == ["height_m", "trunk_width"]
    assert names.index("x7") > 2


def test_closest_pair_and_contrast(harvest: Page) -> None:
    closest = harvest.facts.closest
    assert closest is not None
    assert set(closest[:2]) == {"height_m", "trunk_width"}
    assert closest[2] > 0.9
    contrast = harvest.facts.contrast
    assert contrast is not None
    assert contrast.high[2] > contrast.low[2]


def test_classes_are_counted_in_the_order_of_the_form(banded: Page) -> None:
    assert [label for label, _ in banded.facts.classes] == ["low", "medium", "high"]
    assert sum(rows for _, rows in banded.facts.classes) == banded.facts.train_rows


def test_groups_are_counted(banded: Page) -> None:
    groups = banded.facts.groups
    assert groups is not None
    assert groups.train + groups.test <= 39
    assert groups.largest >= groups.median


def told_constant(page: Page, metric: str) -> float | None:
    found = constant_score(replace(page, metric=get_metric(metric)))
    return found[1] if found is not None else None


@pytest.mark.parametrize("metric", ["rmse", "mae", "rmsle"])
def test_score_of_a_constant_number_is_the_metrics_own(harvest: Page, metric: str) -> None:
    target = harvest.facts.target
    draw = np.random.default_rng(0)
    truth = draw.gamma(2.0, 10.0, 500).round(2)
    column = measured([str(value) for value in truth])
    facts = replace(harvest.facts, target=replace(column, name=target.name))
    told = told_constant(replace(harvest, facts=facts), metric)
    best = {
        "rmse": truth.mean(),
        "mae": np.median(truth),
        "rmsle": np.expm1(np.log1p(truth).mean()),
    }[metric]
    assert told == pytest.approx(get_metric(metric)(truth, np.full(500, best)))


@pytest.mark.parametrize(
    "metric",
    ["accuracy", "balanced_accuracy", "f1_macro", "f1_weighted", "log_loss", "brier", "mcc",
     "cohen_kappa", "quadratic_kappa", "roc_auc_ovr"],
)  # fmt: skip
def test_score_of_a_constant_class_is_the_metrics_own(banded: Page, metric: str) -> None:
    counts = [rows for _, rows in banded.facts.classes]
    truth = np.repeat(np.arange(3), counts)
    found = get_metric(metric)
    if "probabilities" in found.kinds:
        shares = np.array(counts) / sum(counts)
        score = found(truth, np.tile(shares, (len(truth), 1)))
    else:
        score = found(truth, np.full(len(truth), int(np.argmax(counts))))
    assert told_constant(banded, metric) == pytest.approx(score)


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision", "brier", "log_loss"])
def test_score_of_a_constant_probability_is_the_metrics_own(grafted: Page, metric: str) -> None:
    (_, negative), (_, positive) = grafted.facts.classes
    truth = np.repeat([0, 1], [negative, positive])
    share = positive / (negative + positive)
    score = get_metric(metric)(truth, np.full(len(truth), share))
    assert told_constant(grafted, metric) == pytest.approx(score)


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("client_id2", [str(7 * n % 391 + 10) for n in range(300)], "codes, no amounts"),
        ("customer_id", [str(7 * n % 391 + 10) for n in range(300)], "codes, no amounts"),
        ("paid", [str(7 * n % 391 + 10) for n in range(300)], _MEDIAN),
        ("seen", [f"2021{1 + n % 12:02d}{1 + n % 28:02d}" for n in range(300)], "day as YYYYMMDD"),
        ("seen", [str(20210000 + 7 * n) for n in range(300)], _MEDIAN),
        ("mol", [f"CC(=O)N{'C' * (n % 9)}C{n % 7 + 1}CC{n % 7 + 1}" for n in range(300)], "SMILES"),
        ("code", [f"A{n}" for n in range(300)], "no two alike"),
    ],
)  # fmt: skip
def test_codes_days_and_molecules_have_no_median(name: str, values: list[str], told: str) -> None:
    page = write(orchard().assign(**{name: values}), target="harvest_kg")
    column = measure_column(name, as_text(pd.DataFrame({name: values}), name), None)
    notes = notes_cell(page, column)
    assert re.search(told, notes)
    assert (re.search(_MEDIAN, notes) is not None) == (told == _MEDIAN)


def test_equal_columns_are_called_equal() -> None:
    frame = orchard()
    frame["height_again"] = frame["height_m"]
    page = write(frame, target="harvest_kg")
    assert page.facts.copied
    assert [each.bank for each in signal_findings(page) if each.bank == "closest copied"]
    assert not write(orchard(), target="harvest_kg").facts.copied


def test_what_gates_took_out_has_a_reason(harvest: Page) -> None:
    drop = DropColumns(columns=("aphids", "sort", "x7"))
    recipe = harvest.recipe.model_copy(
        update={"transforms": (ParseNumber(column="x7", into="x8"), drop)}
    )
    gone = (
        Exclusion(column="aphids", reason="duplicate-rows"),
        Exclusion(column="sort", reason="target-copy"),
    )
    idea = harvest.idea.model_copy(update={"exclusions": gone})
    told = columns_section(replace(harvest, recipe=recipe, idea=idea), 6_000).partition("\n")[0]
    assert told.count("(") == 3
    assert "duplicate-rows" not in told
    assert re.search(r"`x7` \((read|taken)", told)


def test_zeros_that_probably_are_gaps_are_told_with_their_number(harvest: Page) -> None:
    random = np.random.default_rng(3)
    pressure = random.normal(72, 12, 300).round().clip(24)
    pressure[:17] = 0
    pressure[17] = 24
    column = measured([f"{value:g}" for value in pressure], "pressure")
    assert (column.above_zero, column.zeros) == (24, 17 / 300)
    assert "5.7 % are 0, the others 24 and up" in notes_cell(harvest, column)
    page = replace(harvest, facts=replace(harvest.facts, features=(column,)))
    told = [each for each in quirk_findings(page) if each.bank == "lone zeros"]
    assert [(each.fields["rows"], each.fields["above"]) for each in told] == [
        ("17 training rows", "24")
    ]


@pytest.mark.parametrize(
    ("name", "counted", "told"),
    [("area", True, False), ("area", False, True), ("percent_built", False, False)],
    ids=["a count is zero too", "a count of other rows", "a share"],
)
def test_zeros_that_are_plainly_none_are_not_told_as_odd(
    name: str, counted: bool, told: bool
) -> None:
    sizes = np.random.default_rng(4).normal(480, 90, 300).round().clip(160)
    sizes[:20] = 0
    cars = (sizes > 0).astype(int) + (sizes > 450) if counted else sizes.astype(int) % 3
    page = write(orchard().assign(**{name: sizes, "cars": cars}), target="harvest_kg")
    assert page.facts.feature(name) is not None
    banks = [each.bank for each in quirk_findings(page)]
    assert ("lone zeros" in banks) is told


@pytest.mark.parametrize(("whole", "told"), [(True, False), (False, True)])
def test_the_logarithm_of_one_is_a_zero_like_any_other(whole: bool, told: bool) -> None:
    days = np.random.default_rng(4).normal(90, 30, 300).clip(30)
    days = np.log(days.round() if whole else days)
    days[:20] = 0
    page = write(orchard().assign(days=days), target="harvest_kg")
    assert any(each.bank == "lone zeros" for each in quirk_findings(page)) is told


def test_words_are_counted_over_rows() -> None:
    texts = ["one two three", *["one"] * 9]
    frame = pd.DataFrame({"said": texts})
    told = measure_column("said", as_text(frame, "said"), None)
    assert told.words == pytest.approx(1.2)


def test_texts_that_readers_take_for_missing_are_told(harvest: Page) -> None:
    said: list[str | None] = ["None", "None", "NA", "", *(f"row {n} it was" for n in range(40))]
    amounts: list[str | None] = ["NA", *map(str, range(40))]
    column = measured(said, "said")
    assert (column.unread, column.missing) == (("None", 2), 1)
    assert measured(amounts, "n").unread == ("", 0)
    page = replace(harvest, facts=replace(harvest.facts, features=(column,)))
    (told,) = [each for each in quirk_findings(page) if each.bank == "unread"]
    assert (told.fields["v"], told.fields["rows"]) == ("`None`", "2 training rows")
    assert "keep_default_na=False" in told.told(page.voice)
    assert not [each for each in quirk_findings(harvest) if each.bank == "unread"]


def test_molecules_are_texts_in_the_context_as_in_the_table() -> None:
    chains = [
        f"CC(=O)N{'C' * (n % 9)}C{n % 7 + 1}CC{n % 7 + 1}{'O' * (n // 63)}" for n in range(300)
    ]
    page = write(orchard().assign(mol=chains), target="harvest_kg")
    (told,) = [each for each in quirk_findings(page) if each.bank == "kinds"]
    assert "one text column" in told.fields["kinds"]


def test_columns_in_reasons_are_spans_of_code(harvest: Page) -> None:
    reason = "is told by 'planted', not by 'Kent'"
    gone = (Exclusion(column="orchard_id", reason=reason),)
    page = replace(harvest, idea=harvest.idea.model_copy(update={"exclusions": gone}))
    told = columns_section(page, 6_000).partition("\n")[0]
    assert "told by `planted`, not by 'Kent'" in told


@pytest.mark.parametrize(
    "reason",
    [
        "it measures the same on the other of a pair, at the same time",
        "it is a code without which most rows repeat others with their answers",
    ],
)
def test_reasons_are_told_to_their_ends(harvest: Page, reason: str) -> None:
    gone = (Exclusion(column="orchard_id", reason=reason),)
    page = replace(harvest, idea=harvest.idea.model_copy(update={"exclusions": gone}))
    told = columns_section(page, 6_000).partition("\n")[0]
    assert reason.removeprefix("it ") in told


def test_one_row_without_an_answer_is_told_as_one() -> None:
    frame = orchard()
    frame.loc[3, "harvest_kg"] = None
    page = write(frame, target="harvest_kg", transforms=[RequireValue(column="harvest_kg")])
    told = target_section(page)
    assert re.search(r"\bone\b[^.]*`harvest_kg`", told)
    assert not re.search(r"\b1 (?:lack|have|row)|these", told)


@pytest.mark.parametrize(("hourly", "told"), [(25.0, True), (9_000.0, False)])
def test_numbers_that_another_column_sorts_into_scales_are_told_with_it(
    hourly: float, told: bool
) -> None:
    draw = np.random.default_rng(9)
    paid = draw.choice(["hour", "year"], 300, p=[0.15, 0.85])
    pay = np.where(paid == "hour", hourly, 70_000.0) * draw.uniform(0.6, 1.5, 300)
    page = write(orchard().assign(pay=pay.round(1), paid_by=paid), target="harvest_kg")
    found = [each.fields for each in quirk_findings(page) if each.bank == "scales"]
    assert bool(found) is told
    for fields in found:
        assert (fields["c"], fields["by"]) == ("`pay`", "`paid_by`")
        assert (fields["low"], fields["high"]) == ("`hour`", "`year`")
        assert 20 < float(fields["m0"]) < 30
