# Gradient boosted trees on what happens around each moment.
from sklearn.ensemble import HistGradientBoostingClassifier

moments = Moments()
table = moments.described()
known = np.flatnonzero(~moments.asked)
model = HistGradientBoostingClassifier(
    max_iter=80, learning_rate=0.08, max_leaf_nodes=15, random_state=SEED, early_stopping=False
)
model.fit(table[known], moments.answers[known])
moments.write(model.predict_proba(table)[:, 1])
