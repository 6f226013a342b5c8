"""Verified machine-learning-engineering tasks, each one a Gymnasium environment.

Importing this package registers every task of the known registries with Gymnasium and imports
nothing heavy: pandas, scikit-learn and pydantic are loaded when a task is used.
"""

from typing import TYPE_CHECKING, Any

from mlesmith_env.registration import register_default_roots, register_tasks
from mlesmith_env.registry import load_task, tasks

if TYPE_CHECKING:
    from mlesmith_env.actions import ParseText, VectorParseText
    from mlesmith_env.env import TaskEnv
    from mlesmith_env.grading import Grade
    from mlesmith_env.task import PreparedTask, Task
    from mlesmith_env.vector import TaskVectorEnv

__version__ = "0.1.0"

__all__ = [
    "Grade",
    "ParseText",
    "PreparedTask",
    "Task",
    "TaskEnv",
    "TaskVectorEnv",
    "VectorParseText",
    "load_task",
    "register_tasks",
    "tasks",
    "__version__",
]

_LAZY = {
    "Grade": "mlesmith_env.grading",
    "ParseText": "mlesmith_env.actions",
    "PreparedTask": "mlesmith_env.task",
    "Task": "mlesmith_env.task",
    "TaskEnv": "mlesmith_env.env",
    "TaskVectorEnv": "mlesmith_env.vector",
    "VectorParseText": "mlesmith_env.actions",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        import importlib

        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


register_default_roots()
