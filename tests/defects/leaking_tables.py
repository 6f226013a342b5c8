"""Seeded leaks that stand in the raw table: features that give the target away."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlesmith_env.recipes.model import Holdout

from .bases import Base, churn, clinic, course, crops, demand, housing, order_lines
from .cases import legitimate, seeded

PROXY = ("target-proxy", "target-copy", "target-in-text")


def _random(seed: int = 11) -> np.random.Generator:
    return np.random.default_rng(seed)


# Copies and encodings


@seeded("leak", "target-copy")
def label_copy_under_another_name() -> Base:
    base = churn()
    return base.having(account_state=base.y)


@seeded("leak", "target-copy")
def number_copy_under_another_name() -> Base:
    base = housing()
    return base.having(ledger=base.y)


@seeded("leak", "target-copy", "target-proxy")
def number_copy_written_otherwise() -> Base:
    base = housing()
    return base.having(ledger=[f"{value:.4f}" for value in base.y])


@seeded("leak", "target-copy")
def copy_in_two_thirds_of_the_rows() -> Base:
    base = housing()
    return base.having(audit=base.y.where(_random().random(len(base.y)) < 0.65))


@seeded("leak", "target-copy", "target-proxy")
def copy_with_a_few_wrong_rows() -> Base:
    base = crops()
    wrong = _random().random(len(base.y)) < 0.004
    return base.having(harvest=np.where(wrong, "rye", base.y))


@seeded("leak", "target-proxy")
def label_as_letters() -> Base:
    base = crops()
    codes = {"barley": "Q", "maize": "A", "rye": "Z", "wheat": "F"}
    return base.having(plot_type=base.y.map(codes))


@seeded("leak", "target-proxy")
def label_as_numbers_with_noise() -> Base:
    base = crops()
    codes = base.y.map({"barley": 3.0, "maize": 9.0, "rye": 1.0, "wheat": 6.0})
    return base.having(sensor=(codes + _random().normal(0, 0.25, len(codes))).round(3))


@seeded("leak", "target-proxy")
def label_as_many_codes() -> Base:
    base = churn()
    code = _random().integers(0, 20, len(base.y)) * 2 + (base.y == "Yes")
    return base.having(case_code=[f"K{number:02d}" for number in code])


@seeded("leak", *PROXY)
def logarithm_of_the_target() -> Base:
    base = housing()
    return base.having(index_points=np.log(base.y - base.y.min() + 50).round(5))


@seeded("leak", *PROXY)
def falling_transform_of_the_target() -> Base:
    base = housing()
    return base.having(rebate=(9000 - 2.5 * base.y).round(1))


@seeded("leak", *PROXY)
def rank_of_the_target() -> Base:
    base = housing()
    return base.having(position=base.y.rank(method="first").astype(int))


@seeded("leak", *PROXY)
def target_with_two_per_cent_noise() -> Base:
    base = housing()
    noise = _random().normal(0, 0.02 * base.y.std(), len(base.y))
    return base.having(estimate=(base.y + noise).round(2))


@seeded("leak", *PROXY)
def target_rounded_to_tens() -> Base:
    base = housing()
    return base.having(rough=(base.y / 10).round() * 10)


@seeded("leak", "target-binned", *PROXY)
def tenths_of_the_target() -> Base:
    base = housing()
    return base.having(
        band=pd.qcut(base.y, 10, labels=[f"band {c}" for c in "hgjbacfdei"]).astype(str)
    )


@seeded("leak", "target-binned")
def three_price_classes_of_the_target() -> Base:
    base = housing()
    return base.having(
        segment=pd.cut(base.y, [-1e9, 800, 1300, 1e9], labels=["c", "a", "b"]).astype(str)
    )


@seeded("leak", "target-binned", "target-proxy")
def flag_whether_the_target_is_high() -> Base:
    base = housing()
    return base.having(premium=(base.y > base.y.quantile(0.7)).astype(int))


@seeded("leak", "target-missingness", "target-proxy")
def missing_where_the_class_is_one() -> Base:
    base = churn()
    last = _random().integers(1, 400, len(base.y)).astype(float)
    return base.having(days_since_exit=np.where(base.y == "Yes", last, np.nan))


@seeded("leak", "target-missingness")
def class_as_the_pattern_of_gaps() -> Base:
    base = crops()
    gap = base.y.map({"barley": (1, 0), "maize": (0, 1), "rye": (1, 1), "wheat": (0, 0)})
    columns = {
        f"lab_{letter}": np.where([g[k] for g in gap], np.nan, _random(k).normal(0, 1, len(base.y)))
        for k, letter in enumerate("ab")
    }
    return base.having(**columns)


@seeded("leak", "target-arithmetic", "target-in-text")
def target_in_the_lower_digits() -> Base:
    base = housing()
    account = _random().integers(100, 999, len(base.y)) * 10_000 + base.y.round().astype(int)
    return base.having(account=account, rent=base.y.round())


# Hidden in text


@seeded("leak", "target-in-text")
def label_inside_a_sentence() -> Base:
    base = churn()
    names = _random().choice(["Ann", "Bo", "Cy", "Di", "Ed", "Flo"], len(base.y))
    number = _random(1).integers(1000, 9999, len(base.y))
    notes = [
        f"{n} called, file {k}, left: {y}" for n, k, y in zip(names, number, base.y, strict=True)
    ]
    return base.having(notes=notes)


@seeded("leak", "target-in-text")
def number_inside_a_reference() -> Base:
    base = housing()
    letters = _random().choice(list("ABCDEFGH"), len(base.y))
    return base.having(reference=[f"{a}/{y:.1f}/EUR" for a, y in zip(letters, base.y, strict=True)])


@seeded("leak", "target-in-text")
def year_inside_an_untidy_date() -> Base:
    base = housing()
    random = _random()
    # Most years are common, some stand there once: a table by value learns nothing of those.
    year = 2000 + np.minimum(random.geometric(0.3, len(base.y)), 40) + (base.y > np.median(base.y))
    day = [
        f"{m}/{d}/{y}" if k % 9 else f"{m}/{d}/{y} - {m}/{d}/{y + 1}"
        for k, (m, d, y) in enumerate(
            zip(
                random.integers(1, 13, len(year)),
                random.integers(1, 28, len(year)),
                year,
                strict=True,
            )
        )
    ]
    return base.having(day=day, rent=year)


@seeded("leak", "target-in-text", "group-crossing", "target-proxy")
def quantity_of_the_day_beside_the_hour() -> Base:
    base = housing()
    day = _random().integers(0, 40, len(base.y))
    minutes = _random(1).permutation(1440)[np.arange(len(base.y)) % 1440]
    start = np.datetime64("2021-03-01T00:00")
    stamps = start + day * np.timedelta64(1, "D") + minutes * np.timedelta64(1, "m")
    rate = _random(2).normal(50, 10, 40).round(2)
    return base.having(seen=[str(stamp).replace("T", " ") for stamp in stamps], rent=rate[day])


@seeded("leak", "target-in-text")
def label_as_the_prefix_of_a_file_name() -> Base:
    base = crops()
    number = _random().permutation(len(base.y))
    return base.having(photo=[f"{y[:2]}_{k:05d}.jpg" for y, k in zip(base.y, number, strict=True)])


@seeded("leak", "target-in-text")
def label_in_hexadecimal() -> Base:
    base = crops()
    number = _random().permutation(len(base.y))
    text = [f"{k:04d}{y}".encode().hex() for y, k in zip(base.y, number, strict=True)]
    return base.having(token=text)


@seeded("leak", "target-in-text")
def number_in_base64() -> Base:
    import base64

    base = housing()
    return base.having(token=[base64.b64encode(f"{y:.2f}".encode()).decode() for y in base.y])


@seeded("leak", "target-in-text")
def label_as_letter_case() -> Base:
    base = churn()
    streets = _random().choice(["elm road", "oak lane", "mill street", "high street"], len(base.y))
    number = _random(1).integers(1, 500, len(base.y))
    text = [
        f"{k} {s.upper() if y == 'Yes' else s}"
        for s, k, y in zip(streets, number, base.y, strict=True)
    ]
    return base.having(address=text)


@seeded("leak", "target-in-text")
def label_as_the_number_of_decimals() -> Base:
    base = churn()
    value = _random().uniform(10, 99, len(base.y))
    text = [f"{v:.3f}" if y == "Yes" else f"{v:.2f}" for v, y in zip(value, base.y, strict=True)]
    return base.having(balance=text)


@seeded("leak", "target-in-text", "target-proxy")
def label_as_the_last_digit() -> Base:
    base = churn()
    number = _random().integers(1000, 90000, len(base.y)) * 10
    digit = np.where(base.y == "Yes", _random(1).choice([1, 4, 7], len(base.y)), 2)
    return base.having(serial=number + digit)


# Arithmetic


@seeded("leak", "target-arithmetic")
def two_columns_sum_to_the_target() -> Base:
    base = housing()
    heating = (base.y * _random().uniform(0.05, 0.35, len(base.y))).round(2)
    return base.having(side_costs=heating, cold_rent=(base.y - heating).round(2))


@seeded("leak", "target-arithmetic")
def two_columns_differ_by_the_target() -> Base:
    base = housing()
    before = _random().uniform(2000, 9000, len(base.y)).round(2)
    return base.having(balance_before=before, balance_after=(before - base.y).round(2))


@seeded("leak", "target-arithmetic")
def product_of_two_columns() -> Base:
    base = housing()
    per_metre = base.y / base.frame["area"]
    return base.having(rate=per_metre.round(6))


@seeded("leak", "target-arithmetic")
def percentage_of_two_columns() -> Base:
    base = housing()
    total = _random().integers(40, 900, len(base.y))
    part = (total * _random(1).uniform(0.05, 0.95, len(base.y))).round().astype(int)
    frame = base.frame.assign(share=(100 * part / total).round(1))
    return base.but(frame=frame, target="share").having(votes=part, voters=total)


@seeded("leak", "target-arithmetic")
def share_of_one_of_three_parts() -> Base:
    base = housing()
    one, two, three = (_random(k).poisson(_random(k + 9).gamma(3, 20, len(base.y))) + 1
                       for k in (1, 2, 3))  # fmt: skip
    frame = base.frame.assign(share=(one / (one + two + three)).round(3))
    return base.but(frame=frame, target="share").having(won=one, lost=two, drawn=three)


@seeded("leak", "target-arithmetic")
def quotient_of_a_sum_and_a_weighted_sum() -> Base:
    base = housing()
    hits, walks, bats, outs = (_random(k).poisson(_random(k + 9).gamma(4, 15, len(base.y))) + 1
                               for k in (1, 2, 3, 4))  # fmt: skip
    reached = (100 * (hits + walks) / (walks + bats + 0.44 * outs)).round(1)
    frame = base.frame.assign(reached=reached)
    return base.but(frame=frame, target="reached").having(
        hits=hits, walks=walks, bats=bats, outs=outs
    )


@seeded("leak", "target-arithmetic")
def six_columns_sum_to_the_target() -> Base:
    base = housing()
    parts = _random().dirichlet(np.ones(6), len(base.y)) * base.y.to_numpy()[:, None]
    parts = parts.round(2)
    total = parts.sum(axis=1).round(2)
    columns = {f"item_{letter}": parts[:, k] for k, letter in enumerate("abcdef")}
    return base.having(**columns, rent=total)


@seeded("leak", "target-arithmetic")
def weighted_mean_of_columns() -> Base:
    base = housing()
    a, b, c = (_random(k).uniform(20, 100, len(base.y)).round(1) for k in (1, 2, 3))
    frame = base.frame.assign(grade=(0.5 * a + 0.3 * b + 0.2 * c).round(2))
    return base.but(frame=frame, target="grade").having(exam=a, project=b, homework=c)


@seeded("leak", "target-arithmetic")
def weight_over_height_squared() -> Base:
    base = housing()
    height = _random(1).normal(1.7, 0.1, len(base.y)).round(3)
    weight = _random(2).normal(75, 14, len(base.y)).clip(40).round(1)
    frame = base.frame.assign(mass_index=(weight / height**2).round(2))
    return base.but(frame=frame, target="mass_index").having(height=height, weight=weight)


def _records(own: int) -> Base:
    """Crops, and how many fields of each crop their farmers have, with or without the field."""
    base = crops()
    size, kinds = len(base.y), sorted(base.y.unique())
    counts = _random(6).poisson(_random(7).gamma(0.5, 6, size)[:, None], (size, len(kinds)))
    counts[np.arange(size), [kinds.index(kind) for kind in base.y]] += own
    return base.having(**{f"fields_{place}": counts[:, place] for place in range(len(kinds))})


@seeded("leak", "target-statistics")
def counts_of_classes_that_include_the_row() -> Base:
    return _records(own=1)


@legitimate()
def counts_of_classes_of_other_rows() -> Base:
    return _records(own=0)


def _strokes(base: Base, noise: float) -> Base:
    """Strokes in a field of known sides, the share that is inked, and how long strokes are."""
    size = len(base.y)
    length, width = (_random(k).integers(8, 400, size) for k in (1, 2))
    inked, mean = _random(3).uniform(0.1, 0.9, size), _random(4).gamma(3, 1.5, size) + 1
    off = np.exp(_random(5).normal(0, noise, size))
    strokes = (length * width * inked / mean * off).round().clip(1).astype(int)
    return base.but(frame=base.frame.assign(strokes=strokes), target="strokes").having(
        length=length, width=width, inked=inked.round(3), mean_stroke=mean.round(2)
    )


@seeded("leak", "target-arithmetic")
def product_of_powers_of_four_columns() -> Base:
    return _strokes(housing(), 0.0)


@legitimate()
def a_count_that_goes_with_a_product_of_four_columns() -> Base:
    return _strokes(housing(), 0.15)


@seeded("leak", "target-arithmetic", "target-proxy")
def class_is_a_comparison_of_columns() -> Base:
    base = churn()
    home, away = (_random(k).poisson(1.6, len(base.y)) for k in (1, 2))
    result = np.select([home > away, home < away], ["home", "away"], "draw")
    frame = base.frame.assign(result=result)
    return base.but(
        frame=frame, target="result", objective="multiclass", metric="f1_macro", drop=("churned",)
    ).having(home_goals=home, away_goals=away)


@seeded("leak", "target-arithmetic")
def class_is_a_threshold_on_a_ratio() -> Base:
    base = churn()
    debt = _random(1).gamma(3, 900, len(base.y)).round()
    income = _random(2).gamma(5, 700, len(base.y)).round() + 300
    frame = base.frame.assign(refused=np.where(debt / income > 0.9, "yes", "no"))
    return base.but(frame=frame, target="refused", drop=("churned",)).having(
        debt=debt, income=income
    )


def _with_answers(base: Base, names: str = "abcdefgh") -> tuple[Base, pd.Series]:
    """Answers from 1 to 5, every third reversed, and what they add up to."""
    random = _random(5)
    trait = (base.y == "Yes") * 0.6 + random.normal(0, 0.8, len(base.y))
    answers = {
        f"item_{name}": (3 + trait + random.normal(0, 0.9, len(trait))).round().clip(1, 5)
        for name in names
    }
    total = pd.concat(answers, axis=1).sum(axis=1)
    shown = {name: 6 - given if place % 3 == 2 else given for place, (name, given) in
             enumerate(answers.items())}  # fmt: skip
    return base.having(**{name: given.astype(int) for name, given in shown.items()}), total


@seeded("leak", "target-arithmetic")
def class_is_a_threshold_on_a_score() -> Base:
    base, total = _with_answers(churn())
    frame = base.frame.assign(anxious=np.where(total >= 26, "yes", "no"))
    return base.but(frame=frame, target="anxious", drop=("churned",))


@seeded("leak", "target-arithmetic")
def class_is_a_level_of_a_score() -> Base:
    base, total = _with_answers(churn())
    level = pd.cut(total, [0, 21, 27, 40], labels=["low", "medium", "high"]).astype(str)
    return base.but(
        frame=base.frame.assign(stress=level),
        target="stress",
        objective="multiclass",
        metric="f1_macro",
        drop=("churned",),
    )


@seeded("leak", "target-arithmetic")
def class_is_a_band_of_a_distance() -> Base:
    base = churn()
    true, guessed = (_random(k).integers(18, 80, len(base.y)) for k in (1, 2))
    band = np.where(np.abs(true - guessed) < 12, "near", "far")
    base = base.having(true_age=true, guessed_age=guessed)
    return base.but(frame=base.frame.assign(error=band), target="error", drop=("churned",))


@seeded("leak", "target-arithmetic")
def class_is_that_two_flags_hold() -> Base:
    base = churn()
    married, urban = (_random(k).random(len(base.y)) < 0.5 for k in (1, 2))
    both = np.where(married & urban, "yes", "no")
    base = base.having(married=np.where(married, "yes", "no"), urban=urban.astype(int))
    return base.but(frame=base.frame.assign(invited=both), target="invited", drop=("churned",))


@seeded("leak", "target-arithmetic")
def class_is_the_flag_that_is_left() -> Base:
    base = churn()
    kind = _random(3).choice(["sedan", "coupe", "van", "wagon", "truck"], len(base.y))
    flags = {name: (kind == name).astype(int) for name in ("sedan", "coupe", "van", "truck")}
    frame = base.frame.assign(wagon=(kind == "wagon").astype(int))
    return base.but(frame=frame, target="wagon", drop=("churned",)).having(**flags)


@seeded("leak", "target-arithmetic")
def days_between_two_dates() -> Base:
    base = housing()
    begin = pd.Timestamp("2018-01-01") + pd.to_timedelta(
        _random(1).integers(0, 900, len(base.y)), "D"
    )
    stay = np.round(base.y / 10).astype(int)
    end = begin + pd.to_timedelta(stay.to_numpy(), "D")
    frame = base.frame.assign(stay_days=stay).drop(columns="rent")
    return base.but(frame=frame, target="stay_days").having(
        moved_in=begin.strftime("%Y-%m-%d"), moved_out=end.strftime("%Y-%m-%d")
    )


@seeded("leak", "target-arithmetic")
def target_hidden_under_another_column() -> Base:
    base = housing()
    return base.having(bill=(base.y + 3 * base.frame["area"] + 2 * base.frame["floor"]).round(2))


@seeded("leak", "target-arithmetic")
def larger_of_two_columns() -> Base:
    base = housing()
    other = (base.y * _random(2).uniform(0.4, 1, len(base.y))).round(2)
    first = _random(3).random(len(base.y)) < 0.5
    return base.having(
        offer_one=np.where(first, base.y, other), offer_two=np.where(first, other, base.y)
    )


# Statistics of the target


def _with_postcode(base: Base) -> Base:
    return base.having(postcode=[f"2{k:03d}" for k in _random(7).integers(0, 70, len(base.y))])


@seeded("leak", "target-statistics", "target-proxy")
def group_means_with_the_hidden_rows() -> Base:
    base = _with_postcode(housing())
    return base.having(
        local_level=base.frame.groupby("postcode")["rent"].transform("mean").round(3)
    )


@seeded("leak", "target-statistics")
def group_means_without_the_group() -> Base:
    base = housing()
    group = pd.Series(_random(7).integers(0, 70, len(base.y)))
    return base.having(local_level=base.y.groupby(group).transform("mean").round(3))


@seeded("leak", "target-statistics")
def group_means_of_a_class() -> Base:
    base = _with_postcode(churn())
    share = (base.y == "Yes").groupby(base.frame["postcode"]).transform("mean")
    return base.having(local_share=share.round(4))


@seeded("leak", "target-statistics")
def group_means_without_the_own_row() -> Base:
    base = _with_postcode(housing())
    grouped = base.frame.groupby("postcode")["rent"]
    others = (grouped.transform("sum") - base.y) / (grouped.transform("count") - 1)
    return base.having(others=others.round(3))


@seeded("leak", "target-statistics")
def smoothed_group_means() -> Base:
    base = _with_postcode(housing())
    grouped = base.frame.groupby("postcode")["rent"]
    smooth = (grouped.transform("sum") + 8 * base.y.mean()) / (grouped.transform("count") + 8)
    return base.having(encoded=smooth.round(4))


@seeded("leak", "target-statistics")
def largest_target_of_a_group() -> Base:
    base = _with_postcode(housing())
    return base.having(top=base.frame.groupby("postcode")["rent"].transform("max"))


@seeded("leak", "target-statistics")
def residual_within_a_group() -> Base:
    base = _with_postcode(housing())
    mean = base.frame.groupby("postcode")["rent"].transform("mean") * 0.4
    offset = _random(5).normal(0, 500, 70)
    own = pd.Series(offset[pd.factorize(base.frame["postcode"])[0]])
    return base.having(deviation=(base.y - mean - own).round(3))


# Other rows, time and groups


@seeded("leak", "target-shifted")
def target_of_the_next_day() -> Base:
    base = demand()
    return base.having(stock=base.y.shift(-1))


@seeded("leak", "target-shifted")
def target_of_the_day_before() -> Base:
    base = demand()
    return base.having(reported=base.y.shift(1))


@seeded("leak", "target-shifted")
def moving_mean_around_the_day() -> Base:
    base = demand()
    return base.having(smooth=base.y.rolling(7, center=True).mean().round(3))


@seeded("leak", "target-shifted")
def change_since_the_day_before() -> Base:
    base = demand()
    return base.having(change=base.y.diff())


@seeded("leak", "target-shifted", "target-proxy")
def running_total_of_the_target() -> Base:
    base = demand()
    return base.having(ledger=base.y.cumsum())


@seeded("leak", "target-shifted")
def next_value_within_a_station() -> Base:
    random = _random(5)
    days, stations = 60, 20
    frame = pd.DataFrame(
        {
            "station": np.repeat([f"S{k}" for k in range(stations)], days),
            "day": np.tile(np.arange(days), stations),
            "wind": random.gamma(3, 2, days * stations).round(1),
            "sun": random.uniform(0, 12, days * stations).round(1),
        }
    )
    level = np.repeat(random.normal(14, 2, stations), days)
    frame["ozone"] = (
        level + 2 * frame["sun"] - frame["wind"] + random.normal(0, 3, len(frame))
    ).round(2)
    frame["outlook"] = frame.groupby("station")["ozone"].shift(-1)
    frame = frame.sample(frac=1.0, random_state=3)[
        ["station", "day", "wind", "sun", "outlook", "ozone"]
    ]
    return Base("ozone-stations", frame, "ozone", "regression", "mae")


@seeded("leak", "time-crossing")
def smooth_series_with_a_random_holdout() -> Base:
    base = demand()
    swing = 60 * np.sin(np.arange(len(base.y)) / 25) + np.cumsum(
        _random(9).normal(0, 1, len(base.y))
    )
    walk = 500 + swing
    return base.having(sold=walk.round(1)).but(holdout=Holdout(kind="random"))


@seeded("leak", "neighbours-in-time")
def days_of_a_course_hidden_at_random() -> Base:
    return course().but(holdout=Holdout(kind="random"))


@seeded("leak", "neighbours-in-time")
def days_in_three_columns_hidden_at_random() -> Base:
    base = course(days=1200)
    day = pd.to_datetime(base.frame["date"])
    frame = base.frame.drop(columns="date")
    told = {"year": day.dt.year, "month": day.dt.month, "day": day.dt.day}
    return base.but(frame=frame.assign(**told), holdout=Holdout(kind="random"))


@seeded("leak", "neighbours-in-time")
def classes_that_last_for_weeks_hidden_at_random() -> Base:
    base = course()
    state = np.where(base.y > base.y.median(), "high", "low")
    return base.but(
        frame=base.frame.assign(level=state), objective="binary", metric="roc_auc",
        holdout=Holdout(kind="stratified"),
    )  # fmt: skip


@seeded("leak", "neighbours-in-time", "group-crossing")
def years_of_countries_hidden_at_random() -> Base:
    random = _random(6)
    countries, years = 24, 50
    steps = random.normal(0.3, 0.25, (countries, years)).cumsum(axis=1)
    life = 55 + random.normal(0, 4, (countries, 1)) + steps
    income = 3 * life + random.normal(0, 12, life.shape)
    frame = pd.DataFrame(
        {
            "country": np.repeat([f"Land {k}" for k in range(countries)], years),
            "year": np.tile(np.arange(1960, 1960 + years), countries),
            "income": income.ravel().round(1),
            "life": life.ravel().round(2),
        }
    ).sample(frac=1.0, random_state=6)
    return Base("lives-by-year", frame, "life", "regression", "rmse")


@seeded("leak", "group-crossing", "target-proxy")
def target_fixed_by_a_group_that_crosses() -> Base:
    base = clinic()
    patient = base.frame["patient"]
    fixed = dict(
        zip(patient.unique(), _random(3).choice(["ill", "well"], patient.nunique()), strict=True)
    )
    frame = base.frame.drop(columns="pressure").assign(diagnosis=patient.map(fixed))
    return base.but(
        frame=frame, target="diagnosis", objective="binary", metric="roc_auc",
        holdout=Holdout(kind="stratified"),
    )  # fmt: skip


@seeded("leak", "group-crossing")
def number_fixed_by_a_group_that_crosses() -> Base:
    base = clinic()
    patient = base.frame["patient"]
    fixed = dict(
        zip(patient.unique(), _random(3).normal(170, 9, patient.nunique()).round(1), strict=True)
    )
    frame = base.frame.drop(columns="pressure").assign(body_height=patient.map(fixed))
    return base.but(frame=frame, target="body_height", holdout=Holdout(kind="random"))


@seeded("leak", "near-duplicate-rows")
def rows_copied_with_jitter() -> Base:
    base = housing()
    random = _random(13)
    copies = base.frame.sample(frac=0.3, random_state=1)
    copies = copies.assign(
        area=(copies["area"] + random.normal(0, 0.05, len(copies))).round(2),
        distance_km=(copies["distance_km"] + random.normal(0, 0.004, len(copies))).round(4),
    )
    frame = pd.concat([base.frame, copies], ignore_index=True)
    frame = frame.assign(energy=0.0)
    energy = random.normal(120, 30, len(base.frame)).round(1)
    frame["energy"] = np.r_[energy, energy[copies.index] + random.normal(0, 0.1, len(copies))]
    return base.but(frame=frame[[*[c for c in frame.columns if c != "rent"], "rent"]])


@seeded("leak", "group-crossing")
def group_inside_a_file_name() -> Base:
    base = clinic()
    patient = base.frame["patient"]
    fixed = dict(
        zip(patient.unique(), _random(3).normal(170, 9, patient.nunique()).round(1), strict=True)
    )
    scan = patient + "_" + pd.Series(_random().permutation(len(patient))).map("{:04d}.dcm".format)
    frame = base.frame.drop(columns=["pressure", "patient"])
    frame = frame.assign(scan=scan, body_height=patient.map(fixed))
    return base.but(frame=frame, target="body_height", holdout=Holdout(kind="random"))


@seeded("leak", "group-crossing")
def ingredient_that_no_column_alone_tells() -> Base:
    """Batches have no name: what they share is in several columns, and each was read five times."""
    frame = _batches().drop(columns="strength")
    return Base("mortar", frame, "slag", "regression", "mae", Holdout(kind="random"))


@seeded("leak", "group-crossing")
def rate_of_a_loan_that_tells_its_amount() -> Base:
    """A monthly rate comes of amount, interest and term: equal rates are of equal loans."""
    random = _random(31)
    amount = random.choice(np.arange(1000, 40_001, 500), 1500)
    months = random.choice([36, 60], 1500)
    interest = random.choice([0.05, 0.0725, 0.0899, 0.119, 0.1549, 0.21], 1500) / 12
    rate = amount * interest / (1 - (1 + interest) ** -months)
    frame = pd.DataFrame(
        {
            "income": (amount * random.lognormal(1.0, 0.7, 1500)).round(-2),
            "years_at_work": random.integers(0, 11, 1500),
            "monthly_rate": np.where(random.random(1500) < 0.85, rate, rate * 1.031).round(2),
            "loan_amount": amount,
        }
    )
    return Base("loans", frame, "loan_amount", "regression", "mae", Holdout(kind="random"))


@legitimate()
def strength_of_batches_that_were_read_again() -> Base:
    return Base("mortar", _batches(), "strength", "regression", "mae", Holdout(kind="random"))


def _batches() -> pd.DataFrame:
    random = _random(23)
    batches = pd.DataFrame(
        {
            "cement": random.normal(280, 60, 160).round(0),
            "water": random.normal(180, 15, 160).round(0),
            "sand": random.normal(770, 60, 160).round(0),
            "slag": random.normal(90, 30, 160).round(1),
        }
    )
    frame = batches.loc[np.repeat(batches.index, 5)].reset_index(drop=True)
    frame["age"] = random.choice([3, 7, 14, 28, 56, 90], len(frame))
    ratio = (frame["cement"] + 0.6 * frame["slag"]) / frame["water"]
    noise = random.normal(0, 3, len(frame))
    frame["strength"] = (18 * ratio * np.log1p(frame["age"]) / 4 + noise).round(1)
    return frame.sample(frac=1.0, random_state=4).reset_index(drop=True)


@seeded("leak", "duplicate-rows")
def rows_copied_with_a_new_number() -> Base:
    base = housing()
    copies = base.frame.sample(frac=0.25, random_state=1)
    frame = pd.concat([base.frame, copies], ignore_index=True)
    frame.insert(0, "entry", _random().permutation(len(frame)) * 7 + 1)
    return base.but(frame=frame)


@seeded("leak", "duplicate-rows")
def lines_of_orders_from_one_menu() -> Base:
    frame = order_lines(_random(17))
    return Base("canteen-lines", frame, "charge", "regression", "rmse", Holdout(kind="random"))
