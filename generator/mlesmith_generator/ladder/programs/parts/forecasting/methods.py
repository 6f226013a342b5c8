import numpy as np

RELATIVE = METRIC in ("rmsle", "smape", "mape")


def middle(values):
    """What a set of values is best summed up by: the metric's own kind of average."""
    if METRIC == "pinball":
        return np.quantile(values, QUANTILE)
    if METRIC in ("mae", "wape", "smape", "mape"):
        return np.median(values)
    return np.expm1(np.log1p(values).mean()) if METRIC == "rmsle" else values.mean()


def drift(y, steps):
    """The line from the first to the last value, drawn on."""
    return y[-1] + (y[-1] - y[0]) / max(1, len(y) - 1) * np.arange(1, steps + 1)


def seasonal_naive(y, steps, season):
    """The last cycle again and again."""
    return y[len(y) - season :][np.arange(steps) % season]


def shape_of(y, season, cycles=8):
    """Mean deviation from the level at each step of a cycle; the first belongs to the next step."""
    cycles = min(cycles, len(y) // season)
    window = y[len(y) - cycles * season :].reshape(cycles, season)
    shape = np.median(window - window.mean(axis=1, keepdims=True), axis=0) if cycles > 4 else (
        window - window.mean(axis=1, keepdims=True)
    ).mean(axis=0)
    if season > 60:
        width = max(2, season // 24)
        around = np.concatenate([shape[-width:], shape, shape[:width]])
        shape = np.convolve(around, np.ones(2 * width + 1) / (2 * width + 1), "valid")
    return shape - shape.mean()


def smoothed(y, steps, weight, trend=0.0, damping=0.9):
    """Exponential smoothing of level and damped trend (Holt; Gardner and McKenzie)."""
    level, slope = y[0], 0.0
    for value in y[-400:]:
        before = level
        level = weight * value + (1 - weight) * (level + damping * slope)
        slope = trend * (level - before) + (1 - trend) * damping * slope
    return level + slope * np.cumsum(damping ** np.arange(1, steps + 1))


def seasonal_smoothing(y, steps, season, weight, trend):
    """Exponential smoothing of what is left when the shape of the season is taken out."""
    if not season or len(y) < 2 * season:
        return smoothed(y, steps, weight, trend)
    shape = shape_of(y, season)
    places = (np.arange(len(y)) - len(y)) % season
    rest = smoothed(y - shape[places], steps, weight, trend)
    return rest + shape[np.arange(steps) % season]


def theta(y, steps, season, weight=0.5):
    """Smoothing with a part of the slope of the latest past, by season.

    Half of the slope is the theta method (Assimakopoulos and Nikolopoulos 2000).
    """
    shape = np.zeros(max(1, season))
    if season and len(y) >= 2 * season:
        shape = shape_of(y, season)
    rest = y - shape[(np.arange(len(y)) - len(y)) % len(shape)]
    recent = rest[-max(3 * max(1, season), 40) :]
    slope = np.polyfit(np.arange(len(recent)), recent, 1)[0]
    line = smoothed(rest, steps, 0.3) + weight * slope * np.arange(1, steps + 1)
    return line + shape[np.arange(steps) % len(shape)]


def backtest(past, horizon, methods, origins=3):
    """Error of each method at the last few origins, the horizon apart: a number a method."""
    chosen = past[:: max(1, len(past) // 60)]
    truths, guesses = [], [[] for _ in methods]
    for y in chosen:
        for back in range(1, origins + 1):
            cut = len(y) - back * horizon
            if cut < max(8, horizon // 2):
                break
            truths.append(y[cut : cut + horizon])
            for made, method in zip(guesses, methods):
                made.append(method(y[:cut], horizon))
    if not truths:
        return np.zeros(len(methods))
    low = 0.0 if min(y.min() for y in past) >= 0 else -np.inf
    truth = np.concatenate(truths)
    return np.array([error(truth, np.maximum(np.concatenate(made), low)) for made in guesses])
