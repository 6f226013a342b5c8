# The same risk for everybody: no order at all.
ids = read_column("input/sample_submission.csv", ID, most_rows=sys.maxsize)
write_submission(ids, np.ones(len(ids)))
