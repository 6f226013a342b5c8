# A plain average of linear model, forest and boosting, all on all tables.
table = Table(folder=joined("joined"))
matrix, categorical = tree_matrix(table)
seen, asked = table.split(matrix)
flat_seen, flat_asked = table.split(linear_matrix(table))
answers = table.answers
made = [
    linear(flat_seen, answers, flat_asked),
    forest(seen, answers, asked),
    boosted(seen, answers, asked, categorical),
]
if KIND == "number":
    made = [np.clip(prediction, answers.min(), answers.max()) for prediction in made]
write_submission(table.ids, finish(np.mean(made, axis=0), answers))
