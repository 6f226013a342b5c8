from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler


def told(model, seen, answers, asked):
    """What a fitted model says: a number a row, or a probability a class."""
    model.fit(seen, answers)
    if not CLASSES:
        return model.predict(asked)
    shares = np.zeros((asked.shape[0], len(CLASSES)))
    shares[:, model.classes_] = model.predict_proba(asked)
    return shares


def line():
    """A linear model."""
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500) if CLASSES else Ridge(3))


def curve():
    """A smooth curve of one column, or of each of several."""
    last = LogisticRegression(max_iter=500) if CLASSES else Ridge(1)
    return make_pipeline(SplineTransformer(5, knots="quantile", extrapolation="linear"), last)


def boosting():
    """Gradient boosted trees."""
    kind = HistGradientBoostingClassifier if CLASSES else HistGradientBoostingRegressor
    return kind(
        learning_rate=0.06, max_iter=150, max_leaf_nodes=12, l2_regularization=5, random_state=SEED
    )


def forest():
    """Extremely randomised trees."""
    kind = ExtraTreesClassifier if CLASSES else ExtraTreesRegressor
    return kind(200, min_samples_leaf=4, max_features=0.5, n_jobs=2, random_state=SEED)
