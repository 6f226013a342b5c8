# The last day, week or year again: whichever cycle would have done best lately.
history = History()


def repeating(season):
    def forecast(y, steps):
        return seasonal_naive(y, steps, season) if len(y) >= season else np.full(steps, y[-1])

    return forecast


methods = [repeating(season) for season in history.seasons or [1]]
errors = backtest(history, methods)
best = int(np.argmin(errors))
print("steps of a cycle:", (history.seasons or [1])[best])
write_submission(history.ids, bounded(history.forecasts(methods[best]), history.answers))
