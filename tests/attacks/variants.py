"""Where attacks are played: the backends, and what a machine may lack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlesmith_env.sandbox.process import LocalSandbox

from .arena import Arena, Maker
from .ground import Ground


@dataclass(frozen=True)
class Variant:
    """A kind of sandbox under attack.

    Attributes:
        name: As the table shows it.
        maker: Makes its sandboxes, where `gym.make` has no keyword for that.
        options: Keywords of `gym.make`.
        ours: Whether its processes are descendants of the host process.
        harmless: Names of attacks that reach nothing here but what is the program's own.
    """

    name: str
    maker: Maker | None = None
    options: dict[str, Any] = field(default_factory=dict)
    ours: bool = True
    harmless: frozenset[str] = frozenset()

    @contextmanager
    def arena(self, folder: Path) -> Iterator[Arena]:
        """Give an arena of this variant on a ground of its own."""
        ground = Ground(folder)
        try:
            arena = Arena(ground, maker=self.maker, options=self.options, ours=self.ours)
            try:
                yield arena
            finally:
                arena.close()
        finally:
            ground.close()


def _bare(**keywords: Any) -> Maker:
    return lambda spec: LocalSandbox(spec, **keywords)


# A session holds the channel over which it gets its programs, and lives on to the next of them.
_OF_A_SESSION = frozenset(
    {"inherited descriptors", "things that live in the kernel, left for the next run"}
)

VARIANTS = {
    variant.name: variant
    for variant in (
        Variant("local"),
        Variant("local-without-namespaces", _bare(namespaces=frozenset(), group=False)),
        # Signals to the first process of a pid namespace are taken, and have no effect.
        Variant(
            "local-with-old-landlock",
            _bare(newest_abi=1),
            harmless=frozenset({"signals by every call"}),
        ),
        Variant("local-on-old-kernel", _bare(namespaces=frozenset(), newest_abi=1, group=False)),
        Variant("local-stateful", options={"stateful": True}, harmless=_OF_A_SESSION),
        # All containers have the same paths: the neighbour's is the program's own.
        Variant(
            "docker",
            options={"sandbox": "docker"},
            ours=False,
            harmless=frozenset({"workspace of the neighbour"}),
        ),
    )
}
