"""Graphs in GML as two tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.gml import gml_table, is_gml

GRAPH = """Creator "somebody [on Friday]"
# a comment with "
graph
[
  directed 0
  node [ id 0 label "Beak &amp; Co" graphics [ x 1.50 y 2 ] ]
  node
  [
    id 1
    label "Two
lines"
  ]
  edge [ source 0 target 1 value 3 ]
  edge [ source 1 target 0 weight 1E-2 ]
]
"""


def read(text: str, table: str) -> tuple[tuple[str, ...], list[list[str | None]]]:
    names, rows = gml_table(text.splitlines(keepends=True), "g.gml", table)
    return names, [list(row) for row in rows]


def test_edges_and_nodes():
    assert read(GRAPH, "edges") == (
        ("source", "target", "value", "weight"),
        [["0", "1", "3", None], ["1", "0", None, "1E-2"]],
    )
    assert read(GRAPH, "nodes") == (
        ("id", "label", "graphics.x", "graphics.y"),
        [["0", "Beak & Co", "1.50", "2"], ["1", "Two\nlines", None, None]],
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("graph [ node [ id 1 ] ]", "without a single edge"),
        ("graph [ edge [ source 1 ] ]", "without 'target'"),
        ("graph [ edge [ source 1 target 2 ]", "cut off"),
        ("graph [ ] ]", "never opened"),
        ('graph [ edge [ source "1 ] ]', "never closes"),
        ("graph [ edge [ source ] ]", "has no value"),
        ("graph [ " + "a [ " * 30 + "] " * 31, "inside one another"),
    ],
)
def test_what_is_no_graph_is_told(text: str, message: str):
    with pytest.raises(ReadError, match=message):
        read(text, "edges")


def test_another_table_is_told():
    with pytest.raises(ReadError, match="edges and nodes, not 'links'"):
        read(GRAPH, "links")


def test_gml_is_known_by_its_head():
    assert is_gml(GRAPH.splitlines())
    assert is_gml(["graph [", "  node [", "    id 1"])
    assert not is_gml(["graph,node", "1,2"])
    assert not is_gml(["The graph [1] shows a node [2]."])
    assert not is_gml(["{", '"graph": ["node", []]', "}"])


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=20))
def test_every_edge_is_read(edges: list[tuple[int, int]]):
    text = "graph [\n" + "\n".join(f"edge [ source {a} target {b} ]" for a, b in edges) + "\n]"
    _, rows = read(text, "edges")
    assert rows == [[str(a), str(b)] for a, b in edges]
