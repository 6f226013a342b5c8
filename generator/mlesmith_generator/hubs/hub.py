"""What every host of datasets does."""

from __future__ import annotations

from typing import Protocol

from mlesmith_env.sources import SourceRecord
from mlesmith_generator.hubs.huggingface import HuggingFace
from mlesmith_generator.hubs.kaggle import Kaggle
from mlesmith_generator.hubs.openml import OpenML


class Hub(Protocol):
    """A host of datasets."""

    @property
    def scheme(self) -> str:
        """What a source begins with, such as `hf:`."""
        ...

    def name(self, source: str) -> str:
        """Return the name of a source, without asking the host.

        Raises:
            GenerationError: The source is not spelt as those of the host are.
        """
        ...

    def record(self, source: str, dataset: str) -> SourceRecord:
        """Fetch what a source names, and return the record that pins it.

        Args:
            source: What the user has written, with the scheme.
            dataset: The slug under which it enters the registry.

        Raises:
            DataUnavailableError: The host does not have it, or does not give it.
            ChecksumError: Other bytes came than the host announces.
        """
        ...


HUBS: tuple[Hub, ...] = (HuggingFace(), OpenML(), Kaggle())


def hub_of(source: str) -> Hub | None:
    """Return the host that a source names by its scheme, if any."""
    return next((hub for hub in HUBS if source.startswith(hub.scheme)), None)
