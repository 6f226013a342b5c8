import csv
import sys

import numpy as np

csv.field_size_limit(sys.maxsize)


class Cases:
    """Series of all rows, training rows first; `answers` belongs to those.

    `series` holds for each row a list of channels, each an array of its numbers in order. Columns
    with a plain number are in `extras`.
    """

    def __init__(self, most=3_000):
        seen, asked = read_rows("input/train.csv"), read_rows("input/test.csv")
        answers, known = as_answers([row[TARGET] for row in seen])
        kept = np.flatnonzero(known)
        if len(kept) > most:
            kept = np.sort(np.random.default_rng(SEED).choice(kept, most, replace=False))
        self.answers, self.size = answers[kept], len(kept)
        self.ids = [row[ID] for row in asked]
        rows = [*(seen[place] for place in kept), *asked]
        names = [name for name in asked[0] if name != ID]
        channels = [name for name in names if max(row[name].count(" ") for row in rows) >= 3]
        self.series = [[numbers(row[name]) for name in channels] for row in rows]
        others = [[number(row[name]) for name in names if name not in channels] for row in rows]
        self.extras = np.array(others, float).reshape(len(rows), -1)
        self.extras = np.nan_to_num(self.extras[:, np.isfinite(self.extras).mean(axis=0) > 0.9])

    def split(self, matrix):
        """The training rows and the test rows of a matrix over all rows."""
        return matrix[: self.size], matrix[self.size :]

    def even(self, length=None):
        """All series stretched to one length: (rows, channels, length)."""
        lengths = [len(channel) for case in self.series for channel in case]
        length = length or int(np.clip(np.median(lengths), 8, 150))
        return np.array([[stretched(channel, length) for channel in case] for case in self.series])


def read_rows(path):
    """Rows of a CSV file as dictionaries."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def number(text):
    return float(text) if is_number(text) else np.nan


def numbers(text):
    """Numbers joined with blanks as an array; those that are missing lie on a straight line."""
    values = np.array([float(part) for part in text.split()] or [0.0])
    known = np.isfinite(values)
    if not known.any():
        return np.zeros(len(values))
    places = np.arange(len(values))
    return np.interp(places, places[known], values[known])


def stretched(values, length):
    """A series of another length with the same course."""
    return np.interp(np.linspace(0, len(values) - 1, length), np.arange(len(values)), values)


def scaled(matrix):
    """Series (rows, channels, length) of mean 0 and deviation 1 each."""
    middle, spread = matrix.mean(axis=2, keepdims=True), matrix.std(axis=2, keepdims=True)
    return (matrix - middle) / np.maximum(spread, 1e-9)


def summaries(values):
    """What a series is like, in a few numbers: level, spread, ends, trend, roughness, rhythm."""
    steps = np.diff(values) if len(values) > 1 else np.zeros(1)
    middle, spread = values.mean(), values.std()
    even = (values - middle) / max(spread, 1e-9)
    place = np.linspace(-1, 1, len(values))
    cells = [middle, spread, *np.quantile(values, [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1]), values[0]]
    cells += [values[-1], (even * place).mean(), (even**3).mean(), (even**4).mean()]
    cells += [np.abs(steps).mean(), steps.std(), np.abs(steps).max(), (steps > 0).mean()]
    cells += [(np.diff(np.sign(even)) != 0).mean(), values.argmax() / len(values)]
    cells += [values.argmin() / len(values), len(values)]
    cells += [(even[by:] * even[:-by]).mean() if len(even) > by else 0.0 for by in (1, 2, 4, 8)]
    power = np.abs(np.fft.rfft(even, 64))[1:] if len(even) >= 8 else np.zeros(32)
    cells += [part.mean() for part in np.split(power[:32], 8)]
    return cells


def described(cases):
    """Summaries of every channel and of its halves, with the other columns: (rows, width)."""
    rows = []
    for case in cases.series:
        cells = []
        for channel in case:
            half = max(1, len(channel) // 2)
            cells += [*summaries(channel), *summaries(channel[:half])[:9]]
            cells += summaries(channel[half:] if len(channel) > half else channel)[:9]
        rows.append(cells)
    return np.hstack([np.nan_to_num(np.array(rows, float)), cases.extras])


def standardised(matrix):
    """Columns centred and scaled, those that say nothing left out."""
    spread = matrix.std(axis=0)
    useful = spread > 1e-9
    return np.clip((matrix[:, useful] - matrix[:, useful].mean(axis=0)) / spread[useful], -6, 6)
