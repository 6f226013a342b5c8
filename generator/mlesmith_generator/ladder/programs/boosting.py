# Gradient boosted trees as they come, without any tuning.
table = Table()
matrix, categorical = tree_matrix(table)
seen, asked = table.split(matrix)
prediction = boosted(seen, table.answers, asked, categorical)
write_submission(table.ids, finish(prediction, table.answers))
