# A linear model of everything that a pair shows: cosines, words in common, lengths, numbers.
pairs = Pairs()
seen, asked = pairs.split(signs_of(pairs))
write_submission(pairs.ids, finish(told(line(), seen, pairs.answers, asked), pairs.answers))
