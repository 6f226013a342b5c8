# Randomised trees on composition, places and the main directions of short runs.
table = Table()
seen, asked = table.split(strand_matrix(table, strands(table)))
write_submission(table.ids, finish(forest(seen, table.answers, asked), table.answers))
