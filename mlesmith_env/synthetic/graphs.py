"""Synthetic graphs: nodes of hidden communities, and links that mostly stay within one."""

from __future__ import annotations

import numpy as np

from mlesmith_env.manifest import MetricSpec
from mlesmith_env.recipes.model import Holdout
from mlesmith_env.synthetic.streams import Stream
from mlesmith_env.synthetic.tables import HIDDEN, spelt
from mlesmith_env.synthetic.world import LINKS, TABLE, Wish, World, table_bytes

_KNOWN = {
    "gardeners": ("garden", "plot_m2", "harvest_kg", 140.0, 40.0),
    "bakers": ("food", "oven_m2", "loaves", 420.0, 110.0),
    "readers": ("culture", "shelf_m", "pages_a_week", 160.0, 45.0),
    "pilots": ("transport", "years_aboard", "waiting_min", 55.0, 14.0),
    "beekeepers": ("agriculture", "hives", "honey_kg", 260.0, 70.0),
    "singers": ("leisure", "evenings", "songs_known", 75.0, 20.0),
}
_WITHIN, _ACROSS = 9.0, 1.5
"""Links of a node within its community, and to each of the others, on average."""


def graph_world(stream: Stream, difficulty: float) -> World:
    """Return nodes whose value hangs on their community, on themselves and on their neighbours.

    Which community a node belongs to stands nowhere; who is linked to whom tells of it. The harder
    a world is, the more communities there are, the more links lead out of them, and the more a
    value hangs on what neighbours have.
    """
    name = stream.one(list(_KNOWN))
    field, amount, target, middle, scale = _KNOWN[name]
    rows = int(stream.whole(120, 200, 1)[0]) + HIDDEN
    communities = 3 + round(3 * difficulty)
    community = stream.whole(0, communities - 1, rows)
    lean = stream.order(communities) * (3.0 / (communities - 1)) - 1.5
    one, two = np.triu_indices(rows, 1)
    size = rows / communities
    within, across = _WITHIN / size, _ACROSS * (0.5 + difficulty) / size
    near = np.where(community[one] == community[two], within, across)
    linked = np.flatnonzero(stream.uniform(len(one)) < near)
    linked = linked[stream.order(len(linked))]
    turned = stream.uniform(len(linked)) < 0.5
    ends = np.where(turned, two[linked], one[linked]), np.where(turned, one[linked], two[linked])
    own = spelt(4.0 + 36.0 * stream.uniform(rows), 1)
    told = (np.array([float(text) for text in own]) - 22.0) / 18.0
    total, count = np.zeros(rows), np.zeros(rows)
    for here, there in (ends, ends[::-1]):
        np.add.at(total, here, told[there])
        np.add.at(count, here, 1.0)
    value = lean[community] + stream.between(-0.8, 0.8) * told
    value = value + difficulty * stream.sign() * 2.0 * total / np.maximum(count, 1.0)
    noise = (0.2 + 0.5 * difficulty) * stream.tent(rows)
    names = [f"{name[0].upper()}{code + 100}" for code in stream.order(rows * 3)[:rows].tolist()]
    nodes = {
        "node": names,
        amount: own,
        "member_since": [str(2005 + int(year)) for year in stream.whole(0, 17, rows)],
        target: spelt(middle + scale * (value + noise), 1),
    }
    links = {
        "node": [names[code] for code in ends[0].tolist()],
        "neighbour": [names[code] for code in ends[1].tolist()],
    }
    wish = Wish(
        target=target,
        objective="regression",
        metric=MetricSpec(name=stream.one(("rmse", "mae", "r2"))),
        holdout=Holdout(kind="random", test_fraction=HIDDEN / rows),
        modality="graph",
        classes=(),
        question=f"predict {target.replace('_', ' ')} of {name} who know each other",
        story=(
            f"{name.capitalize()} keep to circles that nobody has written down; who knows whom is "
            "on record, and those of one circle are alike."
        ),
        domain=field,
        title=f"{name[:-1].capitalize()} circles",
    )
    files = {TABLE: table_bytes(nodes), LINKS: table_bytes(links)}
    return World(files, wish, middle + scale * value)
