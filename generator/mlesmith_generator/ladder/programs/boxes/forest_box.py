# A forest that gives place and size of the box, and says how sure it is by how its trees agree.
from sklearn.ensemble import ExtraTreesRegressor

scenes = Scenes()
kept, places, labels = scenes.largest()
seen, asked = scenes.split(np.hstack([describe(scenes), raster(scenes, 8)]))
model = ExtraTreesRegressor(200, min_samples_leaf=2, max_features=0.2, random_state=SEED)
model.fit(seen[kept], places)
each = np.array([tree.predict(asked) for tree in model.estimators_])
middle, spread = np.median(each, axis=0), each.std(axis=0).mean(axis=1)
label = most_frequent(labels)
sure = 1 - spread / (spread.max() + 1e-9) * 0.8
write_boxes(scenes, [[(label, s, *box)] for s, box in zip(sure, middle)])
