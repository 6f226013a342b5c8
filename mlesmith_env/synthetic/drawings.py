"""Drawings: marks of one shape and colour on a grainy ground, with a band along the lower edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.synthetic.encodings import png_bytes
from mlesmith_env.synthetic.streams import Stream

SIDE = 48
"""Pixels of a line, and of the square that holds the marks."""
_MARGIN = 5
"""Lines below the marks, where the band is."""
STEPS = (6, 5, 6, 6, 6)
"""Steps of the amounts: how many marks, how large, how light, tone of the ground, the band."""
LEVELS = (4, 3)
"""Levels of the kinds: shape and colour of the marks."""
_CELLS = 3
_COLOURS = ((230, 70, 40), (50, 160, 60), (50, 90, 220))
_GRAIN = 7
"""By how much a channel of the ground strays."""


def drawing(stream: Stream, steps: list[int], levels: list[int]) -> bytes:
    """Return a drawing as PNG.

    Args:
        stream: Where places and grain come from.
        steps: Step of each amount, from 0.
        levels: Level of each kind, from 0.
    """
    marks, size, light, tone, band = steps
    shape, colour = levels
    lines = SIDE + _MARGIN
    grain = stream.whole(-_GRAIN, _GRAIN, lines * SIDE * 3).reshape(lines, SIDE, 3)
    pixels = np.clip(150 + 17 * tone + grain, 0, 255).astype(np.uint8)
    paint = [part * (5 + light) // 10 for part in _COLOURS[colour]]
    stencil = _stencil(shape, 3 + size)
    reach, cell = len(stencil), SIDE // _CELLS
    for place in stream.order(_CELLS * _CELLS)[: marks + 1].tolist():
        across, down = (int(stream.whole(0, cell - reach, 1)[0]) for _ in range(2))
        top, left = place // _CELLS * cell + down, place % _CELLS * cell + across
        pixels[top : top + reach, left : left + reach][stencil] = paint
    pixels[lines - band :] = 40
    return png_bytes(pixels)


def _stencil(shape: int, radius: int) -> NDArray[np.bool_]:
    """Return which pixels of a square around it a mark covers, shape (2 r + 1, 2 r + 1)."""
    line = np.abs(np.arange(-radius, radius + 1))
    across, down = np.broadcast_arrays(line[None, :], line[:, None])
    distance = across * across + down * down
    if shape == 0:
        return distance <= radius * radius
    if shape == 1:
        return np.maximum(across, down) <= radius
    if shape == 2:
        return np.minimum(across, down) <= radius // 3
    return (distance <= radius * radius) & (4 * distance > radius * radius)
