# Ridge or logistic regression on the short runs of letters that a strand contains, wherever they stand.
table = Table()
seen, asked = table.split(runs(strands(table)))
write_submission(table.ids, finish(linear(seen, table.answers, asked), table.answers))
