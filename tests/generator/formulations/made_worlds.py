"""Small made-up datasets: several answers, groups, users and items, links, tables with keys."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd


def races(folder: Path, *, place: str = "Position") -> Path:
    """Write what ten runners did in each of ninety races."""
    random = np.random.default_rng(9)
    folder.mkdir(parents=True)
    rows = []
    for race in range(90):
        form = random.normal(size=10)
        start = np.argsort(np.argsort(-form + random.normal(0, 0.7, 10))) + 1
        finish = np.argsort(np.argsort(-form + random.normal(0, 0.7, 10))) + 1
        for runner in range(10):
            rows.append(
                {
                    "race_id": f"race {race}",
                    "starting_grid": start[runner],
                    "weight": round(float(60 + 3 * form[runner] + random.normal(0, 3)), 1),
                    "team": f"t{random.integers(0, 6)}",
                    place: finish[runner],
                    "points": max(0, 11 - 2 * finish[runner]),
                }
            )
    table = pd.DataFrame(rows).sample(frac=1, random_state=4)
    table.to_csv(folder / "results.csv", index=False)
    return folder


def films(folder: Path, names: tuple[str, str, str] = ("user_id", "movie_id", "rating")) -> Path:
    """Write ratings that users of several tastes gave films."""
    random = np.random.default_rng(11)
    folder.mkdir(parents=True)
    users, items, rows = 90, 60, 2400
    pairs = random.permutation(users * items)[:rows]
    user, item = pairs // items, pairs % items
    taste, kind = random.normal(size=(users, 2)), random.normal(size=(items, 2))
    score = 3 + random.normal(0, 0.5, users)[user] + random.normal(0, 0.6, items)[item]
    score = score + 0.5 * (taste[user] * kind[item]).sum(axis=1) + random.normal(0, 0.4, rows)
    rated = np.clip(np.rint(score), 1, 5).astype(int)
    table = pd.DataFrame({names[0]: 700 + user, names[1]: 20 + item, names[2]: rated})
    table.to_csv(folder / "ratings.csv", index=False)
    return folder


def purchases(folder: Path, names: tuple[str, str] = ("customer", "product")) -> Path:
    """Write what customers of four tastes bought."""
    random = np.random.default_rng(5)
    folder.mkdir(parents=True)
    taste, kind = random.integers(0, 4, 400), random.integers(0, 4, 80)
    fame = random.gamma(1.5, 1.0, 80)
    rows = []
    for user in range(400):
        weight = fame * np.where(kind == taste[user], 6.0, 0.5)
        bought = random.choice(80, random.integers(7, 18), replace=False, p=weight / weight.sum())
        rows += [(f"c{user}", f"item {place}") for place in bought]
    table = pd.DataFrame(rows, columns=list(names)).sample(frac=1, random_state=2)
    table["price"] = random.gamma(3, 10, len(table)).round(2)
    table.to_csv(folder / "purchases.csv", index=False)
    return folder


def friends(folder: Path, *, names: tuple[str, str] = ("source", "target")) -> Path:
    """Write a graph of four circles of people who mostly know each other."""
    random = np.random.default_rng(3)
    folder.mkdir(parents=True)
    circle = random.integers(0, 4, 240)
    pairs = [
        (a, b)
        for a in range(240)
        for b in range(a)
        if random.random() < 0.16 ** (1 if circle[a] == circle[b] else 2.4)
    ]
    random.shuffle(pairs)
    table = pd.DataFrame([(f"p{a}", f"p{b}") for a, b in pairs], columns=list(names))
    table.to_csv(folder / "friends.csv", index=False)
    return folder


def customers(folder: Path, *, later: bool = False, leaking: bool = False) -> Path:
    """Customers with churn, the plan that each has, and their orders."""
    random = np.random.default_rng(7)
    folder.mkdir(parents=True)
    size, orders = 500, 3000
    plans = pd.DataFrame({"plan_id": range(12), "fee": random.uniform(5, 50, 12).round(2)})
    plan = random.integers(0, 12, size)
    owner = random.integers(0, size, orders)
    amount = random.gamma(2, 20, orders).round(2)
    spent = np.bincount(owner, amount, size)
    score = 1.5 - 0.015 * spent + 0.05 * plans["fee"].to_numpy()[plan]
    churn = random.random(size) < 1 / (1 + np.exp(-score))
    day = pd.Timestamp("2020-01-01")
    signed = [day + pd.Timedelta(days=int(d)) for d in random.integers(400, 500, size)]
    shift = 600 if later else 0
    bought = [day + pd.Timedelta(days=int(d) + shift) for d in random.integers(0, 390, orders)]
    customers = pd.DataFrame(
        {
            "customer_id": range(1000, 1000 + size),
            "plan_id": plan,
            "age": random.integers(18, 80, size),
            "review_date": [each.date() for each in signed],
            "churn": np.where(churn, "yes", "no"),
        }
    )
    table = pd.DataFrame(
        {
            "order_id": random.permutation(orders),
            "customer_id": 1000 + owner,
            "amount": amount,
            "order_date": [each.date() for each in bought],
        }
    )
    if leaking:
        table["left_later"] = churn[owner].astype(int)
    customers.sample(frac=1, random_state=1).to_csv(folder / "customers.csv", index=False)
    plans.to_csv(folder / "plans.csv", index=False)
    table.to_csv(folder / "orders.csv", index=False)
    return folder


def faults(rows: int = 500, seed: int = 1) -> dict[str, object]:
    """Machines with measurements and four faults, several of which may be there at once."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, 6))
    slopes = random.normal(size=(6, 4)) * 1.5
    faults = (random.random((rows, 4)) < 1 / (1 + np.exp(0.5 - x @ slopes))).astype(int)
    data: dict[str, object] = {f"sensor_{place}": x[:, place].round(4) for place in range(6)}
    return data | {f"fault_{name}": faults[:, at] for at, name in enumerate(("a", "b", "c", "d"))}


def loads(rows: int = 500, seed: int = 2) -> dict[str, object]:
    """Buildings with the heating and the cooling load that they need."""
    random = np.random.default_rng(seed)
    area, height, glass = random.uniform(0, 1, (3, rows))
    heating = 10 + 12 * area + 6 * height * glass + random.normal(0, 1, rows)
    cooling = 14 + 8 * area + 9 * glass + random.normal(0, 1, rows)
    return {
        "area": area.round(4),
        "height": height.round(4),
        "glazing": glass.round(4),
        "exam_score": heating.round(3),
        "essay_score": cooling.round(3),
    }


def genres(folder: Path, rows: int = 500, form: str = "{}|{}", name: str = "genres") -> Path:
    """Write films whose summary hints at their genres, which one cell lists.

    Args:
        folder: Where to.
        rows: How many films.
        form: How a list of two is written; the first `{}` is repeated for more.
        name: What the list is called.
    """
    random = np.random.default_rng(17)
    folder.mkdir(parents=True)
    hints = {
        "Drama": "tears letter mother", "Comedy": "joke laugh neighbour", "Horror": "ghost cellar",
        "Western": "horse dust saloon", "Musical": "song dance stage", "Crime": "bank police theft",
    }  # fmt: skip
    filler = "a film in which two people meet and much goes on before night falls".split()
    start, between, end = form.split("{}")
    table = []
    for number in range(rows):
        held = [each for each in hints if random.random() < 0.33]
        told = [str(random.choice(hints[each].split())) for each in held if random.random() < 0.8]
        words = [*random.choice(filler, 9).tolist(), *told]
        listed = start + between.join(held) + end if held else ""
        summary = " ".join(str(word) for word in random.permutation(words))
        table.append({"summary": summary, "year": 1950 + number % 60, name: listed})
    pd.DataFrame(table).to_csv(folder / "films.csv", index=False)
    return folder


def ticks(folder: Path, rows: int = 400) -> Path:
    """Write a survey in which what somebody eats is ticked, a box a column."""
    random = np.random.default_rng(23)
    folder.mkdir(parents=True)
    age = random.integers(16, 80, rows)
    meals = {"Bread": 50, "Rice": 40, "Cheese": 60, "Fish": 50, "Beans": 40}
    data: dict[str, object] = {
        "age": age,
        "children": random.integers(0, 4, rows),
        "region": random.choice(["north", "south", "west"], rows),
    }
    for number, (meal, middle) in enumerate(meals.items()):
        odds = (-1) ** number * (age - middle) / 9 + random.normal(0, 1, rows)
        asked = "What do you eat every week?" if not number else f"Unnamed: {number}"
        data[asked] = np.where(odds > 0, meal, "")
    pd.DataFrame(data).to_csv(folder / "survey.csv", index=False)
    return folder
