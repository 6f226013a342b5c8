# A linear model that puts the better of two rows of a group first.
table = Table()
groups = groups_of(table)
matrix = standard_matrix(table)
seen, asked = table.split(np.hstack([matrix, within(matrix, groups)]))
write_submission(table.ids, pairwise(seen, table.answers, groups[: table.size], asked))
