# What the users with the most similar lists met.
shelves = Shelves()
shelves.write(shelves.of_neighbours())
