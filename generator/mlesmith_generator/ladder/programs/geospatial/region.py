# The average of the wider region: many neighbours, all of one weight.
table = Table(most_rows=6_000)
seen, asked = table.split(places(table))
many = int(np.clip(len(seen) // 15, 15, 150))
write_submission(table.ids, as_prediction(by_distance(seen, as_targets(table.answers), asked, many, 0.5), table.answers))
