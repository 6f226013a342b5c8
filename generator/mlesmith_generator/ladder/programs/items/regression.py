# A linear model of each item from all others, solved in one step.
shelves = Shelves()
shelves.write(shelves.regressed())
