# The most popular items that the user has not met yet.
shelves = Shelves()
shelves.write(shelves.popular())
