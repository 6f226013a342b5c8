# Leanings of both ends, and the main directions of what they leave unexplained.
pairs = Pairs()
_, factors = pairs.factorised(np.ones(pairs.size, bool))
pairs.write(pairs.restored(factors))
