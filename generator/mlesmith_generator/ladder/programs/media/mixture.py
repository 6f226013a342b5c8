# A mixture of a linear model, a forest and boosting on main directions, by their held-out errors.
from sklearn.decomposition import PCA

files = Files()
matrix = standardised(describe(files))
pictures = standardised(raster(files))
directions = PCA(min(40, len(matrix) - 1, matrix.shape[1]), random_state=SEED)
other = PCA(min(20, len(matrix) - 1, pictures.shape[1]), random_state=SEED)
small = np.hstack([directions.fit_transform(matrix), other.fit_transform(pictures), glance(files)])
seen, asked = files.split(matrix)
small_seen, small_asked = files.split(small)
answers, none = files.answers, np.zeros(small.shape[1], bool)
makers = [
    lambda known, rows: linear(seen[known], answers[known], rows_of(rows, seen, asked)),
    lambda known, rows: forest(seen[known], answers[known], rows_of(rows, seen, asked)),
    lambda known, rows: boosted(
        small_seen[known], answers[known], rows_of(rows, small_seen, small_asked), none
    ),
]


def rows_of(rows, inside, outside):
    return outside if rows is None else inside[rows]


def loss(prediction, truth):
    if KIND == "number":
        return error(truth, prediction)
    shares = np.maximum(prediction[np.arange(len(truth)), truth], 1e-3)
    return -np.log(shares).mean()


fold = folds_of(len(answers), 4)
known, hidden = np.flatnonzero(fold > 0), np.flatnonzero(fold == 0)
held_out = [maker(known, hidden) for maker in makers]
losses = np.array([loss(prediction, answers[hidden]) for prediction in held_out])
weights = np.exp(-4 * (losses / losses.min() - 1))
weights /= weights.sum()
print("weights of linear, forest, boosting:", weights.round(3))
everything = np.arange(len(answers))
prediction = sum(weight * maker(everything, None) for weight, maker in zip(weights, makers))
if KIND == "number":
    told = sum(weight * each for weight, each in zip(weights, held_out))
    prediction = at_levels(prediction, told, answers[hidden])
write_submission(files.ids, finish(prediction, answers))
