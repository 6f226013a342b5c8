# A linear model on the main directions of the graph, the degrees and the node's own columns.
table = Table(most_rows=100_000)
graph = Graph(table)
parts = np.hstack([graph.directions(), graph.degrees(), standard_matrix(table)])
parts = (parts - parts.mean(axis=0)) / np.maximum(parts.std(axis=0), 1e-9)
seen, asked = table.split(np.clip(parts, -8, 8))
write_submission(table.ids, finish(linear(seen, table.answers, asked), table.answers))
