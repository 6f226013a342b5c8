# A blend of linear model, boosting and a forest on everything that a pair shows.
pairs = Pairs()
seen, asked = pairs.split(signs_of(pairs))
parts = [told(make(), seen, pairs.answers, asked) for make in (line, boosting, forest)]
write_submission(pairs.ids, finish(np.mean(parts, axis=0), pairs.answers))
