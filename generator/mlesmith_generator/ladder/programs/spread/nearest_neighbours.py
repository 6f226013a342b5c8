# Nearest neighbours: quantiles of the answers of the most similar training rows.
table = Table(most_rows=5_000)
seen, asked = table.split(standard_matrix(table, most_levels=10, most_columns=40).astype("f4"))
neighbours = min(len(seen), int(np.clip(2 * np.sqrt(len(seen)), 20, 120)))
ends = []
for start in range(0, len(asked), 2_000):
    block = asked[start : start + 2_000]
    distance = (seen**2).sum(axis=1) - 2 * block @ seen.T + (block**2).sum(axis=1)[:, None]
    nearest = np.argpartition(distance, neighbours - 1, axis=1)[:, :neighbours]
    ends.append(np.quantile(table.answers[nearest], SHARES, axis=1).T)
write_submission(table.ids, tidy(np.vstack(ends), table.answers))
