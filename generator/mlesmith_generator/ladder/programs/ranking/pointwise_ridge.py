# A ridge regression of the place in the group, each row by itself.
table = Table()
groups = groups_of(table)
matrix = standard_matrix(table)
seen, asked = table.split(np.hstack([matrix, within(matrix, groups)]))
write_submission(table.ids, ridge(seen, gains(table.answers, groups[: table.size]), asked))
