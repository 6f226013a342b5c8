# Inverse distance weighting: the average of the nearest training places, the nearer the more.
table = Table(most_rows=6_000)
seen, asked = table.split(places(table))
write_submission(table.ids, as_prediction(by_distance(seen, as_targets(table.answers), asked, 12, 2), table.answers))
