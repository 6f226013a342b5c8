# Gradient boosted trees on all tables.
table = Table(folder=joined("joined"))
matrix, categorical = tree_matrix(table)
seen, asked = table.split(matrix)
write_submission(table.ids, finish(boosted(seen, table.answers, asked, categorical), table.answers))
