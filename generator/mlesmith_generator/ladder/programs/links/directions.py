# The main directions of the graph (a truncated singular value decomposition of its links).
graph = Graph()
write_submission(graph, calibrated(graph, graph.directions(32)))
