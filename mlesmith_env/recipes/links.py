"""The links recipe: pairs of nodes of a graph, of which a share of the links is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import RecipeError
from mlesmith_env.manifest import SubmissionForm
from mlesmith_env.recipes.draws import keys, order
from mlesmith_env.recipes.examples import check_examples, write_examples
from mlesmith_env.recipes.holdout import moments
from mlesmith_env.recipes.model import LinksRecipe
from mlesmith_env.recipes.output import Output, rows_of
from mlesmith_env.recipes.table import recipe_table
from mlesmith_env.recipes.text import is_missing, require_column, text_frame

EDGES = "public/edges.csv"

_FEWEST = 10
"""Linked pairs that the hidden and the training rows need each."""
_ROUNDS = 40

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class _Graph:
    """Nodes as numbers, and the different linked pairs.

    Attributes:
        names: Name of each node.
        pairs: First and second node of each linked pair, (pairs, 2).
        keys: A number for each linked pair, in the order of `pairs`; see `key`.
        row_pair: Which pair each row of the table is.
        directed: Whether (a, b) and (b, a) are two pairs.
        sided: Whether no node stands at both ends, as of people and films.
    """

    names: list[str]
    pairs: Codes
    keys: Codes
    row_pair: Codes
    directed: bool
    sided: bool

    def key(self, pairs: Codes) -> Codes:
        """Return a number for each of the pairs, (pairs,): equal for pairs that are the same."""
        return _key(pairs, len(self.names), self.directed)


def prepare_links(recipe: LinksRecipe, form: SubmissionForm, raw: Path, output: Output) -> None:
    """Write the pairs of a graph as a task, and `public/edges.csv` without those that are asked.

    Raises:
        ReadError: A raw file can not be read as declared.
        RecipeError: The recipe does not fit the data, or the graph is too small, too sparse or
            too dense.
    """
    if recipe.holdout.kind not in ("random", "time"):
        raise RecipeError(f"links can not be hidden by a {recipe.holdout.kind} holdout")
    if recipe.target in recipe.ends:
        raise RecipeError(f"the target can not be called {recipe.target!r}, like an end of an edge")
    table = recipe_table(recipe, raw)
    ends = [require_column(table, name, "links") for name in recipe.ends]
    table = table.loc[~(is_missing(ends[0]) | is_missing(ends[1]))].reset_index(drop=True)
    graph = _graph(table, recipe)
    hidden, shown = _held_out(graph, _turns(table, graph, recipe), recipe.holdout.test_fraction)
    private = round(recipe.holdout.private_fraction * len(hidden))
    chosen: list[tuple[str, Codes]] = [
        ("private", hidden[:private]),
        ("public", hidden[private:]),
        ("train", shown),
    ]
    taken = set(graph.keys.tolist())
    rows: list[Codes] = []
    parts: list[str] = []
    linked: list[str] = []
    for part, positions in chosen:
        links = _turned(graph.pairs[positions], graph, recipe.seed, f"links/{part}")
        others = _unlinked(links, graph, taken, recipe.seed, part)
        rows += [links, _turned(others, graph, recipe.seed, f"others/{part}")]
        parts += [part] * (len(links) + len(others))
        linked += ["1"] * len(links) + ["0"] * len(others)
    pairs = np.concatenate(rows)
    named = [[graph.names[code] for code in pairs[:, end].tolist()] for end in (0, 1)]
    frame = text_frame({recipe.ends[0]: named[0], recipe.ends[1]: named[1], recipe.target: linked})
    check_examples(frame, (recipe.target,), form)
    write_examples(output, frame, np.array(parts), (recipe.target,), form, seed=recipe.seed)
    asked = np.zeros(len(graph.pairs), dtype=bool)
    asked[np.concatenate((hidden, shown))] = True
    output.table(EDGES, rows_of(table, np.flatnonzero(~asked[graph.row_pair])))


def _graph(table: pd.DataFrame, recipe: LinksRecipe) -> _Graph:
    both = pd.concat([table[name] for name in recipe.ends], ignore_index=True)
    codes, names = pd.factorize(both)
    pairs = np.column_stack((codes[: len(table)], codes[len(table) :])).astype(np.int64)
    every = _key(pairs, len(names), recipe.directed)
    unique, first, row_pair = np.unique(every, return_index=True, return_inverse=True)
    sided = not np.intersect1d(pairs[:, 0], pairs[:, 1]).size
    return _Graph(
        [str(name) for name in names],
        pairs[first],
        unique,
        row_pair.astype(np.int64),
        recipe.directed,
        sided,
    )


def _key(pairs: Codes, nodes: int, directed: bool) -> Codes:
    first, second = pairs[:, 0], pairs[:, 1]
    if not directed:
        first, second = np.minimum(first, second), np.maximum(first, second)
    return first * nodes + second


def _turns(table: pd.DataFrame, graph: _Graph, recipe: LinksRecipe) -> Codes:
    """Return the linked pairs in the order in which they are held out."""
    drawn = keys(recipe.seed, "links", len(graph.pairs))
    if recipe.holdout.kind == "random":
        return np.argsort(drawn, kind="stable")
    if recipe.holdout.column is None:
        raise RecipeError("a time holdout needs a column")
    column = require_column(table, recipe.holdout.column, "the time holdout")
    ranks, missing = moments(column)
    # A pair is as old as its first link; one without a time is the oldest.
    since = np.full(len(graph.pairs), np.iinfo(np.int64).max)
    np.minimum.at(since, graph.row_pair, np.where(missing, -1, ranks))
    return np.lexsort((drawn, -since))


def _held_out(graph: _Graph, turns: Codes, share: float) -> tuple[Codes, Codes]:
    """Return the pairs that are hidden and those for training; every node keeps a link.

    A pair of a node with itself stays, as does one whose node has no other.
    """
    degrees = np.bincount(graph.pairs.ravel(), minlength=len(graph.names))
    left = degrees.tolist()
    wanted = round(share * len(graph.pairs))
    more = round(share * (len(graph.pairs) - wanted))
    held: list[int] = []
    for turn, (first, second) in zip(turns.tolist(), graph.pairs[turns].tolist(), strict=True):
        if len(held) == wanted + more:
            break
        if first != second and left[first] > 1 and left[second] > 1:
            left[first] -= 1
            left[second] -= 1
            held.append(turn)
    hidden = len(held) if len(held) < wanted else wanted
    if len(held) < wanted + more:
        hidden = round(len(held) * wanted / max(1, wanted + more))
    if min(hidden, len(held) - hidden) < _FEWEST:
        raise RecipeError(
            f"of {len(graph.pairs)} linked pairs {len(held)} can be held out so that every node "
            f"keeps a link; hidden and training rows need {_FEWEST} each"
        )
    return np.array(held[:hidden], dtype=np.int64), np.array(held[hidden:], dtype=np.int64)


def _turned(pairs: Codes, graph: _Graph, seed: int, purpose: str) -> Codes:
    """Return pairs with their ends in an order that says nothing, where order means nothing."""
    if graph.directed or graph.sided:
        return pairs
    swap = (keys(seed, purpose, len(pairs)) >> np.uint64(63)).astype(bool)
    return np.where(swap[:, None], pairs[:, ::-1], pairs)


def _unlinked(links: Codes, graph: _Graph, taken: set[int], seed: int, purpose: str) -> Codes:
    """Return as many pairs that are not linked, and put them into `taken`.

    First ends are those of the links, second ends are drawn from those of the links, so that a
    node's degree alone says little; where that finds nobody, any two nodes that may be linked.
    """
    result = np.full_like(links, -1)
    sides = [np.unique(graph.pairs[:, end]) if graph.sided else None for end in (0, 1)]
    everybody = np.arange(len(graph.names))
    for attempt in range(_ROUNDS):
        open_ = np.flatnonzero(result[:, 0] < 0)
        if not len(open_):
            return result
        name = f"others/{purpose}/{attempt}"
        if attempt < _ROUNDS // 2:
            first = links[open_, 0]
            second = links[order(seed, name, len(links)), 1][: len(open_)]
        else:
            first, second = (
                _drawn(everybody if side is None else side, seed, f"{name}/{end}", len(open_))
                for end, side in enumerate(sides)
            )
        candidates = np.column_stack((first, second))
        for position, (a, b), key in zip(
            open_.tolist(), candidates.tolist(), graph.key(candidates).tolist(), strict=True
        ):
            if a != b and key not in taken:
                taken.add(key)
                result[position] = a, b
    if (result[:, 0] < 0).any():
        raise RecipeError(
            "the graph is so dense that too few pairs without a link are found; hide fewer links"
        )
    return result


def _drawn(nodes: Codes, seed: int, purpose: str, count: int) -> Codes:
    return nodes[(keys(seed, purpose, count) % np.uint64(len(nodes))).astype(np.int64)]
