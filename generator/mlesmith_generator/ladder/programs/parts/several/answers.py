import csv
import sys

import numpy as np

csv.field_size_limit(sys.maxsize)


def read_column(path, name, most_rows):
    """Text of one column of a CSV file, from its first rows."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        place = next(rows).index(name)
        return [row[place] for _, row in zip(range(most_rows), rows)]


def as_answers(*columns):
    """A column of numbers a target, NaN where it is not known, and which rows know one at all."""
    answers = np.array([[float(text or "nan") for text in texts] for texts in columns]).T
    return answers, np.isfinite(answers).any(axis=1)


def finish(prediction, answers):
    """Keep what a model says within what the training rows have shown."""
    low, high = np.nanmin(answers, axis=0), np.nanmax(answers, axis=0)
    if KIND == "multilabel":  # Nobody is ever certain.
        return np.clip(prediction, 0.002, 0.998)
    return np.clip(prediction, low - 0.2 * (high - low), high + 0.2 * (high - low))


def write_submission(ids, prediction):
    """Write one row per id with a column per target."""
    with open("submission.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([ID, *COLUMNS])
        for name, row in zip(ids, np.asarray(prediction, float).tolist()):
            writer.writerow([name, *(f"{value:.8g}" for value in row)])
