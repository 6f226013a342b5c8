"""The profiler: what can be measured about a dataset before anything is decided."""

from mlesmith_generator.profiler.dataset import profile_dataset
from mlesmith_generator.profiler.table import measure_file, measure_table, profile_table
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable

__all__ = [
    "TypedColumn",
    "TypedTable",
    "measure_file",
    "measure_table",
    "profile_dataset",
    "profile_table",
]
