import csv
import re
import sys
from collections import Counter

import numpy as np

csv.field_size_limit(sys.maxsize)
PLAIN = frozenset(
    "a an the of in on at to for by with from and or is are was were be been did do does that this "
    "it its as what which who whom whose when where why how many much".split()
)
KINDS = ("who", "when", "where", "how many", "how much", "how", "why", "which", "what")


class Text:
    """A text with its tokens, where they stand, and in which sentence."""

    def __init__(self, text):
        self.text = text
        self.places = [match.span() for match in re.finditer(r"\w+(?:[.,]\d+)*|[^\w\s]", text)][:900]
        self.words = [text[start:end] for start, end in self.places]
        self.small = [word.lower() for word in self.words]
        ends = [word in ".!?;" for word in self.words]
        self.sentence = np.concatenate([[0], np.cumsum(ends)[:-1]]).astype(int) if ends else np.zeros(0, int)

    def piece(self, first, last):
        """The text from one token to another, both included."""
        return self.text[self.places[first][0] : self.places[last][1]] if self.places else ""


class Question:
    """A question with the words that matter, and what it asks for."""

    def __init__(self, question):
        self.small = re.findall(r"\w+", question.lower())
        self.words = [word for word in self.small if word not in PLAIN]
        told = " ".join(self.small)
        found = [(told.find(kind), place) for place, kind in enumerate(KINDS) if kind in told]
        self.kind = min(found)[1] if found else len(KINDS)


def read_task(most_rows=4_000):
    """Texts, questions and answers of training rows; ids, texts and questions of the test rows."""
    def columns(path, names):
        with open(path, newline="", encoding="utf-8") as file:
            rows = csv.reader(file)
            places = [*map(next(rows).index, names)]
            return [*zip(*[[row[place] for place in places] for row in rows])]

    made = {}
    texts, questions, answers = columns("input/train.csv", (TEXT, QUESTION, TARGET))
    ids, others, asked = columns("input/test.csv", (ID, TEXT, QUESTION))
    for text in (*texts[:most_rows], *others):
        made.setdefault(text, Text(text))
    known = [
        (made[text], Question(question), answer)
        for text, question, answer in zip(texts[:most_rows], questions, answers)
    ]
    return known, list(ids), [(made[text], Question(each)) for text, each in zip(others, asked)]


def write_submission(ids, pieces):
    """Write one row per id with a piece of its text."""
    with open("submission.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([ID, *COLUMNS])
        writer.writerows(zip(ids, pieces))


def rarity_of(texts):
    """How rare a word is: the logarithm of the share of texts that have it, turned round."""
    different = {id(text): text for text in texts}.values()
    counts = Counter(word for text in different for word in set(text.small))
    return lambda word: np.log((len(different) + 1) / (counts[word] + 0.5))


def alike(word):
    """A word without its ending."""
    return word[:5] if len(word) > 5 else word.rstrip("s")


def marks_of(text, question, rarity):
    """For each token how much it says of the question: its rarity where the question has it."""
    wanted = {alike(word): rarity(word) for word in question.words}
    return np.array([wanted.get(alike(word), 0.0) for word in text.small])


def sentence_scores(text, marks):
    """For each sentence the sum of the rarities of different words of the question in it."""
    scores = np.zeros(int(text.sentence[-1]) + 1 if len(text.sentence) else 1)
    seen = set()
    for place in np.flatnonzero(marks):
        key = (int(text.sentence[place]), alike(text.small[place]))
        if key not in seen:
            seen.add(key)
            scores[key[0]] += marks[place]
    return scores
