# Boosted trees on how many links a node and its neighbours have.
table = Table(most_rows=100_000)
graph = Graph(table)
seen, asked = table.split(graph.degrees())
plain = np.zeros(seen.shape[1], bool)
write_submission(table.ids, finish(boosted(seen, table.answers, asked, plain, max_leaf_nodes=6), table.answers))
