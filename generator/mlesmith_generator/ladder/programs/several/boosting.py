# Gradient boosted trees, one model for each target.
table = Table()
matrix, categorical = tree_matrix(table)
seen, asked = table.split(matrix)
write_submission(table.ids, finish(boosted(seen, table.answers, asked, categorical), table.answers))
