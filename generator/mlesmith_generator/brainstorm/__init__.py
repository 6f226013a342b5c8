"""Ideas for one column of a table, drawn from a profile by rules and quick models."""

from mlesmith_generator.brainstorm.ideas import brainstorm

__all__ = ["brainstorm"]
