# Nearest neighbours by the short runs of letters and the letters at their places that two strands share.
table = Table(most_rows=6_000)
rows = strands(table)
matrix = sparse.hstack([runs(rows, longest=4, most=8_000), places(rows)], format="csr")
norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
seen, asked = table.split(sparse.diags(1 / np.maximum(norms, 1e-9)) @ matrix)
targets = as_targets(table.answers)
neighbours = min(10, seen.shape[0])
shares = []
for start in range(0, asked.shape[0], 1_000):
    alike = (asked[start : start + 1_000] @ seen.T).toarray()
    nearest = np.argpartition(-alike, neighbours - 1, axis=1)[:, :neighbours]
    weight = np.take_along_axis(alike, nearest, axis=1) ** 3 + 1e-6
    weight = (weight / weight.sum(axis=1, keepdims=True))[:, :, None]
    shares.append((targets[nearest] * weight).sum(axis=1))
prediction = np.vstack(shares)
write_submission(table.ids, finish(prediction[:, 0] if KIND == "number" else prediction, table.answers))
