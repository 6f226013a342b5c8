"""Players that do their work badly: one mends when told, the other never does."""

from __future__ import annotations

import json
from typing import Any

from tests.players.good import Good
from tests.players.reading import Call

LEAK = "hint"


class Sloppy(Good):
    """Writes prose around JSON, names what there is not, lets leaks in; mends when told."""

    mends = True

    def brainstormer(self, call: Call) -> tuple[Any, ...]:
        """Call a tool that there is not, with words for arguments; name a wrong column first."""
        if call.turn == 0 and len(call.questions) == 1:
            return (None, ("look_around", "everything, please"), ("read_head", "{not json"))
        first = not any("can not be carried out" in question for question in call.questions)
        answer = super().brainstormer(call)
        if len(answer) != 1 or not first:
            return answer
        proposed = json.loads(answer[0])
        if proposed["ideas"] and proposed["ideas"][0]["adopts"] is None:
            proposed["ideas"][0]["target"] += " (of the table)"
        elif proposed["ideas"]:
            proposed["ideas"][0]["adopts"] = 99
        return (f"Here is what I found:\n```json\n{json.dumps(proposed)}\n```\nI hope it helps!",)

    def designer(self, call: Call) -> tuple[Any, ...]:
        """Forget a field, then let a recoded target in; both go when it is told."""
        answer = super().designer(call)
        if len(answer) != 1 or json.loads(answer[0])["given_up"]:
            return answer
        draft = json.loads(answer[0])
        told = [text for text in call.questions if "does not follow the schema" in text]
        if not told:
            del draft["objective"]
            return (json.dumps(draft),)
        complained = any(f"'{LEAK}'" in text for text in call.questions[1:])
        if self.mends and complained:
            return answer
        return (json.dumps(_with_leak(draft)),)

    def dropped(self, call: Call) -> set[str]:
        """Leave out what it is told to, but for what it made up itself."""
        return super().dropped(call) - {LEAK}

    def writer(self, call: Call) -> tuple[Any, ...]:
        """Tell a wrong number of rows first."""
        answer = super().writer(call)
        if self.mends and any("did not pass" in text for text in call.questions):
            return answer
        page = json.loads(answer[0])["description"]
        return (json.dumps({"description": page.replace("## Target", "## Aim", 1)}),)

    def reviewer(self, call: Call) -> tuple[Any, ...]:
        """Find fault with a column that there is not, first."""
        told = any("can not be used as it stands" in text for text in call.questions)
        if self.mends and told:
            return super().reviewer(call)
        finding = {
            "kind": "clarity",
            "severity": "advice",
            "stage": "design",
            "told": "this column is not explained",
            "evidence": [{"kind": "column", "document": "train.csv", "text": "no such column"}],
        }
        answer = {"verdict": "accept", "summary": "Fine.", "findings": [finding]}
        return (json.dumps(answer),)


class Stubborn(Sloppy):
    """Never mends anything, whatever it is told."""

    mends = False

    def brainstormer(self, call: Call) -> tuple[Any, ...]:
        """Have ideas as a good player has: they are not what it is stubborn about."""
        return Good.brainstormer(self, call)

    def writer(self, call: Call) -> tuple[Any, ...]:
        """Write as a good player does."""
        return Good.writer(self, call)


def _with_leak(draft: dict[str, Any]) -> dict[str, Any]:
    """Return a draft whose features hold the target under another name."""
    target, classes = draft["recipe"]["target"], draft["submission"]["classes"]
    if classes:
        codes = {label: f"group {place}" for place, label in enumerate(classes)}
        step: dict[str, Any] = {"op": "map", "column": target, "into": LEAK, "values": codes}
    else:
        step = {
            "op": "arithmetic", "left": target, "right": target, "into": LEAK, "operation": "sum",
        }  # fmt: skip
    recipe = {**draft["recipe"], "transforms": [*draft["recipe"]["transforms"], step]}
    return {**draft, "recipe": recipe}
