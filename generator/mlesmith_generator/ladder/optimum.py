"""The best possible prediction where a hidden rule is known: the ceiling of synthetic tasks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlesmith_env import synthetic
from mlesmith_env.errors import GenerationError
from mlesmith_env.manifest import Part
from mlesmith_env.recipes.draws import order
from mlesmith_env.recipes.model import TableRecipe
from mlesmith_env.task import Task
from mlesmith_generator.ladder.result import OPTIMUM, RungResult

_PARTS: tuple[Part, ...] = ("public", "private")


def optimal_rung(task: Task) -> RungResult | None:
    """Return the optimum of a synthetic task as a rung; None for tasks of real data.

    Raises:
        GenerationError: The recipe changes rows, so that nobody knows which prediction is whose.
    """
    if not task.source.uri.startswith(synthetic.SCHEME):
        return None
    recipe, form, grader = task.manifest.recipe, task.manifest.submission, task.grader
    if not isinstance(recipe, TableRecipe) or any(
        transform.op not in ("require", "drop") for transform in recipe.transforms
    ):
        raise GenerationError(f"{task.id}: a synthetic task takes its table as it is")
    best = synthetic.make(task.source.uri).optimum
    table = best.reshape(len(best), -1)
    row_of = {str(name): row for row, name in enumerate(order(recipe.seed, "ids", len(best)))}
    asked = np.array([row_of[name] for name in grader.ids])
    if form.kind == "label":
        codes = table[asked].argmax(axis=1) if table.shape[1] > 1 else table[asked, 0] >= 0.5
        columns = [[form.classes[int(code)] for code in codes]]
    else:
        columns = list(table[asked].T)
    frame = {form.id_column: grader.ids, **dict(zip(form.columns, columns, strict=True))}
    predictions = grader.predictions(pd.DataFrame(frame))
    scores: dict[Part, float] = {
        part: grader.score_predictions(predictions, part) for part in _PARTS
    }
    return RungResult(OPTIMUM, False, "ok", 0.0, predictions, scores)
