import numpy as np
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

threadpool_limits(1)  # One core, and the same sums in the same order every time.
SHARES = (ALPHA / 2, 1 - ALPHA / 2)


def interval_score(truth, ends):
    """Mean width, and for each truth outside a fine that grows with its distance."""
    lower, upper = np.asarray(ends).T
    outside = np.maximum(lower - truth, 0) + np.maximum(truth - upper, 0)
    return np.mean(upper - lower + 2 / ALPHA * outside)


def tidy(ends, answers):
    """Ends in order, within what the training rows have shown."""
    ends = np.sort(np.asarray(ends, float).reshape(-1, 2), axis=1)
    return np.clip(ends, answers.min(), answers.max())


def filled(seen, asked):
    """Both matrices with their holes below everything else."""
    lowest = np.nan_to_num(np.nanmin(np.vstack([seen, asked]), axis=0)) - 1
    return np.where(np.isnan(seen), lowest, seen), np.where(np.isnan(asked), lowest, asked)


def boosted(seen, answers, asked, loss, share=None, rounds=90):
    """Predictions of gradient boosted trees."""
    seen = np.where(np.isnan(seen).all(axis=0), 0.0, seen)  # A column has to have some value.
    model = HistGradientBoostingRegressor(
        loss=loss, quantile=share, max_iter=rounds, learning_rate=0.08, max_leaf_nodes=12,
        min_samples_leaf=max(10, min(30, len(seen) // 25)), early_stopping=False, random_state=SEED,
    )
    return model.fit(seen, answers).predict(asked)


def boosted_ends(seen, answers, asked):
    """Both quantiles by boosting with their own loss."""
    return np.sort(
        np.column_stack([boosted(seen, answers, asked, "quantile", share) for share in SHARES]), axis=1
    )


def scaled_ends(seen, answers, asked, folds=4):
    """A median, and around it quantiles of errors in units of their own expected size."""
    fold = folds_of(len(answers), folds)
    middle = np.zeros(len(answers))
    for number in range(folds):
        out = fold == number
        middle[out] = boosted(seen[~out], answers[~out], seen[out], "absolute_error")
    errors = answers - middle
    floor = 0.1 * np.abs(errors).mean() + 1e-12
    size = np.zeros(len(answers))
    for number in range(folds):
        out = fold == number
        size[out] = boosted(seen[~out], np.abs(errors[~out]), seen[out], "absolute_error", rounds=40)
    units = np.quantile(errors / np.maximum(size, floor), SHARES)
    sizes = boosted(seen, np.abs(errors), asked, "absolute_error", rounds=40)
    told = boosted(seen, answers, asked, "absolute_error")
    return told[:, None] + np.maximum(sizes, floor)[:, None] * units


def forest_ends(seen, answers, asked, trees=60):
    """Quantiles of the training answers that share leaves with a row (Meinshausen's forest)."""
    seen, asked = filled(seen, asked)
    model = ExtraTreesRegressor(
        n_estimators=trees, min_samples_leaf=4, max_features=0.5, random_state=SEED
    ).fit(seen, answers)
    leaves, reached = model.apply(seen), model.apply(asked)
    order = np.argsort(answers, kind="stable")
    ends = np.zeros((len(asked), 2))
    for start in range(0, len(asked), 400):
        block = reached[start : start + 400]
        weight = np.zeros((len(block), len(seen)))
        for tree in range(trees):
            same = block[:, tree][:, None] == leaves[:, tree][None, :]
            weight += same / np.maximum(same.sum(axis=1, keepdims=True), 1)
        mass = weight[:, order].cumsum(axis=1) / trees
        for place, share in enumerate(SHARES):
            rank = np.minimum((mass < share).sum(axis=1), len(answers) - 1)
            ends[start : start + 400, place] = answers[order][rank]
    return ends


def widened(ends, told, answers):
    """Ends moved out (or in) by one distance, so that the right share of held-out rows is inside.

    Conformalised quantile regression: Romano, Patterson and Candes (2019).
    """
    miss = np.maximum(told[:, 0] - answers, answers - told[:, 1])
    move = np.quantile(miss, min(1.0, (1 - ALPHA) * (1 + 1 / len(miss))))
    return ends + np.array([-move, move])
