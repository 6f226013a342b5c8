# The average of each series' past, at every future moment.
history = History()
prediction = history.forecasts(lambda y, steps: np.full(steps, middle(y)))
write_submission(history.ids, bounded(prediction, history.answers))
