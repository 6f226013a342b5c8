# Both: a linear model, a forest and boosting on columns and files, by their held-out errors.
table, files = Columns(), Files()
seeing, (columns, kinds) = directions(files), tree_matrix(table)
flat_seen, flat_asked = table.split(np.hstack([dense(linear_matrix(table)), standardised(seeing)]))
seen, asked = table.split(np.hstack([columns, seeing]))
categorical = np.append(kinds, np.zeros(seeing.shape[1], bool))
answers = table.answers


def made(known, rows):
    """Predictions of the three models for training rows, or for the test rows where rows is None."""
    flat, deep = (flat_asked, asked) if rows is None else (flat_seen[rows], seen[rows])
    return [
        linear(flat_seen[known], answers[known], flat),
        forest(seen[known], answers[known], deep),
        boosted(seen[known], answers[known], deep, categorical),
    ]


def loss(prediction, truth):
    if KIND == "number":
        return error(truth, prediction)
    return -np.log(np.maximum(prediction[np.arange(len(truth)), truth], 1e-3)).mean()


fold = folds_of(len(answers), 4)
known, hidden = np.flatnonzero(fold > 0), np.flatnonzero(fold == 0)
held_out = made(known, hidden)
losses = np.array([loss(prediction, answers[hidden]) for prediction in held_out])
weights = np.exp(-4 * (losses / losses.min() - 1))
weights /= weights.sum()
print("weights of linear, forest, boosting:", weights.round(3))
prediction = sum(weight * each for weight, each in zip(weights, made(np.arange(len(answers)), None)))
if KIND == "number":
    told = sum(weight * each for weight, each in zip(weights, held_out))
    prediction = at_levels(prediction, told, answers[hidden])
write_submission(table.ids, finish(prediction, answers))
