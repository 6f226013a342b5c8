"""Columns that give the target away."""

from __future__ import annotations

import numpy as np
from made import loans, table, text

from mlesmith_generator.brainstorm.leaks import giveaways
from mlesmith_generator.brainstorm.targets import alternatives, primary
from mlesmith_generator.brainstorm.wholes import wholes_of_part
from mlesmith_generator.profiler.relations import relations
from mlesmith_generator.profiler.typed import TypedTable


def told(data: TypedTable, target: str) -> set[str]:
    made = primary(data[target])
    assert made is not None
    return {exclusion.column for exclusion in giveaways(made, data, relations(data))}


def test_what_is_known_only_afterwards_is_left_out_and_honest_features_stay() -> None:
    assert told(table(**loans()), "default") == {"collection_letter"}


def test_forms_of_a_number() -> None:
    random = np.random.default_rng(4)
    size = random.gamma(5, 20, 500)
    data = table(
        price=text(size),
        log_price=text(np.log(size)),
        price_band=[("cheap", "fair", "dear")[int(x > 80) + int(x > 120)] for x in size],
        ranked=[str(value) for value in np.argsort(np.argsort(size))],
        strong=text(size + random.normal(0, 15, 500)),
        free=text(random.normal(size=500)),
    )
    assert told(data, "price") == {"log_price", "price_band", "ranked"}


def test_parts_of_a_sum_lose_what_completes_it() -> None:
    random = np.random.default_rng(5)
    parts = random.uniform(1, 50, (5, 500)).round(2)
    names = ["fare", "toll", "extra", "surcharge", "tip"]
    columns = {name: text(part, 2) for name, part in zip(names, parts, strict=True)}
    data = table(**columns, total=text(parts.sum(axis=0), 2))
    assert "total" in told(data, "tip")


def test_all_parts_of_a_total_are_left_out_also_where_a_small_part_is_not_known() -> None:
    random = np.random.default_rng(5)
    fare, toll, tip = random.gamma(2, 10, (3, 500)).round(2)
    fee = random.choice([0.5, 1.0], 500)
    shown = {"fare": text(fare, 2), "toll": text(toll, 2), "tip": text(tip, 2)}
    data = table(
        **shown,
        miles=text(fare + random.normal(0, 3, 500), 2),
        total=text(fare + toll + tip + fee, 2),
    )
    assert told(data, "total") == {"fare", "toll", "tip"}
    assert told(data, "tip") == {"total"}


def test_items_of_a_score_are_left_out_of_the_trait_that_is_read_from_it() -> None:
    random = np.random.default_rng(5)
    trait = random.normal(0, 0.8, (500, 1))
    items = (3 + trait + random.normal(0, 0.9, (500, 7))).round().clip(1, 5).astype(int)
    shown = {f"answer {k}": [str(6 - v if k == 2 else v) for v in items[:, k]] for k in range(7)}
    score = items.sum(axis=1)
    mood = text(trait[:, 0] + random.normal(0, 0.5, 500))
    sure = table(**shown, mood=mood, anxious=["yes" if value > 22 else "no" for value in score])
    assert told(sure, "anxious") == set(shown)
    noisy = score + random.normal(0, 2, 500)
    vague = table(**shown, mood=mood, anxious=["yes" if value > 22 else "no" for value in noisy])
    assert told(vague, "anxious") == set()


def test_an_end_of_a_distance_is_left_out_of_it_and_of_its_bands() -> None:
    random = np.random.default_rng(5)
    true, guessed = random.integers(18, 80, (2, 500))
    error = np.abs(true - guessed)
    shown = {"guessed": text(guessed, 0), "true": text(true, 0), "photo": text(error % 7, 0)}
    data = table(**shown, error=text(error, 0))
    assert told(data, "error") == {"true"}


def test_the_flag_that_is_left_of_one_choice() -> None:
    random = np.random.default_rng(5)
    kind = random.integers(0, 5, 500)
    flags = {f"k{k}": [str(int(value == k)) for value in kind] for k in range(5)}
    data = table(**flags, price=text(kind + random.normal(0, 1, 500)))
    assert told(data, "k4") == {"k0", "k1", "k2", "k3"}


def test_a_date_is_left_out_where_the_calendar_tells_the_class() -> None:
    days = np.datetime64("2021-03-01") + np.arange(500)
    week = (days.astype("datetime64[D]").astype(int) + 3) % 7
    data = table(
        day=[str(value) for value in days],
        weekend=["yes" if value >= 5 else "no" for value in week],
        visitors=text(week + np.random.default_rng(5).normal(0, 2, 500)),
    )
    assert told(data, "weekend") == {"day"}


def test_labels_of_a_code_and_coarser_classes() -> None:
    random = np.random.default_rng(6)
    species = random.integers(0, 6, 500)
    data = table(
        species=[f"s{value}" for value in species],
        code=[str(10 + value) for value in species],
        genus=[f"g{value // 2}" for value in species],
        length=text(species + random.normal(0, 1, 500)),
    )
    assert told(data, "species") == {"code", "genus"}


def test_the_raw_column_of_a_band_is_left_out() -> None:
    data = table(price=text(np.random.default_rng(7).normal(50, 9, 300)), other=["a", "b"] * 150)
    made = primary(data["price"])
    assert made is not None
    band = alternatives(data["price"], made)[0]
    assert "price" in {e.column for e in giveaways(band, data, ())}


def test_filled_in_only_for_one_class() -> None:
    random = np.random.default_rng(8)
    died = random.random(400) < 0.3
    data = table(
        died=["yes" if value else "no" for value in died],
        cause=[random.choice(["fall", "cold", "fire"]) if value else "" for value in died],
        age=[str(value) for value in random.integers(20, 80, 400)],
    )
    assert "cause" in told(data, "died")


def test_filled_in_mostly_for_one_class_of_several_and_honest_gaps() -> None:
    random = np.random.default_rng(9)
    kind = random.integers(0, 4, 600)
    sub = (kind == 2) ^ (random.random(600) < 0.02)
    asked = random.random(600) < np.where(kind == 2, 0.8, 0.3)
    data = table(
        kind=[f"k{value}" for value in kind],
        attack=[random.choice(["slow", "fast"]) if value else None for value in sub],
        income=[str(random.integers(9, 99)) if value else None for value in asked],
        size=text(kind + random.normal(0, 1, 600)),
    )
    assert told(data, "kind") == {"attack"}


def test_a_namesake_with_nearly_the_same_ranks_is_left_out_also_of_bands() -> None:
    random = np.random.default_rng(12)
    gross = random.gamma(2, 50, 600)
    data = table(
        domgross=text(gross),
        domgross_2013=text(gross * random.uniform(1, 1.5, 600)),
        domgross_prev=text(gross * random.uniform(1, 1.5, 600)),
        budget=text(gross * random.uniform(0.2, 2, 600)),
    )
    made = primary(data["domgross"])
    assert made is not None
    for form in (made, *alternatives(data["domgross"], made)):
        left_out = {exclusion.column for exclusion in giveaways(form, data, relations(data))}
        assert left_out - {"domgross"} == {"domgross_2013"}


def test_what_settles_an_amount_is_left_out_of_its_bands() -> None:
    price = np.random.default_rng(13).gamma(5, 20, 500)
    data = table(price=text(price), fee=text(0.1 * price + 3), free=text(price[::-1]))
    made = primary(data["price"])
    assert made is not None
    for form in alternatives(data["price"], made):
        left_out = {exclusion.column for exclusion in giveaways(form, data, ())}
        assert left_out == {"price", "fee"}


def test_parts_of_a_share_are_left_out_and_what_is_measured_beside_them_stays() -> None:
    random = np.random.default_rng(6)
    won, lost = (random.poisson(random.gamma(3, 20, 500)) + 1 for _ in range(2))
    data = table(
        won=[str(value) for value in won],
        lost=[str(value) for value in lost],
        budget=text(random.gamma(3, 20, 500), 1),
        share=text(won / (won + lost), 3),
    )
    assert told(data, "share") == {"won", "lost"}


def test_what_rebuilds_an_amount_by_a_product_is_left_out_also_of_its_bands() -> None:
    random = np.random.default_rng(8)
    length, width = random.integers(8, 400, (2, 600))
    inked, mean = random.uniform(0.1, 0.9, 600), random.gamma(3, 1.5, 600) + 1
    strokes = (length * width * inked / mean).round() + 1
    data = table(
        length=[str(value) for value in length],
        width=[str(value) for value in width],
        inked=text(inked, 3),
        mean=text(mean, 2),
        free=text(random.gamma(3, 20, 600), 1),
        strokes=text(strokes, 0),
    )
    made = primary(data["strokes"])
    assert made is not None
    for form in (made, *alternatives(data["strokes"], made)):
        left_out = {exclusion.column for exclusion in giveaways(form, data, ())}
        assert len(left_out - {"strokes"}) == 1
        assert left_out <= {"length", "width", "inked", "mean", "strokes"}


def test_counts_of_the_classes_are_left_out_also_where_one_class_is_asked_for() -> None:
    random = np.random.default_rng(9)
    kinds = np.array(["false", "half true", "mostly true", "true"])
    label = random.integers(0, 4, 1200)
    counts = random.poisson(random.gamma(0.5, 8, 1200)[:, None], (1200, 4))
    counts[np.arange(1200), label] += 1
    data = table(
        **{f"record {place}": [str(value) for value in counts[:, place]] for place in range(4)},
        words=[str(value) for value in random.poisson(12, 1200)],
        verdict=kinds[label].tolist(),
    )
    made = primary(data["verdict"])
    assert made is not None
    for form in (made, *alternatives(data["verdict"], made)):
        left_out = {exclusion.column for exclusion in giveaways(form, data, ())}
        assert left_out - {"verdict"} == {f"record {place}" for place in range(4)}


def _players(settled: float) -> TypedTable:
    """Who played alone and who in a team of two, mixed ones written as both."""
    random = np.random.default_rng(12)
    team = random.random(500) < 0.4
    mixed = np.where(random.random(500) < settled, team, ~team) & (random.random(500) < 0.5)
    one = random.choice(["female", "male"], 500)
    return table(
        sex=np.where(mixed, "female/male", one).tolist(),
        stake=text(random.normal(40 + 9 * team, 12), 1),
        played=np.where(team, "team", "alone").tolist(),
    )


def test_a_level_that_is_two_others_in_one_tells_who_was_two() -> None:
    assert told(_players(1.0), "played") == {"sex"}
    assert told(_players(0.95), "played") == set()


def test_counts_that_hold_the_target_are_left_out_and_other_counts_stay() -> None:
    random = np.random.default_rng(9)
    size = random.gamma(4, 20, 400)
    crashes = random.poisson(size)
    night = random.binomial(crashes, 0.4)
    data = table(
        crashes=text(crashes, 0),
        nightcrashes=text(night, 0),
        cars=text(random.poisson(9 * size), 0),
        crashes_before=text(random.poisson(size), 0),
        fined=text(random.binomial(night, 0.5), 0),
    )
    made = primary(data["nightcrashes"])
    assert made is not None
    assert set(wholes_of_part(made, data, np.arange(400))) == {"crashes"}
    assert "crashes" in told(data, "nightcrashes")
