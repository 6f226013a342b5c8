"""Synthetic texts, series, ratings and places: what else a table can hold, with hidden rules."""

from __future__ import annotations

import datetime as dt

import numpy as np

from mlesmith_env.manifest import MetricSpec
from mlesmith_env.recipes.model import Holdout
from mlesmith_env.synthetic.streams import Floats, Stream, chance
from mlesmith_env.synthetic.tables import HIDDEN, spelt
from mlesmith_env.synthetic.world import TABLE, Wish, World, table_bytes

_THINGS = {
    "tent": ("outdoor", "zip pegs fabric poles floor colour weight bag vents leaflet"),
    "kettle": ("household", "lid spout handle cord base switch sound filter gauge finish"),
    "audio guide": ("tourism", "voice route battery maps volume buttons stories strap jokes"),
    "language app": ("education", "lessons accents games grammar badges menus speed fonts tests"),
    "garden saw": ("garden", "blade grip teeth sheath weight lock spring balance colour"),
    "sleep mask": ("health", "strap padding fabric light scent size seam case colour price"),
}
_QUALITIES = (
    "firm soft quiet loud plain bright thin sturdy odd simple heavy light smooth rough warm cool "
    "narrow wide quick slow crisp dull fresh stiff"
).split()
_DEGREES = {"": 1.0, "rather ": 0.5, "very ": 1.6, "not ": -1.0, "hardly ": -0.5}
_FILLERS = (
    "It came on a {day}.",
    "My {kin} has one, too.",
    "I have used it for {n} weeks.",
    "The box was {colour}.",
    "Ordered together with a {thing}.",
    "We took it along in {month}.",
)
_FILLED = {
    "day": "Monday Tuesday Wednesday Thursday Friday Saturday".split(),
    "kin": "sister uncle neighbour cousin colleague".split(),
    "n": "two three five six nine".split(),
    "colour": "grey blue brown white green".split(),
    "thing": "lamp cushion whistle jar book".split(),
    "month": "March May July October November".split(),
}


def text_world(stream: Stream, objective: str, difficulty: float) -> World:
    """Return short reviews in which hidden weights of what is said of which part decide."""
    name = stream.one(list(_THINGS))
    field, parts_text = _THINGS[name]
    parts = stream.some(parts_text.split(), 3 + round(4 * difficulty))
    words = stream.some(_QUALITIES, 5 + round(5 * difficulty))
    weight = dict(zip(parts, (stream.uniform(len(parts)) * 1.4 + 0.3).tolist(), strict=True))
    weight = {part: w * stream.sign() for part, w in weight.items()}
    value = dict(zip(words, (stream.uniform(len(words)) * 2 - 1).tolist(), strict=True))
    degrees = list(_DEGREES) if difficulty >= 0.3 else list(_DEGREES)[:3]
    rows = int(stream.whole(120, 200, 1)[0]) + HIDDEN
    texts: list[str] = []
    scores: list[float] = []
    for _ in range(rows):
        said, score = [], 0.0
        for part in stream.some(parts, 3):
            degree, word = stream.one(degrees), stream.one(words)
            said.append(f"The {part} {'are' if part.endswith('s') else 'is'} {degree}{word}.")
            score += weight[part] * value[word] * _DEGREES[degree]
        said += [
            filler.format(**{key: stream.one(of) for key, of in _FILLED.items()})
            for filler in stream.some(_FILLERS, 1 + round(2 * difficulty))
        ]
        texts.append(" ".join(stream.some(said, len(said))))
        scores.append(score)
    score = np.array(scores)
    story = (
        f"Buyers of a {name} describe single parts of what they bought, and not every part and not "
        "every word counts the same."
    )
    if objective == "binary":
        best = np.round(chance((9.0 - 5.0 * difficulty) * score), 6)
        hits = (stream.uniform(rows) < best).astype(int).tolist()
        target, classes = "recommended", ("no", "yes")
        told, metrics = [classes[hit] for hit in hits], ("roc_auc", "log_loss", "brier")
    else:
        target, classes = "rating", ()
        best = 5.0 + 2.0 * score
        noise = (0.3 + difficulty) * stream.tent(rows)
        told, metrics = spelt(best + noise, 1), ("rmse", "mae", "r2")
    wish = Wish(
        target=target,
        objective="binary" if objective == "binary" else "regression",
        metric=MetricSpec(name=stream.one(metrics)),
        holdout=Holdout(kind="random", test_fraction=HIDDEN / rows),
        modality="text",
        classes=classes,
        question=f"predict {'recommendations' if classes else 'ratings'} from reviews",
        story=story,
        domain=field,
        title=f"{name.capitalize()} reviews",
    )
    return _world({"review": texts}, target, told, best, wish)


_SOLD = {
    "ferry tickets": ("transport", "pier", "North Old Island Mill".split()),
    "bread rolls": ("food", "shop", "Market Station School Park".split()),
    "museum visits": ("culture", "house", "Ships Clocks Maps Toys".split()),
    "power use": ("energy", "district", "Hill River Forge Orchard".split()),
    "bike rentals": ("transport", "dock", "Bridge Square Library Stadium".split()),
    "ice cream": ("food", "kiosk", "Beach Zoo Pool Castle".split()),
}


def series_world(stream: Stream, difficulty: float) -> World:
    """Return daily series with trend, a weekly pattern and planned actions; the last weeks hide."""
    name = stream.one(list(_SOLD))
    field, key, places = _SOLD[name]
    chosen = stream.some(places, 2 + int(stream.whole(0, 1, 1)[0]))
    past, ahead = 200 // len(chosen) // 7 * 7, 42
    first = dt.date(2019, 1, 7) + dt.timedelta(days=int(stream.whole(0, 1500, 1)[0]))
    days = np.arange(past + ahead)
    columns: dict[str, list[str]] = {"date": [], key: [], "action": []}
    told: list[str] = []
    best: list[float] = []
    pattern = stream.uniform(7) * 2 - 1
    effect = stream.between(0.5, 1.5)
    for place in chosen:
        level, slope = stream.between(60, 400), stream.between(-0.6, 1.2)
        scale = level * stream.between(0.15, 0.3)
        own = pattern + (stream.uniform(7) * 2 - 1) * difficulty
        action = stream.uniform(len(days)) < 0.15
        value = level + slope * days * (level / 300) + scale * (own[days % 7] + effect * action)
        noise = (0.15 + 0.6 * difficulty) * scale * stream.tent(len(days))
        columns["date"] += [(first + dt.timedelta(days=int(day))).isoformat() for day in days]
        columns[key] += [place] * len(days)
        columns["action"] += ["yes" if there else "no" for there in action.tolist()]
        told += spelt(value + noise, 1)
        best += value.tolist()
    target = name.replace(" ", "_")
    wish = Wish(
        target=target,
        objective="forecasting",
        metric=MetricSpec(name=stream.one(("rmse", "mae"))),
        holdout=Holdout(kind="last", column="date", group=key, horizon=ahead),
        modality="time-series",
        classes=(),
        question=f"forecast {name} of the next six weeks for every {key}",
        story=(
            f"Daily {name} at each {key}; actions are planned ahead and known for the days to come."
        ),
        domain=field,
        title=f"Daily {name}",
    )
    return _world(columns, target, told, np.array(best), wish)


_RATED = {
    "tea": ("food", "taster", "tea"),
    "hiking trail": ("tourism", "walker", "trail"),
    "board game": ("leisure", "player", "game"),
    "radio play": ("culture", "listener", "play"),
    "garden rose": ("garden", "visitor", "rose"),
}


_KNOWN = 180
"""Ratings that a competitor knows; the rest is asked for."""


def rating_world(stream: Stream, difficulty: float) -> World:
    """Return ratings of things by people: leanings of both, and tastes of a few dimensions."""
    name = stream.one(list(_RATED))
    field, who, what = _RATED[name]
    people, things = int(stream.whole(24, 30, 1)[0]), int(stream.whole(14, 18, 1)[0])
    tastes = 1 + round(2 * difficulty)
    lean_people = stream.uniform(people) * 3 - 1.5
    lean_things = stream.uniform(things) * 4 - 2
    of_people = stream.uniform(people * 3).reshape(people, 3) * 2 - 1
    of_things = stream.uniform(things * 3).reshape(things, 3) * 2 - 1
    pairs = stream.order(people * things)
    person, thing = pairs // things, pairs % things
    value = 5.0 + lean_people[person] + lean_things[thing]
    for place in range(tastes):
        value = value + 2.0 * of_people[person, place] * of_things[thing, place]
    names = stream.order(people * 7)[:people] + 100, stream.order(things * 9)[:things] + 10
    columns = {
        who: [f"{who[0].upper()}{names[0][code]}" for code in person.tolist()],
        what: [f"{what}-{names[1][code]}" for code in thing.tolist()],
    }
    noise = (0.3 + 0.6 * difficulty) * stream.tent(len(pairs))
    wish = Wish(
        target="rating",
        objective="rating",
        metric=MetricSpec(name=stream.one(("rmse", "mae"))),
        holdout=Holdout(kind="random", test_fraction=1 - _KNOWN / len(pairs)),
        modality="ratings",
        classes=(),
        question=f"predict what each {who} gives",
        story=f"Every {who} has tried many {name}s and rated them on a scale around 5.",
        domain=field,
        title=f"{name.capitalize()} ratings",
    )
    return _world(columns, "rating", spelt(value + noise, 1), value, wish)


_MEASURED = {
    "ground frost": ("climate", "frost_depth_cm", 30.0, 9.0),
    "spring water": ("environment", "hardness_mg_l", 180.0, 55.0),
    "night noise": ("environment", "noise_db", 48.0, 7.0),
    "plot prices": ("economics", "price_eur_m2", 240.0, 80.0),
    "pollen": ("climate", "grains_m3", 320.0, 90.0),
}


def place_world(stream: Stream, difficulty: float) -> World:
    """Return measurements at places: a smooth field of hills and hollows, and a local feature."""
    name = stream.one(list(_MEASURED))
    field, target, middle, scale = _MEASURED[name]
    rows = int(stream.whole(120, 200, 1)[0]) + HIDDEN
    south, west = stream.between(38, 58), stream.between(-4, 22)
    columns = {
        "latitude": spelt(south + 1.2 * stream.uniform(rows), 4),
        "longitude": spelt(west + 1.8 * stream.uniform(rows), 4),
        "altitude_m": spelt(20 + 900 * stream.uniform(rows), 0),
        "sensor": [stream.one(("A", "B", "C")) for _ in range(rows)],
    }
    lat, lon, alt = (
        np.array([float(text) for text in columns[key]])
        for key in ("latitude", "longitude", "altitude_m")
    )
    value = (alt - 470.0) / 450.0 * stream.between(-0.8, 0.8)
    for _ in range(3 + round(4 * difficulty)):
        north = (lat - south - 1.2 * stream.between(0, 1)) / 0.35
        east = (lon - west - 1.8 * stream.between(0, 1)) / 0.5
        value = value + stream.sign() * stream.between(1.2, 2.4) / (1.0 + north**2 + east**2)
    noise = (0.15 + 0.45 * difficulty) * stream.tent(rows)
    wish = Wish(
        target=target,
        objective="regression",
        metric=MetricSpec(name=stream.one(("rmse", "mae", "r2"))),
        holdout=Holdout(kind="random", test_fraction=HIDDEN / rows),
        modality="geospatial",
        classes=(),
        question=f"predict {target.replace('_', ' ')} between the stations",
        story=f"Stations all over a region measure {name}; what is near is alike, up to a point.",
        domain=field,
        title=f"{name.capitalize()} map",
    )
    told = spelt(middle + scale * (value + noise), 1)
    return _world(columns, target, told, middle + scale * value, wish)


def _world(
    columns: dict[str, list[str]], target: str, told: list[str], best: Floats, wish: Wish
) -> World:
    return World({TABLE: table_bytes({**columns, target: told})}, wish, best)
