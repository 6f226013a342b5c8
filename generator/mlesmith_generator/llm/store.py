"""Answers that were paid for, kept by the content of the call: a resumed run pays nothing twice."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from mlesmith_env import settings
from mlesmith_env.documents import read_document
from mlesmith_env.errors import ManifestError
from mlesmith_env.package import write_atomically
from mlesmith_generator.llm.chat import ChatReply

_LARGEST = 8 * 1024**2


class CallStore:
    """Replies by the key of their request.

    Args:
        root: The folder; by default `calls` in the cache. It holds what models wrote, and no key.
    """

    def __init__(self, root: Path | None = None) -> None:
        """Remember the folder; it is made when the first reply is kept."""
        self._root = root or settings.cache_root() / "calls"

    def find(self, key: str) -> ChatReply | None:
        """Return the reply that was kept under a key; one that can not be read is not there."""
        try:
            text = read_document(self._path(key), _LARGEST)
            return ChatReply.model_validate_json(text)
        except (OSError, ManifestError, ValidationError):
            return None

    def keep(self, key: str, reply: ChatReply) -> None:
        """Keep a reply, whole or not at all."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, reply.model_dump_json(exclude_defaults=True))

    def forget(self, key: str) -> None:
        """Forget a reply; one that is not there is forgotten."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._root / key[:2] / f"{key}.json"
