"""Parquet and Arrow files as rows of text."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, cast

from mlesmith_env.errors import MissingExtraError, ReadError
from mlesmith_env.recipes.text import plain_text

Table = tuple[tuple[str, ...], Iterator[Sequence[str | None]]]

_ROWS_AT_ONCE = 2**15
_FEATHER = b"ARROW1"


@contextmanager
def parquet_table(
    path: Path,
) -> Generator[Table, None, None]:
    """Open a Parquet file; gives column names and rows of text.

    Raises:
        MissingExtraError: `pyarrow` is not installed.
        ReadError: The file is damaged.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError(
            f"{path.name} is a Parquet file: install mlesmith-env[parquet] to read it"
        ) from error
    try:
        with cast("Any", pq).ParquetFile(path) as file:
            names = tuple(str(name) for name in file.schema_arrow.names)
            yield names, _rows(file)
    except (pa.ArrowException, OSError) as error:
        raise ReadError(f"{path.name} can not be read as Parquet: {error}") from error


@contextmanager
def arrow_table(path: Path) -> Generator[Table, None, None]:
    """Open an Arrow file: a stream as `datasets` saves it, or a file as Feather is one.

    Raises:
        MissingExtraError: `pyarrow` is not installed.
        ReadError: The file is damaged.
    """
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtraError(
            f"{path.name} is an Arrow file: install mlesmith-env[parquet] to read it"
        ) from error
    try:
        with cast("Any", pa).memory_map(str(path)) as source:
            names, batches = _batches(source)
            yield names, _text_rows(batches)
    except (pa.ArrowException, OSError) as error:
        raise ReadError(f"{path.name} can not be read as Arrow: {error}") from error


def _batches(source: Any) -> tuple[tuple[str, ...], Iterator[Any]]:
    import pyarrow.ipc as ipc

    magic = source.read(len(_FEATHER))
    source.seek(0)
    if magic == _FEATHER:
        file = cast("Any", ipc).open_file(source)
        found = (file.get_batch(at) for at in range(file.num_record_batches))
        return tuple(map(str, file.schema.names)), found
    stream = cast("Any", ipc).open_stream(source)
    return tuple(map(str, stream.schema.names)), iter(stream)


def _rows(file: Any) -> Iterator[Sequence[str | None]]:
    return _text_rows(file.iter_batches(batch_size=_ROWS_AT_ONCE))


def _text_rows(batches: Iterable[Any]) -> Iterator[Sequence[str | None]]:
    for batch in batches:
        columns = [[*map(_text, column.to_pylist())] for column in batch.columns]
        yield from zip(*columns, strict=True)


def _text(value: Any) -> str | None:
    if value is None or value != value:
        return None
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return plain_text(value.decode("utf-8", errors="replace"))
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_inner_text)
    return str(value)


def _inner_text(value: Any) -> str | None:
    """Return what stands inside a list or a struct; bytes, such as those of an image, are none."""
    return None if isinstance(value, bytes) else str(value)
