import numpy as np
from sklearn.ensemble import (
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from threadpoolctl import threadpool_limits

threadpool_limits(1)  # One core, and the same sums in the same order every time.


def one_by_one(model, seen, answers, asked):
    """Predictions of a model fitted to each target on the rows that know it."""
    made = []
    for target in answers.T:
        known = np.isfinite(target)
        values = target[known]
        if len(np.unique(values)) < 2:
            made.append(np.full(asked.shape[0], values.mean()))
        else:
            made.append(model(seen[known], values, asked))
    return np.column_stack(made)


def linear(seen, answers, asked):
    """A ridge regression, or a logistic regression for each label."""
    cells = max(seen.nnz if hasattr(seen, "nnz") else seen.size, 1)
    if KIND == "multilabel":
        steps = int(np.clip(1e9 / (cells * answers.shape[1]), 20, 100))
        strength = 0.3 if seen.shape[1] < seen.shape[0] or hasattr(seen, "nnz") else 0.03

        def one(rows, labels, others):
            model = LogisticRegression(C=strength, max_iter=steps)
            return model.fit(rows, labels).predict_proba(others)[:, 1]

        return one_by_one(one, seen, answers, asked)
    known = as_targets(answers)
    middle, spread = known.mean(axis=0), np.maximum(known.std(axis=0), 1e-12)
    model = Ridge(alpha=1.0 if seen.shape[1] < seen.shape[0] else 10.0, random_state=SEED)
    return model.fit(seen, (known - middle) / spread).predict(asked) * spread + middle


def forest(seen, answers, asked):
    """Extremely randomised trees that carry all targets in each leaf."""
    lowest = np.nan_to_num(np.nanmin(np.vstack([seen, asked]), axis=0)) - 1
    seen, asked = np.where(np.isnan(seen), lowest, seen), np.where(np.isnan(asked), lowest, asked)
    known = as_targets(answers)
    middle, spread = known.mean(axis=0), np.maximum(known.std(axis=0), 1e-12)
    trees = int(np.clip(400_000 / len(seen), 20, 150))
    model = ExtraTreesRegressor(
        n_estimators=trees, min_samples_leaf=3, random_state=SEED,
        max_features=0.5 if seen.shape[1] < 40 else 0.2,
    )
    return model.fit(seen, (known - middle) / spread).predict(asked) * spread + middle


def boosted(seen, answers, asked, categorical, seconds=6.0):
    """Gradient boosted trees for each target, in about so many seconds together."""
    seen = np.where(np.isnan(seen).all(axis=0), 0.0, seen)  # A column has to have some value.
    tree = 1.2e-3 + 6e-5 * seen.shape[1] + 3e-9 * seen.size
    rounds = int(np.clip(seconds / (tree * answers.shape[1]), 10, 120))
    setting = {
        "max_iter": rounds, "learning_rate": 0.1 if rounds > 40 else 0.2, "max_leaf_nodes": 12,
        "min_samples_leaf": 10, "l2_regularization": 1.0, "random_state": SEED,
        "early_stopping": False,
    }
    if categorical.any():
        setting["categorical_features"] = categorical

    def one(rows, values, others):
        if KIND == "multilabel":
            return HistGradientBoostingClassifier(**setting).fit(rows, values).predict_proba(others)[:, 1]
        loss = "absolute_error" if METRIC == "mcmae" else "squared_error"
        return HistGradientBoostingRegressor(loss=loss, **setting).fit(rows, values).predict(others)

    return one_by_one(one, seen, answers, asked)
