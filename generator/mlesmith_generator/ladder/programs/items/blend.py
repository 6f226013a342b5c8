# The average place that co-occurrence, neighbours, directions and regression give an item.
shelves = Shelves()
made = [
    shelves.co_occurring(), shelves.of_neighbours(), shelves.directions(), shelves.regressed(),
]
shelves.write(np.mean([ranks(scores) ** 8 for scores in made], axis=0))
