"""What recipes can say, shown part by part: kinds, readers, transforms, holdouts."""

from __future__ import annotations

import inspect
from typing import get_args

from pydantic import BaseModel, Field

from mlesmith_env.errors import GenerationError
from mlesmith_env.recipes import model
from mlesmith_generator.llm.toolbox import Arguments, Tool, as_json, schema_of


class _Part(Arguments):
    name: str = Field(
        default="",
        description="A part such as `table`, `reader`, `holdout`, `bin`; empty for a list.",
    )


def recipe_tool() -> Tool[_Part]:
    """Return the tool that shows parts of the language of recipes."""
    return Tool(
        "describe_recipe",
        "Shows what recipes can say: without a name all parts, with one the fields of that part.",
        _Part,
        _describe,
    )


def parts() -> dict[str, type[BaseModel]]:
    """Return the records that recipes are made of, by the word that stands in a recipe."""
    kinds = {_word(kind, "kind"): kind for kind in get_args(get_args(model.Recipe)[0])}
    transforms = {_word(each, "op"): each for each in get_args(get_args(model.Transform)[0])}
    return {
        **kinds,
        "reader": model.TableReader,
        "holdout": model.Holdout,
        "media": model.Media,
        "side_table": model.SideTable,
        **transforms,
    }


def _word(record: type[BaseModel], field: str) -> str:
    return str(record.model_fields[field].default)


def _describe(asked: _Part) -> str:
    known = parts()
    if not asked.name:
        return "\n".join(f"{name}: {_first_line(record)}" for name, record in known.items())
    if asked.name not in known:
        raise GenerationError(f"recipes have no part {asked.name!r}; there are {', '.join(known)}")
    record = known[asked.name]
    schema = schema_of(record)
    # Other parts are asked for by their own names.
    schema.pop("$defs", None)
    return f"{inspect.getdoc(record) or ''}\n\n{as_json(schema)}"


def _first_line(record: type[BaseModel]) -> str:
    return (inspect.getdoc(record) or "").partition("\n")[0]
