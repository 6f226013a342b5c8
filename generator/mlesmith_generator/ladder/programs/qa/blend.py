# A blend of the linear model and of boosted trees, over more of the training rows.
known, ids, asked = read_task(most_rows=2_200)
write_submission(ids, learnt([linear(), boosting()], known, asked))
