"""The Brainstormer: ideas for tasks, drawn from a profile by rules and quick models."""

from mlesmith_generator.brainstorm.ideas import brainstorm

__all__ = ["brainstorm"]
