"""What goes to a chat-completions endpoint and what comes back, as records.

Only the part of the protocol that the stages use: messages, tools, a schema for the answer, usage.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from pydantic import Field

from mlesmith_env.manifest import Record

Speaker = Literal["system", "user", "assistant", "tool"]


class ToolCall(Record):
    """A tool that the model wants to be called.

    Attributes:
        id: By which the result answers it.
        name: Of the tool.
        arguments: JSON as the model wrote it, which may be malformed.
    """

    id: str
    name: str
    arguments: str


class Message(Record):
    """One message of a conversation."""

    role: Speaker
    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    """Of an assistant: what it wants to be called. Each is answered by one message of a tool."""
    tool_call_id: str = ""
    """Of a tool: the call that it answers."""

    def wire(self) -> dict[str, Any]:
        """Return the message as the protocol wants it."""
        body: dict[str, Any] = {"role": self.role, "content": self.content}
        if self.tool_calls:
            body["content"] = self.content or None
            body["tool_calls"] = [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": _arguments(call)},
                }
                for call in self.tool_calls
            ]
        if self.role == "tool":
            body["tool_call_id"] = self.tool_call_id
        return body


class ToolSpec(Record):
    """A tool that the model may call."""

    name: str
    description: str
    parameters: dict[str, Any]
    """JSON schema of the arguments."""

    def wire(self) -> dict[str, Any]:
        """Return the tool as the protocol wants it."""
        function = {
            "name": self.name,
            "description": self.description,
            "parameters": self.parameters,
        }
        return {"type": "function", "function": function}


class AnswerSchema(Record):
    """The schema that the content of an answer has to follow."""

    name: str
    body: dict[str, Any]

    def wire(self) -> dict[str, Any]:
        """Return it as the protocol's `response_format`."""
        schema = {"name": self.name, "schema": self.body, "strict": False}
        return {"type": "json_schema", "json_schema": schema}


class ChatRequest(Record):
    """One call of a model."""

    model: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    tools_allowed: bool = True
    """Whether tools may be called in this turn; they stay told of where they were called before."""
    answer: AnswerSchema | None = None
    max_tokens: int = Field(ge=1)
    """Most tokens that the model may write."""
    seed: int = 0

    def wire(self) -> dict[str, Any]:
        """Return the body of the call."""
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [message.wire() for message in self.messages],
            "max_completion_tokens": self.max_tokens,
            "seed": self.seed,
        }
        if self.tools:
            body["tools"] = [tool.wire() for tool in self.tools]
            if not self.tools_allowed:
                body["tool_choice"] = "none"
        if self.answer is not None:
            body["response_format"] = self.answer.wire()
        return body

    def key(self, endpoint: str) -> str:
        """Return the SHA-256 by which the same call of the same endpoint is known again."""
        text = json.dumps([endpoint, self.wire()], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


class Usage(Record):
    """Tokens of one call, as the provider counted them."""

    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)


class ChatReply(Record):
    """What a model answered."""

    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str = "stop"
    refusal: str = ""
    model: str = ""
    """The model as the provider calls it, which may be more exact than what was asked for."""
    usage: Usage | None = None
    """Tokens, where the provider counted them."""

    def message(self) -> Message:
        """Return the reply as the next message of the conversation."""
        return Message(role="assistant", content=self.content, tool_calls=self.tool_calls)


def sendable(text: str) -> str:
    """Return a text that can be written down and sent: halves of characters are replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _arguments(call: ToolCall) -> str:
    """Return the arguments of a call for the history, which wants JSON whatever was written."""
    try:
        json.loads(call.arguments)
    except (ValueError, RecursionError):
        return "{}"
    return call.arguments
