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
    """

    name: str
    maker: Maker | None = None
    options: dict[str, Any] = field(default_factory=dict)
    ours: bool = True

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


VARIANTS = {
    variant.name: variant
    for variant in (
        Variant("local"),
        Variant("local-without-namespaces", _bare(namespaces=frozenset(), group=False)),
        Variant("local-on-old-kernel", _bare(namespaces=frozenset(), newest_abi=1, group=False)),
        Variant("local-stateful", options={"stateful": True}),
    )
}
