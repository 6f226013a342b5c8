# Ridge or logistic regression on runs of up to four atoms and bonds.
table = Table()
runs = fragments(table)
runs.data = np.log1p(runs.data)
counted = descriptors(table)
counted = (counted - counted.mean(axis=0)) / np.maximum(counted.std(axis=0), 1e-9)
matrix = sparse.hstack([np.clip(counted, -6, 6), 0.3 * runs], format="csr")
seen, asked = table.split(matrix)
write_submission(table.ids, finish(linear(seen, table.answers, asked), table.answers))
