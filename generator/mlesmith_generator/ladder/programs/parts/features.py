import numpy as np
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer


def text_matrix(texts, most_features=10_000):
    """Sparse TF-IDF features of the text columns: words, or pieces of words where it has few."""
    blocks = []
    for values in texts:
        words_each = np.mean([value.count(" ") + 1 for value in values[:2000]])
        letters_each = np.mean([len(value) for value in values[:2000]])
        if words_each < 3 or letters_each > 12 * words_each:
            style = {"analyzer": "char_wb", "ngram_range": (1, 3)}
        else:
            style = {"ngram_range": (1, 2 if words_each < 40 else 1)}
        vectors = TfidfVectorizer(
            min_df=2, sublinear_tf=True, max_features=most_features, strip_accents="unicode", **style
        )
        try:
            blocks.append(vectors.fit_transform(values))
        except ValueError as problem:
            print("a text column without words:", problem)
    return sparse.hstack(blocks, format="csr", dtype="f4") if blocks else None


def folds_of(rows, folds):
    """The fold of every row, drawn with the seed."""
    return np.random.default_rng(SEED).permutation(rows) % folds


def ridge_scores(matrix, targets, size, folds=5, weight=1.0):
    """Predictions of a ridge regression; each training row is predicted without itself."""
    scores = np.zeros((len(matrix), targets.shape[1]))
    fold = np.append(folds_of(size, folds), np.full(len(matrix) - size, -1))
    for number in range(-1, folds):
        known = np.flatnonzero((fold >= 0) & (fold != number))
        rows, middle = matrix[known], targets[known].mean(axis=0)
        square = rows.T @ rows + weight * np.eye(rows.shape[1])
        scores[fold == number] = (
            matrix[fold == number] @ np.linalg.solve(square, rows.T @ (targets[known] - middle))
            + middle
        )
    return scores


def level_averages(codes, targets, size, folds=5, weight=5.0):
    """Average target of each category level; each training row is described without itself."""
    averages = np.zeros((len(codes), targets.shape[1]))
    fold = np.append(folds_of(size, folds), np.full(len(codes) - size, -1))
    for number in range(-1, folds):
        known = np.flatnonzero((fold >= 0) & (fold != number))
        middle = targets[known].mean(axis=0)
        counts = np.bincount(codes[known], minlength=codes.max() + 1)[:, None]
        sums = np.column_stack(
            [np.bincount(codes[known], column, minlength=len(counts)) for column in targets[known].T]
        )
        averages[fold == number] = ((sums + weight * middle) / (counts + weight))[codes[fold == number]]
    return averages


def like_codes(table, numbers):
    """Places of columns of whole numbers that come back so often that they may be names."""
    places = []
    for place, column in enumerate(numbers.T):
        seen, asked = table.split(column)
        known = seen[~np.isnan(seen)]
        if np.all(known == np.rint(known)) and 30 < len(np.unique(known)) < len(known) / 4:
            if np.isin(asked, known).mean() > 0.5:
                places.append(place)
    return places


def tree_matrix(table, most_columns=200):
    """Columns for trees, with NaN for missing, and which of them are codes of categories.

    Categories become codes and, where they have many levels, out-of-fold averages of the target,
    as do whole numbers that may be names of something; texts become their main directions and the out-of-fold scores of a ridge regression on them.
    """
    numbers = table.numbers
    numbers = numbers[:, strongest(table.split(numbers)[0], table.answers, most_columns)]
    targets = as_targets(table.answers)[:, :12]
    blocks, categorical = [numbers], [False] * numbers.shape[1]
    for words in table.categories:
        codes = as_codes(words)
        blocks.append(np.minimum(codes, 200)[:, None])
        categorical.append(True)
        if codes.max() > 10:
            counts = np.bincount(codes)[codes]
            blocks += [level_averages(codes, targets, table.size), counts[:, None]]
            categorical += [False] * (targets.shape[1] + 1)
    for place in like_codes(table, numbers)[:8] if targets.shape[1] <= 2 else []:
        codes = as_codes(np.nan_to_num(numbers[:, place]))
        blocks.append(level_averages(codes, targets[:, -1:], table.size))
        categorical += [False] * blocks[-1].shape[1]
    words = text_matrix(table.texts)
    if words is not None and min(words.shape) > 3:
        directions = TruncatedSVD(min(60, min(words.shape) - 1), random_state=SEED, n_iter=2)
        places = directions.fit_transform(words)
        blocks += [places[:, :20], ridge_scores(places, targets, table.size)]
        categorical += [False] * (blocks[-1].shape[1] + blocks[-2].shape[1])
    if not categorical:
        blocks, categorical = [np.zeros((len(numbers), 1))], [False]
    return np.hstack(blocks), np.array(categorical, bool)


def linear_matrix(table):
    """Columns for linear models: standardised and one-hot, with TF-IDF beside where there is text."""
    matrix = standard_matrix(table)
    words = text_matrix(table.texts)
    return matrix if words is None else sparse.hstack([matrix, 3 * words], format="csr")
