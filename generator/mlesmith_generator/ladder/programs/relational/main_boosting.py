# The main table alone: gradient boosted trees, as if there were no other tables.
table = Table()
matrix, categorical = tree_matrix(table)
seen, asked = table.split(matrix)
write_submission(table.ids, finish(boosted(seen, table.answers, asked, categorical), table.answers))
