"""Links of a graph, and tables that hang together by keys; what leaks, what is told wrongly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.manifest import MetricSpec
from mlesmith_env.task import Task
from tests.generator.formulations.made_worlds import customers, friends

from .cases import defect, legitimate_built
from .making import Exhibit, Tables, first, repackage, reworded

ENDS = ["source", "target"]


def linked(root: Path) -> Task:
    """Return a good task of links."""
    return first(root, friends, "link_prediction")


def churning(root: Path) -> Task:
    """Return a good task of customers with their plans and orders."""
    return first(root, customers, "relational", "churn")


@legitimate_built(execution=True)
def missing_links_between_friends(root: Path) -> Exhibit:
    return Exhibit(linked(root).directory)


@legitimate_built(execution=True)
def customers_with_plans_and_orders(root: Path) -> Exhibit:
    return Exhibit(churning(root).directory)


# Links


def _exposed(root: Path, *, turned: bool) -> Exhibit:
    tables = Tables.of(linked(root))
    asked = tables.test.loc[(tables.truth() == "1").to_numpy(), ENDS].head(25)
    if turned:
        asked = asked.rename(columns={"source": "target", "target": "source"})
    tables.further["edges"] = pd.concat([tables.further["edges"], asked[ENDS]], ignore_index=True)
    return tables.written(root)


@defect("leak", "link-exposed")
def asked_links_among_the_known_ones(root: Path) -> Exhibit:
    return _exposed(root, turned=False)


@defect("leak", "link-exposed")
def asked_links_among_the_known_ones_the_other_way_round(root: Path) -> Exhibit:
    return _exposed(root, turned=True)


@defect("leak", "link-exposed")
def asked_pairs_answered_in_training(root: Path) -> Exhibit:
    tables = Tables.of(linked(root))
    tables.train.loc[:29, ENDS] = tables.test.loc[:29, ENDS[::-1]].to_numpy()
    tables.train.loc[:29, "linked"] = tables.truth().head(30).to_numpy()
    return tables.written(root)


@defect("leak", "target-proxy", "target-copy")
def a_year_that_only_links_have(root: Path) -> Exhibit:
    tables = Tables.of(linked(root))
    random = np.random.default_rng(3)

    def since(truth: pd.Series) -> np.ndarray:
        year = random.integers(1990, 2020, len(truth)).astype(str)
        return np.where(truth == "1", year, "")

    return tables.told("since", since(tables.train["linked"]), since(tables.truth())).written(root)


@defect("leak", "link-shortcut", "target-in-text")
def pairs_without_a_link_that_hold_strangers(root: Path) -> Exhibit:
    tables = Tables.of(linked(root))
    for frame, truth in ((tables.train, tables.train["linked"]), (tables.test, tables.truth())):
        apart = np.flatnonzero((truth == "0").to_numpy())
        frame.iloc[apart, frame.columns.get_loc("target")] = [f"x{place}" for place in apart]
    return tables.written(root)


@defect("leak", "link-shortcut", "order-leak")
def links_stand_in_the_order_of_their_nodes(root: Path) -> Exhibit:
    tables = Tables.of(linked(root))
    for frame, truth in ((tables.train, tables.train["linked"]), (tables.test, tables.truth())):
        first = frame[ENDS].min(axis=1).to_numpy()
        last = frame[ENDS].max(axis=1).to_numpy()
        yes = (truth == "1").to_numpy()
        frame["source"], frame["target"] = np.where(yes, first, last), np.where(yes, last, first)
    return tables.written(root)


@defect("leak", "target-in-test")
def whether_linked_stands_in_the_test_file(root: Path) -> Exhibit:
    tables = Tables.of(linked(root))
    tables.test["linked"] = tables.truth()
    return tables.written(root)


@defect("data", "target-invalid")
def a_pair_that_may_be_linked(root: Path) -> Exhibit:
    tables = Tables.of(linked(root))
    tables.answers.loc[0, "linked"] = "maybe"
    return tables.written(root)


@defect("data", "class-missing", "target-constant")
def hidden_pairs_that_are_all_linked(root: Path) -> Exhibit:
    tables = Tables.of(linked(root))
    tables.answers["linked"] = "1"
    return tables.written(root)


@defect("data", "sample-reveals-answers")
def sample_probabilities_that_lean_to_the_links(root: Path) -> Exhibit:
    tables = Tables.of(linked(root))
    noise = np.random.default_rng(5).uniform(0.3, 0.6, len(tables.test))
    return tables.guessed({"linked": noise + 0.1 * tables.truth().astype(int)}).written(root)


@defect("worth", "metric-unfit", "grading-fails")
def links_judged_as_numbers(root: Path) -> Exhibit:
    return repackage(linked(root), metric=MetricSpec(name="mae"))


@defect("description", "description-untrue")
def a_page_on_which_missed_links_are_better(root: Path) -> Exhibit:
    return reworded(linked(root), "higher is better", "lower is better")


@defect("description", "description-incomplete", "description-untrue")
def a_page_that_is_silent_about_the_known_links(root: Path) -> Exhibit:
    return reworded(linked(root), "edges.csv", "other.csv")


@defect("description", "description-untrue")
def a_page_with_other_numbers_of_known_links(root: Path) -> Exhibit:
    task = linked(root)
    edges = f"{len(Tables.of(task).further['edges']):,}"
    return reworded(task, f"| `edges.csv` | {edges} |", "| `edges.csv` | 4,000 |")


# Tables with keys


@defect("leak", "further-target-copy", "further-target-proxy")
def orders_that_tell_who_left(root: Path) -> Exhibit:
    tables = Tables.of(churning(root))
    key = "customer_id"
    left = pd.concat(
        [
            tables.train.set_index(key)["churn"],
            pd.Series(tables.truth().to_numpy(), index=tables.test[key]),
        ]
    )
    orders = tables.further["orders"]
    orders["channel"] = orders[key].map(left).map({"yes": "farewell", "no": "shop"})
    return tables.written(root)


@defect("leak", "further-target-copy", "further-target-proxy")
def orders_whose_amounts_are_negative_for_who_left(root: Path) -> Exhibit:
    tables = Tables.of(churning(root))
    key = "customer_id"
    seen = tables.train.set_index(key)["churn"]
    hidden = pd.Series(tables.truth().to_numpy(), index=tables.test[key])
    orders = tables.further["orders"]
    sign = orders[key].map(pd.concat([seen, hidden])).map({"yes": -1.0, "no": 1.0})
    orders["balance"] = (sign * orders["amount"].astype(float)).round(2)
    return tables.written(root)


@defect("leak", "further-target-copy", "further-target-proxy")
def a_table_of_those_who_left(root: Path) -> Exhibit:
    tables = Tables.of(churning(root))
    key = "customer_id"
    hidden = tables.test[key][(tables.truth() == "yes").to_numpy()]
    left = pd.concat([tables.train[key][tables.train["churn"] == "yes"], hidden])
    plans = tables.further["orders"]
    tables.further["orders"] = plans[plans[key].isin(left)]
    return tables.written(root)


@defect("leak", "further-rows-later")
def orders_of_the_time_after_the_question(root: Path) -> Exhibit:
    tables = Tables.of(churning(root))
    orders = tables.further["orders"]
    later = pd.to_datetime(orders["order_date"]) + pd.Timedelta(days=600)
    orders["order_date"] = later.dt.strftime("%Y-%m-%d")
    return tables.written(root)


@defect("leak", "target-in-test")
def who_left_stands_in_the_test_file(root: Path) -> Exhibit:
    tables = Tables.of(churning(root))
    tables.test["churn"] = tables.truth()
    return tables.written(root)


@defect("leak", "target-copy", "target-proxy")
def who_left_in_other_words_beside_the_customer(root: Path) -> Exhibit:
    tables = Tables.of(churning(root))
    words = {"yes": "closed", "no": "open"}
    seen, hidden = (told.map(words) for told in (tables.train["churn"], tables.truth()))
    return tables.told("account", seen, hidden).written(root)


@defect("leak", "answers-exposed", "further-target-copy")
def a_further_table_that_holds_the_target(root: Path) -> Exhibit:
    tables = Tables.of(churning(root))
    key = "customer_id"
    seen = tables.train[[key, "churn"]]
    hidden = tables.test[[key]].assign(churn=tables.truth().to_numpy())
    told = pd.concat([seen, hidden], ignore_index=True)
    tables.further["orders"] = tables.further["orders"].merge(told, on=key, how="left")
    return tables.written(root)


@defect("leak", "further-totals")
def plans_that_count_who_left(root: Path) -> Exhibit:
    tables = Tables.of(churning(root))
    plan = pd.concat([tables.train["plan_id"], tables.test["plan_id"]])
    left = pd.concat([tables.train["churn"], tables.truth()]) == "yes"
    plans = tables.further["plans"]
    counts = left.to_numpy().astype(int)
    plans["lost"] = plans["plan_id"].map(pd.Series(counts).groupby(plan.to_numpy()).sum())
    return tables.written(root)


def _counted(folder: Path) -> Path:
    """Customers whose plans tell how many have them, and how many left a year before."""
    customers(folder)
    people, plans = (pd.read_csv(folder / f"{name}.csv") for name in ("customers", "plans"))
    by_plan = people.assign(left=people["churn"] == "yes").groupby("plan_id")["left"]
    plans["members"] = by_plan.size().reindex(plans["plan_id"]).to_numpy()
    shift = np.random.default_rng(4).integers(-3, 4, len(plans))
    plans["lost_before"] = by_plan.sum().reindex(plans["plan_id"]).to_numpy() + shift
    plans.to_csv(folder / "plans.csv", index=False)
    return folder


@legitimate_built()
def plans_that_count_their_customers_and_who_left_before(root: Path) -> Exhibit:
    return Exhibit(first(root, _counted, "relational", "churn").directory)


@defect("data", "missing-file")
def the_orders_are_missing(root: Path) -> Exhibit:
    tables = Tables.of(churning(root))
    del tables.further["orders"]
    return tables.written(root)


@defect("data", "keys-apart")
def orders_whose_keys_fit_no_customer(root: Path) -> Exhibit:
    tables = Tables.of(churning(root))
    tables.further["orders"]["customer_id"] = "c" + tables.further["orders"]["customer_id"]
    return tables.written(root)


@defect("worth", "metric-unfit", "grading-fails")
def who_left_judged_as_a_number(root: Path) -> Exhibit:
    return repackage(churning(root), metric=MetricSpec(name="rmse"))


@defect("description", "description-untrue", "description-incomplete")
def a_page_that_is_silent_about_the_orders(root: Path) -> Exhibit:
    return reworded(churning(root), "orders.csv", "other.csv")


@defect("description", "description-untrue", "description-incomplete")
def a_page_that_joins_by_another_key(root: Path) -> Exhibit:
    return reworded(churning(root), "`customer_id` of `train.csv`", "`age` of `train.csv`")


@defect("worth", "further-unkeyed")
def a_table_that_hangs_on_no_key(root: Path) -> Exhibit:
    tables = Tables.of(churning(root))
    random = np.random.default_rng(6)
    for name in ("orders", "plans"):
        side = tables.further[name]
        key = "customer_id" if name == "orders" else "plan_id"
        side = side.rename(columns={key: "age"})
        tables.further[name] = side.assign(age=random.integers(18, 80, len(side)).astype(str))
    return tables.written(root)
