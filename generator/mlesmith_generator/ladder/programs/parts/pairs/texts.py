import re

from sklearn.feature_extraction.text import TfidfVectorizer


class Pairs:
    """The pairs of texts of both files: training pairs with an answer first, then the test pairs."""

    def __init__(self, most_rows=20_000):
        answers, known = as_answers(read_column("input/train.csv", TARGET, most_rows))
        self.answers, self.size = answers[known], int(known.sum())
        self.ids = read_column("input/test.csv", ID, sys.maxsize)
        self.sides = []
        for name in TEXTS:
            seen = read_column("input/train.csv", name, most_rows)
            asked = read_column("input/test.csv", name, sys.maxsize)
            self.sides.append([text for text, has in zip(seen, known) if has] + asked)

    def split(self, rows):
        """Rows of the training pairs, and of the test pairs."""
        return rows[: self.size], rows[self.size :]


def words_of(text):
    return re.findall(r"\w+", text.lower())


def overlap(pairs):
    """Share of the different words of a pair that both texts have (Jaccard), one column."""
    sets = [[set(words_of(text)) for text in side] for side in pairs.sides]
    return np.array([[len(a & b) / max(1, len(a | b))] for a, b in zip(*sets)])


def cosine(pairs, analyzer, sizes, least=1):
    """Cosine of the TF-IDF vectors of both texts, one column."""
    model = TfidfVectorizer(
        analyzer=analyzer,
        ngram_range=sizes,
        min_df=least,
        sublinear_tf=True,
        token_pattern=r"(?u)\b\w+\b",
        max_features=200_000,
    )
    model.fit(pairs.sides[0] + pairs.sides[1])
    one, other = (model.transform(side) for side in pairs.sides)
    return np.asarray(one.multiply(other).sum(axis=1)).reshape(-1, 1)
