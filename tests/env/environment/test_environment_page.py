from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mlesmith_env.actions import ACTION_KINDS
from mlesmith_env.configuration import FEEDBACKS
from mlesmith_env.episode import STATUSES
from mlesmith_env.rewards import reward_names

PAGE = Path(__file__).parents[3] / "docs" / "environment.md"


def test_the_examples_of_the_page_run_in_order(task_id: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 5
    names: dict[str, Any] = {}
    for block in blocks:
        code = re.sub(r"mlesmith/[a-z-]+-v1", task_id, block)
        exec(compile(code, str(PAGE), "exec"), names)


def test_the_page_names_every_kind_status_reward_and_feedback() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in (*ACTION_KINDS, *STATUSES, *reward_names()):
        assert f"`{name}`" in text
    assert all(name in text for name in FEEDBACKS)
