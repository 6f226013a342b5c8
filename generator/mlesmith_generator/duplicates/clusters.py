"""Clusters of datasets that hold the same data, and who stands for each.

Two datasets belong together when their fingerprints match; so do two that have a third one in
common. A cluster is represented by the name that comes first in the alphabet, and the split of all
its datasets is the one of that name (`split_of`). So splits follow from which datasets a registry
holds, not from the order in which they came.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from mlesmith_env.registry import SOURCES
from mlesmith_env.sources import load_source
from mlesmith_generator.duplicates.comparison import FEWEST_ROWS, Match, compare
from mlesmith_generator.duplicates.fingerprint import Fingerprint, read_fingerprints


@dataclass(frozen=True)
class Pair:
    """Two datasets that hold the same data, in the order of their names, and why we think so."""

    datasets: tuple[str, str]
    told: str


@dataclass(frozen=True)
class Cluster:
    """Datasets that hold the same data.

    Attributes:
        datasets: Their names, sorted; the first represents them.
        pairs: What was found between them.
    """

    datasets: tuple[str, ...]
    pairs: tuple[Pair, ...]

    @property
    def representative(self) -> str:
        """The name by which the split of all of them goes."""
        return self.datasets[0]


def clusters_of(fingerprints: Mapping[str, Fingerprint]) -> tuple[Cluster, ...]:
    """Return the clusters of two or more datasets, sorted by representative."""
    pairs = [
        Pair((a, b), matches[0].told)
        for a, b in _candidates(fingerprints)
        if (matches := compare(fingerprints[a], fingerprints[b]))
    ]
    return tuple(
        Cluster(members, tuple(pair for pair in pairs if pair.datasets[0] in members))
        for members in joined(pair.datasets for pair in pairs)
    )


@dataclass(frozen=True)
class Family:
    """A dataset on its way into a registry, and those there that hold the same data.

    Attributes:
        fingerprint: Of the dataset.
        kin: What was found, by the name of the other dataset.
    """

    fingerprint: Fingerprint
    kin: Mapping[str, tuple[Match, ...]]


def kin_of(fingerprint: Fingerprint, registry: Path) -> dict[str, tuple[Match, ...]]:
    """Return the other datasets of a registry that hold the same data, and what was found.

    Raises:
        ManifestError: A fingerprint in the registry is damaged.
    """
    others = read_fingerprints(registry)
    others.pop(fingerprint.dataset, None)
    found = {name: compare(fingerprint, other) for name, other in others.items()}
    return {name: matches for name, matches in found.items() if matches}


def preceding(kin: Mapping[str, tuple[Match, ...]], dataset: str) -> dict[str, tuple[Match, ...]]:
    """Return those of the kin that keep their tasks where a dataset has the same ones.

    They come before it in the alphabet: who keeps what does not depend on who came first.
    """
    return {name: matches for name, matches in kin.items() if name < dataset}


def representative_of(dataset: str, kin: Iterable[str], registry: Path) -> str:
    """Return who represents the cluster that a dataset is in or joins with its kin.

    Raises:
        ManifestError: The source record of one of the kin is damaged.
    """
    records = (load_source(registry / SOURCES / f"{name}.yaml") for name in kin)
    return min([dataset, *(record.representative for record in records), *kin])


def unsettled(cluster: Cluster, registry: Path) -> list[str]:
    """Return the datasets of a cluster whose source records name another representative."""
    records = {name: load_source(registry / SOURCES / f"{name}.yaml") for name in cluster.datasets}
    return [
        name for name, record in records.items() if record.representative != cluster.representative
    ]


def joined(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Return the connected components of a graph of names, each sorted, in the order of names."""
    leader: dict[str, str] = {}

    def find(name: str) -> str:
        while leader.setdefault(name, name) != name:
            name = leader[name]
        return name

    for a, b in pairs:
        first, second = sorted((find(a), find(b)))
        leader[second] = first
    members: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(leader):
        members[find(name)].append(name)
    return [tuple(names) for _, names in sorted(members.items())]


def _candidates(fingerprints: Mapping[str, Fingerprint]) -> list[tuple[str, str]]:
    """Return the pairs of datasets that have anything in common that a comparison looks at."""
    holders: defaultdict[object, set[str]] = defaultdict(set)
    sure: set[tuple[str, str]] = set()
    for name, fingerprint in fingerprints.items():
        for table in fingerprint.tables:
            for key in table.all_keys.tolist():
                holders[key].add(name)
    counts: Counter[tuple[str, str]] = Counter()
    for names in holders.values():
        counts.update(combinations(sorted(names), 2))
    whole: defaultdict[object, set[str]] = defaultdict(set)
    for name, fingerprint in fingerprints.items():
        for mark in (*(t.checksum for t in fingerprint.tables), *dict(fingerprint.files)):
            whole[mark].add(name)
    for names in whole.values():
        sure.update(combinations(sorted(names), 2))
    return sorted(sure | {pair for pair, count in counts.items() if count >= FEWEST_ROWS})
