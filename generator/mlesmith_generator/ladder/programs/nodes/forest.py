# Extremely randomised trees on all that is known of a node and of its neighbours.
table = Table(most_rows=100_000)
matrix, _ = everything(table, Graph(table))
seen, asked = table.split(matrix)
write_submission(table.ids, finish(forest(seen, table.answers, asked), table.answers))
