# A blend: linear model, forest and boosting, weighted by how well each predicts held-out rows.
import itertools

table = Table()
flat_seen, flat_asked = table.split(linear_matrix(table))
matrix, categorical = tree_matrix(table)
seen, asked = table.split(matrix)
answers = table.answers
SETTING = {"learning_rate": 0.1, "max_leaf_nodes": 15, "min_samples_leaf": 10}

# Few rows: three models of each kind, each tested on the third that it has not seen. Many: one.
FOLDS = 3 if len(answers) * OUTPUTS < 5_000 else 1
fold = folds_of(len(answers), max(FOLDS, 6 // FOLDS))
checked = fold < FOLDS
width = 1 if KIND == "number" else len(CLASSES)
held_out = np.zeros((3, len(answers), width))
tested = np.zeros((3, len(asked), width))
for number in range(FOLDS):
    known, hidden = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
    flat_rows = [flat_seen[hidden], flat_asked]
    flat_rows = sparse.vstack(flat_rows, "csr") if sparse.issparse(flat_seen) else np.vstack(flat_rows)
    rows = np.vstack([seen[hidden], asked])
    made = [
        linear(flat_seen[known], answers[known], flat_rows),
        forest(seen[known], answers[known], rows),
        boosted(seen[known], answers[known], rows, categorical, **SETTING),
    ]
    for place, prediction in enumerate(made):
        if KIND == "number":
            prediction = np.clip(prediction, answers.min(), answers.max())[:, None]
        held_out[place, hidden] = prediction[: len(hidden)]
        tested[place] += prediction[len(hidden) :] / FOLDS


def blend_error(weights):
    mixed = np.tensordot(weights, held_out, axes=1)
    if KIND == "number":
        return error(answers[checked], mixed[checked, 0])
    return -np.log(np.maximum(mixed[checked, answers[checked]], 1e-4)).mean()


steps = [np.array(parts) / 4 for parts in itertools.product(range(5), repeat=3) if sum(parts) == 4]
weights = min(steps, key=blend_error)
print("weights of linear, forest, boosting:", weights)
mixed = np.tensordot(weights, tested, axes=1)
if KIND == "number":
    told = np.tensordot(weights, held_out, axes=1)[checked, 0]
    mixed = at_levels(mixed[:, 0], told, answers[checked])
write_submission(table.ids, finish(mixed, answers))
