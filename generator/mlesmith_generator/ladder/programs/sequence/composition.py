# Ridge or logistic regression on the shares of letters and of pairs of neighbours.
table = Table()
seen, asked = table.split(np.clip(composition(strands(table)), -6, 6))
write_submission(table.ids, finish(linear(seen, table.answers, asked), table.answers))
