# Kriging: a Gaussian process over the map.
table = Table()
seen, asked = table.split(places(table))
write_submission(table.ids, as_prediction(kriged(seen, as_targets(table.answers), asked), table.answers))
