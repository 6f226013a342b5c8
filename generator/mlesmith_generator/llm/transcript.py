"""Transcripts: what was said while a dataset was made into tasks, to be read afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlesmith_env.journal import Journal
from mlesmith_generator.llm.chat import Message

TRANSCRIPTS = "transcripts"


class Transcript:
    """Writes the messages of one run about one dataset.

    Args:
        registry: The registry root; transcripts lie in a folder of it.
        dataset: Slug of the dataset.
        run: Name of the run.
    """

    def __init__(self, registry: Path, dataset: str, run: str) -> None:
        """Open the transcript for appending."""
        self._journal = Journal(registry / TRANSCRIPTS / f"{dataset}.jsonl")
        self._run = run
        self._talks = 0

    def note(self, role: str, about: str) -> Callable[[Message], None]:
        """Return what a conversation tells its messages to.

        Args:
            role: Who answers.
            about: What it is about, such as `idea 2`.
        """
        self._talks += 1
        talk = self._talks

        def write(message: Message) -> None:
            body: dict[str, Any] = message.model_dump(mode="json", exclude_defaults=True)
            self._journal.append(
                {
                    "run": self._run,
                    "talk": talk,
                    "role": role,
                    "about": about,
                    "time": round(time.time(), 3),
                    "message": {"role": message.role, **body},
                }
            )

        return write

    def close(self) -> None:
        """Close the file."""
        self._journal.close()
