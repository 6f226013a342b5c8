import csv
import re
import sys
from collections import Counter, defaultdict

import numpy as np

csv.field_size_limit(sys.maxsize)
LONGEST = 40


class Text:
    """A text with its tokens and where they stand."""

    def __init__(self, text):
        self.text = text
        self.places = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)][:1500]
        self.words = [text[start:end] for start, end in self.places]
        self.small = [word.lower() for word in self.words]

    def piece(self, first, last):
        """The text from one token to another, both included."""
        return self.text[self.places[first][0] : self.places[last][1]] if self.places else ""

    def find(self, piece):
        """First and last token of a piece of the text; None where it is not in it."""
        start = self.text.lower().find(piece.lower())
        if start < 0 or not piece:
            return None
        end = start + len(piece)
        inside = [n for n, (a, b) in enumerate(self.places) if a < end and start < b]
        return (inside[0], inside[-1]) if inside else None


def read_task(most_rows=6_000):
    """Texts and answers of the training rows, first and last token of each, ids and test texts."""
    def columns(path, names):
        with open(path, newline="", encoding="utf-8") as file:
            rows = csv.reader(file)
            header = next(rows)
            places = [header.index(name) for name in names]
            return list(zip(*[[row[place] for place in places] for row in rows]))

    texts, answers = columns("input/train.csv", (TEXT, TARGET))
    ids, asked = columns("input/test.csv", (ID, TEXT))
    found = [(Text(text), answer) for text, answer in zip(texts[:most_rows], answers)]
    known = [(text, answer, text.find(answer)) for text, answer in found]
    known = [each for each in known if each[2] is not None]
    return known, list(ids), [Text(text) for text in asked]


def write_submission(ids, pieces):
    """Write one row per id with a piece of its text."""
    with open("submission.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([ID, *COLUMNS])
        writer.writerows(zip(ids, pieces))
