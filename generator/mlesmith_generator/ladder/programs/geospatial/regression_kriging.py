# Boosting on all columns, and kriging of what it leaves open.
table = Table()
where_seen, where_asked = table.split(places(table))
matrix, categorical = tree_matrix(table)
seen, asked = table.split(matrix)
targets = as_targets(table.answers)
told = boosted(seen, table.answers, asked, categorical).reshape(len(asked), -1)
held = np.zeros_like(targets)
block = (np.argsort(np.argsort(where_seen[:, 0] + where_seen[:, 1])) * 12 // len(where_seen)) % 3
for number in range(3):  # Blocks of the map, as the test rows are.
    out = block == number
    held[out] = boosted(seen[~out], table.answers[~out], seen[out], categorical).reshape(out.sum(), -1)
left = kriged(where_seen, targets - held, where_asked)
write_submission(table.ids, as_prediction(told + 0.7 * left, table.answers))
