# A boosted median, and around it errors in units of their own expected size.
table = Table(most_rows=10_000)
seen, asked = table.split(tree_matrix(table, most_columns=80)[0])
write_submission(table.ids, tidy(scaled_ends(seen, table.answers, asked), table.answers))
