import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge

RELEVANCE, GROUP = TRUTH


def as_answers(relevance, groups):
    """The relevance of each row, and which rows have one."""
    values = np.array([float(text) if text else np.nan for text in relevance])
    return values, np.isfinite(values)


def groups_of(table):
    """Code of the group of each row, training rows first."""
    names = []
    for path in ("input/train.csv", "input/test.csv"):
        names += read_column(path, GROUP, sys.maxsize)[: table.size if "train" in path else None]
    return np.unique(names, return_inverse=True)[1]


def within(values, groups):
    """Each column less its mean in the group, over its spread there."""
    count = np.bincount(groups)[:, None]
    sums = np.column_stack([np.bincount(groups, column) for column in values.T])
    rest = values - (sums / count)[groups]
    spread = np.sqrt(np.column_stack([np.bincount(groups, column**2) for column in rest.T]) / count)
    return rest / np.maximum(spread, 1e-9)[groups]


def group_ranks(scores, groups):
    """Place of each score in its group, from 0 for the lowest to 1 for the highest."""
    order = np.lexsort((scores, groups))
    sizes = np.bincount(groups)
    starts = np.cumsum(sizes) - sizes
    place = np.empty(len(scores))
    place[order] = np.arange(len(scores)) - np.repeat(starts, sizes)
    return place / np.maximum(sizes[groups] - 1, 1)


def gains(answers, groups):
    """What to learn: the relevance, as its place in the group."""
    return group_ranks(answers, groups)


def pairs_within(answers, groups, most=60_000):
    """Pairs of rows of one group, the more relevant first."""
    draws = np.random.default_rng(SEED)
    found = []
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        first, second = (side.ravel() for side in np.meshgrid(rows, rows))
        better = answers[first] > answers[second]
        found.append(np.column_stack((first[better], second[better])))
    pairs = np.vstack(found)
    return pairs[draws.permutation(len(pairs))[:most]]


def ridge(seen, answers, asked):
    return Ridge(alpha=10.0).fit(seen, answers).predict(asked)


def pairwise(seen, answers, groups, asked):
    """A logistic regression on differences of pairs."""
    pairs = pairs_within(answers, groups)
    differences = seen[pairs[:, 0]] - seen[pairs[:, 1]]
    rows = np.vstack([differences, -differences])
    labels = np.repeat([1, 0], len(differences))
    model = LogisticRegression(C=0.1, fit_intercept=False, max_iter=200)
    return asked @ model.fit(rows, labels).coef_[0]


def boosted(seen, answers, asked):
    model = HistGradientBoostingRegressor(
        max_iter=100, learning_rate=0.08, max_leaf_nodes=12, min_samples_leaf=15,
        random_state=SEED, early_stopping=False,
    )
    return model.fit(seen, answers).predict(asked)
