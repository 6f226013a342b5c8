"""Preparation by a task's `prepare.py`: raw files in, plain files out, in a sandbox of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mlesmith_env.errors import SandboxLostError, ScriptError
from mlesmith_env.manifest import PREPARE
from mlesmith_env.recipes.folders import lay
from mlesmith_env.recipes.model import ScriptRecipe
from mlesmith_env.sandbox import SandboxLimits
from mlesmith_env.scripts.box import ScriptBox, told
from mlesmith_env.scripts.collection import Collection

_DESCRIPTION = "description.md"


@dataclass(frozen=True)
class Circumstances:
    """What a script may not depend on, to be changed for a second run.

    Attributes:
        hash_seed: Seed of Python's string hashes; None for the sandbox's own.
        shift_s: Seconds by which the date is moved.
    """

    hash_seed: int | None = None
    shift_s: float = 0.0


def prepare_by_script(
    recipe: ScriptRecipe,
    source: str,
    raw: Path,
    *,
    description: str,
    into: Path,
    closed: Iterable[Path],
    circumstances: Circumstances | None = None,
) -> dict[str, str]:
    """Run `prepare(raw, public, private)` and return the SHA-256 of every file that it gave.

    The script reads the raw files and nothing else of the host, and writes into its own workspace,
    from which `public/` and `private/` are copied once it and all that it started have ended.
    `public/description.md` is written here.

    Args:
        recipe: What the manifest declares.
        source: Source of `prepare.py`.
        raw: Folder with the raw files, or links to them.
        description: Text of `description.md`.
        into: Folder to write into.
        closed: Folders that stay unreadable; see `SandboxSpec`.
        circumstances: What is otherwise for this run.

    Raises:
        ScriptError: The script failed, took too long or too much, or left what is no plain file.
        SandboxError: It can not be run.
    """
    limits = SandboxLimits(
        memory_bytes=recipe.memory_bytes,
        workspace_bytes=recipe.output_bytes,
        output_bytes=4 * 1024**2,
    )
    special = circumstances or Circumstances()
    order = {
        "seed": recipe.seed,
        "hash_seed": special.hash_seed,
        "shift_s": special.shift_s,
    }
    box = ScriptBox(PREPARE, closed, limits)
    try:
        _stage(raw, box.input / "raw")
        box.put(PREPARE, source.encode())
        box.put("order.json", json.dumps(order).encode())
        result = box.run("prepare", timeout_s=recipe.timeout_s, seed=recipe.seed)
        if result.status != "ok":
            raise ScriptError(told(PREPARE, result))
        collection = Collection(PREPARE, recipe.output_bytes)
        made: dict[str, str] = {}
        for label in ("public", "private"):
            made |= collection.take(box.workspace / label, into / label, label)
    finally:
        box.close()
    name = f"public/{_DESCRIPTION}"
    if name in made:
        raise ScriptError(f"{PREPARE} wrote {name}, which is the package's own description")
    content = description.encode()
    (into / name).write_bytes(content)
    made[name] = hashlib.sha256(content).hexdigest()
    return dict(sorted(made.items()))


def _stage(raw: Path, into: Path) -> None:
    """Put the raw files where the script may read them: linked where that works, else copied."""
    try:
        for path in sorted(raw.rglob("*")):
            if path.is_dir():
                continue
            target = into / path.relative_to(raw)
            target.parent.mkdir(parents=True, exist_ok=True)
            lay(path.resolve(strict=True), target)
    except OSError as error:
        raise SandboxLostError(f"the raw files can not be laid out: {error}") from error
