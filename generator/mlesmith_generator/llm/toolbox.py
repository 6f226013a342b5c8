"""Tools that a model may call: each a function of a checked record, its result a text.

What a tool gives comes from a dataset, or from what was made of one, and stands between marks of
data. Outside of them a model hears nobody but us.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from mlesmith_env.errors import MlesmithError, SandboxError
from mlesmith_generator.llm.chat import ToolCall, ToolSpec
from mlesmith_generator.llm.faults import BudgetError, ProviderError

LONGEST = 6_000
"""Characters of the result of a tool that says nothing else."""


class Arguments(BaseModel):
    """Base of the records that tools take."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_Given = TypeVar("_Given", bound=Arguments)


@dataclass(frozen=True)
class Tool(Generic[_Given]):
    """One tool.

    Attributes:
        name: By which it is called.
        description: What it gives, for the model.
        arguments: The record that its arguments have to follow.
        use: What it does. Errors of ours become the result; faults of the sandbox are raised.
        longest: Characters of its result; what is longer is cut in its middle, and says so.
        ours: Whether the result is made of our words alone, which need no marks.
    """

    name: str
    description: str
    arguments: type[_Given]
    use: Callable[[_Given], str]
    longest: int = LONGEST
    ours: bool = False

    def spec(self) -> ToolSpec:
        """Return the tool as it is told to the model."""
        return ToolSpec(
            name=self.name, description=self.description, parameters=schema_of(self.arguments)
        )

    def call(self, arguments: str) -> str:
        """Return the result of a call between marks of data, or what was wrong with it."""
        try:
            given = self.arguments.model_validate_json(arguments or "{}")
        except ValidationError as error:
            return self._failed("was called with wrong arguments", told(error))
        try:
            result = shortened(self.use(given), self.longest)
        except (SandboxError, ProviderError, BudgetError):
            raise
        except MlesmithError as error:
            return self._failed("can not do that", str(error))
        except Exception as error:  # noqa: BLE001 - a model's words may trip over anything
            return self._failed("broke down", f"{type(error).__name__}: {error}")
        return result if self.ours else fenced(result)

    def _failed(self, how: str, why: str) -> str:
        """Return why there is no result; messages repeat names and values of the data."""
        return f"error: {self.name} {how}:\n{fenced(shortened(why, self.longest))}"


class Toolbox:
    """The tools of one conversation."""

    def __init__(self, tools: Sequence[Tool[Any]] = ()) -> None:
        """Remember the tools by name."""
        self._tools = {tool.name: tool for tool in tools}

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """The tools as they are told to the model."""
        return tuple(tool.spec() for tool in self._tools.values())

    def call(self, call: ToolCall) -> str:
        """Return the result of a call; a tool that there is not is a result, too."""
        tool = self._tools.get(call.name)
        if tool is None:
            known = ", ".join(self._tools) or "none"
            return f"error: there is no tool {call.name!r}; there are {known}"
        return tool.call(call.arguments)


def schema_of(record: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of a record, without titles."""
    return _untitled(record.model_json_schema())


def told(error: ValidationError) -> str:
    """Return what does not follow a schema, and where, in a line."""
    found = [
        f"{'.'.join(map(str, each['loc'])) or 'the object'}: {each['msg']}"
        for each in error.errors()[:6]
    ]
    more = len(error.errors()) - len(found)
    return "; ".join([*found, *([f"and {more} more"] if more > 0 else [])])


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return a text, or its beginning and end where it is too long."""
    if len(text) <= longest:
        return text
    head, tail = longest * 2 // 3, longest // 3
    gone = len(text) - head - tail
    return f"{text[:head]}\n… {gone:,} characters left out …\n{text[-tail:]}"


def fenced(text: str) -> str:
    """Return a text of strangers between marks that it can not have foreseen, nor holds."""
    mark, turn = "", 0
    while not mark or mark in text:
        body = f"{turn} {text}" if turn else text
        mark = hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()[:12]
        turn += 1
    return f"<data {mark}>\n{text}\n</data {mark}>"


def as_json(value: object) -> str:
    """Return a value as JSON on few lines, for a result."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def _untitled(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            key: _untitled(value)
            for key, value in schema.items()  # pyright: ignore[reportUnknownVariableType]
            if not (key == "title" and isinstance(value, str))
        }
    if isinstance(schema, list):
        return [_untitled(each) for each in schema]  # pyright: ignore[reportUnknownVariableType]
    return schema
