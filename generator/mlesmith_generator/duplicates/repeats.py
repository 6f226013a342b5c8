"""Whether a task repeats one that the registry has: the same target of the same data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlesmith_env.manifest import Manifest
from mlesmith_env.package import MANIFEST, parse_manifest
from mlesmith_generator.duplicates.comparison import Match


def repeated_task(
    manifest: Manifest, kin: Mapping[str, tuple[Match, ...]], registry: Path
) -> str | None:
    """Return in words which task of another dataset this one repeats, or None.

    A task repeats another when their datasets hold the same rows, when the raw columns that their
    targets come from are the same column, and when what is asked (the objective) is the same.
    Another metric or holdout makes no other task. Variants within one dataset are not looked at.

    Args:
        manifest: The task on its way into the registry.
        kin: The other datasets that hold the same data, and what was found (`kin_of`).
        registry: The root.
    """
    if not kin:
        return None
    for path in sorted(registry.glob(f"*/*/{MANIFEST}")):
        text = path.read_text(encoding="utf-8")
        if not any(name in text for name in kin):
            continue
        other = parse_manifest(text, origin=path)
        if other.objective != manifest.objective:
            continue
        for match in kin.get(other.source.dataset, ()):
            if _same_target(manifest, other, match):
                return (
                    f"{other.name} of {other.source.dataset} asks for the same target of the same "
                    f"rows: {match.told}"
                )
    return None


def raw_columns(recipe: Any) -> frozenset[str]:
    """Return the columns of the raw table that a recipe's target comes from.

    Followed backwards through the operations: what an operation writes comes from what it reads.
    """
    wanted = {str(recipe.target)}
    operations: list[Any] = list(getattr(recipe, "transforms", ()))
    for operation in reversed(operations):
        told: dict[str, Any] = operation.model_dump(mode="json")
        if told.get("op") == "rename":
            old = {new: name for name, new in told["names"].items()}
            wanted = {old.get(name, name) for name in wanted}
        elif told.get("into") in wanted:
            wanted.discard(told["into"])
            read = [told.get(key) for key in ("column", "left", "right")]
            read += told.get("columns") or []
            wanted.update(str(name) for name in read if name)
    return frozenset(name.casefold() for name in wanted)


def _same_target(manifest: Manifest, other: Manifest, match: Match) -> bool:
    mine, theirs = raw_columns(manifest.recipe), raw_columns(other.recipe)
    files = tuple(_file(m) for m in (manifest, other))
    if not match.columns:
        # Files of the same bytes, or rows that are the same throughout: names mean the same.
        return mine == theirs and (files[0] == files[1] or not all(match.tables))
    if files != match.tables:
        return False
    names = {one.casefold(): another.casefold() for one, another in match.columns}
    return {names.get(name) for name in mine} == set(theirs)


def _file(manifest: Manifest) -> str:
    reader = getattr(manifest.recipe, "reader", None)
    return "" if reader is None else str(reader.place)
