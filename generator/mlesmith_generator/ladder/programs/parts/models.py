import numpy as np
from sklearn.base import clone
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


def left_out(seen, values, shrinkages):
    """What ridge regressions of each shrinkage say of every row when fitted to the others.

    One decomposition does for all: a row's rest, over one less its share in its own prediction.
    """
    spreads, basis = decomposed(seen)
    middle = values.mean()
    along = basis.T @ (values - middle)
    for shrinkage in shrinkages:
        kept = spreads / (spreads + shrinkage)
        own = np.minimum(1 / len(values) + basis**2 @ kept, 1 - 1e-9)
        yield values - (values - middle - basis @ (kept * along)) / (1 - own)


def decomposed(rows):
    """Squared singular values of centred rows, and their left vectors as columns."""
    if rows.shape[1] < rows.shape[0] / 3 and not hasattr(rows, "nnz"):
        basis, spreads, _ = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
        return spreads**2, basis
    products = rows @ rows.T
    products = (products.toarray() if hasattr(products, "nnz") else products).astype(float)
    products = products - products.mean(axis=0)
    spreads, basis = np.linalg.eigh(products - products.mean(axis=1)[:, None])
    return np.maximum(spreads, 0.0), basis


def missed(told, values, back):
    """The metric's error of what was told on the scale of the fit, and the best shift for quantiles."""
    shift = np.quantile(values - told, QUANTILE) if METRIC == "pinball" else 0.0
    told = np.clip(told + shift, values.min(), values.max())
    return error(back(values), back(told)), shift


def ridge_regression(seen, answers, asked, few=1_500, many=8_000):
    """Ridge regression, shrunk as suits rows left out: all of few, then a quarter of many."""
    forward, back = scale_of(answers)
    values, rows = forward(answers), np.random.default_rng(SEED).permutation(len(answers))
    shrinkages = 10.0 ** np.arange(-1, 5.1, 0.5)
    found = [missed(told, values[rows[:few]], back) for told in left_out(seen[rows[:few]], values[rows[:few]], shrinkages)]
    best = int(np.argmin([each for each, _ in found]))
    shrinkage, (_, shift) = shrinkages[best], found[best]
    if len(rows) > 2 * few:  # What more rows bring to light may be finer, and then has to shrink more.
        hidden, known = rows[: min(len(rows), many) // 4], rows[min(len(rows), many) // 4 : many]
        found = {}
        for tried in shrinkage * np.array([1, 10**0.5, 10]):
            told = Ridge(alpha=tried, random_state=SEED).fit(seen[known], values[known]).predict(seen[hidden])
            found[tried] = missed(told, values[hidden], back)
        shrinkage = min(found, key=found.get)
        shift = found[shrinkage][1]
    return back(Ridge(alpha=shrinkage, random_state=SEED).fit(seen, values).predict(asked) + shift)


def strength_for(model, name, tried, loss, seen, answers):
    """The last setting of a model, from the strongest shrinkage on, that tells rows left out better.

    Each fit goes on from the one before. Few rows are left out in three parts, many in one.
    """
    cells = (seen.nnz if hasattr(seen, "nnz") else seen.size) / len(answers)
    most = int(np.clip(4e7 / (cells * OUTPUTS + 1), 1_000, 6_000))
    rows = np.random.default_rng(SEED).permutation(len(answers))[:most]
    rows = rows[np.argsort(answers[rows], kind="stable")]  # Every part has some of every class.
    parts = np.arange(len(rows)) % 3
    models = [clone(model).set_params(warm_start=True) for _ in range(3 if len(rows) < 1_500 else 1)]
    best, least = tried[0], np.inf
    for setting in tried:
        losses = []
        for part, one in enumerate(models):
            known, hidden = rows[parts != part], rows[parts == part]
            one.set_params(**{name: setting}).fit(seen[known], answers[known])
            losses.append(loss(one, seen[hidden], answers[hidden]))
        if np.mean(losses) >= least:
            break
        best, least = setting, np.mean(losses)
    return best


def surprise(model, rows, answers):
    """Log loss."""
    shares = shares_of(model, rows)[np.arange(len(answers)), answers]
    return -np.log(np.maximum(shares, 1e-4)).mean()


def logistic_regression(seen, answers, asked):
    """Logistic regression, shrunk as suits rows left out."""
    cells = max(seen.nnz if hasattr(seen, "nnz") else seen.size, 1)
    steps = int(np.clip(1.5e9 / (cells * OUTPUTS), 20, 200))
    model = LogisticRegression(C=0.1, max_iter=steps, tol=1e-5)
    if np.sort(np.bincount(answers))[-2] >= 10:
        short = clone(model).set_params(max_iter=min(steps, 40))
        strengths = 10.0 ** np.arange(-4, 2.1, 0.5)
        model.set_params(C=strength_for(short, "C", strengths, surprise, seen, answers))
    return shares_of(model.fit(seen, answers), asked)


def deviance_regression(seen, answers, asked):
    """A linear model of logarithms for the metric's own deviance, shrunk as suits rows left out."""
    family = PoissonRegressor if METRIC == "poisson_deviance" else GammaRegressor
    model, shrinkages = family(max_iter=100), 10.0 ** np.arange(1, -4.1, -0.5)

    def loss(fitted, rows, truth):
        return error(truth, fitted.predict(rows))

    model.set_params(alpha=strength_for(model, "alpha", shrinkages, loss, seen, answers))
    return model.fit(seen, answers).predict(asked)


def linear(seen, answers, asked):
    """Ridge or logistic regression; rows left out tell how much is noise."""
    if only_one(answers):
        return np.eye(len(CLASSES))[np.full(asked.shape[0], answers[0])]
    if KIND != "number":
        return logistic_regression(seen, answers, asked)
    if METRIC in ("poisson_deviance", "gamma_deviance"):
        return deviance_regression(seen, answers, asked)
    return ridge_regression(seen, answers, asked)


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
