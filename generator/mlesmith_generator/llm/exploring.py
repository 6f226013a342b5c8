"""Tools to look at a dataset: its files, its columns as measured, and Python beside its raw bytes.

Whatever they show is data of somebody else's making: it stands between marks of data, and the
prompts say what that means.
"""

from __future__ import annotations

import contextlib
import tempfile
import weakref
from functools import cached_property
from pathlib import Path, PurePosixPath

from pydantic import Field

from mlesmith_env import settings, sources
from mlesmith_env.errors import GenerationError
from mlesmith_env.recipes.folders import enclosed, lay, listed
from mlesmith_env.registry import default_roots
from mlesmith_env.sandbox import Sandbox, SandboxSpec, make_sandbox
from mlesmith_generator.llm.toolbox import Arguments, Tool, as_json
from mlesmith_generator.records import DatasetProfile

MOST_FILES = 200
_MOST_BYTES = 64 * 1024
_SECONDS = 60.0


class _Folder(Arguments):
    folder: str = Field(default="", description="Folder to list, relative; empty for all.")


class _Head(Arguments):
    file: str = Field(description="Path of the file, relative to the dataset.")
    lines: int = Field(default=10, ge=1, le=100, description="How many lines.")


class _ColumnName(Arguments):
    table: str = Field(description="Name of the table, as the profile calls it.")
    column: str = Field(description="Name of the column.")


class _Program(Arguments):
    code: str = Field(
        min_length=1,
        description="A Python program. The dataset's files stand, read-only, in `input/`; there is "
        "no network. What it prints is the result.",
    )


class Explorer:
    """What may be looked at of one dataset, and where programs run.

    Args:
        profile: What was measured.
        folder: The raw files.
        sandbox: Name of the backend in which programs run.
        closed: Further folders that programs may not read.
    """

    def __init__(
        self,
        profile: DatasetProfile,
        folder: Path,
        *,
        sandbox: str = "local",
        closed: tuple[Path, ...] = (),
    ) -> None:
        """Remember what to show; the sandbox is made when a program is to be run."""
        self._profile = profile
        self._source = folder if folder.is_dir() else folder.parent
        self._backend = sandbox
        self._closed = closed
        self._started = contextlib.ExitStack()
        self._sandbox: Sandbox | None = None
        self._end = weakref.finalize(self, self._started.close)

    def tools(self) -> tuple[Tool[_Folder], Tool[_Head], Tool[_ColumnName], Tool[_Program]]:
        """Return the tools for a conversation."""
        return (
            Tool("list_files", "Lists the dataset's files with their sizes.", _Folder, self._list),
            Tool("read_head", "Shows the first lines of a text file.", _Head, self._head),
            Tool(
                "describe_column",
                "Shows what was measured about a column: type, gaps, frequent values, extremes.",
                _ColumnName,
                self._column,
            ),
            Tool(
                "run_python",
                "Runs a Python program beside the data (pandas, numpy, scikit-learn are there).",
                _Program,
                self._run,
            ),
        )

    def close(self) -> None:
        """End the sandbox. May be called more than once."""
        self._end()

    @cached_property
    def _folder(self) -> Path:
        """The files as they may be seen: without hidden ones, and none of them a link."""
        source = self._source.resolve()
        shown = listed(self._source, ("*", "**/*"))
        plain = {path.relative_to(source).as_posix() for path in source.rglob("*")
                 if path.is_file() and not path.is_symlink()}  # fmt: skip
        if plain == set(shown):
            return source
        made = tempfile.TemporaryDirectory(prefix="mlesmith-look-")
        folder = Path(self._started.enter_context(made)).resolve()
        for name in shown:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            lay(enclosed(self._source, name).resolve(strict=True), target)
        return folder

    def _list(self, asked: _Folder) -> str:
        root = self._inside(asked.folder or ".")
        if not root.is_dir():
            raise GenerationError(f"{asked.folder!r} is no folder of the dataset")
        found = [path for path in sorted(root.rglob("*")) if path.is_file()]
        lines = [
            f"{path.relative_to(self._folder).as_posix()}  {path.stat().st_size:,} bytes"
            for path in found[:MOST_FILES]
        ]
        more = len(found) - len(lines)
        return "\n".join([*lines, *([f"… and {more:,} more files"] if more else [])]) or "no files"

    def _head(self, asked: _Head) -> str:
        path = self._inside(asked.file)
        if not path.is_file():
            raise GenerationError(f"{asked.file!r} is no file of the dataset; see list_files")
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES)
        if b"\0" in content:
            return f"{asked.file} is no text: it begins with {content[:24].hex(' ')}"
        lines = content.decode("utf-8", "replace").splitlines()[: asked.lines]
        return "\n".join(lines)

    def _column(self, asked: _ColumnName) -> str:
        tables = {table.name: table for table in self._profile.tables}
        if asked.table not in tables:
            raise GenerationError(f"there is no table {asked.table!r}; there are {[*tables]}")
        columns = {column.name: column for column in tables[asked.table].columns}
        if asked.column not in columns:
            raise GenerationError(f"there is no column {asked.column!r}; there are {[*columns]}")
        return as_json(columns[asked.column].model_dump(mode="json", exclude_defaults=True))

    def _run(self, asked: _Program) -> str:
        if self._sandbox is None:
            closed = (
                *default_roots(),
                settings.cache_root(),
                *settings.data_mirrors(),
                *sources.closed_paths(),
                *self._closed,
            )
            spec = SandboxSpec(self._folder, tuple(dict.fromkeys(closed)))
            self._sandbox = make_sandbox(self._backend, spec)
            self._started.callback(self._sandbox.close)
            self._sandbox.start()
        result = self._sandbox.run(asked.code, timeout_s=_SECONDS, seed=0)
        result.output_path.unlink(missing_ok=True)
        told = f"{result.output}\n{result.error}".strip() or "(it printed nothing)"
        return told if result.status == "ok" else f"[{result.status}]\n{told}"

    def _inside(self, name: str) -> Path:
        """Return a path of the dataset; raises GenerationError where it leads elsewhere."""
        pure = PurePosixPath(name)
        try:
            path = (self._folder / pure).resolve()
            inside = not pure.is_absolute() and path.is_relative_to(self._folder)
            _ = path.exists()
        except (OSError, ValueError, RuntimeError) as error:
            raise GenerationError(f"{name[:80]!r} is no path: {error}") from error
        if not inside:
            raise GenerationError(f"{name!r} leads out of the dataset; paths are relative to it")
        return path
