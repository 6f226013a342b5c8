# Gradient boosted trees on composition, places and the main directions of short runs.
table = Table()
matrix = strand_matrix(table, strands(table))
seen, asked = table.split(matrix)
prediction = boosted(seen, table.answers, asked, np.zeros(matrix.shape[1], bool), min_samples_leaf=8)
write_submission(table.ids, finish(prediction, table.answers))
