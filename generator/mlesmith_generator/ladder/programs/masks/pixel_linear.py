# A linear model of single pixels: brightness at several scales, roughness and place.
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

scenes = Scenes()
features = local(scenes.grey())
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=200))
model.fit(*drawn(features[: scenes.size], scenes.masks))
shares = model.predict_proba(features.reshape(-1, features.shape[3]))[:, 1].reshape(features.shape[:3])
line = best_line(shares[: scenes.size], scenes.masks)
write_masks(scenes, shares[scenes.size :], line)
