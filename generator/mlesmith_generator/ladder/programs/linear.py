# Ridge or logistic regression on standardised numbers, one-hot categories and TF-IDF of texts.
table = Table()
seen, asked = table.split(linear_matrix(table))
prediction = linear(seen, table.answers, asked)
write_submission(table.ids, finish(prediction, table.answers))
