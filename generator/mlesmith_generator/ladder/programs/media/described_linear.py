# A linear model of described files: edges, colours and patterns, or cepstra over time.
files = Files()
seen, asked = files.split(standardised(describe(files)))
prediction = linear(seen, files.answers, asked)
write_submission(files.ids, finish(prediction, files.answers))
