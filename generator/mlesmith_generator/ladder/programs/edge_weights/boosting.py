# Gradient boosted trees on what the other links of both ends say.
pairs = Pairs()
seen, asked = pairs.split(pairs.matrix())
plain = np.zeros(seen.shape[1], bool)
pairs.write(boosted(seen, pairs.answers, asked, plain, max_leaf_nodes=15, learning_rate=0.06))
