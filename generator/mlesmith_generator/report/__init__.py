"""The report on a registry: what is in it, how good it is, and what making it took."""

from __future__ import annotations

from mlesmith_generator.report.page import render
from mlesmith_generator.report.survey import Survey, survey_of

__all__ = ["Survey", "render", "survey_of"]
