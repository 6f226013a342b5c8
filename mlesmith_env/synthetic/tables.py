"""Synthetic tables: inputs of a drawn domain, and an outcome that a hidden rule makes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import numpy as np
import yaml

from mlesmith_env.manifest import MetricSpec, Objective
from mlesmith_env.recipes.model import Holdout
from mlesmith_env.synthetic.rules import Codes, Inputs, Rule, draw_rule
from mlesmith_env.synthetic.streams import Floats, Stream, chance, tent_below
from mlesmith_env.synthetic.world import TABLE, Wish, World, table_bytes

HIDDEN = 400
"""Rows that are held out: enough to tell what was learnt from luck."""
_MOMENTS = 20
"""Moments of the rows, where the hidden rows are later ones."""
_EDGES = (-0.8, 0.1, 0.9)
"""Where an ordered outcome of four steps is cut, in standard deviations of the rule."""
_SHIFTED = 0.5
"""Difficulty from which the hidden rows are drawn otherwise than the training rows."""


@dataclass(frozen=True)
class Frame:
    """Drawn inputs with their names, and which rows are hidden.

    Attributes:
        columns: Text of each input column, in a drawn order.
        inputs: The same as a rule sees them, as they stand in the file.
        levels: Number of levels of each kind.
        holdout: How rows are hidden.
    """

    columns: dict[str, list[str]]
    inputs: Inputs
    levels: tuple[int, ...]
    holdout: Holdout

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.inputs.amounts)


@dataclass(frozen=True)
class Outcome:
    """A target with the best prediction of it.

    Attributes:
        values: Text of the target.
        best: Best predictions, (rows,) or (rows, classes).
        metrics: Metrics of which the best prediction is the optimum.
        classes: Class labels in order.
    """

    values: list[str]
    best: Floats
    metrics: tuple[str, ...]
    classes: tuple[str, ...] = ()


@cache
def domains() -> tuple[dict[str, Any], ...]:
    """Return the skins of tables."""
    text = files("mlesmith_env.synthetic").joinpath("domains.yaml").read_text(encoding="utf-8")
    return tuple(cast("list[dict[str, Any]]", yaml.safe_load(text)))


def table_world(stream: Stream, objective: Objective, difficulty: float) -> World:
    """Return a table of a drawn domain whose outcome follows a hidden rule."""
    skin = stream.one(domains())
    frame = _frame(stream.apart("inputs"), skin, difficulty)
    name, made = drawn_outcome(stream.apart("outcome"), objective, skin, frame, difficulty)
    wish = Wish(
        target=name,
        objective=objective,
        metric=MetricSpec(name=stream.one(made.metrics)),
        holdout=frame.holdout,
        modality="tabular",
        classes=made.classes,
        question=f"predict {name.replace('_', ' ')} of {skin['rows']}",
        story=skin["story"],
        domain=skin["domain"],
        title=skin["title"],
    )
    return World({TABLE: table_bytes({**frame.columns, name: made.values})}, wish, made.best)


def drawn_outcome(
    stream: Stream, objective: Objective, skin: dict[str, Any], frame: Frame, difficulty: float
) -> tuple[str, Outcome]:
    """Return the name of what is asked of a skin's rows, and an outcome that a new rule makes.

    Args:
        stream: Where the rule and the noise come from.
        objective: What is asked.
        skin: Names, units and ranges of the domain.
        frame: The rows.
        difficulty: From 0 to 1.
    """
    name, outcome = _asked(skin, objective)
    return name, _OUTCOMES[objective](stream, outcome, frame, difficulty)


def spelt(values: Floats, digits: int) -> list[str]:
    """Return numbers with so many digits after the point."""
    return [f"{value:.{digits}f}" for value in (values + 0.0).tolist()]


def _asked(skin: dict[str, Any], objective: Objective) -> tuple[str, list[Any]]:
    key = {
        "regression": "number",
        "binary": "flag",
        "multiclass": "classes",
        "ordinal": "grade",
        "count": "count",
    }[objective]
    name, *rest = skin[key]
    return name, rest


def _frame(stream: Stream, skin: dict[str, Any], difficulty: float) -> Frame:
    train = int(stream.whole(60, 200, 1)[0])
    rows, shifted = train + HIDDEN, difficulty >= _SHIFTED
    count = min(len(skin["amounts"]), 4 + round(4 * difficulty))
    names = stream.some(list(skin["amounts"]), count)
    kinds = stream.some(list(skin["kinds"]), 1 + int(stream.whole(0, len(skin["kinds"]) - 1, 1)[0]))
    columns: dict[str, list[str]] = {}
    amounts: list[Floats] = []
    for place, name in enumerate(names):
        low, high, digits = skin["amounts"][name]
        share = stream.uniform(rows)
        if shifted and place % 2 == 0:
            later = np.maximum(share, stream.uniform(rows))
            share = np.where(np.arange(rows) >= train, later, share)
        columns[name] = spelt(low + share * (high - low), digits)
        seen = np.array([float(text) for text in columns[name]])
        amounts.append((seen - low) / (high - low) * 2.0 - 1.0)
    codes: list[Codes] = []
    for name in kinds:
        levels = skin["kinds"][name]
        codes.append(stream.whole(0, len(levels) - 1, rows))
        columns[name] = [levels[code] for code in codes[-1].tolist()]
    if shifted:
        moments = np.empty(rows, np.int64)
        early = round(_MOMENTS * train / rows)
        moments[:train] = 1 + np.arange(train) * early // train
        moments[train:] = early + 1 + np.arange(HIDDEN) * (_MOMENTS - early) // HIDDEN
        columns[skin["moment"]] = [str(moment) for moment in moments.tolist()]
        holdout = Holdout(kind="time", column=skin["moment"], test_fraction=HIDDEN / rows)
    else:
        holdout = Holdout(kind="random", test_fraction=HIDDEN / rows)
    order = stream.some(list(columns), len(columns))
    inputs = Inputs(np.column_stack(amounts), np.column_stack(codes))
    sizes = tuple(len(skin["kinds"][name]) for name in kinds)
    return Frame({name: columns[name] for name in order}, inputs, sizes, holdout)


def _rule(stream: Stream, frame: Frame, difficulty: float) -> Rule:
    return draw_rule(stream, frame.inputs.amounts.shape[1], frame.levels, difficulty=difficulty)


def _noise(difficulty: float) -> float:
    """Return the spread of what can not be known, where the rule's own spread is 1."""
    return 0.25 + 0.65 * difficulty


def _number(stream: Stream, outcome: list[Any], frame: Frame, difficulty: float) -> Outcome:
    low, high, digits = outcome
    value = _rule(stream, frame, difficulty)(frame.inputs)
    middle, scale = (low + high) / 2, (high - low) / 8
    noise = _noise(difficulty) * stream.tent(frame.rows)
    values = spelt(middle + scale * (value + noise), digits)
    return Outcome(values, middle + scale * value, ("rmse", "mae", "r2"))


def _flag(stream: Stream, outcome: list[Any], frame: Frame, difficulty: float) -> Outcome:
    value = _rule(stream, frame, difficulty)(frame.inputs)
    best = np.round(chance((6.0 - 4.0 * difficulty) * value - stream.between(0.0, 1.0)), 6)
    drawn = stream.uniform(frame.rows) < best
    values = [outcome[hit] for hit in drawn.astype(int).tolist()]
    return Outcome(values, best, ("roc_auc", "log_loss", "brier"), tuple(outcome))


def _classes(stream: Stream, outcome: list[Any], frame: Frame, difficulty: float) -> Outcome:
    labels = tuple(outcome[0])
    sharp = 4.0 - 2.5 * difficulty
    weights: list[Floats] = []
    for place in range(len(labels)):
        pull = 1.0 + np.maximum(
            0.0, sharp * _rule(stream.apart(place), frame, difficulty)(frame.inputs)
        )
        weights.append(pull * pull * pull)
    table = np.column_stack(weights)
    total = table[:, 0]
    for column in table.T[1:]:
        total = total + column
    best = table / total[:, None]
    return _drawn(stream, labels, best, ("log_loss", "roc_auc_ovr"))


def _grade(stream: Stream, outcome: list[Any], frame: Frame, difficulty: float) -> Outcome:
    labels = tuple(outcome[0])
    value = _rule(stream, frame, difficulty)(frame.inputs)
    spread = _noise(difficulty)
    below = [tent_below((edge - value) / spread) for edge in _EDGES]
    ends = [np.zeros(frame.rows), *below, np.ones(frame.rows)]
    best = np.column_stack([high - low for low, high in itertools.pairwise(ends)])
    return _drawn(stream, labels, best, ("rps", "log_loss"))


def _drawn(
    stream: Stream, labels: tuple[str, ...], best: Floats, metrics: tuple[str, ...]
) -> Outcome:
    """Draw a class for each row by its probabilities."""
    shares = np.round(best, 6)
    draw = stream.uniform(len(shares))
    codes = np.zeros(len(shares), np.int64)
    edge = np.zeros(len(shares))
    for place in range(len(labels) - 1):
        edge = edge + shares[:, place]
        codes = codes + (draw >= edge)
    shares[:, -1] = 1.0 - edge
    shares = np.clip(shares, 0.0, 1.0)
    return Outcome([labels[code] for code in codes.tolist()], shares, metrics, labels)


def _count(stream: Stream, outcome: list[Any], frame: Frame, difficulty: float) -> Outcome:
    (most,) = outcome
    value = _rule(stream, frame, difficulty)(frame.inputs)
    share = np.round(0.6 * chance((4.0 - 2.5 * difficulty) * value), 6) + 0.01
    tries = stream.uniform(frame.rows * most).reshape(frame.rows, most)
    counts = (tries < share[:, None]).sum(axis=1)
    return Outcome(
        [str(count) for count in counts.tolist()], share * most, ("poisson_deviance", "rmse")
    )


_OUTCOMES: dict[Objective, Callable[[Stream, list[Any], Frame, float], Outcome]] = {
    "regression": _number,
    "binary": _flag,
    "multiclass": _classes,
    "ordinal": _grade,
    "count": _count,
}
