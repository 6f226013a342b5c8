from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies

from mlesmith_env.actions import (
    ACTION_KINDS,
    CONTENT_LENGTH,
    UNPARSED,
    Action,
    action_space,
    check_action,
    read_action,
)
from mlesmith_env.errors import InvalidActionError

CODE = "print('hello')\n"


def test_every_action_of_the_space_with_content_passes_the_check() -> None:
    space = action_space()
    space.seed(0)
    for _ in range(100):
        action = space.sample()
        if action["content"].strip():
            assert check_action(action) == Action(action["kind"], action["content"])


def test_content_may_be_left_out_where_none_is_needed() -> None:
    assert check_action({"kind": "submit"}) == Action("submit", "")
    assert check_action({"kind": np.str_("reset"), "content": ""}) == Action("reset", "")


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("submit", "is a dict"),
        (None, "is a dict"),
        ({}, "unknown kind"),
        ({"kind": "execute", "content": "1"}, "did you mean execute_code"),
        ({"kind": "Submit"}, "did you mean submit"),
        ({"kind": 3, "content": ""}, "unknown kind"),
        ({"kind": ["submit"], "content": ""}, "unknown kind"),
        ({"kind": "submit", "content": 3}, "content must be text"),
        ({"kind": "submit", "content": None}, "content must be text"),
        ({"kind": "execute_code", "content": " \n"}, "no code"),
        ({"kind": "validate_code"}, "no code"),
        ({"kind": "execute_code", "code": CODE}, "kind and content only"),
        ({"kind": "execute_code", "content": "x" * (CONTENT_LENGTH + 1)}, "at most"),
        ({"kind": "execute_code", "content": "x = '\udc80'"}, "surrogates"),
        ({"kind": UNPARSED, "content": "say it so"}, "say it so"),
    ],
)
def test_a_wrong_action_is_refused_with_what_to_do(action: Any, message: str) -> None:
    with pytest.raises(InvalidActionError, match=message):
        check_action(action)


@pytest.mark.parametrize(
    ("reply", "kind", "content"),
    [
        (f"```python\n{CODE}```", "execute_code", CODE),
        (f"I think so.\r\n```py\r\n{CODE}```\r\nDone.", "execute_code", CODE),
        (f"```\n{CODE}```", "execute_code", CODE),
        (f"~~~python\n{CODE}~~~", "execute_code", CODE),
        (f"```python\nold\n```\nBetter:\n```python\n{CODE}```", "execute_code", CODE),
        (f"```python\n{CODE}", "execute_code", CODE),
        ("```bash\nls\n```\nACTION: submit", "submit", ""),
        ("```x = 1``` is wrong.\n<reset/>", "reset", ""),
        ("<submit/>", "submit", ""),
        ("I am done. <SUBMIT />", "submit", ""),
        ("<submit>3</submit>", "submit", "3"),
        ("<submit></submit>", "submit", ""),
        ("<submit>", "submit", ""),
        ("<request_info>data</request_info>", "request_info", "data"),
        (f"<execute_code>\n{CODE}</execute_code>", "execute_code", CODE.rstrip()),
        (f"<execute_code>\n{CODE}", "execute_code", CODE.rstrip()),
        (f"<validate_code>\n```python\n{CODE}```\n</validate_code>", "validate_code", CODE),
        (
            "<execute_code>\nprint('<submit/>')\n</execute_code>",
            "execute_code",
            "print('<submit/>')",
        ),
        ("<request_info>İ data</request_info>", "request_info", "İ data"),
        ("ACTION: submit", "submit", ""),
        ("**Action:** submit 3", "submit", "3"),
        ("action: Request-Info metric", "request_info", "metric"),
        ("ACTION: get history", "get_history", ""),
        (f"ACTION: validate_code\n```python\n{CODE}```", "validate_code", CODE),
        (f"```python\n{CODE}```\nACTION: validate_code", "validate_code", CODE),
        (f"ACTION: execute_code\n{CODE}", "execute_code", CODE.strip()),
        ("Action: I will think.\nACTION: reset", "reset", ""),
        ('{"kind": "execute_code", "content": "print(1)"}', "execute_code", "print(1)"),
        ('{"action": "submit", "content": 3}', "submit", "3"),
        ('Here:\n```json\n{"kind": "reset"}\n```', "reset", ""),
        (f"<think>I could <submit/> now.</think>\n```python\n{CODE}```", "execute_code", CODE),
        (f"First I run it, later `<submit/>`.\n```python\n{CODE}```", "execute_code", CODE),
        (f"```python\n{CODE}```\nand then\n<submit/>", "execute_code", CODE),
        (f"```python\n{CODE}```\nACTION: submit", "execute_code", CODE),
        ("```python\nprint('<submit/>')\n```", "execute_code", "print('<submit/>')\n"),
        ("```python\n# ACTION: submit\n```", "execute_code", "# ACTION: submit\n"),
    ],
)
def test_a_reply_is_read_by_the_grammar(reply: str, kind: str, content: str) -> None:
    assert read_action(reply) == {"kind": kind, "content": content}
    assert kind in ACTION_KINDS


@pytest.mark.parametrize(
    "reply", ["", "I do not know.", "```bash\nls\n```", "ACTION: dance", "<dance/>", "{}", "[1]", 7]
)
def test_a_reply_without_an_action_becomes_an_explained_one(reply: Any) -> None:
    action = read_action(reply)
    assert action["kind"] == UNPARSED
    with pytest.raises(InvalidActionError):
        check_action(action)
    if isinstance(reply, str):
        assert "```python" in action["content"]


@settings(deadline=None)
@given(
    strategies.lists(
        strategies.sampled_from(
            [
                "```",
                "~~~",
                "```python\n",
                "\n",
                "<submit>",
                "</submit>",
                "<execute_code>",
                "ACTION: ",
            ]
        )
        | strategies.text(max_size=20),
        max_size=15,
    ).map("".join)
)
def test_no_reply_makes_the_reader_raise(reply: str) -> None:
    action = read_action(reply)
    assert set(action) == {"kind", "content"}
    assert all(isinstance(part, str) for part in action.values())


@pytest.mark.parametrize(
    "piece",
    [
        "<submit>",
        "<execute_code>",
        "<submit",
        "~",
        "```",
        "```\n",
        "`",
        "ACTION:",
        "ACTION: submit\n",
        "\n \t",
        "<think></think>",
        "{",
        "[",
        '{"kind":',
    ],
)
def test_a_hostile_reply_is_read_in_little_time(piece: str) -> None:
    reply = piece * (CONTENT_LENGTH // len(piece))
    began = time.process_time()
    read_action(reply)
    assert time.process_time() - began < 5.0
