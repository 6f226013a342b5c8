# Boosting: shallow trees fitted to martingale residuals, one after another.
table, times, events = ready_table()
seen, asked = table.split(tree_matrix(table, most_columns=100)[0])
write_submission(table.ids, boosted(seen, times, events, asked))
