import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from threadpoolctl import threadpool_limits

threadpool_limits(1)  # One core, and the same sums in the same order every time.


def ridge_on(rows, targets, asked):
    """Ridge regression on standardised rows, calendar parts as 0/1 columns."""
    blocks = []
    for column in np.vstack([rows, asked]).T:
        filled = np.where(np.isfinite(column), column, np.nanmean(column))
        blocks.append((filled - filled.mean()) / max(filled.std(), 1e-9))
        values = np.unique(filled)
        if 2 < len(values) <= 48 and np.all(values == np.rint(values)):
            blocks += [(filled == value).astype(float) for value in values]
    table = np.clip(np.column_stack(blocks), -8, 8)
    model = Ridge(alpha=3.0).fit(table[: len(rows)], np.clip(targets, *np.quantile(targets, [0.002, 0.998])))
    return model.predict(table[len(rows) :])


def boosting_on(rows, targets, asked, **setting):
    """Gradient boosted trees, by absolute errors where the metric counts these."""
    loss = "absolute_error" if METRIC in ("mae", "wape", "smape", "mape") else "squared_error"
    quantile = {"quantile": QUANTILE} if METRIC == "pinball" else {}
    setting = {"max_iter": 150, "learning_rate": 0.08, "min_samples_leaf": 20, **setting}
    model = HistGradientBoostingRegressor(
        loss="quantile" if METRIC == "pinball" else loss, random_state=SEED, early_stopping=False,
        **quantile, **setting,
    )
    return model.fit(rows, targets).predict(asked)


def lagged(history, fit):
    """Forecasts of a model of lags and calendar, on the scale of the target."""
    logarithm = in_logarithms(history)
    lags = Lags(history, logarithm)
    rows, targets = lags.pairs()
    if len(rows) < 20:
        return history.forecasts(lambda y, steps: np.full(steps, y[-1]))
    asked, levels, spreads = lags.asked()
    made = levels + spreads * fit(rows, targets, asked)
    return lags.back(np.minimum(made, 700)) if logarithm else made
