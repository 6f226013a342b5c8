# Ridge or logistic regression on what can be counted: atoms, bonds, rings, charges.
table = Table()
counted = descriptors(table)
counted = (counted - counted.mean(axis=0)) / np.maximum(counted.std(axis=0), 1e-9)
seen, asked = table.split(np.clip(counted, -6, 6))
write_submission(table.ids, finish(linear(seen, table.answers, asked), table.answers))
