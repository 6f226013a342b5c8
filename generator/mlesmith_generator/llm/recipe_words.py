"""What recipes can say, shown part by part: kinds, readers, transforms, holdouts."""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap
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
        ours=True,
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
    # Schemas refer to parts by the names of their classes.
    classes = {record.__name__: record for record in known.values()}
    record = known.get(asked.name) or classes.get(asked.name)
    if record is None:
        raise GenerationError(f"recipes have no part {asked.name!r}; there are {', '.join(known)}")
    schema = schema_of(record)
    defined = schema.pop("$defs", {})
    if "$ref" in schema:
        schema = defined[schema["$ref"].rpartition("/")[2]]
    for name, meaning in _meanings(record).items():
        if name in schema.get("properties", {}):
            schema["properties"][name] |= {"description": meaning}
    schema.pop("description", None)
    return f"{inspect.getdoc(record) or ''}\n\n{as_json(schema)}"


def _meanings(record: type[BaseModel]) -> dict[str, str]:
    """Return what the source says below each field."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(record)))
    body = [each for top in tree.body if isinstance(top, ast.ClassDef) for each in top.body]
    found: dict[str, str] = {}
    for field, below in itertools.pairwise(body):
        told = below.value if isinstance(below, ast.Expr) else None
        named = field.target if isinstance(field, ast.AnnAssign) else None
        if isinstance(named, ast.Name) and isinstance(told, ast.Constant):
            found[named.id] = inspect.cleandoc(str(told.value))
    return found


def _first_line(record: type[BaseModel]) -> str:
    return (inspect.getdoc(record) or "").partition("\n")[0]
