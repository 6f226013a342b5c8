"""One file as the sniffer looks at it, and what it finds there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.model import TableReader
from mlesmith_generator.sniff.encoding import (
    Compression,
    Encoding,
    compression_of,
    encoding_of,
    head_of,
    tail_of,
)
from mlesmith_generator.sniff.files import Format, is_packed, promised_format

_HEAD_BYTES = 4096
_PLAIN = Encoding("utf-8")


class DoubtError(ReadError):
    """A file that nobody called a table does not look like one."""


@dataclass(frozen=True)
class Sample:
    """The beginning of a file; its parts are read when they are first asked for.

    Attributes:
        path: Where it is.
        root: The folder of the dataset.
        pointed_at: Whether somebody named this very file as a dataset.
    """

    path: Path
    root: Path
    pointed_at: bool = False

    @property
    def file(self) -> str:
        """Its path inside the dataset."""
        return self.path.relative_to(self.root).as_posix()

    @cached_property
    def named(self) -> Format | None:
        """The format that the ending of its name promises, if any."""
        return promised_format(self.path.name)

    @cached_property
    def head(self) -> bytes:
        """Its first bytes, as they are stored."""
        with self.path.open("rb") as stream:
            return stream.read(_HEAD_BYTES)

    @cached_property
    def compression(self) -> Compression:
        """How it is packed."""
        return compression_of(self.path)

    @cached_property
    def encoding(self) -> Encoding:
        """How its bytes mean text.

        Raises:
            DoubtError: It is no text, and its name does not promise a table.
            ReadError: It is no text.
        """
        try:
            return encoding_of(self.path, self.compression)
        except ReadError as error:
            if self.named is None and not is_packed(self.path.name):
                raise DoubtError(str(error)) from error
            raise

    @cached_property
    def _start(self) -> tuple[list[str], bool]:
        return head_of(self.path, self.compression, self.encoding)

    @property
    def lines(self) -> list[str]:
        """Its first lines."""
        return self._start[0]

    @property
    def complete(self) -> bool:
        """Whether these are all lines that it has."""
        return self._start[1]

    @property
    def tail(self) -> list[str]:
        """Its last lines; none where they can not be reached without reading all of it."""
        return self.lines if self.complete else tail_of(self.path, self.compression, self.encoding)

    @property
    def reader(self) -> TableReader:
        """A reader of the text of this file; the rest is to be declared."""
        return TableReader(
            files=(self.file,),
            compression=self.compression,
            encoding=self.encoding.name,
            decode_errors="replace" if self.encoding.damaged else "strict",
        )


@dataclass(frozen=True)
class Found:
    """One file that holds a table."""

    file: str
    reader: TableReader
    layout: tuple[object, ...]
    """Files with the same layout are parts of one table."""
    encoding: Encoding = _PLAIN
    quoting: tuple[str, str] | None = None
    """Quote and escape, where the file can not be read in another way."""
