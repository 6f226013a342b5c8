# A forest of extremely randomised trees on described files.
files = Files()
seen, asked = files.split(describe(files))
prediction = forest(seen, files.answers, asked)
write_submission(files.ids, finish(prediction, files.answers))
