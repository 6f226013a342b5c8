# Columns alone: gradient boosted trees that never open a file.
table = Columns()
matrix, categorical = tree_matrix(table)
seen, asked = table.split(matrix)
prediction = boosted(seen, table.answers, asked, categorical)
write_submission(table.ids, finish(prediction, table.answers))
