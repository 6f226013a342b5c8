# Boosted trees on single pixels, the line chosen on pictures that the trees have not seen.
from sklearn.ensemble import HistGradientBoostingClassifier

scenes = Scenes()
features = local(scenes.grey())
flat = features.reshape(features.shape[0], -1, features.shape[3])
fold = folds_of(scenes.size, 3)
held_out = np.zeros((scenes.size, SIDE, SIDE), "f4")
tested = np.zeros((len(scenes.ids), SIDE, SIDE), "f4")
for number in range(3):
    known = np.flatnonzero(fold != number)
    model = HistGradientBoostingClassifier(max_iter=40, max_leaf_nodes=15, random_state=SEED)
    model.fit(*drawn(features[known], scenes.masks[known], 60_000))
    for place in np.flatnonzero(fold == number):
        held_out[place] = model.predict_proba(flat[place])[:, 1].reshape(SIDE, SIDE)
    for place in range(len(tested)):
        row = flat[scenes.size + place]
        tested[place] += model.predict_proba(row)[:, 1].reshape(SIDE, SIDE) / 3
line = best_line(held_out, scenes.masks)
write_masks(scenes, tested, line)
