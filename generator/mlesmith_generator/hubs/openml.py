"""Datasets of OpenML, by version 1 of its API: the ARFF file, else the Parquet file."""

from __future__ import annotations

import hashlib
import re

from mlesmith_env import download
from mlesmith_env.errors import ChecksumError, DataUnavailableError, GenerationError
from mlesmith_env.licences import spdx
from mlesmith_env.sources import SourceRecord, pinned
from mlesmith_generator.hubs.answers import ask, inner, text

SERVER = "https://www.openml.org"


class OpenML:
    """`openml:<id>`.

    Args:
        server: Address of the server.
    """

    scheme = "openml:"

    def __init__(self, server: str = SERVER) -> None:
        self._server = server.rstrip("/")

    def name(self, source: str) -> str:
        """Return `openml-<id>`; the name is known to the host alone."""
        return f"openml-{_number(source)}"

    def record(self, source: str, dataset: str) -> SourceRecord:
        """Fetch the file of a dataset.

        Raises:
            DataUnavailableError: The server does not have it, or does not give it.
            ChecksumError: The bytes have another MD5 than the server says.
        """
        number = _number(source)
        answer = ask(f"{self._server}/api/v1/json/data/{number}")
        about = inner(answer, "data_set_description")
        plain = text(about, "url")
        url = plain or text(about, "parquet_url")
        if not url:
            raise DataUnavailableError(f"{source}: the server names no file")
        kept = download.fetch(url)
        stated = text(about, "md5_checksum")
        if plain and stated:
            with kept.open("rb") as file:
                found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
            if found.hexdigest() != stated:
                raise ChecksumError(
                    f"{url} gave bytes with MD5 {found.hexdigest()}, the server says {stated}; try "
                    "again later"
                )
        title = text(about, "name") or f"OpenML {number}"
        sparse = "arff" in text(about, "format").lower()
        ending = ("arff" if sparse else "csv") if plain else "parquet"
        name = re.sub(r"[^\w.()+-]", "_", title).strip("._") or "data"
        told = text(about, "licence")
        return SourceRecord(
            dataset=dataset,
            title=title,
            uri=f"{SERVER}/d/{number}",
            revision=text(about, "version"),
            licence=spdx(told) or told,
            files=(pinned(kept, f"{name}.{ending}", url=url),),
        )


def _number(source: str) -> str:
    number = source.removeprefix("openml:")
    if not re.fullmatch(r"[0-9]{1,9}", number):
        raise GenerationError(f"{source!r} is no dataset of OpenML; write openml:<id>, as in 61")
    return str(int(number))
