# Nearest neighbours by the Tanimoto similarity of the runs of atoms and bonds they contain.
table = Table(most_rows=6_000)
runs = fragments(table, longest=4, most=8_000)
runs.data[:] = 1.0
seen, asked = table.split(runs)
targets = as_targets(table.answers)
sizes = np.asarray(seen.sum(axis=1)).ravel()
neighbours = min(8, seen.shape[0])
shares = []
for start in range(0, asked.shape[0], 1_000):
    block = asked[start : start + 1_000]
    both = (block @ seen.T).toarray()
    alike = both / np.maximum(np.asarray(block.sum(axis=1)) + sizes - both, 1)
    nearest = np.argpartition(-alike, neighbours - 1, axis=1)[:, :neighbours]
    weight = np.take_along_axis(alike, nearest, axis=1) ** 3 + 1e-6
    weight = (weight / weight.sum(axis=1, keepdims=True))[:, :, None]
    shares.append((targets[nearest] * weight).sum(axis=1))
prediction = np.vstack(shares)
write_submission(table.ids, finish(prediction[:, 0] if KIND == "number" else prediction, table.answers))
