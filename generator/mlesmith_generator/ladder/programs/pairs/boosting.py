# Gradient boosted trees on everything that a pair shows.
pairs = Pairs()
seen, asked = pairs.split(signs_of(pairs))
write_submission(pairs.ids, finish(told(boosting(), seen, pairs.answers, asked), pairs.answers))
