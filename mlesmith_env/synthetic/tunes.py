"""Tunes: a few notes after one another in a rhythm, over a little hiss."""

from __future__ import annotations

import itertools

import numpy as np

from mlesmith_env.synthetic.encodings import wav_bytes
from mlesmith_env.synthetic.streams import Floats, Stream

RATE = 8_000
"""Samples a second."""
STEPS = (8, 5, 4, 5, 5, 5)
"""Steps of the amounts: pitch of the first note, rise from note to note, how many notes, how loud,
share of the octave above, and how long a note sounds."""
LEVELS = (3, 3)
"""Levels of the kinds: rhythm, and form of the wave."""
_LENGTH = 6_000
"""Samples of a tune: three quarters of a second."""
_LOWEST = 150.0
_SEMITONE = 1.0594630943592953
_RHYTHMS = ((1, 1), (3, 1), (1, 2))
"""How long notes are, in turn."""
_HISS = 0.004
_RAMP = 80
"""Samples in which a note comes and goes."""


def tune(stream: Stream, steps: list[int], levels: list[int]) -> bytes:
    """Return a tune as WAV.

    Args:
        stream: Where the hiss comes from.
        steps: Step of each amount, from 0.
        levels: Level of each kind, from 0.
    """
    pitch, rise, notes, loud, octave, held = steps
    rhythm, form = levels
    parts = [_RHYTHMS[rhythm][note % 2] for note in range(notes + 2)]
    ends = [0, *(_LENGTH * end // sum(parts) for end in itertools.accumulate(parts))]
    samples = _HISS * (2.0 * stream.uniform(_LENGTH) - 1.0)
    for note, (start, end) in enumerate(itertools.pairwise(ends)):
        # The first note is high enough for falling ones to stay above the lowest pitch.
        frequency = _pitch(2 * pitch + 8 + (rise - 2) * note)
        sounding = (end - start) * (4 + held) // 9
        at = np.arange(sounding).astype(np.float64)
        wave = _wave(at * (frequency / RATE), form)
        wave = wave + 0.2 * octave * _wave(at * (2.0 * frequency / RATE), form)
        ramp = np.minimum(1.0, np.minimum(at + 1, sounding - at) / _RAMP)
        samples[start : start + sounding] += (0.1 + 0.08 * loud) * ramp * wave
    return wav_bytes(samples, RATE)


def _pitch(semitones: int) -> float:
    """Return a frequency in hertz, so many semitones above the lowest."""
    frequency = _LOWEST
    for _ in range(semitones):
        frequency = frequency * _SEMITONE
    return frequency


def _wave(turns: Floats, form: int) -> Floats:
    """Return a wave between -1 and 1: of parabolas (almost a sine), a triangle, or cut short."""
    phase = turns - np.floor(turns)
    if form == 0:
        half = np.where(phase < 0.5, phase, phase - 0.5)
        return np.where(phase < 0.5, 1.0, -1.0) * 16.0 * half * (0.5 - half)
    triangle = 4.0 * np.abs(phase - 0.5) - 1.0
    return triangle if form == 1 else np.clip(4.0 * triangle, -1.0, 1.0)
