# Nearest neighbours: events less those expected, averaged over the most similar training rows.
table, times, events = ready_table(most_rows=6_000)
seen, asked = table.split(standard_matrix(table, most_levels=10, most_columns=40).astype("f4"))
left = residuals(times, events)
neighbours = int(np.clip(np.sqrt(len(seen)), 10, 60))
risks = []
for start in range(0, len(asked), 2_000):
    block = asked[start : start + 2_000]
    distance = (seen**2).sum(axis=1) - 2 * block @ seen.T + (block**2).sum(axis=1)[:, None]
    nearest = np.argpartition(distance, min(neighbours, len(seen)) - 1, axis=1)[:, :neighbours]
    risks.append(left[nearest].mean(axis=1))
write_submission(table.ids, np.concatenate(risks))
