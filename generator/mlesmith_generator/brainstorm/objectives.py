"""What is asked of a target more closely: a count, an ordered level, a rare fault.

A plain number, class or yes-or-no is told from these by name and by values, because other metrics
and other habits suit them.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import Objective
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.profiler.typed import TypedColumn
from mlesmith_generator.profiler.words import words

RARE = 0.05
"""Share of the rarer class up to which it may be an anomaly."""
_COUNTED = frozenset(
    {"count", "counts", "cnt", "number", "num", "visits", "visit", "claims", "accidents", "crimes",
     "deaths", "cases", "births", "injured", "injuries", "killed", "fatalities", "casualties",
     "victims", "arrests", "rentals", "orders", "calls", "views", "likes", "shares", "comments",
     "retweets", "upvotes", "downloads", "installs", "subscribers", "followers", "goals", "runs",
     "points", "wins", "losses", "hits", "affairs", "children", "kids", "bugs", "defects", "errors",
     "ticks", "seeds", "fruits", "eggs", "rings", "species", "individuals", "passengers",
     "attendance", "votes", "ballots", "absences", "days", "nights", "stays", "doses", "seizures",
     "anzahl", "nombre", "numero", "número", "cantidad", "aantal", "quantidade", "количество",
     "число", "数量", "件数"}
)  # fmt: skip
_MEASURED = frozenset(
    {"year", "yr", "age", "price", "cost", "costs", "wage", "wages", "salary", "income", "revenue",
     "sales", "amount", "value", "budget", "gross", "fare", "rent", "tax", "pay", "spending",
     "expenditure", "charges", "earnings", "dollars", "usd", "eur", "weight", "wt", "height",
     "length", "width", "depth", "size", "area", "distance", "speed", "mpg", "mph", "time", "hour",
     "hours", "minute", "minutes", "seconds", "sec", "duration", "temp", "temperature", "pressure",
     "humidity", "score", "scores", "grade", "mark", "marks", "gpa", "rating", "rank", "ranking",
     "position", "place", "order", "level", "index", "percent", "percentage", "pct", "share",
     "rate", "ratio", "density", "concentration", "degree", "degrees", "iq", "bmi", "dose",
     "code", "id", "zip", "horsepower", "power", "voltage", "strength", "quality", "cholesterol",
     "glucose", "bp", "month", "months", "week", "weeks", "latitude", "longitude", "alter", "jahr",
     "preis", "prix", "precio", "prezzo", "preço", "edad", "anni", "âge"}
)  # fmt: skip
_FAULTY = re.compile(
    r"anomal|outlier|\bfault|faulty|defect|fraud|\bspill|intrusion|\battacks?\b|\bleak(age)?\b|"
    r"breakdown|malfunction|abnormal|\bfailures?\b|counterfeit|money launder|betrug|störung|"
    r"ausfall|fraude|avaria|panne|падени|мошенн|异常|故障|欺诈|異常"
)
_BARE = frozenset({"class", "target", "label", "y", "outcome", "result", "flag", "status"})


def amount_objective(column: TypedColumn) -> Objective:
    """Return `count` for whole numbers of things that are counted, else `regression`.

    The name may say so, or say that it is something else; without either, small whole numbers that
    begin at none or one and thin out upwards are counts.
    """
    profile = column.profile
    low, high = profile.minimum, profile.maximum
    if not profile.integer or low is None or high is None or low < 0 or profile.number_text:
        return "regression"
    parts = set(words(column.name))
    if _MEASURED & parts:
        return "regression"
    named = bool(_COUNTED & parts) or re.match(r"(?:n|no|nb|nr)_[a-z]", column.name.lower())
    if named:
        return "count" if low <= 0.2 * high else "regression"
    middle, skew = profile.median or 0.0, profile.skew or 0.0
    small = low <= 1 and middle <= 20 and high <= 400
    return "count" if small and skew > 0.6 and profile.distinct >= 6 else "regression"


def class_objective(classes: int, *, ordered: bool) -> Objective:
    """Return what so many classes ask for, in order or not."""
    if classes == 2:
        return "binary"
    return "ordinal" if ordered else "multiclass"


def is_fault(text: str) -> bool:
    """Return whether words speak of a fault: an anomaly, a failure, an attack, fraud."""
    return _FAULTY.search(text.casefold()) is not None


def refined(made: Target, subject: str) -> Target:
    """Return a two-class target as `anomaly` where its rare class is a fault of some kind.

    Args:
        made: The target.
        subject: Words that the dataset and the table are called by; they speak for a column
            without a name of its own.
    """
    if made.objective != "binary":
        return made
    shares = _shares(made.truth)
    rare = int(np.argmin(shares))
    if shares[rare] > RARE or made.kind in ("contest", "any", "above"):
        return made
    own = " ".join(words(made.source))
    told = f"{own} {made.classes[rare]}".casefold()
    nameless = re.fullmatch(r"(?:column|col|v|var|x|attr)[ _]?\d+", own) or set(
        words(made.source)
    ) <= {*_BARE, "is"}
    if nameless:
        told += " " + " ".join(words(subject))
    return replace(made, objective="anomaly") if _FAULTY.search(told) else made


def _shares(truth: NDArray[np.float64]) -> NDArray[np.float64]:
    good = truth[np.isfinite(truth)].astype(np.int64)
    return np.bincount(good, minlength=2) / max(1, len(good))
