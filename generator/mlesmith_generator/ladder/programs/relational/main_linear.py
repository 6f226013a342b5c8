# The main table alone: ridge or logistic regression, as if there were no other tables.
table = Table()
seen, asked = table.split(linear_matrix(table))
write_submission(table.ids, finish(linear(seen, table.answers, asked), table.answers))
