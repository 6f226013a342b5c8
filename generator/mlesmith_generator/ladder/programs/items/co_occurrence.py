# Items that stand together with those of the user in the lists of others.
shelves = Shelves()
shelves.write(shelves.co_occurring())
