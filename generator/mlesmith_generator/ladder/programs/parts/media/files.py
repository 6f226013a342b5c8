import csv
import sys

import numpy as np

csv.field_size_limit(sys.maxsize)


class Files:
    """Training and test files together, training files first; `answers` belongs to those.

    `paths` are relative to the current folder, `columns` holds the other columns of the tables.
    """

    def __init__(self, most=4_000):
        seen, asked = read_rows("input/train.csv"), read_rows("input/test.csv")
        answers, known = as_answers([row[TARGET] for row in seen])
        kept = np.flatnonzero(known)
        if len(kept) > most:
            kept = np.sort(np.random.default_rng(SEED).choice(kept, most, replace=False))
        self.answers, self.size = answers[kept], len(kept)
        self.ids = [row[ID] for row in asked]
        rows = [*(seen[place] for place in kept), *asked]
        self.paths = ["input/" + row[MEDIA] for row in rows]

    def split(self, matrix):
        """The training rows and the test rows of a matrix over all rows."""
        return matrix[: self.size], matrix[self.size :]


def read_rows(path):
    """Rows of a CSV file as dictionaries."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def standardised(matrix):
    """Columns centred and scaled, those that say nothing left out."""
    spread = matrix.std(axis=0)
    useful = spread > 1e-9
    return np.clip((matrix[:, useful] - matrix[:, useful].mean(axis=0)) / spread[useful], -6, 6)


def as_targets(answers):
    """The answers as a matrix of numbers: one column, or one 0/1 column per class."""
    if KIND == "number":
        return answers[:, None].astype(float)
    return np.eye(len(CLASSES))[answers]


def folds_of(rows, folds):
    """The fold of every row, drawn with the seed."""
    return np.random.default_rng(SEED).permutation(rows) % folds
