"""What can go wrong with a provider, told apart by what to do about it.

A fault says nothing about a task: it is retried within bounds, or reported as a failure of the
provider. Keys that a provider repeats in its messages are blotted out.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager

from mlesmith_env.errors import GenerationError, MlesmithError
from mlesmith_generator.llm.chat import Usage

_KEY_LIKE = re.compile(r"\b(?:sk|pk|key)-[A-Za-z0-9_*-]{6,}")
_LONGEST = 300
_LASTING = frozenset({"refused", "unreachable", "timeout", "rate-limit", "server"})


class ProviderError(MlesmithError):
    """A language model could not be had, or did not answer in a form that can be used.

    Attributes:
        reason: One of `refused`, `unreachable`, `timeout`, `rate-limit`, `server`, `request`,
            `malformed`, `empty`, `truncated`, `refusal`, `schema`.
        attempts: How often it was tried.
    """

    def __init__(self, reason: str, message: str, attempts: int = 1) -> None:
        """Remember the reason beside the message."""
        super().__init__(message)
        self.reason = reason
        self.attempts = attempts

    @property
    def lasting(self) -> bool:
        """Whether the next call would fail as well, so that nothing is gained by going on."""
        return self.reason in _LASTING


class BudgetError(MlesmithError):
    """The dollars, tokens or seconds that a run may spend are spent."""


class FaultError(Exception):
    """One attempt that failed, and whether another may succeed.

    Attributes:
        reason: As of `ProviderError`.
        again: Whether it is worth another try.
        wait_s: Seconds that the provider asked to wait, or None.
        charged: Whether the provider may have charged for it.
        usage: The tokens that it charged for, where it told them.
    """

    def __init__(
        self,
        reason: str,
        told: str,
        *,
        again: bool = True,
        wait_s: float | None = None,
        charged: bool = False,
        usage: Usage | None = None,
    ) -> None:
        """Keep what an attempt ended with."""
        super().__init__(told)
        self.reason = reason
        self.again = again
        self.wait_s = wait_s
        self.charged = charged
        self.usage = usage


def redacted(text: str, keys: Iterable[str] = ()) -> str:
    """Return a text without keys, and not longer than a message should be."""
    for key in keys:
        if key:
            text = text.replace(key, "[key]")
    text = " ".join(_KEY_LIKE.sub("[key]", text).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


@contextmanager
def of_the_draft() -> Generator[None]:
    """Turn whatever a model's words trip over in our code into an error of the draft.

    Raises:
        GenerationError: Something was raised that is no error of ours; its kind is told.
    """
    try:
        yield
    except MlesmithError:
        raise
    except Exception as error:
        raise GenerationError(
            f"the draft can not be dealt with: {type(error).__name__}: {error}"
        ) from error
