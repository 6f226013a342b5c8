import numpy as np

RELATIVE = METRIC in ("rmsle", "smape", "mape")
MOSTLY = 0.8


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
    """Mean deviation from the level at each step of a cycle; the first belongs to the next step.

    Long cycles are smoothed, unless that takes away more than noise: a week of hours has its days.
    """
    cycles = min(cycles, len(y) // season)
    window = y[len(y) - cycles * season :].reshape(cycles, season)
    shape = np.median(window - window.mean(axis=1, keepdims=True), axis=0) if cycles > 4 else (
        window - window.mean(axis=1, keepdims=True)
    ).mean(axis=0)
    if season > 60:
        width = max(2, season // 24)
        around = np.concatenate([shape[-width:], shape, shape[:width]])
        smooth = np.convolve(around, np.ones(2 * width + 1) / (2 * width + 1), "valid")
        rest = window - window.mean(axis=1, keepdims=True) - shape
        noise = rest.var() / (cycles - 1) if cycles > 1 else np.inf
        shape = smooth if (shape - smooth).var() <= 2 * noise else shape
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


def origins_of(observed, horizon, origins=3):
    """Lengths of the pasts to forecast from, the horizon apart, where what follows was observed.

    Windows with long gaps are stepped over; where all have them, the last ones are taken as they
    are.
    """
    least = max(8, horizon // 2)
    last = len(observed) - horizon
    known = np.concatenate([[0], np.cumsum(observed)])
    chosen, cut = [], last
    while cut >= least and len(chosen) < origins:
        good = known[cut + horizon] - known[cut] >= MOSTLY * horizon
        chosen += [cut] if good else []
        cut -= horizon if good else max(1, horizon // 12)
    return chosen or [cut for cut in range(last, least - 1, -horizon)][:origins]


def backtest(history, methods):
    """Error of each method at the last few origins, over observed moments: a number a method."""
    horizon, low = history.horizon, 0.0 if history.answers.min() >= 0 else -np.inf
    truths, guesses = [], [[] for _ in methods]
    every = max(1, len(history.past) // 60)
    for y, observed in zip(history.past[::every], history.seen[::every]):
        for cut in origins_of(observed, horizon):
            asked = observed[cut : cut + horizon]
            truths.append(y[cut : cut + horizon][asked])
            for made, method in zip(guesses, methods):
                made.append(method(y[:cut], horizon)[asked])
    truth = np.concatenate(truths) if truths else np.zeros(0)
    if not len(truth):
        return np.zeros(len(methods))
    return np.array([error(truth, np.maximum(np.concatenate(made), low)) for made in guesses])
