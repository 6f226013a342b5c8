# The cosine of both texts, words weighted by how rare they are (TF-IDF), and a curve through it.
pairs = Pairs()
seen, asked = pairs.split(cosine(pairs, "word", (1, 1)))
write_submission(pairs.ids, finish(told(curve(), seen, pairs.answers, asked), pairs.answers))
