"""Random numbers that are the same in every version of every library.

NumPy does not promise that its generators keep their streams, and prepared data are checked by
SHA-256. So draws come from SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom
number generators", OOPSLA 2014), counted instead of stepped, over unsigned 64-bit arithmetic.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def keys(seed: int, purpose: str, count: int, *, first: int = 0) -> NDArray[np.uint64]:
    """Return random 64-bit keys of shape (count,) for a seed and what they are drawn for.

    Args:
        seed: The seed.
        purpose: What they are drawn for.
        count: How many.
        first: Place of the first: `keys(…, n + m)[n:]` is `keys(…, m, first=n)`.
    """
    start = int.from_bytes(hashlib.sha256(f"{seed}/{purpose}".encode()).digest()[:8], "big")
    with np.errstate(over="ignore"):
        z = np.arange(first + 1, first + count + 1, dtype=np.uint64) * _GOLDEN + np.uint64(start)
        z = (z ^ (z >> np.uint64(30))) * _MIX_1
        z = (z ^ (z >> np.uint64(27))) * _MIX_2
        return z ^ (z >> np.uint64(31))


def order(seed: int, purpose: str, count: int) -> NDArray[np.int64]:
    """Return a random order of 0 … count - 1."""
    return np.argsort(keys(seed, purpose, count), kind="stable").astype(np.int64)
