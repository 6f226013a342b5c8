"""Drafts over the brewery, plain or odd, and a model that answers with one of them."""

from __future__ import annotations

import json
from typing import Any

from tests.players.good import Good
from tests.players.reading import Call

PLAIN: dict[str, Any] = {
    "slug": "brews-price",
    "title": "Brews: predict the price",
    "domain": "brewing",
    "objective": "regression",
    "metric": {"name": "rmse", "params": {}},
    "recipe": {
        "kind": "table",
        "reader": {"files": ["brews.csv"]},
        "transforms": [{"op": "require", "column": "price"}],
        "target": "price",
        "holdout": {"kind": "random"},
        "id_column": "id",
        "seed": 0,
    },
    "submission": {"id_column": "id", "columns": ["price"], "kind": "number", "classes": []},
    "description": "# Brews\n\n## Target\n\nThe `price`.",
}
"""Asks for an amount; it can be built, and its page says too little to pass."""
CLASSES: dict[str, Any] = {
    "objective": "binary",
    "metric": {"name": "roc_auc", "params": {}},
    "recipe": {
        **PLAIN["recipe"],
        "target": "quality",
        "transforms": [{"op": "require", "column": "quality"}],
        "holdout": {"kind": "stratified"},
    },
    "submission": {
        "id_column": "id",
        "columns": ["quality"],
        "kind": "probability",
        "classes": ["good", "plain"],
    },
}
"""Changes after which one of two classes is asked for."""
SCRIPT = {"kind": "script", "target": "price", "holdout": {"kind": "random"}, "id_column": "id"}
"""A recipe that leaves all to `prepare.py`."""


def draft(base: dict[str, Any] | None = None, /, **changes: Any) -> dict[str, Any]:
    """Return the plain draft with other fields; what is a dict there is changed field by field."""
    made = {**PLAIN, **(base or {})}
    for name, value in changes.items():
        whole = isinstance(value, dict) and isinstance(made.get(name), dict)
        made[name] = {**made[name], **value} if whole else value
    return made


class Drafting(Good):
    """Drafts what it is told to; once anything comes back, it gives up and says what was told.

    Args:
        content: Its first answer as Designer.
        target: The column that its first idea asks for.
    """

    def __init__(self, content: str, target: str = "price") -> None:
        """Remember what to answer."""
        self._content = content
        self._target = target

    def brainstormer(self, call: Call) -> tuple[Any, ...]:
        """Propose without a look at anything; the idea to be drafted comes first."""
        ideas = [idea_of(self._target), idea_of("quality", "binary", "roc_auc")]
        limit = 1 if "at most 1 " in call.question else 2
        return (json.dumps({"ideas": ideas[:limit]}),)

    def designer(self, call: Call) -> tuple[Any, ...]:
        """Answer with the draft for the first idea, and as a good model for others."""
        if f'"target": "{self._target}"' not in call.questions[0].partition("What was")[0]:
            return super().designer(call)
        return (self._content,) if len(call.questions) == 1 else _given_up(call)

    def refactor(self, call: Call) -> tuple[Any, ...]:
        """Leave a draft as it is; give up where it comes back with defects."""
        return _given_up(call) if "defects" in call.question else super().refactor(call)


def _given_up(call: Call) -> tuple[Any, ...]:
    return (json.dumps(draft(given_up=f"I was told: {call.question}")),)


def idea_of(target: str, objective: str = "regression", metric: str = "rmse") -> dict[str, Any]:
    """Return an idea about the brewery."""
    kind = "random" if objective == "regression" else "stratified"
    return {
        "table": "brews",
        "target": target,
        "objective": objective,
        "metric": metric,
        "holdout": {"kind": kind},
        "data_use": "brews.csv",
        "justification": "Somebody would want to know.",
    }
