# A logistic regression on all heuristics together.
graph = Graph()
write_submission(graph, calibrated(graph, graph.features()))
