"""Small made-up tables that afford one formulation each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

_GOOD = "fine great lovely solid bright pleasant".split()
_BAD = "dull awful broken weak grim noisy".split()
_PLAIN = "the a film book phone chair with of and it was for my very some on".split()


def followed(rows: int = 500, seed: int = 1) -> pd.DataFrame:
    """Pumps watched until they failed or the study ended: `ran` is when that was, for each."""
    random = np.random.default_rng(seed)
    load, wear = random.normal(size=(2, rows))
    metal = random.choice(["steel", "brass"], rows)
    hazard = np.exp(0.9 * load + 0.6 * wear + 0.7 * (metal == "brass"))
    lasted = random.exponential(300 / hazard)
    watched = random.uniform(50, 700, rows).round(1)
    return pd.DataFrame(
        {
            "load": load.round(4),
            "wear": wear.round(4),
            "metal": metal,
            "noise": random.normal(size=rows).round(4),
            "watched": watched,
            "time": np.minimum(lasted, watched).round(1),
            "event": (lasted <= watched).astype(int),
        }
    )


def charges(rows: int = 700, seed: int = 1) -> pd.DataFrame:
    """What patients were charged: a long tail whose width depends on what is known of them."""
    random = np.random.default_rng(seed)
    age = random.integers(18, 80, rows)
    smoker = random.choice(["yes", "no"], rows, p=[0.3, 0.7])
    wide = np.where(smoker == "yes", 0.9, 0.15)
    level = 6 + 0.025 * age + 0.5 * (smoker == "yes")
    return pd.DataFrame(
        {
            "age": age,
            "smoker": smoker,
            "children": random.integers(0, 4, rows),
            "region": random.choice(["north", "south", "west"], rows),
            "charges": np.exp(level + wide * random.normal(size=rows)).round(2),
        }
    )


def wells(rows: int = 900, seed: int = 1) -> pd.DataFrame:
    """Wells whose water hardness changes smoothly over the land, and with their depth."""
    random = np.random.default_rng(seed)
    north, east = random.uniform(40, 50, rows), random.uniform(-5, 9, rows)
    depth = random.gamma(3, 12, rows)
    hardness = 20 + 5 * np.sin(north / 2) + 4 * np.cos(east / 2.5) + 0.06 * depth
    return pd.DataFrame(
        {
            "latitude": north.round(4),
            "longitude": east.round(4),
            "depth": depth.round(1),
            "kind": random.choice(["dug", "drilled"], rows),
            "hardness_score": (hardness + random.normal(0, 1.2, rows)).round(2),
        }
    )


def reviews(rows: int = 400, seed: int = 1) -> pd.DataFrame:
    """Short reviews whose words lean to what was thought, with noise."""
    random = np.random.default_rng(seed)
    liked = random.random(rows) < 0.5
    texts: list[str] = []
    for good in liked:
        leaning = _GOOD if good == (random.random() < 0.85) else _BAD
        words = [*random.choice(_PLAIN, 9), *random.choice(leaning, 2)]
        texts.append(" ".join(random.permutation(words)))
    return pd.DataFrame({"review": texts, "sentiment": np.where(liked, "positive", "negative")})


def molecules(rows: int = 320, seed: int = 2) -> pd.DataFrame:
    """Chains with rings and oxygens; solubility falls with carbons and rises with oxygens."""
    random = np.random.default_rng(seed)
    parts = ["C", "CC", "C(C)", "C(=O)", "O", "N", "c1ccccc1", "C(O)", "CCl"]
    strings = ["C" + "".join(random.choice(parts, random.integers(3, 9))) for _ in range(rows)]
    carbons = np.array([text.upper().count("C") - text.count("Cl") for text in strings])
    oxygens = np.array([text.count("O") for text in strings])
    return pd.DataFrame(
        {
            "smiles": strings,
            "weight": 12 * carbons + 16 * oxygens,
            "predicted solubility": (-0.3 * carbons + 0.5 * oxygens).round(3),
            "measured solubility": (
                -0.4 * carbons + 0.8 * oxygens + random.normal(0, 0.6, rows)
            ).round(3),
        }
    )


def write(folder: Path, frame: pd.DataFrame) -> Path:
    """Write a table as the one file of a folder, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_csv(folder / "table.csv", index=False)
    return folder


def strands(rows: int = 420, seed: int = 5) -> pd.DataFrame:
    """Stretches of DNA; in those of promoters a motif stands about place 20, mostly."""
    random = np.random.default_rng(seed)
    letters = random.choice(list("ACGT"), (rows, 57))
    active = random.random(rows) < 0.5
    motif = np.array(list("TATAAT"))
    for row in range(rows):
        if active[row]:
            kept = random.random(6) < 0.75
            letters[row, 20:26] = np.where(kept, motif, letters[row, 20:26])
    spelled = ["".join(row) for row in letters]
    return pd.DataFrame({"strand": spelled, "promoter": np.where(active, "yes", "no")})


def unspaced_reviews(rows: int = 400, seed: int = 6) -> pd.DataFrame:
    """Short reviews in a script without blanks between words, that lean to what was thought."""
    random = np.random.default_rng(seed)
    good, bad = ["好吃", "很快", "满意", "喜欢"], ["难吃", "太慢", "差评", "失望"]
    plain = ["东西", "今天", "送来", "这家", "味道", "我们", "外卖", "一个", "米饭", "汤里"]
    liked = random.random(rows) < 0.5
    texts: list[str] = []
    for each in liked:
        leaning = good if each == (random.random() < 0.85) else bad
        texts.append(
            "".join(random.permutation([*random.choice(plain, 6), *random.choice(leaning, 2)]))
        )
    return pd.DataFrame({"label": liked.astype(int), "review": texts})
