"""The interactions recipe: users and the items that they meet next."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import RecipeError
from mlesmith_env.manifest import SubmissionForm
from mlesmith_env.recipes.draws import keys, order
from mlesmith_env.recipes.examples import check_examples, write_examples
from mlesmith_env.recipes.holdout import moments
from mlesmith_env.recipes.model import InteractionsRecipe
from mlesmith_env.recipes.output import Output, rows_of
from mlesmith_env.recipes.table import recipe_table
from mlesmith_env.recipes.text import factors, is_missing, require_column, text_frame

INTERACTIONS = "public/interactions.csv"

_FEWEST = 10
"""Users whose items are hidden, and as many for training."""

Codes = NDArray[np.int64]


def prepare_interactions(
    recipe: InteractionsRecipe, form: SubmissionForm, raw: Path, output: Output
) -> None:
    """Write users as a task, and `public/interactions.csv` without the items that are asked.

    Raises:
        ReadError: A raw file can not be read as declared.
        RecipeError: The recipe does not fit the data, or too few users have enough items.
    """
    if recipe.holdout.kind != "random":
        raise RecipeError(f"users can not be hidden by a {recipe.holdout.kind} holdout")
    if recipe.target == recipe.user:
        raise RecipeError(f"the target can not be called {recipe.target!r}, like the users")
    table = recipe_table(recipe, raw)
    missing = [
        is_missing(require_column(table, n, "interactions")) for n in (recipe.user, recipe.item)
    ]
    table = table.loc[~(missing[0] | missing[1])].reset_index(drop=True)
    users, user_names = factors(table[recipe.user])
    items, item_names = factors(table[recipe.item])
    broken = next((name for name in item_names if len(name.split()) != 1), None)
    if broken is not None:
        raise RecipeError(
            f"the item {broken!r} of {recipe.item!r} has blanks; add a `one_word` transform"
        )
    turns = _turns(table, recipe)
    held = _held(users, items, turns, recipe)
    pair = users * len(item_names) + items
    known = np.zeros(len(item_names), dtype=bool)
    known[items[~np.isin(pair, pair[held])]] = True
    lists: dict[int, list[str]] = {}
    for row in held[np.argsort(turns[held], kind="stable")].tolist():
        if known[items[row]]:
            lists.setdefault(int(users[row]), []).append(item_names[items[row]])
    examples = sorted(lists)
    parts = _parts(len(examples), recipe)
    frame = text_frame(
        {
            recipe.user: [user_names[user] for user in examples],
            recipe.target: [" ".join(lists[user]) for user in examples],
        }
    )
    check_examples(frame, (recipe.target,), form)
    write_examples(output, frame, parts, (recipe.target,), form, seed=recipe.seed)
    output.table(INTERACTIONS, rows_of(table, np.flatnonzero(~np.isin(pair, pair[held]))))


def _turns(table: pd.DataFrame, recipe: InteractionsRecipe) -> Codes:
    """Return a number for each row, all different: later interactions have larger ones."""
    if recipe.time is None:
        first = keys(recipe.seed, "interactions", len(table))
        order_of = np.argsort(first, kind="stable")
    else:
        ranks, missing = moments(require_column(table, recipe.time, "interactions"))
        order_of = np.argsort(np.where(missing, -1, ranks), kind="stable")
    turns = np.empty(len(table), dtype=np.int64)
    turns[order_of] = np.arange(len(table))
    return turns


def _held(users: Codes, items: Codes, turns: Codes, recipe: InteractionsRecipe) -> Codes:
    """Return the rows, one for each pair, whose items are held out."""
    # The last row of each pair counts: sorted by pair and time, it is the one before the next pair.
    by_pair = np.lexsort((turns, items, users))
    ends = np.flatnonzero(
        (np.diff(users[by_pair], append=-1) != 0) | (np.diff(items[by_pair], append=-1) != 0)
    )
    rows = by_pair[ends]
    rows = rows[np.lexsort((turns[rows], users[rows]))]
    counts = np.bincount(users[rows])
    wanted = np.where(counts >= recipe.least, np.minimum(recipe.held, counts // 2), 0)
    starts = np.cumsum(counts) - counts
    rank = np.arange(len(rows)) - starts[users[rows]]
    return rows[rank >= (counts - wanted)[users[rows]]]


def _parts(count: int, recipe: InteractionsRecipe) -> NDArray[np.str_]:
    hidden = round(recipe.holdout.test_fraction * count)
    private = round(recipe.holdout.private_fraction * hidden)
    if min(hidden, count - hidden) < _FEWEST or not 0 < private < hidden:
        raise RecipeError(
            f"{count} users have {recipe.least} items or more; too few to hide "
            f"{recipe.holdout.test_fraction:.0%} of them"
        )
    parts = np.full(count, "train", dtype="<U7")
    drawn = order(recipe.seed, "users", count)
    parts[drawn[:hidden]] = "public"
    parts[drawn[:private]] = "private"
    return parts
