# Boosting on descriptors and on the main directions of the runs of atoms.
table = Table()
matrix, categorical = chemical_matrix(table)
seen, asked = table.split(matrix)
prediction = boosted(seen, table.answers, asked, categorical, learning_rate=0.08, min_samples_leaf=8)
write_submission(table.ids, finish(prediction, table.answers))
