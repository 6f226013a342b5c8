"""The roles: a prompt each, in a file, known by its hash; who plays them is a model's name."""

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


def prompt_of(role: Role) -> str:
    """Return the text of a role's prompt, its fields not yet filled in."""
    path = files("mlesmith_generator.llm") / "prompts" / f"{role}.md"
    return path.read_text(encoding="utf-8")


def version_of(role: Role) -> str:
    """Return the first letters of the SHA-256 of a role's prompt, for the provenance."""
    return hashlib.sha256(prompt_of(role).encode()).hexdigest()[:12]


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
