# Gradient boosted trees that tell how well a piece of the likeliest sentences fits the answer.
known, ids, asked = read_task(most_rows=1_500)
write_submission(ids, learnt([boosting()], known, asked))
