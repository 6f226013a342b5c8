# The last value of each series, at every future moment.
history = History()
prediction = history.forecasts(lambda y, steps: np.full(steps, y[-1]))
write_submission(history.ids, bounded(prediction, history.answers))
