# Both: extremely randomised trees on columns beside the main directions of the files.
table, files = Columns(), Files()
matrix = np.hstack([tree_matrix(table)[0], directions(files)])
seen, asked = table.split(matrix)
prediction = forest(seen, table.answers, asked)
write_submission(table.ids, finish(prediction, table.answers))
