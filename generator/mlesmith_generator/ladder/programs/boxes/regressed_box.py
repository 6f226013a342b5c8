# A regressed box: ridge regression from edges and colours to place and size.
from sklearn.linear_model import RidgeCV

scenes = Scenes()
kept, places, labels = scenes.largest()
matrix = describe(scenes)
matrix = (matrix - matrix.mean(axis=0)) / (matrix.std(axis=0) + 1e-6)
seen, asked = scenes.split(matrix)
model = RidgeCV(np.logspace(1, 5, 9)).fit(seen[kept], places)
label = most_frequent(labels)
write_boxes(scenes, [[(label, 0.9, *box)] for box in model.predict(asked)])
