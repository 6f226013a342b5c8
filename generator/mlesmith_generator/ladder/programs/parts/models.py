import numpy as np
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.linear_model import GammaRegressor, LogisticRegression, PoissonRegressor, Ridge
from threadpoolctl import threadpool_limits

threadpool_limits(1)  # One core, and the same sums in the same order every time.
OUTPUTS = 1 if KIND in ("number", "probability") or len(CLASSES) == 2 else len(CLASSES)
PLAIN = (lambda values: values, lambda values: values)
LOGARITHM = (np.log1p, np.expm1)


def scale_of(answers):
    """The scale on which to fit numbers (a function and its inverse): logarithms where only
    relative errors count, or where absolute errors count and few answers are very large."""
    middle, spread = answers.mean(), answers.std()
    skew = np.mean((answers - middle) ** 3) / max(spread**3, 1e-300)
    if METRIC == "rmsle":
        return LOGARITHM
    relative = METRIC in ("mape", "smape")
    if answers.min() >= 0 and (relative or (skew > 2 and METRIC in ("mae", "wape", "median_ae", "spearman"))):
        shift = 0.0 if answers.min() > 0 else 0.05 * np.median(answers[answers > 0])
        return lambda values: np.log(values + shift), lambda values: np.exp(values) - shift
    return PLAIN


def shares_of(model, asked):
    """One probability per class of the task, also for classes that the model has not seen."""
    shares = np.zeros((asked.shape[0], len(CLASSES)))
    shares[:, model.classes_] = model.predict_proba(asked)
    return shares


def only_one(answers):
    return KIND != "number" and len(np.unique(answers)) == 1


def linear(seen, answers, asked, strength=1.0):
    """Ridge or logistic regression; the stronger, the less is taken for noise."""
    if only_one(answers):
        return np.eye(len(CLASSES))[np.full(asked.shape[0], answers[0])]
    if KIND != "number":
        cells = max(seen.nnz if hasattr(seen, "nnz") else seen.size, 1)
        steps = int(np.clip(1.5e9 / (cells * OUTPUTS), 20, 200))
        strength *= 1.0 if seen.shape[1] < seen.shape[0] or hasattr(seen, "nnz") else 0.1
        model = LogisticRegression(C=strength, max_iter=steps)
        return shares_of(model.fit(seen, answers), asked)
    if METRIC in ("poisson_deviance", "gamma_deviance"):
        family = PoissonRegressor if METRIC == "poisson_deviance" else GammaRegressor
        return family(alpha=0.01, max_iter=100).fit(seen, answers).predict(asked)
    forward, back = scale_of(answers)
    fitted = forward(answers)
    model = Ridge(alpha=(1.0 if seen.shape[1] < seen.shape[0] else 10.0) / strength, random_state=SEED)
    model.fit(seen, fitted)
    shift = np.quantile(fitted - model.predict(seen), QUANTILE) if METRIC == "pinball" else 0.0
    return back(model.predict(asked) + shift)


def forest(seen, answers, asked):
    """Extremely randomised trees."""
    if only_one(answers):
        return np.eye(len(CLASSES))[np.full(asked.shape[0], answers[0])]
    lowest = np.nan_to_num(np.nanmin(np.vstack([seen, asked]), axis=0)) - 1
    seen, asked = np.where(np.isnan(seen), lowest, seen), np.where(np.isnan(asked), lowest, asked)
    trees = int(np.clip(300_000 / len(seen), 20, 100))
    setting = {"n_estimators": trees, "random_state": SEED, "min_samples_leaf": 2}
    if KIND != "number":
        few = min(1.0, max(0.3, 4 / seen.shape[1])) if seen.shape[1] < 40 else "sqrt"
        model = ExtraTreesClassifier(max_features=few, **setting)
        return shares_of(model.fit(seen, answers), asked)
    forward, back = scale_of(answers)
    model = ExtraTreesRegressor(
        max_features=0.5 if seen.shape[1] < 40 else 0.2, bootstrap=METRIC == "pinball",
        oob_score=METRIC == "pinball", **setting,
    )
    model.fit(seen, forward(answers))
    shift = 0.0
    if METRIC == "pinball":
        shift = np.quantile(forward(answers) - model.oob_prediction_, QUANTILE)
    return back(model.predict(asked) + shift)


def rounds_for(seen, seconds=0.8):
    """Rounds of boosting that take about so many seconds of one core."""
    tree = 1.2e-3 + 6e-5 * seen.shape[1] + 3e-9 * seen.size
    return int(np.clip(seconds / (tree * OUTPUTS), 8, 150 if len(seen) > 1000 else 100))


def boosting(seen, answers, categorical, **setting):
    """Gradient boosted trees on histograms, fitted; the loss is the metric's own where it has one, if not set."""
    seen = np.where(np.isnan(seen).all(axis=0), 0.0, seen)  # A column has to have some value.
    setting = {"random_state": SEED, "early_stopping": False, "max_iter": rounds_for(seen), **setting}
    if setting["max_iter"] < 60:  # Few rounds have to go further, each.
        setting.update(learning_rate=0.2, l2_regularization=1.0)
    if categorical.any():
        setting["categorical_features"] = categorical
    if KIND != "number":
        return HistGradientBoostingClassifier(**setting).fit(seen, answers)
    losses = {"mae": "absolute_error", "wape": "absolute_error", "median_ae": "absolute_error",
              "mape": "absolute_error",
              "smape": "absolute_error", "pinball": "quantile", "poisson_deviance": "poisson",
              "gamma_deviance": "gamma"}
    quantile = {"quantile": QUANTILE} if METRIC == "pinball" else {}
    setting = {"loss": losses.get(METRIC, "squared_error"), **quantile, **setting}
    model = HistGradientBoostingRegressor(**setting)
    return model.fit(seen, answers)


def boosted(seen, answers, asked, categorical, **setting):
    """Predictions of gradient boosted trees."""
    if only_one(answers):
        return np.eye(len(CLASSES))[np.full(asked.shape[0], answers[0])]
    if KIND != "number":
        return shares_of(boosting(seen, answers, categorical, **setting), asked)
    forward, back = scale_of(answers)
    return back(boosting(seen, forward(answers), categorical, **setting).predict(asked))
