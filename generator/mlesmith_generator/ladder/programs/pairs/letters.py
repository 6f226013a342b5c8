# Pieces of words: the cosine of both texts over runs of two to four letters, a curve through it.
pairs = Pairs()
seen, asked = pairs.split(cosine(pairs, "char_wb", (2, 4), least=2))
write_submission(pairs.ids, finish(told(curve(), seen, pairs.answers, asked), pairs.answers))
