"""What the headers of pictures and recordings tell, on a bounded sample of the files."""

from __future__ import annotations

import wave
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TypeVar

import numpy as np

from mlesmith_env.errors import MissingExtraError, ReadError
from mlesmith_env.recipes.images import opened_image, stored_values
from mlesmith_generator.records import AudioFacts, ImageFacts

_HEADERS = 400
_UNPACKED = 12
_LARGEST_UNPACKED = 4_000_000
_MOST_SIZES = 20
_Key = TypeVar("_Key")


def spread(paths: Sequence[Path], count: int) -> list[Path]:
    """Return at most `count` of the paths, evenly from all of them."""
    if len(paths) <= count:
        return list(paths)
    return [paths[index * len(paths) // count] for index in range(count)]


def image_facts(paths: Sequence[Path]) -> tuple[ImageFacts | None, list[Path]]:
    """Return what pictures are like, None where none can be read; and those that are none.

    Raises:
        MissingExtraError: Pillow is not installed.
    """
    sizes: Counter[tuple[int, int]] = Counter()
    modes: Counter[str] = Counter()
    broken: list[Path] = []
    for path in spread(paths, _HEADERS):
        try:
            with opened_image(path) as image:
                sizes[image.size] += 1
                modes[image.mode] += 1
        except ReadError:
            broken.append(path)
    values: list[int] = []
    two: list[float] = []
    for path in spread([path for path in paths if path not in set(broken)], _UNPACKED):
        try:
            with opened_image(path) as image:
                if image.size[0] * image.size[1] > _LARGEST_UNPACKED:
                    continue
                counts = np.unique(stored_values(image), return_counts=True)[1]
        except ReadError:
            broken.append(path)
            continue
        values.append(len(counts))
        two.append(float(np.sort(counts)[-2:].sum() / counts.sum()))
    if not sizes:
        return None, broken
    facts = ImageFacts(
        sizes=tuple((*size, count) for size, count in _ranked(sizes)[:_MOST_SIZES]),
        modes=tuple(_ranked(modes)),
        values=int(median(values)) if values else 0,
        two_values=median(two) if two else 0.0,
    )
    return facts, broken


def audio_facts(paths: Sequence[Path]) -> tuple[AudioFacts | None, list[Path]]:
    """Return what recordings are like, None where none can be read; and those that are none.

    Raises:
        MissingExtraError: A recording is no plain WAV file, and soundfile is not installed.
    """
    rates: Counter[int] = Counter()
    channels: Counter[int] = Counter()
    seconds: list[float] = []
    broken: list[Path] = []
    for path in spread(paths, _HEADERS):
        try:
            rate, width, frames = _header(path)
        except ReadError:
            broken.append(path)
            continue
        rates[rate] += 1
        channels[width] += 1
        seconds.append(round(frames / rate, 3))
    if not seconds:
        return None, broken
    facts = AudioFacts(
        rates=tuple(_ranked(rates)),
        channels=tuple(_ranked(channels)),
        seconds=(min(seconds), median(seconds), max(seconds)),
    )
    return facts, broken


def _header(path: Path) -> tuple[int, int, int]:
    """Return samples a second, channels and samples of a recording."""
    if path.suffix.lower() == ".wav":
        try:
            with wave.open(str(path), "rb") as file:
                if file.getframerate() > 0:
                    return file.getframerate(), file.getnchannels(), file.getnframes()
        except (wave.Error, EOFError):
            # Not plain PCM: soundfile knows more kinds.
            pass
    try:
        import soundfile
    except ImportError as error:
        raise MissingExtraError(
            f"{path.name} is a recording: install mlesmith-env[audio] to look into it"
        ) from error
    try:
        told = soundfile.info(str(path))
    except (RuntimeError, OSError) as error:
        raise ReadError(f"{path.name} can not be read as a recording: {error}") from error
    if told.samplerate <= 0:
        raise ReadError(f"{path.name} has no samples a second")
    return int(told.samplerate), int(told.channels), int(told.frames)


def _ranked(counts: Counter[_Key]) -> list[tuple[_Key, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
