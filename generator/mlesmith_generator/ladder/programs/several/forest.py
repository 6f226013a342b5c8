# A forest of extremely randomised trees whose leaves hold all targets together.
table = Table()
matrix, _ = tree_matrix(table)
seen, asked = table.split(matrix)
write_submission(table.ids, finish(forest(seen, table.answers, asked), table.answers))
