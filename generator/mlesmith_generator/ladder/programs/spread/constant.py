# The best constant interval: between two quantiles of the training answers.
answers, known = as_answers(read_column("input/train.csv", TARGET, most_rows=200_000))
answers = answers[known]
ids = read_column("input/sample_submission.csv", ID, most_rows=sys.maxsize)
ends = np.quantile(answers, SHARES)
print("everywhere:", ends)
write_submission(ids, np.tile(ends, (len(ids), 1)))
