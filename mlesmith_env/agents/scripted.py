"""Agents without a mind: a few programs in a fixed order.

`ScriptedAgent` improves step by step, from a constant to boosting; it shows that an installation
works and what an episode looks like. `ProgramsAgent` plays the files it is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlesmith_env.task import Task

_LOAD = """\
import numpy as np
import pandas as pd

train = pd.read_csv("input/train.csv")
test = pd.read_csv("input/test.csv")
sample = pd.read_csv("input/sample_submission.csv", dtype={ID: str})
test_ids = pd.read_csv("input/test.csv", dtype={ID: str}, usecols=[ID])[ID]
sample = sample.set_index(ID).loc[test_ids].reset_index()
features = [name for name in test.columns if name != ID]
both = pd.concat([train[features], test[features]], ignore_index=True)
for name in features:
    if not pd.api.types.is_numeric_dtype(both[name]):
        both[name] = pd.factorize(both[name].astype("str"), sort=True)[0]
both = both.astype(float)
X, X_test = both.iloc[: len(train)], both.iloc[len(train) :]
y = train[TARGET] if KIND == "number" else train[TARGET].astype(str)
if KIND != "number":
    raw = pd.read_csv("input/train.csv", dtype=str, keep_default_na=False, usecols=[TARGET])
    y = raw[TARGET].map({label: code for code, label in enumerate(CLASSES)})
"""

_WRITE = """\
if KIND == "number":
    sample[COLUMNS[0]] = model.predict(X_test)
elif KIND == "label":
    sample[COLUMNS[0]] = [CLASSES[code] for code in model.predict(X_test)]
else:
    shares = np.zeros((len(test), len(CLASSES)))
    shares[:, model.classes_] = model.predict_proba(X_test)
    if KIND == "probability":
        sample[COLUMNS[0]] = shares[:, 1]
    else:
        sample[COLUMNS] = shares
sample.to_csv("submission.csv", index=False)
print("wrote", len(sample), "predictions with", type(model).__name__)
"""

_MODELS = (
    (
        "a small tree",
        """\
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

tree = DecisionTreeRegressor if KIND == "number" else DecisionTreeClassifier
model = tree(max_depth=2, min_samples_leaf=5, random_state=0).fit(X, y)
""",
    ),
    (
        "a random forest",
        """\
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

forest = RandomForestRegressor if KIND == "number" else RandomForestClassifier
model = forest(150, min_samples_leaf=3, random_state=0).fit(X, y)
""",
    ),
    (
        "a blend of three models",
        """\
from sklearn import ensemble
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

if KIND == "number":
    last, forest, boosting, vote = (
        Ridge(),
        ensemble.ExtraTreesRegressor,
        ensemble.HistGradientBoostingRegressor,
        ensemble.VotingRegressor,
    )
    how = {}
else:
    last, forest, boosting, vote = (
        LogisticRegression(max_iter=300),
        ensemble.ExtraTreesClassifier,
        ensemble.HistGradientBoostingClassifier,
        ensemble.VotingClassifier,
    )
    how = {"voting": "soft"}
models = [
    ("linear", make_pipeline(SimpleImputer(), StandardScaler(), last)),
    ("forest", make_pipeline(SimpleImputer(), forest(200, min_samples_leaf=2, random_state=0))),
    ("boosting", boosting(max_iter=60, learning_rate=0.06, max_leaf_nodes=6, random_state=0)),
]
model = vote(models, **how).fit(X, y)
""",
    ),
)

_COPY_SAMPLE = """\
import shutil

shutil.copy("input/sample_submission.csv", "submission.csv")
print("copied the sample submission")
"""


class ProgramsAgent:
    """Runs given programs, one a step, and submits the best of them.

    Args:
        programs: Sources of the programs, in order.
    """

    def __init__(self, programs: Sequence[str]) -> None:
        """Remember the programs."""
        self._waiting = list(programs)

    def act(self, observation: Mapping[str, Any], info: Mapping[str, Any]) -> Mapping[str, str]:
        """Return the next program as an action, and `submit` after the last."""
        if self._waiting and int(observation["steps_left"]) > 1:
            return {"kind": "execute_code", "content": self._waiting.pop(0)}
        return {"kind": "submit", "content": ""}


class ScriptedAgent(ProgramsAgent):
    """Plays the sample submission, a small tree, a forest and a blend, then submits.

    Args:
        task: The task to be played; only what its description says too is used.
    """

    def __init__(self, task: Task) -> None:
        """Write the programs for this task."""
        form = task.manifest.submission
        constants = (
            f"ID = {form.id_column!r}\n"
            f"TARGET = {task.manifest.recipe.target!r}\n"
            f"KIND = {form.kind!r}\n"
            f"CLASSES = {list(form.classes)!r}\n"
            f"COLUMNS = {list(form.columns)!r}\n"
        )
        programs = [f"# {what}\n{constants}{_LOAD}\n{model}\n{_WRITE}" for what, model in _MODELS]
        super().__init__([f"# the sample submission\n{_COPY_SAMPLE}", *programs])
