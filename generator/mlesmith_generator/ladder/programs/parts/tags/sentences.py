import csv
import sys
from collections import Counter, defaultdict

import numpy as np

csv.field_size_limit(sys.maxsize)
OUTSIDE = "O"


def read_sentences(path, *columns):
    """The named columns of a CSV file, each a list of lists of words."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        header = next(rows)
        places = [header.index(name) for name in columns]
        cells = [[row[place].split() for place in places] for row in rows]
    return [list(column) for column in zip(*cells)]


def read_task(most_tokens=10**9):
    """Training sentences and their tags, ids and sentences of the test rows.

    Of a large training file the first sentences are taken, up to so many tokens.
    """
    sentences, tags = read_sentences("input/train.csv", TOKENS, TARGET)
    known = [place for place, told in enumerate(tags) if len(told) == len(sentences[place])]
    ends = np.cumsum([len(sentences[place]) for place in known])
    known = known[: max(1, int(np.searchsorted(ends, most_tokens)))]
    ids, asked = read_sentences("input/test.csv", ID, TOKENS)
    return (
        [sentences[place] for place in known],
        [tags[place] for place in known],
        [" ".join(name) for name in ids],
        asked,
    )


def write_submission(ids, tagged):
    """Write one row per id with a tag for each of its tokens."""
    with open("submission.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([ID, *COLUMNS])
        writer.writerows([name, " ".join(tags)] for name, tags in zip(ids, tagged))


def entities(tags):
    """First token, one past the last, and type of each entity."""
    found, start, kind = set(), 0, ""
    for place, tag in enumerate([*tags, OUTSIDE]):
        prefix, _, own = tag.partition("-") if "-" in tag else ("I", "", tag)
        if not (kind and own == kind and prefix not in "BSU" and tag != OUTSIDE):
            if kind:
                found.add((start, place, kind))
            start, kind = place, "" if tag == OUTSIDE else own
    return found


def score(truth, told):
    """What the metric says about tagged sentences: more is better."""
    if METRIC == "entity_f1":
        right = sum(len(entities(a) & entities(b)) for a, b in zip(truth, told))
        total = sum(len(entities(a)) + len(entities(b)) for a, b in zip(truth, told))
        return 2 * right / max(1, total)
    pairs = Counter((a, b) for one, other in zip(truth, told) for a, b in zip(one, other))
    if METRIC == "tag_accuracy":
        return sum(n for (a, b), n in pairs.items() if a == b) / max(1, sum(pairs.values()))
    either = Counter()
    for (a, b), count in pairs.items():
        either[a] += count
        either[b] += count
    return float(np.mean([2 * pairs[t, t] / n for t, n in either.items() if t != OUTSIDE] or [0]))
