"""Hosts of datasets that have a client of their own: where they are reached, and with which key.

A record names the address that everybody knows. Here it is turned into the one that this machine
uses, and the key of its user is added, under the names that the hosts' own clients use. A key goes
to its host alone: never into a record, a message, or along with a redirect.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from mlesmith_env.errors import DataUnavailableError

HUGGING_FACE = "https://huggingface.co"
KAGGLE = "https://www.kaggle.com"


@dataclass(frozen=True)
class Route:
    """How an address is reached.

    Attributes:
        url: Where the request goes.
        authorization: Value of the header of that name; empty where no key is needed or known.
        hint: What to do where the host refuses.
    """

    url: str
    authorization: str = ""
    hint: str = ""

    def __repr__(self) -> str:
        return f"Route(url={self.url!r}, authorization={'…' if self.authorization else ''!r})"


@dataclass(frozen=True)
class _Host:
    address: str
    endpoint: str
    """Environment variable that names another address of the host, such as a mirror's."""
    authorization: Callable[[], str]
    hint: str


def route(url: str) -> Route:
    """Return how an address is reached from this machine."""
    for host in _HOSTS:
        if url.startswith(f"{host.address}/"):
            base = os.environ.get(host.endpoint, "").rstrip("/") or host.address
            return Route(base + url.removeprefix(host.address), host.authorization(), host.hint)
    return Route(url)


def _hugging_face() -> str:
    token = os.environ.get("HF_TOKEN", "").strip()
    if not token:
        home = os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface"
        kept = Path(os.environ.get("HF_TOKEN_PATH") or Path(home) / "token")
        token = kept.read_text(encoding="utf-8").strip() if kept.is_file() else ""
    return f"Bearer {token}" if token else ""


def _kaggle() -> str:
    user, key = os.environ.get("KAGGLE_USERNAME", ""), os.environ.get("KAGGLE_KEY", "")
    folder = Path(os.environ.get("KAGGLE_CONFIG_DIR") or Path.home() / ".kaggle")
    kept = folder / "kaggle.json"
    if not (user and key) and kept.is_file():
        try:
            found: Any = json.loads(kept.read_bytes())
        except ValueError:
            # Not `from` the error, whose text could quote the key.
            raise DataUnavailableError(f"{kept} is not JSON; get a new one from Kaggle") from None
        stated = cast("dict[str, object]", found) if isinstance(found, dict) else {}
        user, key = (str(stated.get(name, "")).strip() for name in ("username", "key"))
    if not (user and key):
        return ""
    return f"Basic {base64.b64encode(f'{user}:{key}'.encode()).decode()}"


_HOSTS = (
    _Host(
        HUGGING_FACE,
        "HF_ENDPOINT",
        _hugging_face,
        "a dataset behind a form needs a token in HF_TOKEN of a user who has signed it",
    ),
    _Host(
        KAGGLE,
        "KAGGLE_API_ENDPOINT",
        _kaggle,
        "Kaggle wants a key: set KAGGLE_USERNAME and KAGGLE_KEY, or put the kaggle.json that your "
        "account page gives into ~/.kaggle",
    ),
)
