"""The three gates that a task has to pass: assertions, review, execution."""

from __future__ import annotations

from mlesmith_generator.gates.assertions import assertions_gate
from mlesmith_generator.gates.execution import execution_gate
from mlesmith_generator.gates.review import review_gate

__all__ = ["assertions_gate", "execution_gate", "review_gate"]
