"""A story as one HTML page that needs no network: conversations folded, every text escaped."""

from __future__ import annotations

from datetime import UTC, datetime

from mlesmith_generator.report.page import number
from mlesmith_generator.report.template import filled
from mlesmith_generator.trace.story import Story


def render(story: Story) -> str:
    """Return the page.

    Raises:
        MissingExtraError: Jinja is not installed.
    """
    return filled("mlesmith_generator.trace", {"story": story}, number=number, date=_date)


def _date(seconds: float | None) -> str:
    """Return a time as a date with minutes, in UTC; nothing where it is not known."""
    if seconds is None:
        return ""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
