# The mean of the known answers of a node's neighbours, drawn to the overall mean.
table = Table(most_rows=100_000)
targets = goals(table.answers)
heard = Graph(table).heard(targets, np.ones(table.size, bool))[table.size :]
write_submission(table.ids, from_means(heard[:, : targets.shape[1]], table.answers))
