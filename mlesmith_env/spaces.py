"""Spaces that Gymnasium does not have: any Unicode text, and a choice among words.

`gymnasium.spaces.Text` wants a character set, which excludes what people and models write. Both
spaces here are custom spaces in Gymnasium's sense, so a vector environment batches them as a
tuple of strings; shared memory holds numbers only and refuses them.
"""

from __future__ import annotations

import difflib
import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from gymnasium import Space
from gymnasium.error import CustomSpaceError
from gymnasium.vector.utils import concatenate, create_empty_array, create_shared_memory
from numpy.typing import NDArray

_PALETTE = (
    "".join(chr(code) for code in range(0x20, 0x7F))
    + "\n\t"
    + "äéñøßçŁđ"
    + "αβγδλπΩ"
    + "жшяЮ"
    + "שלאبحر"
    + "中文日本語한국"
    + "→∑√≤«»“”…€"
    + "🙂🚀"
)
_SAMPLED_LENGTH = 64
_CONTROLS = {
    code: "\N{REPLACEMENT CHARACTER}"
    for code in (*range(0x20), *range(0x7F, 0xA0))
    if chr(code) not in "\n\t"
} | {ord("\r"): "\n"}


def is_encodable(text: str) -> bool:
    """Tell whether a string can be written as UTF-8, that is, holds no lone surrogate."""
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def cleaned(text: str) -> str:
    """Return the text with every lone surrogate replaced by `?`, so that it can be written."""
    return text if is_encodable(text) else text.encode("utf-8", "replace").decode("utf-8")


def printable(text: str) -> str:
    """Return the text with line ends as newlines and other control characters replaced.

    What a program prints goes to people's terminals, too, which obey escape sequences.
    """
    return cleaned(text).replace("\r\n", "\n").translate(_CONTROLS)


class UnicodeText(Space[str]):
    """All strings of at most so many characters that can be written as UTF-8.

    Samples are short, of many scripts. They can not be masked.

    Args:
        max_length: Largest number of characters.
        seed: Seed of `sample()`.
    """

    def __init__(self, max_length: int, seed: int | np.random.Generator | None = None) -> None:
        """Make the space; raises ValueError for a length below 1."""
        if max_length < 1:
            raise ValueError(f"max_length is {max_length}; it must be at least 1")
        self.max_length = int(max_length)
        super().__init__(None, None, seed)

    @property
    def is_np_flattenable(self) -> bool:
        """False: text has no fixed number of numbers."""
        return False

    def sample(self, mask: Any | None = None, probability: Any | None = None) -> str:
        """Return a random string of up to 64 characters."""
        if mask is not None or probability is not None:
            raise ValueError("UnicodeText can not be masked; sample it without mask or probability")
        length = int(self.np_random.integers(0, min(self.max_length, _SAMPLED_LENGTH) + 1))
        chosen = self.np_random.integers(0, len(_PALETTE), size=length)
        return "".join(_PALETTE[index] for index in chosen)

    def contains(self, x: Any) -> bool:
        """Tell whether `x` is a string within the length that can be written as UTF-8."""
        return isinstance(x, str) and len(x) <= self.max_length and is_encodable(x)

    def to_jsonable(self, sample_n: Iterable[str]) -> list[str]:
        """Return the strings as plain strings."""
        return [str(text) for text in sample_n]

    def from_jsonable(self, sample_n: list[Any]) -> list[str]:
        """Return the strings that `to_jsonable` gave."""
        return [str(text) for text in sample_n]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UnicodeText) and self.max_length == other.max_length

    def __hash__(self) -> int:
        return hash((UnicodeText, self.max_length))

    def __repr__(self) -> str:
        return f"UnicodeText({self.max_length})"


class Choice(Space[str]):
    """One of a few words.

    Args:
        values: The words, distinct, in the order that masks follow.
        seed: Seed of `sample()`.
    """

    def __init__(
        self, values: Sequence[str], seed: int | np.random.Generator | None = None
    ) -> None:
        """Make the space; raises ValueError where there is no word or one stands twice."""
        if not values or len(set(values)) != len(values):
            raise ValueError(f"a Choice needs distinct words, at least one; got {list(values)}")
        self.values = tuple(values)
        super().__init__(None, None, seed)

    @property
    def n(self) -> int:
        """Number of words."""
        return len(self.values)

    @property
    def is_np_flattenable(self) -> bool:
        """False: words are not numbers."""
        return False

    def sample(
        self,
        mask: NDArray[np.int8] | None = None,
        probability: NDArray[np.float64] | None = None,
    ) -> str:
        """Return a random word.

        Args:
            mask: Shape (n,), 1 for the words that may be drawn, with equal probability.
            probability: Shape (n,), the probability of each word.
        """
        if mask is not None and probability is not None:
            raise ValueError("give a mask or probabilities to Choice.sample, not both")
        weights = np.ones(self.n) if mask is None else np.asarray(mask, dtype=np.float64)
        if probability is not None:
            weights = np.asarray(probability, dtype=np.float64)
        if weights.shape != (self.n,) or weights.min() < 0 or weights.sum() <= 0:
            raise ValueError(
                f"a mask of {self} has shape ({self.n},), no negative and a positive entry; "
                f"got {weights}"
            )
        return self.values[int(self.np_random.choice(self.n, p=weights / weights.sum()))]

    def contains(self, x: Any) -> bool:
        """Tell whether `x` is one of the words."""
        return isinstance(x, str) and x in self.values

    def closest(self, word: str) -> str | None:
        """Return the word that was probably meant, None where nothing is similar."""
        found = difflib.get_close_matches(word.strip().lower(), self.values, n=1)
        return found[0] if found else None

    def to_jsonable(self, sample_n: Iterable[str]) -> list[str]:
        """Return the words as plain strings."""
        return [str(word) for word in sample_n]

    def from_jsonable(self, sample_n: list[Any]) -> list[str]:
        """Return the words that `to_jsonable` gave."""
        return [str(word) for word in sample_n]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Choice) and self.values == other.values

    def __hash__(self) -> int:
        return hash((Choice, self.values))

    def __repr__(self) -> str:
        return f"Choice({', '.join(self.values)})"


@create_empty_array.register(UnicodeText)
def _empty_texts(
    space: UnicodeText, n: int = 1, fn: Callable[..., Any] = np.zeros
) -> tuple[str, ...]:
    return ("",) * n


@create_empty_array.register(Choice)
def _empty_choices(space: Choice, n: int = 1, fn: Callable[..., Any] = np.zeros) -> tuple[str, ...]:
    return (space.values[0],) * n


@concatenate.register(UnicodeText)
@concatenate.register(Choice)
def _gathered(space: Space[str], items: Iterable[str], out: Any) -> tuple[str, ...]:
    return tuple(items)


@create_shared_memory.register(UnicodeText)
@create_shared_memory.register(Choice)
def _no_shared_memory(space: Space[str], n: int = 1, ctx: Any = multiprocessing) -> Any:
    raise CustomSpaceError(
        f"{space} holds text, which shared memory can not carry: use "
        "AsyncVectorEnv(..., shared_memory=False), or gymnasium.make_vec(id, num_envs=...) for "
        "this package's own vector environment"
    )
