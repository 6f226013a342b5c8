# A blend: the best of the plain methods by backtest, ridge and boosting on lags, evenly.
history = History()


def smoothing(season, weight):
    return lambda y, steps: seasonal_smoothing(y, steps, season, weight, 0.0)


def lined(season, weight):
    return lambda y, steps: theta(y, steps, season, weight)


def repeating(season):
    def forecast(y, steps):
        return seasonal_naive(y, steps, season) if len(y) >= season else np.full(steps, y[-1])

    return forecast


methods = [lined(season, weight) for season in (0, *history.seasons) for weight in (0.5, 1.0)]
methods += [repeating(season) for season in history.seasons]
methods += [smoothing(season, weight) for season in (0, *history.seasons) for weight in (0.1, 0.4)]
errors = backtest(history, methods)
order = np.argsort(errors, kind="stable")[:2]
plain = np.mean([history.forecasts(methods[place]) for place in order], axis=0)
made = [bounded(each, history.answers) for each in (plain, lagged(history, ridge_on), lagged(history, boosting_on))]
prediction = np.mean(made, axis=0)
if RELATIVE and history.answers.min() >= 0:
    prediction = np.expm1(np.mean([np.log1p(each) for each in made], axis=0))
write_submission(history.ids, bounded(prediction, history.answers))
