from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.recipes.model import Holdout
from mlesmith_generator.gates.arithmetic import scan_arithmetic
from mlesmith_generator.gates.duplicates import row_keys, scan_duplicates
from mlesmith_generator.gates.groups import scan_groups
from mlesmith_generator.gates.leaks import scan_leaks
from mlesmith_generator.gates.order import scan_ids, scan_order
from mlesmith_generator.gates.populations import scan_populations
from mlesmith_generator.gates.readings import Reading, readings
from mlesmith_generator.gates.rows import PRIVATE, TRAIN, TaskRows
from mlesmith_generator.gates.series import scan_time
from mlesmith_generator.gates.singles import scan_singles
from mlesmith_generator.gates.statistics import scan_statistics
from mlesmith_generator.gates.strength import Judge

from .made_rows import numbers, rows_of


def _noisy(frame: pd.DataFrame, seed: int = 5) -> pd.Series:
    random = np.random.default_rng(seed)
    return (2 * frame["x0"] + frame["x1"] + random.normal(size=len(frame))).round(3)


def _refused(scan: object) -> list[str]:
    return [finding.code for finding in scan.findings if not finding.warning]  # type: ignore[attr-defined]


def test_honest_numbers_have_no_leak_at_all() -> None:
    frame = numbers()
    for y, objective in ((_noisy(frame), "regression"), ((_noisy(frame) > 0) * 1, "binary")):
        rows = rows_of(frame.assign(y=y), "y", objective)
        assert [finding.code for scan in scan_leaks(rows) for finding in scan.findings] == []


@pytest.mark.parametrize(("noise", "refused"), [(0.02, True), (0.08, True), (0.15, False)])
def test_the_line_for_a_near_copy_lies_at_one_per_cent_of_the_variance(
    noise: float, refused: bool
) -> None:
    frame = numbers()
    y = _noisy(frame)
    jitter = np.random.default_rng(1).normal(size=len(y)) * noise * y.std()
    rows = rows_of(frame.assign(copy=(y + jitter).round(5), y=y), "y", "regression")
    scan = scan_singles(rows)
    assert ("target-proxy" in _refused(scan)) is refused
    assert [f.columns for f in scan.findings] == [("copy",)]


@pytest.mark.parametrize(("flips", "refused"), [(0.002, True), (0.03, False), (0.06, False)])
def test_the_line_for_a_class_lies_at_one_per_cent_of_accuracy(flips: float, refused: bool) -> None:
    random = np.random.default_rng(2)
    y = random.choice(["no", "yes"], 3000)
    flipped = random.random(3000) < flips
    other = np.where((y == "yes") ^ flipped, "b", "a")
    frame = numbers(3000).assign(sign=other, y=y)
    assert bool(_refused(scan_singles(rows_of(frame, "y", "binary")))) is refused


def test_accuracy_of_the_majority_is_no_skill() -> None:
    random = np.random.default_rng(3)
    y = np.where(random.random(4000) < 0.01, "yes", "no")
    frame = numbers(4000).assign(mostly=np.where(random.random(4000) < 0.01, "u", "v"), y=y)
    rows = rows_of(frame, "y", "binary")
    column = next(item for item in rows.columns if item.name == "mostly")
    strength = Judge(rows).strength(next(readings(column)))
    assert strength.skill < 0.1
    assert not scan_singles(rows).findings


def test_unique_keys_gain_nothing_from_being_memorised() -> None:
    frame = numbers()
    keys = [f"{value:08x}" for value in np.random.default_rng(4).integers(0, 2**31, len(frame))]
    rows = rows_of(frame.assign(key=keys, y=_noisy(frame)), "y", "regression")
    strength = Judge(rows).strength(
        Reading("key", "", next(c for c in rows.columns if c.name == "key").codes, None)
    )
    assert strength.skill < 0.05


def test_a_few_giant_values_do_not_make_a_leak() -> None:
    frame = numbers()
    y = _noisy(frame).to_numpy().copy()
    x = np.random.default_rng(6).normal(size=len(y))
    y[:4], x[:4] = (900, 1100, 1300, 1500), (901, 1099, 1302, 1498)
    rows = rows_of(frame.assign(x=x.round(3), y=y.round(3)), "y", "regression")
    assert not _refused(scan_singles(rows))


def test_each_column_is_named_by_one_finding_only() -> None:
    frame = numbers()
    y = _noisy(frame)
    rows = rows_of(frame.assign(copy=y, text="v" + y.astype(str), y=y), "y", "regression")
    named = [name for scan in scan_leaks(rows) for f in scan.findings for name in f.columns]
    assert sorted(named) == ["copy", "text"]


@pytest.mark.parametrize(
    ("formula", "columns"),
    [
        (lambda f: f["a"] + f["b"], {"a", "b"}),
        (lambda f: f["b"] - f["a"], {"a", "b"}),
        (lambda f: f["a"] * f["c"], {"a", "c"}),
        (lambda f: 100 * f["a"] / f["c"], {"a", "c"}),
        (lambda f: f[["a", "b"]].max(axis=1), {"a", "b"}),
        (lambda f: (f["a"] - f["b"]).abs(), {"a", "b"}),
        (lambda f: 50 - f["a"] - f["b"] - f["c"], {"a", "b", "c"}),
        (lambda f: 0.25 * f["a"] + 0.75 * f["c"], {"a", "c"}),
        (lambda f: f["a"] * f["b"] / f["c"], {"a", "b", "c"}),
    ],
)
def test_exact_arithmetic_is_a_leak(formula: object, columns: set[str]) -> None:
    random = np.random.default_rng(7)
    frame = numbers().assign(**{n: random.lognormal(1, 0.6, 1200).round(2) for n in "abc"})
    y = formula(frame).round(4)  # type: ignore[operator]
    scan = scan_arithmetic(rows_of(frame.assign(y=y), "y", "regression"))
    assert _refused(scan) == ["target-arithmetic"]
    assert set(scan.findings[0].columns) == columns


@pytest.mark.parametrize(("wrong", "code"), [(0.005, "refused"), (0.03, "warned"), (0.2, "none")])
def test_arithmetic_is_judged_by_the_share_of_rows(wrong: float, code: str) -> None:
    random = np.random.default_rng(8)
    frame = numbers().assign(
        a=random.normal(size=1200).round(3), b=random.normal(size=1200).round(3)
    )
    y = np.where(random.random(1200) < wrong, random.normal(size=1200).round(3), frame.a + frame.b)
    scan = scan_arithmetic(rows_of(frame.assign(y=y.round(3)), "y", "regression"))
    told = "none" if not scan.findings else "warned" if scan.findings[0].warning else "refused"
    assert told == code


def test_a_strong_linear_model_is_no_formula() -> None:
    frame = numbers()
    noise = np.random.default_rng(9).normal(0, 0.02, len(frame))
    y = frame.sum(axis=1) + noise
    assert not scan_arithmetic(rows_of(frame.assign(y=y.round(4)), "y", "regression")).findings


def test_a_sum_with_missing_parts_counts_them_as_zero() -> None:
    random = np.random.default_rng(10)
    parts = pd.DataFrame(random.gamma(2, 9, (1200, 3)).round(2), columns=["p", "q", "r"])
    parts = parts.mask(random.random(parts.shape) < 0.2)
    frame = numbers().join(parts).assign(y=parts.fillna(0).sum(axis=1).round(2))
    assert _refused(scan_arithmetic(rows_of(frame, "y", "regression"))) == ["target-arithmetic"]


def test_natural_repetition_in_a_small_space_is_no_duplicate() -> None:
    random = np.random.default_rng(11)
    frame = pd.DataFrame({n: random.choice(list("abc"), 1500) for n in "uvwxy"})
    frame["y"] = np.where(random.random(1500) < 0.5, "1", "0")
    rows = rows_of(frame, "y", "binary")
    assert (np.bincount(row_keys(rows))[row_keys(rows)] > 1).mean() > 0.9
    assert not _refused(scan_duplicates(rows))


def _with_copies(rows: TaskRows, count: int) -> TaskRows:
    copied = np.flatnonzero(rows.part == PRIVATE)[:count]
    longer = rows.select(np.r_[np.arange(len(rows)), copied])
    part = longer.part.copy()
    part[len(rows) :] = TRAIN
    return replace(longer, part=part)


@pytest.mark.parametrize("count", [4, 40])
def test_copies_of_hidden_rows_are_found_however_few(count: int) -> None:
    frame = numbers()
    rows = _with_copies(rows_of(frame.assign(y=_noisy(frame)), "y", "regression"), count)
    assert _refused(scan_duplicates(rows)) == ["duplicate-rows"]


def test_numbers_written_in_two_ways_are_equal() -> None:
    frame = pd.DataFrame({"a": ["1", "1.0", "2"] * 40, "b": ["x", "x", "y"] * 40, "y": range(120)})
    keys = row_keys(rows_of(frame, "y", "regression"))
    assert len(np.unique(keys)) == 2


def test_twins_whose_targets_differ_are_told_and_kept() -> None:
    frame = numbers(800)
    again = frame.copy()
    both = pd.concat([frame, again], ignore_index=True)
    both["y"] = np.random.default_rng(12).normal(size=len(both)).round(3)
    assert not _refused(scan_duplicates(rows_of(both, "y", "regression")))


def test_ids_and_places_drawn_at_random_tell_nothing() -> None:
    frame = numbers()
    rows = rows_of(frame.assign(y=_noisy(frame)), "y", "regression")
    assert not scan_ids(rows).findings
    assert not scan_order(rows).findings


def test_a_weak_trend_of_the_ids_is_a_leak_already() -> None:
    frame = numbers(3000)
    rows = rows_of(frame.assign(y=_noisy(frame)), "y", "regression")
    place = rows.y + np.random.default_rng(13).normal(size=len(rows)) * 1.5 * rows.y.std()
    ids = pd.Series([str(k) for k in np.argsort(np.argsort(place))])
    assert _refused(scan_ids(replace(rows, ids=ids)))[:1] == ["id-leak"]


def test_a_category_with_a_strong_but_noisy_effect_is_no_key() -> None:
    frame = numbers(3000)
    random = np.random.default_rng(14)
    shop = random.integers(0, 300, 3000)
    y = (random.normal(0, 5, 300)[shop] + random.normal(0, 1.5, 3000)).round(3)
    rows = rows_of(frame.assign(shop=[f"s{k}" for k in shop], y=y), "y", "regression")
    assert not _refused(scan_groups(rows))


def test_means_of_training_rows_alone_are_an_honest_feature() -> None:
    frame = numbers(3000)
    random = np.random.default_rng(15)
    city = pd.Series(random.integers(0, 80, 3000))
    rows = rows_of(frame.assign(city=city, y=_noisy(frame)), "y", "regression")
    seen = rows.part == TRAIN
    codes = rows.features["city"]
    mean = pd.Series(rows.y)[seen].groupby(codes[seen]).mean()
    features = rows.features.assign(encoded=pd.array(codes.map(mean).round(4).astype(str), "str"))
    assert not scan_statistics(replace(rows, features=features)).findings
    everyone = pd.Series(rows.y).groupby(codes).transform("mean").round(4).astype(str)
    features = rows.features.assign(encoded=pd.array(everyone, "str"))
    assert _refused(scan_statistics(replace(rows, features=features))) == ["target-statistics"]


def test_a_declared_time_holdout_is_checked_on_dates_in_any_spelling() -> None:
    frame = numbers(600)
    day = pd.Timestamp("2020-01-05") + pd.to_timedelta(np.arange(600), "D")
    frame = frame.assign(day=day.strftime("%d/%m/%Y"), y=_noisy(frame))
    rows = rows_of(frame, "y", "regression", holdout=Holdout(kind="time", column="day"))
    assert _refused(scan_time(rows)) == ["time-crossing"]
    order = pd.to_datetime(rows.features["day"], format="%d/%m/%Y").rank().to_numpy()
    later = np.where(order > 420, PRIVATE, TRAIN)
    assert not _refused(scan_time(replace(rows, part=later)))


def test_a_declared_holdout_of_the_last_moments_is_checked_series_by_series() -> None:
    frame = numbers(600, 2)
    place = np.arange(600)
    frame = frame.assign(shop=place % 3, week=place // 3 + 50 * (place % 3), y=_noisy(frame))
    holdout = Holdout(kind="last", column="week", group="shop", horizon=20)
    rows = rows_of(frame, "y", "regression", holdout=holdout)
    assert _refused(scan_time(rows)) == ["time-crossing"]
    week = rows.features["week"].astype(int) - 50 * rows.features["shop"].astype(int)
    later = np.where(week.to_numpy() >= 180, PRIVATE, TRAIN)
    assert not _refused(scan_time(replace(rows, part=later)))


def test_a_drawn_holdout_with_unlike_parts_is_refused() -> None:
    frame = numbers(1000)
    rows = rows_of(frame.assign(y=_noisy(frame)), "y", "regression")
    assert not scan_populations(rows).findings
    order = np.argsort(np.argsort(rows.columns[2].numbers))
    biased = replace(rows, part=np.where(order > 700, PRIVATE, TRAIN))
    assert _refused(scan_populations(biased)) == ["parts-differ"]
    kept = replace(biased, holdout=Holdout(kind="group", column="x5"))
    assert not _refused(scan_populations(kept))


def test_rare_classes_stay_in_a_sample() -> None:
    random = np.random.default_rng(16)
    y = np.where(random.random(30_000) < 0.002, "rare", "common")
    rows = rows_of(numbers(30_000, 2).assign(y=y), "y", "binary")
    small = rows.sample(2000)
    assert len(small) == 2000
    assert (small.target == "rare").sum() >= 40
    assert set(np.unique(small.part)) == set(np.unique(rows.part))


def _isomers() -> pd.DataFrame:
    """Pairs of rows that are equal but for a column in which no two rows are."""
    random = np.random.default_rng(21)
    frame = numbers(400).round(3)
    both = pd.concat([frame, frame], ignore_index=True)
    y = frame.sum(axis=1) + random.normal(size=len(frame))
    both["y"] = np.concatenate([y, y]).round(3)
    return both


def test_rows_that_differ_in_a_counter_are_the_same_and_in_their_matter_are_not() -> None:
    random, frame = np.random.default_rng(22), _isomers()
    counted = frame.assign(entry=random.permutation(len(frame)))
    assert scan_duplicates(rows_of(counted, "y", "regression")).findings[0].columns == ("entry",)
    assert _refused(scan_duplicates(rows_of(counted, "y", "regression"))) == ["duplicate-rows"]
    tails = ["C" * n + o for n in range(1, 40) for o in ("O", "N", "Cl", "(=O)O", "OC")]
    smiles = [f"CC(C){a}C1CC{b}C1" for a in tails[:40] for b in tails[:20]]
    words = np.array("the river bank was long and cold under grey mist at dawn today".split())
    texts = [" ".join(random.choice(words, 9)) for _ in range(len(frame))]
    for matter in (smiles, texts):
        findings = scan_duplicates(rows_of(frame.assign(what=matter), "y", "regression")).findings
        assert [(each.columns, each.warning) for each in findings] == [(("what",), True)]


def _hashed(values: pd.Series) -> pd.Series:
    return pd.Series([hashlib.sha256(str(each).encode()).hexdigest()[:12] for each in values])


@pytest.mark.parametrize(("digits", "refused"), [(1, True), (2, True), (12, False)])
def test_a_hash_of_an_amount_tells_the_amounts_that_repeat(digits: int, refused: bool) -> None:
    y = (_noisy(numbers()) + numbers(seed=9)["x0"] / 7).round(digits)
    made = numbers().assign(token=_hashed(y), y=y)
    scan = scan_singles(rows_of(made, "y", "regression"))
    assert ("target-copy" in _refused(scan)) is refused


def test_what_is_told_apart_by_more_than_the_target_is_no_code_of_it() -> None:
    random = np.random.default_rng(4)
    y = _noisy(numbers()).round(1)
    # A thing has one amount, and other things have the same.
    things = pd.Series([f"{value} {random.integers(3)}" for value in y])
    made = numbers().assign(thing=_hashed(things), serial=_hashed(pd.Series(range(len(y)))), y=y)
    assert "target-copy" not in _refused(scan_singles(rows_of(made, "y", "regression")))


def test_two_amounts_that_are_nothing_together_are_no_codes_of_each_other() -> None:
    made = numbers().assign(y=_noisy(numbers()) + numbers(seed=9)["x0"] / 7)
    made.loc[::8, ["x2", "y"]] = 0.0
    assert "target-copy" not in _refused(scan_singles(rows_of(made, "y", "regression")))
