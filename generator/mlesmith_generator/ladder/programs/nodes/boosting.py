# Gradient boosted trees on all that is known of a node and of its neighbours.
table = Table(most_rows=100_000)
matrix, categorical = everything(table, Graph(table))
seen, asked = table.split(matrix)
write_submission(table.ids, finish(boosted(seen, table.answers, asked, categorical), table.answers))
