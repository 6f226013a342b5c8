"""Users and items: ratings and recommendations; what leaks them, what tells them wrongly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.manifest import MetricSpec
from mlesmith_env.task import Task
from tests.generator.formulations.made_worlds import films, purchases

from .cases import defect, legitimate_built
from .making import Exhibit, Tables, first, repackage, reworded


def rated(root: Path) -> Task:
    """Return a good task of ratings."""
    return first(root, films, "rating")


def recommended(root: Path) -> Task:
    """Return a good task of lists of items."""
    return first(root, purchases, "recommendation")


@legitimate_built(execution=True)
def ratings_of_films_by_users(root: Path) -> Exhibit:
    return Exhibit(rated(root).directory)


@legitimate_built(execution=True)
def products_for_customers(root: Path) -> Exhibit:
    return Exhibit(recommended(root).directory)


# Ratings


@defect("leak", "pairs-crossing", "duplicate-rows")
def users_who_rate_a_film_on_both_sides(root: Path) -> Exhibit:
    tables = Tables.of(rated(root))
    place = tables.answers.set_index("id").index.get_indexer(tables.test["id"].head(40))
    tables.test.loc[:39, ["user_id", "movie_id"]] = tables.train.loc[
        :39, ["user_id", "movie_id"]
    ].to_numpy()
    tables.answers.loc[place, "rating"] = tables.train.loc[:39, "rating"].to_numpy()
    return tables.written(root)


@defect("leak", "target-copy", "target-proxy")
def ratings_out_of_ten_as_well(root: Path) -> Exhibit:
    tables = Tables.of(rated(root))
    seen, hidden = (2 * told.astype(int) for told in (tables.train["rating"], tables.truth()))
    return tables.told("out_of_ten", seen, hidden).written(root)


@defect("leak", "target-statistics")
def means_of_films_that_know_hidden_ratings(root: Path) -> Exhibit:
    tables = Tables.of(rated(root))
    rating = pd.concat([tables.train["rating"], tables.truth()]).astype(float)
    film = pd.concat([tables.train["movie_id"], tables.test["movie_id"]])
    mean = rating.groupby(film).mean().round(4)
    seen, hidden = (frame["movie_id"].map(mean) for frame in (tables.train, tables.test))
    return tables.told("film_mean", seen, hidden).written(root)


@defect("leak", "target-arithmetic")
def how_far_a_rating_lies_above_the_usual_one(root: Path) -> Exhibit:
    tables = Tables.of(rated(root))
    told = tables.train["rating"].astype(float)
    usual = told.groupby(tables.train["movie_id"]).mean().round(2)
    truths = (told, tables.truth().astype(float))
    for name in ("usual", "above"):
        columns: list[pd.Series] = []
        for frame, truth in zip((tables.train, tables.test), truths, strict=True):
            mean = frame["movie_id"].map(usual)
            columns.append((mean if name == "usual" else truth - mean).round(2))
        tables.told(name, *columns)
    return tables.written(root)


@defect("leak", "target-in-test")
def the_rating_stands_in_the_test_file(root: Path) -> Exhibit:
    tables = Tables.of(rated(root))
    tables.test["rating"] = tables.truth()
    return tables.written(root)


@defect("data", "target-invalid")
def a_rating_in_stars(root: Path) -> Exhibit:
    tables = Tables.of(rated(root))
    tables.answers.loc[1, "rating"] = "***"
    return tables.written(root)


@defect("data", "sample-reveals-answers")
def sample_ratings_that_are_nearly_right(root: Path) -> Exhibit:
    tables = Tables.of(rated(root))
    noise = np.random.default_rng(5).normal(0, 1, len(tables.test))
    return tables.guessed({"rating": tables.truth().astype(float) + noise}).written(root)


@defect("worth", "metric-unfit", "grading-fails")
def ratings_judged_as_lists(root: Path) -> Exhibit:
    return repackage(rated(root), metric=MetricSpec(name="map_at_k"))


@defect("description", "description-untrue")
def a_page_on_which_worse_ratings_are_better(root: Path) -> Exhibit:
    return reworded(rated(root), "lower is better", "higher is better")


@defect("description", "description-untrue")
def a_page_with_ratings_out_of_ten(root: Path) -> Exhibit:
    row = "| `rating` | integer | 1 to {} |"
    return reworded(rated(root), row.format(5), row.format(10))


@defect("description", "description-untrue")
def a_page_with_more_ratings_than_there_are(root: Path) -> Exhibit:
    return reworded(rated(root), "| `test.csv` | 600 |", "| `test.csv` | 6,000 |")


# Recommendations


def _hidden(tables: Tables) -> list[list[str]]:
    """Return the hidden items of every row of the test file."""
    return [cell.split() for cell in tables.truth()]


@defect("leak", "interaction-exposed")
def hidden_purchases_among_the_known_ones(root: Path) -> Exhibit:
    tables = Tables.of(recommended(root))
    told = pd.DataFrame(
        {"customer": tables.test["customer"], "product": [items[0] for items in _hidden(tables)]}
    )
    known = tables.further["interactions"]
    tables.further["interactions"] = pd.concat([known, told.head(20)], ignore_index=True)
    return tables.written(root)


@defect("leak", "items-told")
def the_next_purchase_beside_the_customer(root: Path) -> Exhibit:
    tables = Tables.of(recommended(root))
    seen = [cell.split()[0] for cell in tables.train["items"]]
    hidden = [items[0] for items in _hidden(tables)]
    return tables.told("voucher", seen, hidden).written(root)


@defect("leak", "items-told")
def a_list_that_holds_the_purchases_among_others(root: Path) -> Exhibit:
    tables = Tables.of(recommended(root))
    random = np.random.default_rng(4)
    every = sorted({item for cell in tables.train["items"] for item in cell.split()})

    def shown(items: list[str]) -> str:
        both = [*items, *random.choice(every, 3)]
        return ", ".join(both[place] for place in random.permutation(len(both)))

    seen = [shown(cell.split()) for cell in tables.train["items"]]
    return tables.told("shown", seen, [shown(items) for items in _hidden(tables)]).written(root)


@defect("leak", "target-in-test")
def the_lists_stand_in_the_test_file(root: Path) -> Exhibit:
    tables = Tables.of(recommended(root))
    tables.test["items"] = tables.truth()
    return tables.written(root)


@defect("leak", "user-crossing")
def customers_on_both_sides(root: Path) -> Exhibit:
    tables = Tables.of(recommended(root))
    tables.train.loc[:39, "customer"] = tables.test["customer"].head(40).to_numpy()
    tables.train.loc[:39, "items"] = [" ".join(items) for items in _hidden(tables)[:40]]
    return tables.written(root)


@defect("data", "target-invalid", "target-missing")
def customers_of_whom_nothing_is_hidden(root: Path) -> Exhibit:
    tables = Tables.of(recommended(root))
    tables.answers.loc[:9, "items"] = ""
    return tables.written(root)


@defect("data", "sample-reveals-answers")
def sample_lists_that_hold_the_purchases(root: Path) -> Exhibit:
    tables = Tables.of(recommended(root))
    return tables.guessed({"items": tables.truth()}).written(root)


@defect("data", "sample-reveals-answers")
def sample_lists_that_hold_one_purchase_each(root: Path) -> Exhibit:
    tables = Tables.of(recommended(root))
    lists = [f"{items[-1]} item_none" for items in _hidden(tables)]
    return tables.guessed({"items": lists}).written(root)


@defect("worth", "metric-unfit", "grading-fails")
def lists_judged_as_numbers(root: Path) -> Exhibit:
    return repackage(recommended(root), metric=MetricSpec(name="rmse"))


@defect("description", "description-untrue")
def a_page_on_which_fewer_hits_are_better(root: Path) -> Exhibit:
    return reworded(recommended(root), "higher is better", "lower is better")


@defect("description", "description-untrue")
def a_page_on_which_the_first_twenty_count(root: Path) -> Exhibit:
    return reworded(recommended(root), "k = 10", "k = 20")


@defect("description", "description-incomplete", "description-untrue")
def a_page_that_is_silent_about_what_customers_bought(root: Path) -> Exhibit:
    return reworded(recommended(root), "interactions.csv", "other.csv")
