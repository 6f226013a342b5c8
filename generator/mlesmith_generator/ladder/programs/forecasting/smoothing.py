# Exponential smoothing with a damped trend and a season, its weights chosen on the latest past.
import itertools

history = History()


def smoothing(season, weight, trend):
    return lambda y, steps: seasonal_smoothing(y, steps, season, weight, trend)


settings = list(itertools.product([0, *history.seasons], (0.05, 0.2, 0.6), (0.0, 0.1)))
methods = [smoothing(*setting) for setting in settings]
errors = backtest(history, methods)
best = int(np.argmin(errors))
print("season, weight of the level, weight of the trend:", settings[best])
write_submission(history.ids, bounded(history.forecasts(methods[best]), history.answers))
