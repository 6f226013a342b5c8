"""Doing once, in the template, what programs usually do, so that no program is the first.

Libraries load more modules, compile expressions and fill caches when they are used for the first
time, and the interpreter adapts to code that it has run. All of it is inherited by a fork.

OpenMP is held to one thread meanwhile: a process that is forked after a parallel region hangs in
its own next one.
"""

from __future__ import annotations

import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable
from typing import Any

_ROWS = 60
_TEXTS = ("red or green", "green", "blue and red", "grey")


def warm() -> None:
    """Use the libraries that are loaded. What one of them can not do is printed, and no fault."""
    uses: dict[str, Callable[[], None]] = {
        "numpy": _arrays,
        "pandas": _tables,
        "sklearn": _models,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for library, use in uses.items():
            if library in sys.modules:
                try:
                    use()
                except Exception:  # noqa: BLE001  programs start slower, and that is all
                    traceback.print_exc()


def _arrays() -> None:
    import numpy as np

    random = np.random.default_rng(0)
    values = random.normal(size=(_ROWS, 4))
    np.linalg.lstsq(values, values[:, 0], rcond=None)
    np.percentile(values, 50)
    np.unique(values.round())
    np.argsort(values, axis=0)


def _tables() -> None:
    import numpy as np
    import pandas as pd

    frame: Any = pd.DataFrame(
        {
            "id": range(_ROWS),
            "number": np.linspace(0.0, 1.0, _ROWS),
            "count": [index % 7 for index in range(_ROWS)],
            "text": [_TEXTS[index % 4] for index in range(_ROWS)],
            "day": pd.date_range("2020-01-01", periods=_ROWS).astype(str),
        }
    )
    frame.loc[::5, "number"] = np.nan
    with tempfile.TemporaryDirectory(prefix="mlesmith-warming-") as folder:
        path = f"{folder}/table.csv"
        frame.to_csv(path, index=False)
        frame = pd.read_csv(path)
    frame["day"] = pd.to_datetime(frame["day"])
    frame["month"] = frame["day"].dt.month
    frame["number"] = frame["number"].fillna(frame["number"].median())
    frame["length"] = frame["text"].str.len()
    frame["double"] = frame["number"] * 2 + frame["count"]
    pd.get_dummies(frame[["text", "count"]], columns=["text"])
    means = frame.groupby("text", as_index=False)["number"].agg(["mean", "count"])
    merged = frame.merge(means, on="text", how="left").drop(columns=["id"])
    pd.concat([merged, merged]).sort_values("number").reset_index(drop=True)
    frame["text"].map({"green": 1})
    frame["text"].astype("category").cat.codes.max()
    frame["text"].value_counts()
    frame.isna().sum()
    frame.select_dtypes("number")
    frame[frame["number"] > 0.5].describe()
    str(frame.head())
    str(frame.dtypes)
    repr(frame["number"])


def _models() -> None:
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="openmp"):
        _fit()


def _fit() -> None:
    import numpy as np
    import pandas as pd
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import (
        GradientBoostingClassifier,
        HistGradientBoostingClassifier,
        RandomForestClassifier,
        RandomForestRegressor,
    )
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.metrics import accuracy_score, log_loss, mean_squared_error, roc_auc_score
    from sklearn.model_selection import cross_val_score, train_test_split
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    random = np.random.RandomState(0)
    features: Any = pd.DataFrame(random.normal(size=(_ROWS, 3)), columns=["a", "b", "c"])
    features["text"] = [_TEXTS[index % 4] for index in range(_ROWS)]
    target = (features["a"] > 0).astype(int)
    train: Any
    test: Any
    train, test, known, hidden = train_test_split(features, target, random_state=0)
    prepare = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), ["a", "b", "c"]),
            ("texts", OneHotEncoder(handle_unknown="ignore"), ["text"]),
        ]
    )
    model = make_pipeline(prepare, LogisticRegression()).fit(train, known)
    chances = model.predict_proba(test)
    accuracy_score(hidden, model.predict(test))
    log_loss(hidden, chances)
    roc_auc_score(hidden, chances[:, 1])
    mean_squared_error(hidden, chances[:, 1])
    TfidfVectorizer().fit_transform(features["text"])
    numbers = ["a", "b", "c"]
    for classifier in (
        RandomForestClassifier(2, random_state=0),
        GradientBoostingClassifier(n_estimators=2, random_state=0),
        HistGradientBoostingClassifier(max_iter=2, random_state=0),
        KNeighborsClassifier(),
    ):
        classifier.fit(train[numbers], known).predict_proba(test[numbers])
    for regressor in (Ridge(), RandomForestRegressor(2, random_state=0)):
        regressor.fit(train[numbers], train["a"]).predict(test[numbers])
    cross_val_score(Ridge(), train[numbers], train["a"], cv=2)
