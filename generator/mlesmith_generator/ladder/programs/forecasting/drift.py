# The line from the first to the last value of each series, drawn on.
history = History()
write_submission(history.ids, bounded(history.forecasts(drift), history.answers))
