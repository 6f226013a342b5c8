"""The programs and the task that the benchmarks of steps share."""

from __future__ import annotations

TASK = "breast-cancer-diagnosis"
"""Its data ship with scikit-learn: 455 training rows, 30 columns."""

PASS = "pass"

PANDAS = "import pandas"

FIT = """\
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

train = pd.read_csv("input/train.csv")
test = pd.read_csv("input/test.csv")
submission = pd.read_csv("input/sample_submission.csv")
target = submission.columns[-1]
features = [name for name in test.columns if name in train.columns][1:]
model = RandomForestClassifier(10, random_state=0).fit(train[features], train[target])
submission[target] = model.predict(test[features])
submission.to_csv("submission.csv", index=False)
"""

PROGRAMS = {"pass": PASS, "import pandas": PANDAS, "load, fit, predict, write": FIT}
