"""A conversation with a model: tools in a loop, then an answer that follows a schema.

The history is kept as the protocol wants it: every call of a tool is answered by one result, also
where the tool does not exist, its arguments are no JSON, or no more calls are allowed. An answer
that follows no schema goes back with the reason, a few times; then it is a failure of the provider.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from mlesmith_generator.llm.calls import Calls
from mlesmith_generator.llm.chat import AnswerSchema, ChatReply, ChatRequest, Message, sendable
from mlesmith_generator.llm.faults import ProviderError
from mlesmith_generator.llm.toolbox import Toolbox, fenced, schema_of, shortened, told

_Answer = TypeVar("_Answer", bound=BaseModel)

MAX_TURNS = 16
"""Answers of the model in which it may call tools, for one question."""
MAX_CALLS = 16
"""Tools that one answer may call."""
MAX_MENDS = 3
"""How often an answer may come back because it follows no schema."""


@dataclass(frozen=True)
class Persona:
    """Who answers.

    Attributes:
        role: Name of the role, for ledger and transcript.
        model: The model that plays it.
        prompt: What it is told first.
        max_tokens: Most tokens of one answer.
        seed: Seed of the calls.
    """

    role: str
    model: str
    prompt: str
    max_tokens: int = 8_000
    seed: int = 0


class Conversation:
    """One history of messages with one persona.

    Args:
        persona: Who answers.
        calls: Asks the model.
        toolbox: What it may call.
        note: Told of every message, for the transcript.
        check: Called before every call; what it raises ends the conversation.
        turns: Answers in which it may call tools, for one question.
    """

    def __init__(
        self,
        persona: Persona,
        calls: Calls,
        toolbox: Toolbox | None = None,
        *,
        note: Callable[[Message], None] | None = None,
        check: Callable[[], None] | None = None,
        turns: int = MAX_TURNS,
    ) -> None:
        """Begin with the persona's prompt."""
        self._persona = persona
        self._calls = calls
        self._toolbox = toolbox or Toolbox()
        self._note = note
        self._check = check
        self._turns = turns
        self._asked: list[ChatRequest] = []
        self._messages: list[Message] = []
        self._add(Message(role="system", content=persona.prompt))

    @property
    def messages(self) -> tuple[Message, ...]:
        """Everything that was said so far."""
        return tuple(self._messages)

    def ask(self, question: str, answer: type[_Answer]) -> _Answer:
        """Return the model's answer to a question, after whatever tools it wanted to call.

        Args:
            question: What is asked, on top of everything said before.
            answer: The record that the answer has to follow.

        Raises:
            ProviderError: The model did not answer in a form that can be used.
            BudgetError: What may be spent is spent.
            SandboxError: A tool's sandbox broke down.
        """
        self._add(Message(role="user", content=question))
        schema = AnswerSchema(name=_name_of(answer), body=schema_of(answer))
        mends = 0
        for turn in range(self._turns + MAX_MENDS + 1):
            reply = self._reply(schema, tools=turn < self._turns)
            self._add(reply.message())
            if reply.tool_calls:
                self._answer_calls(reply, allowed=turn < self._turns)
                continue
            if reply.finish_reason == "length":
                wrong = again = (
                    "your answer was cut off at its longest; say the same in fewer words."
                )
            else:
                found, wrong = _answer_in(reply.content, answer)
                if found is not None:
                    return found
                # Names in it may come from the data by way of the answer.
                again = f"your answer can not be used:\n{fenced(wrong)}"
            if mends == MAX_MENDS:
                raise self.useless(
                    "truncated" if reply.finish_reason == "length" else "schema",
                    f"gave no usable answer in {MAX_MENDS + 1} tries; at last: "
                    f"{shortened(wrong, 300)}",
                    MAX_MENDS + 1,
                )
            mends += 1
            self._add(Message(role="user", content=f"{again}\nAnswer again, with JSON alone."))
        raise self.useless(
            "schema",
            f"went on calling tools after the {self._turns} turns that it had",
            self._turns,
        )

    def useless(self, reason: str, told: str, attempts: int) -> ProviderError:
        """Return the failure of a model whose answers led to nothing, recorded as one.

        What it answered is forgotten: another run has to ask again.

        Args:
            reason: As of `ProviderError`.
            told: What the model did.
            attempts: How often it was tried.
        """
        for request in self._asked:
            self._calls.forget(request)
        return self._calls.failed(
            self._persona.role,
            self._persona.model,
            ProviderError(
                reason, f"{self._persona.model} as {self._persona.role} {told}", attempts
            ),
        )

    def _reply(self, schema: AnswerSchema, *, tools: bool) -> ChatReply:
        if self._check is not None:
            self._check()
        request = ChatRequest(
            model=self._persona.model,
            messages=self.messages,
            tools=self._toolbox.specs,
            tools_allowed=tools,
            answer=schema,
            max_tokens=self._persona.max_tokens,
            seed=self._persona.seed,
        )
        self._asked.append(request)
        return self._calls.ask(request, role=self._persona.role)

    def _answer_calls(self, reply: ChatReply, *, allowed: bool) -> None:
        for place, call in enumerate(reply.tool_calls):
            if reply.finish_reason == "length":
                result = "error: your message was cut off before its end; nothing was called"
            elif allowed and place < MAX_CALLS:
                result = self._toolbox.call(call)
            elif allowed:
                result = f"error: at most {MAX_CALLS} calls are made at a time; call it again"
            else:
                result = "error: no more calls are allowed; give your answer now, as JSON"
            self._add(Message(role="tool", tool_call_id=call.id, content=result))

    def _add(self, message: Message) -> None:
        message = message.model_copy(update={"content": sendable(message.content)})
        self._messages.append(message)
        if self._note is not None:
            self._note(message)


def _answer_in(content: str, answer: type[_Answer]) -> tuple[_Answer | None, str]:
    """Return the first object in a content that follows a schema, or why there is none.

    Prose or a fence may stand around it, and other objects beside it.
    """
    wrong = ""
    for found in _objects_in(content):
        try:
            return answer.model_validate(found), ""
        except ValidationError as error:
            wrong = wrong or f"your answer does not follow the schema: {told(error)}"
    return None, wrong or "your answer is not JSON: there is no object in it that can be read"


def _objects_in(content: str) -> Iterator[object]:
    """Yield the JSON objects of a text, outermost ones, in order."""
    decoder, start = json.JSONDecoder(), content.find("{")
    while start >= 0:
        try:
            found, end = decoder.raw_decode(content, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            yield found
        start = content.find("{", end)


def _name_of(record: type[BaseModel]) -> str:
    return record.__name__.lower()
