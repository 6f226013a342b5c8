"""Datasets of Kaggle, by its HTTP API and with the key of the user: the archive of one version."""

from __future__ import annotations

import re

from mlesmith_env import download
from mlesmith_env.errors import DataUnavailableError, GenerationError
from mlesmith_env.hosts import KAGGLE, route
from mlesmith_env.licences import spdx
from mlesmith_env.sources import SourceRecord, pinned
from mlesmith_generator.hubs.answers import ask, text

_SOURCE = re.compile(r"kaggle:(?P<owner>[\w-]+)/(?P<name>[\w-]+)(?:@(?P<version>[0-9]{1,6}))?")


class Kaggle:
    """`kaggle:<owner>/<name>[@<version>]`."""

    scheme = "kaggle:"

    def name(self, source: str) -> str:
        """Return owner and name."""
        match = _parsed(source)
        return f"{match['owner']}__{match['name']}"

    def record(self, source: str, dataset: str) -> SourceRecord:
        """Fetch the archive of a version, the newest where none is named.

        Raises:
            DataUnavailableError: There is no key, or Kaggle does not have it or does not give it.
        """
        match = _parsed(source)
        about_url = f"{KAGGLE}/api/v1/datasets/view/{match['owner']}/{match['name']}"
        way = route(about_url)
        if not way.authorization:
            raise DataUnavailableError(f"{source}: {way.hint}")
        about = ask(about_url)
        version = match["version"] or text(about, "currentVersionNumber")
        if not version:
            raise DataUnavailableError(f"{source}: Kaggle names no version")
        url = (
            f"{KAGGLE}/api/v1/datasets/download/{match['owner']}/{match['name']}"
            f"?dataset_version_number={version}"
        )
        told = text(about, "licenseName")
        return SourceRecord(
            dataset=dataset,
            title=text(about, "title") or match["name"],
            uri=f"{KAGGLE}/datasets/{match['owner']}/{match['name']}",
            revision=version,
            licence=spdx(told) or told,
            files=(pinned(download.fetch(url), f"{match['name']}.zip", url=url),),
        )


def _parsed(source: str) -> re.Match[str]:
    match = _SOURCE.fullmatch(source)
    if match is None:
        raise GenerationError(
            f"{source!r} is no dataset of Kaggle; write kaggle:<owner>/<name>, with @<version> "
            "where you want an older one"
        )
    return match
