"""What an agent may do: the action space, its check, and the wrapper for raw LLM text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

import gymnasium as gym
from gymnasium.utils import RecordConstructorArgs
from gymnasium.vector import VectorActionWrapper, VectorEnv

from mlesmith_env.errors import InvalidActionError
from mlesmith_env.reply import parse_reply
from mlesmith_env.spaces import Choice, UnicodeText, is_encodable

if TYPE_CHECKING:
    _VectorActionWrapper = VectorActionWrapper[Any, Any, Any, Any]
else:
    # Not generic at run time in the oldest Gymnasium that is supported.
    _VectorActionWrapper = VectorActionWrapper

ActionKind = Literal[
    "request_info", "validate_code", "execute_code", "get_history", "reset", "submit"
]
ACTION_KINDS: tuple[ActionKind, ...] = (
    "request_info",
    "validate_code",
    "execute_code",
    "get_history",
    "reset",
    "submit",
)
CONTENT_LENGTH = 200_000
"""Longest content of an action, in characters."""
UNPARSED = "unparsed"
"""Kind under which `ParseText` passes on a reply without an action; the content is the reason.
It is not in the action space: the environment answers it as an invalid action."""

KINDS = Choice(ACTION_KINDS)


@dataclass(frozen=True)
class Action:
    """An action that may be carried out."""

    kind: ActionKind
    content: str


def action_space() -> gym.spaces.Dict:
    """Return the action space: `kind`, one of six words, and `content`, any text."""
    return gym.spaces.Dict({"kind": Choice(ACTION_KINDS), "content": UnicodeText(CONTENT_LENGTH)})


def check_action(action: object) -> Action:
    """Return a caller's action, checked.

    Args:
        action: A mapping with `kind` and, unless it is empty, `content`.

    Raises:
        InvalidActionError: It can not be carried out; the message tells the agent why and what
            to do instead.
    """
    if not isinstance(action, Mapping):
        raise InvalidActionError(
            f"an action is a dict with kind and content, not {type(action).__name__}; "
            'for instance {"kind": "execute_code", "content": "print(1)"}'
        )
    given = cast("Mapping[Any, Any]", action)
    unknown = [str(key) for key in given if key not in ("kind", "content")]
    if unknown:
        raise InvalidActionError(
            f"an action has the keys kind and content only, not {', '.join(unknown[:5])}"
        )
    kind, content = given.get("kind", ""), given.get("content", "")
    if kind == UNPARSED:
        raise InvalidActionError(str(content))
    if not isinstance(kind, str) or kind not in KINDS:
        close = KINDS.closest(kind) if isinstance(kind, str) else None
        hint = f" (did you mean {close}?)" if close else ""
        raise InvalidActionError(
            f"unknown kind {str(kind)[:80]!r}{hint}; the kinds are {', '.join(ACTION_KINDS)}"
        )
    if not isinstance(content, str):
        raise InvalidActionError(f"content must be text, not {type(content).__name__}")
    if len(content) > CONTENT_LENGTH:
        raise InvalidActionError(
            f"content has {len(content)} characters; at most {CONTENT_LENGTH} are allowed"
        )
    if not is_encodable(content):
        raise InvalidActionError("content holds lone surrogates, which are no text; remove them")
    if kind in ("validate_code", "execute_code") and not content.strip():
        raise InvalidActionError(
            f"{kind} was given no code; put a whole Python program into content"
        )
    return Action(cast("ActionKind", str(kind)), str(content))


def read_action(reply: object) -> dict[str, str]:
    """Return the action that an LLM's reply asks for; never raises.

    A reply without one becomes an action of the kind `UNPARSED`, whose content says what is
    missing. The grammar stands in `mlesmith_env.reply`.
    """
    if not isinstance(reply, str):
        return {"kind": UNPARSED, "content": f"a reply is text, not {type(reply).__name__}"}
    try:
        kind, content = parse_reply(reply[: 4 * CONTENT_LENGTH], ACTION_KINDS)
    except InvalidActionError as problem:
        return {"kind": UNPARSED, "content": str(problem)}
    return {"kind": kind, "content": content}


class ParseText(gym.ActionWrapper[Any, str, Any], RecordConstructorArgs):
    """Takes the raw text of an LLM as the action of a task environment.

    Args:
        env: A `TaskEnv`, wrapped or not.
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        """Wrap the environment; its action space becomes text."""
        RecordConstructorArgs.__init__(self)
        gym.ActionWrapper.__init__(self, env)
        self.action_space = UnicodeText(4 * CONTENT_LENGTH)

    def action(self, action: str) -> dict[str, str]:
        """Return the action that the text asks for."""
        return read_action(action)


class VectorParseText(_VectorActionWrapper):
    """Takes a sequence of raw LLM texts as the action of a vector of task environments.

    Args:
        env: A vector of task environments, wrapped or not.
    """

    def __init__(self, env: VectorEnv[Any, Any, Any]) -> None:
        """Wrap the vector environment; its action space becomes a tuple of texts."""
        super().__init__(env)
        self.single_action_space = UnicodeText(4 * CONTENT_LENGTH)
        self.action_space = gym.vector.utils.batch_space(self.single_action_space, self.num_envs)

    def actions(self, actions: Any) -> dict[str, tuple[str, ...]]:
        """Return the batched action that the texts, one for each environment, ask for."""
        read = [read_action(text) for text in actions]
        return {
            "kind": tuple(action["kind"] for action in read),
            "content": tuple(action["content"] for action in read),
        }
