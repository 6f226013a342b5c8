# Boosted trees on lags and calendar: one model for every series and every step ahead.
history = History()
write_submission(history.ids, bounded(lagged(history, boosting_on), history.answers))
