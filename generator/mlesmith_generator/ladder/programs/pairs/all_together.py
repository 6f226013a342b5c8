# A blend of trees on what a pair shows, and of a linear model on its words.
pairs = Pairs()
seen, asked = pairs.split(signs_of(pairs))
parts = [told(make(), seen, pairs.answers, asked) for make in (boosting, forest, line)]
seen, asked = pairs.split(words_apart(pairs))
parts.append(told(worded(), seen, pairs.answers, asked))
write_submission(pairs.ids, finish(np.mean(parts, axis=0), pairs.answers))
