# A truncated singular value decomposition of the table of users and items.
shelves = Shelves()
shelves.write(shelves.directions())
