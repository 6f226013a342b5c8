# Gradient boosted trees on the main table and the tables in which each of its rows has one partner.
table = Table(folder=joined("joined", children=False))
matrix, categorical = tree_matrix(table)
seen, asked = table.split(matrix)
write_submission(table.ids, finish(boosted(seen, table.answers, asked, categorical), table.answers))
