"""Small made tables for the Brainstormer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.recipes.text import text_frame
from mlesmith_generator.profiler.table import measure_table
from mlesmith_generator.profiler.typed import TypedTable


def text(values: np.ndarray, digits: int = 4) -> list[str]:
    return [f"{value:.{digits}f}" for value in values]


def table(**columns: list[str] | list[str | None]) -> TypedTable:
    return measure_table(pd.DataFrame(text_frame(columns)))


def write(folder: Path, name: str = "table.csv", **columns: list[str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(columns).to_csv(folder / name, index=False)
    return folder


def loans(rows: int = 600, seed: int = 1) -> dict[str, list[str]]:
    """Who paid back: the outcome, its twin known afterwards, keys, honest features."""
    random = np.random.default_rng(seed)
    income = random.gamma(4, 900, rows)
    debt = random.uniform(0, 1, rows)
    age = random.integers(20, 70, rows)
    chance = 1 / (1 + np.exp(-(-1.2 + 3 * debt - income / 4000)))
    default = random.random(rows) < chance
    return {
        "loan_id": [str(90_000 + 7 * place) for place in random.permutation(rows)],
        "age": [str(value) for value in age],
        "income": text(income, 2),
        "debt_ratio": text(debt),
        "purpose": random.choice(["car", "house", "travel"], rows).tolist(),
        "collection_letter": ["sent" if value else "none" for value in default],
        "default": ["yes" if value else "no" for value in default],
    }


def visits(people: int = 120, each: int = 6, seed: int = 2) -> dict[str, list[str]]:
    """Patients seen again and again."""
    random = np.random.default_rng(seed)
    who = np.repeat(np.arange(people), each)
    dose = random.integers(0, 4, people)[who]
    when = np.tile(np.arange(each), people)
    base = random.normal(0, 1, people)[who]
    score = 50 + 3 * base + 5 * dose - 2 * when + random.normal(0, 2, len(who))
    return {
        "patient": [f"p{value:03d}" for value in who],
        "sex": ["mf"[value % 2] for value in who],
        "dose": [str(value) for value in dose],
        "visit": [str(value) for value in when],
        "score": text(score, 2),
    }
