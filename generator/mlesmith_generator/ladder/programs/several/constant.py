# The best constants: of each target its mean, its median, or the share of rows that have the label.
answers, known = as_answers(*(read_column("input/train.csv", name, 200_000) for name in TRUTH))
ids = read_column("input/sample_submission.csv", ID, most_rows=sys.maxsize)
middle = np.nanmedian(answers, axis=0) if METRIC == "mcmae" else np.nanmean(answers, axis=0)
print("everywhere:", dict(zip(TRUTH, middle.round(4).tolist())))
write_submission(ids, finish(np.tile(middle, (len(ids), 1)), answers))
