# Boosted trees on all columns, with the averages of user and item among them.
table = Table(most_rows=60_000)
matrix, categorical = tree_matrix(table)
seen, asked = table.split(matrix)
prediction = boosted(seen, table.answers, asked, categorical)
write_submission(table.ids, finish(prediction, table.answers))
