# Answers walk along the links, fading from step to step; a node takes the mean of what reaches it.
table = Table(most_rows=100_000)
targets = goals(table.answers)
heard = Graph(table).heard(targets, np.ones(table.size, bool))[table.size :]
width = targets.shape[1]
write_submission(table.ids, from_means(heard[:, width : 2 * width], table.answers))
