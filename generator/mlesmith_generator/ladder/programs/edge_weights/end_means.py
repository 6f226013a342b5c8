# The overall mean, and how far the other links of both ends lie from it.
pairs = Pairs()
lean, _ = pairs.factorised(np.ones(pairs.size, bool), rank=1)
pairs.write(pairs.restored(lean))
