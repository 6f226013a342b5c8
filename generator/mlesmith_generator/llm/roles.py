"""The roles: a prompt each, in a file, known by its hash; who plays them is a model's name.

Examples that only some data need are files of their own, and count as part of the prompt that shows
them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.resources import files
from typing import Literal, get_args

from mlesmith_env.forms import FITTING
from mlesmith_env.manifest import Objective
from mlesmith_env.metrics import get_metric, metric_names

Role = Literal["brainstormer", "designer", "refactor", "writer", "reviewer", "solver"]
ROLES: tuple[Role, ...] = get_args(Role)


EXAMPLES = ("files", "masks", "related_tables")
"""Examples for the Designer, in the order in which they are shown."""
_SHOWN = "{examples}"


def prompt_of(role: Role) -> str:
    """Return the text of a role's prompt, its fields not yet filled in."""
    return _written(f"{role}.md")


def example_of(name: str) -> str:
    """Return the text of an example."""
    return _written("examples", f"{name}.md").strip()


def version_of(role: Role) -> str:
    """Return the first letters of the SHA-256 of a role's prompt, for the provenance.

    All examples that it may show are part of it, whatever the data at hand need.
    """
    prompt = prompt_of(role)
    shown = map(example_of, EXAMPLES) if _SHOWN in prompt else ()
    return hashlib.sha256("\n".join([prompt, *shown]).encode()).hexdigest()[:12]


def filled(role: Role, fields: Mapping[str, str]) -> str:
    """Return a prompt with its fields: `{limit}` becomes what `limit` says, nothing else."""
    text = prompt_of(role)
    for name, value in fields.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def metrics_told() -> str:
    """Return the metrics of the catalogue, one a line, with what they take and are meant for."""
    return "\n".join(
        f"  - `{metric.name}` ({metric.direction}; {', '.join(metric.kinds)}; for "
        f"{', '.join(metric.objectives)}): {metric.summary}"
        for metric in map(get_metric, metric_names())
    )


def objectives_told() -> str:
    """Return the names of all objectives."""
    return ", ".join(get_args(Objective))


def forms_told() -> str:
    """Return which kinds of prediction each objective may ask for, one objective a line."""
    return "\n".join(f"  - {name}: {' or '.join(kinds)}" for name, kinds in FITTING.items())


def _written(*path: str) -> str:
    folder = files("mlesmith_generator.llm") / "prompts"
    return folder.joinpath(*path).read_text(encoding="utf-8")
