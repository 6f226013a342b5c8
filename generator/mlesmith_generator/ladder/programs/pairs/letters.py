# Pieces of words: the cosine of both texts over runs of two to five letters, and curves through it.
pairs = Pairs()
rows = np.hstack([cosine(pairs, "char_wb", (2, 4), least=2), cosine(pairs, "char", (3, 5), least=2)])
seen, asked = pairs.split(rows)
write_submission(pairs.ids, finish(told(curve(), seen, pairs.answers, asked), pairs.answers))
