# Look-alikes: the boxes of the most similar training pictures, averaged and one by one.
scenes = Scenes()
kept, places, labels = scenes.largest()
matrix = raster(scenes, 12)
matrix = (matrix - matrix.mean(axis=0)) / (matrix.std(axis=0) + 1e-6)
seen, asked = scenes.split(matrix)
seen = seen[kept]
distance = ((asked[:, None, :] - seen[None, :, :]) ** 2).mean(axis=2)
nearest = np.argsort(distance, axis=1, kind="stable")[:, :7]
found = []
for near in nearest:
    label = most_frequent([labels[place] for place in near])
    found.append([(label, 0.9, *np.median(places[near], axis=0)), (label, 0.3, *places[near[0]])])
write_boxes(scenes, found)
