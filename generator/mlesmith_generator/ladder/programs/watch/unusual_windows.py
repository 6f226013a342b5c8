# An isolation forest on what happens around each moment; it looks at no answer but for the scale.
from sklearn.ensemble import IsolationForest

moments = Moments()
table = moments.described()
model = IsolationForest(n_estimators=60, max_samples=512, random_state=SEED).fit(table)
moments.write(calibrated(moments, -model.score_samples(table)))
