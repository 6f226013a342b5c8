"""Pages that need no network: a template, the one look of all pages, everything else escaped."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

from mlesmith_env.errors import MissingExtraError


def filled(package: str, values: dict[str, Any], **filters: Callable[..., str]) -> str:
    """Return the page of a package: its `page.html.jinja`, filled in.

    Args:
        package: The package in which the template lies.
        values: What it shows; texts are escaped.
        filters: What it calls to write numbers and the like.

    Raises:
        MissingExtraError: Jinja is not installed.
    """
    try:
        from jinja2 import Environment, StrictUndefined
        from markupsafe import Markup
    except ImportError as error:
        raise MissingExtraError(
            "pages need jinja2; install it with `pip install 'mlesmith-env[report]'`"
        ) from error
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(filters)
    source = (files(package) / "page.html.jinja").read_text(encoding="utf-8")
    look = (files("mlesmith_generator.report") / "style.css").read_text(encoding="utf-8")
    style = Markup(look)  # noqa: S704 - a file of ours
    return environment.from_string(source).render(style=style, **values) + "\n"
