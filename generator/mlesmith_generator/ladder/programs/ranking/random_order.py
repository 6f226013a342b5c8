# Any order: a random number for every row.
ids = read_column("input/sample_submission.csv", ID, most_rows=sys.maxsize)
write_submission(ids, np.random.default_rng(SEED).random(len(ids)))
