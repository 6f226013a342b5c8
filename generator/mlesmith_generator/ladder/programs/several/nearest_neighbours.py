# Nearest neighbours: the average of every target over the most similar training rows.
table = Table(most_rows=6_000)
words = text_matrix(table.texts)
matrix = standard_matrix(table, most_levels=10, most_columns=60)
if words is not None and min(words.shape) > 3:
    size = min(40, min(words.shape) - 1)
    matrix = np.hstack([matrix, 8 * TruncatedSVD(size, random_state=SEED).fit_transform(words)])
seen, asked = table.split(matrix)
targets = as_targets(table.answers)
neighbours = int(np.clip(np.sqrt(len(seen)) / 2, 5, 30))
parts = []
for start in range(0, len(asked), 1_000):
    block = asked[start : start + 1_000]
    distance = (seen**2).sum(axis=1) - 2 * block @ seen.T + (block**2).sum(axis=1)[:, None]
    nearest = np.argpartition(distance, neighbours - 1, axis=1)[:, :neighbours]
    reach = np.sqrt(np.maximum(np.take_along_axis(distance, nearest, axis=1), 0))
    weight = 1 / (reach + 0.1 * reach.mean(axis=1, keepdims=True) + 1e-6)
    weight = (weight / weight.sum(axis=1, keepdims=True))[:, :, None]
    parts.append((targets[nearest] * weight).sum(axis=1))
prediction = (np.vstack(parts) * neighbours + 2 * targets.mean(axis=0)) / (neighbours + 2)
write_submission(table.ids, finish(prediction, table.answers))
