"""The same data under other names: fingerprints of datasets, and what they say of each other."""

from __future__ import annotations

from mlesmith_generator.duplicates.comparison import Match, compare
from mlesmith_generator.duplicates.fingerprint import Fingerprint, fingerprint_of

__all__ = ["Fingerprint", "Match", "compare", "fingerprint_of"]
