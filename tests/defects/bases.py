"""Good raw tables to start from: small, made in code, and like real ones in what they hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from mlesmith_env.manifest import Limits, Objective
from mlesmith_env.recipes.model import Holdout, Transform


@dataclass(frozen=True)
class Base:
    """A raw table and the task that is made of it.

    Attributes:
        name: Name of the dataset; also of its folder.
        frame: The raw table.
        target: Column to predict.
        objective: What is asked.
        metric: Name in the metric catalogue.
        holdout: How rows are hidden.
        params: Parameters of the metric.
        transforms: Transforms that the recipe starts with.
        drop: Columns that the task leaves out.
        write: How the raw file is written; a plain CSV by default.
        limits: Limits of the task, where they are not the usual ones.
    """

    name: str
    frame: pd.DataFrame
    target: str
    objective: Objective
    metric: str
    holdout: Holdout = field(default_factory=lambda: Holdout(kind="random"))
    params: dict[str, float | int | str] = field(default_factory=dict)
    transforms: tuple[Transform, ...] = ()
    drop: tuple[str, ...] = ()
    write: Callable[[pd.DataFrame], bytes] | None = None
    limits: Limits | None = None

    def having(self, **columns: object) -> Base:
        """Return the base with columns added before the last one or replaced."""
        frame = self.frame.copy()
        for name, values in columns.items():
            if name in frame.columns:
                frame[name] = values
            else:
                frame.insert(len(frame.columns) // 2, name, values)
        return replace(self, frame=frame)

    def but(self, **changes: object) -> Base:
        """Return the base with other attributes."""
        return replace(self, **changes)

    @property
    def y(self) -> pd.Series:
        """The target."""
        return self.frame[self.target]


def housing(rows: int = 900, seed: int = 1) -> Base:
    """Flats and their rents: numbers, categories, some gaps; a regression."""
    random = np.random.default_rng(seed)
    area = random.gamma(6.0, 13.0, rows).round(1) + 15
    rooms = np.clip((area / 28 + random.normal(0, 0.7, rows)).round(), 1, 7).astype(int)
    district = random.choice(["Altona", "Barmbek", "Eppendorf", "Harburg", "Mitte"], rows)
    built = random.integers(1890, 2022, rows)
    floor = random.integers(0, 9, rows)
    heating = random.choice(["gas", "district", "oil", "heat pump"], rows, p=[0.5, 0.3, 0.12, 0.08])
    distance = random.exponential(4.0, rows).round(2)
    level = pd.Series(district).map(
        {"Altona": 1.15, "Barmbek": 1.0, "Eppendorf": 1.35, "Harburg": 0.8, "Mitte": 1.2}
    )
    rent = (
        11.0 * area * level * (1 - 0.015 * distance)
        + 14.0 * floor
        + 0.9 * (built - 1890)
        + np.where(heating == "oil", -60, 0)
        + random.normal(0, 95, rows)
    )
    frame = pd.DataFrame(
        {
            "area": area,
            "rooms": rooms,
            "district": district,
            "built": built,
            "floor": floor,
            "heating": heating,
            "distance_km": np.where(random.random(rows) < 0.06, np.nan, distance),
            "rent": rent.round(2),
        }
    )
    return Base("flats-for-rent", frame, "rent", "regression", "rmse")


def churn(rows: int = 1400, seed: int = 2) -> Base:
    """Customers who leave or stay: a binary target of about one in four."""
    random = np.random.default_rng(seed)
    months = random.integers(1, 72, rows)
    contract = random.choice(["monthly", "yearly", "two years"], rows, p=[0.55, 0.25, 0.2])
    charge = random.uniform(18, 118, rows).round(2)
    calls = random.poisson(1.3, rows)
    age = random.normal(47, 14, rows).round().clip(18, 90).astype(int)
    region = random.choice(["north", "south", "east", "west"], rows)
    paperless = random.choice(["yes", "no"], rows)
    pull = (
        -1.6
        - 0.035 * months
        + np.select([contract == "monthly", contract == "yearly"], [1.6, 0.3], 0.0)
        + 0.016 * charge
        + 0.45 * calls
    )
    left = random.random(rows) < 1 / (1 + np.exp(-pull))
    frame = pd.DataFrame(
        {
            "months": months,
            "contract": contract,
            "monthly_charge": charge,
            "support_calls": calls,
            "age": np.where(random.random(rows) < 0.05, np.nan, age),
            "region": region,
            "paperless": paperless,
            "churned": np.where(left, "Yes", "No"),
        }
    )
    return Base(
        "telecom-customers", frame, "churned", "binary", "roc_auc", Holdout(kind="stratified")
    )


def crops(rows: int = 1000, seed: int = 3) -> Base:
    """Fields and what grows on them: four classes."""
    random = np.random.default_rng(seed)
    crop = random.choice(["barley", "maize", "rye", "wheat"], rows, p=[0.2, 0.3, 0.15, 0.35])
    centre = pd.DataFrame(
        {
            "barley": [14, 380, 6.4],
            "maize": [19, 520, 6.1],
            "rye": [12, 430, 5.4],
            "wheat": [15, 500, 6.8],
        }
    )[list(crop)].to_numpy()
    frame = pd.DataFrame(
        {
            "mean_temperature": (centre[0] + random.normal(0, 2.2, rows)).round(1),
            "rain_mm": (centre[1] + random.normal(0, 70, rows)).round(),
            "soil_ph": (centre[2] + random.normal(0, 0.5, rows)).round(2),
            "nitrogen": random.gamma(5, 9, rows).round(1),
            "slope": random.exponential(3, rows).round(1),
            "soil": random.choice(["clay", "loam", "sand"], rows),
            "crop": crop,
        }
    )
    return Base("field-survey", frame, "crop", "multiclass", "f1_macro", Holdout(kind="stratified"))


def clinic(patients: int = 160, visits: int = 6, seed: int = 4) -> Base:
    """Visits of patients: several rows each, so that whole patients are held out."""
    random = np.random.default_rng(seed)
    rows = patients * visits
    patient = np.repeat(np.arange(patients), visits)
    age = random.integers(25, 85, patients)[patient]
    own = random.normal(0, 6, patients)[patient]
    dose = random.choice([0, 10, 20, 40], rows)
    weight = (random.normal(76, 13, patients)[patient] + random.normal(0, 1.5, rows)).round(1)
    pulse = random.normal(72, 9, rows).round()
    pressure = 96 + 0.55 * age + 0.18 * weight - 0.3 * dose + own + random.normal(0, 5, rows)
    frame = pd.DataFrame(
        {
            "patient": [f"P{1000 + 7 * number}" for number in patient],
            "age": age,
            "weight": weight,
            "dose_mg": dose,
            "pulse": pulse,
            "ward": random.choice(["A", "B", "C"], rows),
            "pressure": pressure.round(1),
        }
    ).sample(frac=1.0, random_state=seed)
    holdout = Holdout(kind="group", column="patient")
    frame = frame.reset_index(drop=True)
    return Base("clinic-visits", frame, "pressure", "regression", "mae", holdout)


def demand(days: int = 900, seed: int = 5) -> Base:
    """Days of a shop: the latest are held out."""
    random = np.random.default_rng(seed)
    date = pd.date_range("2021-01-04", periods=days)
    temperature = 11 + 9 * np.sin(np.arange(days) / 365 * 2 * np.pi) + random.normal(0, 3, days)
    promotion = random.random(days) < 0.2
    price = random.normal(4.2, 0.5, days).round(2)
    weekend = date.day_of_week.to_numpy() >= 5
    sold = (
        180
        + 5.5 * temperature
        + 70 * promotion
        - 22 * price
        + 55 * weekend
        + random.normal(0, 24, days)
    ).round()
    frame = pd.DataFrame(
        {
            "date": date.strftime("%Y-%m-%d"),
            "weekday": date.day_name(),
            "temperature": temperature.round(1),
            "promotion": promotion.astype(int),
            "price": price,
            "sold": sold.astype(int),
        }
    )
    holdout = Holdout(kind="time", column="date")
    return Base("shop-demand", frame, "sold", "regression", "rmse", holdout)


def course(days: int = 900, seed: int = 6, noise: float = 0.9) -> Base:
    """Days of a lake, whose level stays near itself for weeks: the latest are held out.

    Args:
        days: Number of days.
        seed: Seed of all of it.
        noise: Of what other columns say about the level, as a part of what it varies by.
    """
    random = np.random.default_rng(seed)
    level = np.zeros(days)
    for day in range(1, days):
        level[day] = 0.93 * level[day - 1] + random.normal(0, 0.37)
    frame = pd.DataFrame(
        {
            "date": pd.date_range("2014-03-01", periods=days).strftime("%Y-%m-%d"),
            "inflow": (20 + 5 * level + random.normal(0, 5 * noise, days)).round(2),
            "gates_open": random.integers(0, 4, days),
            "wind": random.gamma(3, 2, days).round(1),
            "level": (140 + 8 * level + random.normal(0, 1.5, days)).round(2),
        }
    )
    holdout = Holdout(kind="time", column="date")
    return Base("lake-level", frame, "level", "regression", "rmse", holdout)


def order_lines(random: np.random.Generator) -> pd.DataFrame:
    """Lines of orders, whose charge is that of the menu: the number of the order apart, they recur.

    Returns:
        1,500 rows with `order_id`, `dish`, `extra`, `plates` and `charge`.
    """
    rows = 1500
    often = 1 / np.arange(1, 31)
    dish = random.choice(24, rows, p=often[:24] / often[:24].sum())
    extra = random.choice(30, rows, p=often / often.sum())
    plates = random.choice([1, 2, 3], rows, p=[0.85, 0.12, 0.03])
    menu = random.uniform(4, 19, 24).round(1)
    charge = plates * (menu[dish] + 0.15 * extra)
    return pd.DataFrame(
        {
            "order_id": np.sort(random.integers(1, 600, rows)),
            "dish": [f"dish {code:02d}" for code in dish],
            "extra": [f"extra {code:02d}" for code in extra],
            "plates": plates,
            "charge": charge.round(2),
        }
    )
