# A forest on mean, spread and slope of random stretches of the series (time series forest).
cases = Cases()
seen, asked = cases.split(np.hstack([intervals(cases.even()), cases.extras]))
write_submission(cases.ids, finish(forest(seen, cases.answers, asked), cases.answers))
