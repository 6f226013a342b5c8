"""Synthetic pictures and sounds: small drawings and short tunes that a hidden rule reads.

Everything that the rule looks at can be read from a file exactly: amounts come in few steps, and
what is drawn at random beside them (places, grain, hiss) says nothing. So the rule's value is the
best that anybody can know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import numpy as np
import yaml
from numpy.typing import NDArray

from mlesmith_env.manifest import MetricSpec, Modality, Objective
from mlesmith_env.recipes.model import Holdout
from mlesmith_env.synthetic.drawings import LEVELS as DRAWN_LEVELS
from mlesmith_env.synthetic.drawings import STEPS as DRAWN_STEPS
from mlesmith_env.synthetic.drawings import drawing
from mlesmith_env.synthetic.encodings import zip_bytes
from mlesmith_env.synthetic.rules import Inputs
from mlesmith_env.synthetic.streams import Stream
from mlesmith_env.synthetic.tables import HIDDEN, Frame, drawn_outcome
from mlesmith_env.synthetic.tunes import LEVELS as PLAYED_LEVELS
from mlesmith_env.synthetic.tunes import STEPS as PLAYED_STEPS
from mlesmith_env.synthetic.tunes import tune
from mlesmith_env.synthetic.world import PATH, TABLE, Wish, World, table_bytes

_OBJECTIVES: tuple[Objective, ...] = ("multiclass", "regression", "binary", "count")

Steps = NDArray[np.int64]
"""Whole numbers, (rows, amounts) or (rows, kinds)."""


@dataclass(frozen=True)
class Medium:
    """A kind of file.

    Attributes:
        skins: Key of its skins.
        modality: Modality of its tasks.
        ending: Ending of its files.
        steps: Number of steps of each amount.
        levels: Number of levels of each kind.
        made: Makes a file of the steps of its amounts and the levels of its kinds.
    """

    skins: str
    modality: Modality
    ending: str
    steps: tuple[int, ...]
    levels: tuple[int, ...]
    made: Callable[[Stream, list[int], list[int]], bytes]


PICTURE = Medium("picture", "image", "png", DRAWN_STEPS, DRAWN_LEVELS, drawing)
SOUND = Medium("sound", "audio", "wav", PLAYED_STEPS, PLAYED_LEVELS, tune)


@cache
def skins() -> dict[str, list[dict[str, Any]]]:
    """Return the skins of files, by kind of file."""
    text = files("mlesmith_env.synthetic").joinpath("media.yaml").read_text(encoding="utf-8")
    return cast("dict[str, list[dict[str, Any]]]", yaml.safe_load(text))


def media_world(stream: Stream, medium: Medium, difficulty: float) -> World:
    """Return files in an archive, and a table that names them with an outcome of a hidden rule.

    Args:
        stream: Where the draws come from.
        medium: What kind of file.
        difficulty: From 0 to 1; the harder, the more amounts differ between files, the more of
            them matter together, and the more noise there is.
    """
    skin = stream.one(skins()[medium.skins])
    objective = stream.one(_OBJECTIVES)
    rows = int(stream.whole(140, 200, 1)[0]) + HIDDEN
    steps, kinds = _drawn(stream.apart("inputs"), medium, rows, difficulty)
    varied = [place for place, column in enumerate(steps.T) if len(set(column.tolist())) > 1]
    sizes = np.array(medium.steps)[varied]
    inputs = Inputs(2.0 * steps[:, varied] / (sizes - 1) - 1.0, kinds)
    holdout = Holdout(kind="random", test_fraction=HIDDEN / rows)
    frame = Frame({}, inputs, medium.levels, holdout)
    # With as few rows, a rule over files has to be plainer than one over columns.
    target, made = drawn_outcome(stream.apart("outcome"), objective, skin, frame, 0.7 * difficulty)
    content = {
        f"{name}.{medium.ending}": medium.made(stream.apart("file", name), step, kind)
        for name, step, kind in zip(
            _names(stream.apart("names"), rows), steps.tolist(), kinds.tolist(), strict=True
        )
    }
    archive = f"{medium.skins}s.zip"
    columns = {PATH: [f"{archive}/{name}" for name in content], target: made.values}
    wish = Wish(
        target=target,
        objective=objective,
        metric=MetricSpec(name=stream.one(made.metrics)),
        holdout=holdout,
        modality=medium.modality,
        classes=made.classes,
        question=f"predict {target.replace('_', ' ')} of {skin['rows']}",
        story=skin["story"],
        domain=skin["domain"],
        title=skin["title"],
    )
    return World({TABLE: table_bytes(columns), archive: zip_bytes(content)}, wish, made.best)


def _drawn(stream: Stream, medium: Medium, rows: int, difficulty: float) -> tuple[Steps, Steps]:
    """Return steps of the amounts (rows, a), some of them the same in every file, and levels."""
    varied = stream.some(range(len(medium.steps)), 3 + round(2 * difficulty))
    steps = [
        stream.whole(0, size - 1, rows) if place in varied else np.full(rows, size // 2)
        for place, size in enumerate(medium.steps)
    ]
    kinds = [stream.whole(0, size - 1, rows) for size in medium.levels]
    return np.column_stack(steps), np.column_stack(kinds)


def _names(stream: Stream, rows: int) -> list[str]:
    """Return names of files that say nothing and stand in no order."""
    return [f"{number:05d}" for number in (10_000 + stream.order(7 * rows)[:rows]).tolist()]
