# Gradient boosted trees that also see how a row stands to the others of its group.
table = Table()
groups = groups_of(table)
matrix, _ = tree_matrix(table)
flat = standard_matrix(table)
seen, asked = table.split(np.hstack([np.nan_to_num(matrix, nan=-1e6), within(flat, groups)]))
write_submission(table.ids, boosted(seen, gains(table.answers, groups[: table.size]), asked))
