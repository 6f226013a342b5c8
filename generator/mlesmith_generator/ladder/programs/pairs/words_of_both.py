# Single words: those that both texts have, and those that one of them has alone, a linear model.
pairs = Pairs()
seen, asked = pairs.split(words_apart(pairs))
write_submission(pairs.ids, finish(told(worded(), seen, pairs.answers, asked), pairs.answers))
