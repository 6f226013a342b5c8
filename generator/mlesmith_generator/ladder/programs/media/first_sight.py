# First sight: a linear model of a handful of numbers, such as mean colours or loudness.
files = Files()
seen, asked = files.split(standardised(glance(files)))
prediction = linear(seen, files.answers, asked)
write_submission(files.ids, finish(prediction, files.answers))
