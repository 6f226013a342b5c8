"""Which examples of drafts a Designer is shown: those for data of the kind at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mlesmith_generator.formulations.media.labels import is_mask
from mlesmith_generator.llm.roles import EXAMPLES, example_of
from mlesmith_generator.records import DatasetProfile, TableProfile


def examples_told(profile: DatasetProfile) -> str:
    """Return the examples that fit a dataset, one below the other; nothing where none does."""
    return "\n\n".join(example_of(name) for name in EXAMPLES if _FITTING[name](profile))


def _has_files(profile: DatasetProfile) -> bool:
    """Whether there are files that are no parts of a table."""
    return any(each.media != "series" for each in profile.collections)


def _has_masks(profile: DatasetProfile) -> bool:
    """Whether pictures have others beside them that are masks."""
    named = {each.name: each for each in profile.collections}
    others = [named[pair.other] for each in named.values() for pair in each.pairs]
    return any(is_mask(each) for each in others)


def _has_related_tables(profile: DatasetProfile) -> bool:
    """Whether a table has a key that another table names, as `client_id` or `client` for `id`."""
    return any(
        _names(other, key[0], table.name)
        for table in profile.tables
        for key in table.keys
        if len(key) == 1
        for other in profile.tables
        if other.name != table.name
    )


def _names(table: TableProfile, key: str, owner: str) -> bool:
    """Whether a column of a table is called as a key of another one, or ends in its name."""
    columns = [column.name.casefold() for column in table.columns]
    singular = owner.casefold().removesuffix("s")
    return any(name.endswith(key.casefold()) or name == singular for name in columns)


_FITTING: Mapping[str, Callable[[DatasetProfile], bool]] = {
    "files": _has_files,
    "masks": _has_masks,
    "related_tables": _has_related_tables,
}
