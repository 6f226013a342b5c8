# Extremely randomised trees on what the other links of both ends say.
pairs = Pairs()
seen, asked = pairs.split(pairs.matrix())
pairs.write(forest(seen, pairs.answers, asked))
