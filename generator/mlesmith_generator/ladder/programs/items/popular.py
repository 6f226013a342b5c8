# The same list for everybody: the items that most users met.
shelves = Shelves()
shelves.write(shelves.popular(), seen_again=True)
