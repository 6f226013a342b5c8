"""A shard: the part of a run that one of several processes or machines does.

Who does what follows from the names alone, so that shards need not know of each other, and one
more dataset moves no other to another shard.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from mlesmith_env.errors import InvalidSettingError


@dataclass(frozen=True)
class Shard:
    """The part `number` of `of`.

    Attributes:
        number: From 1 on.
        of: How many parts there are.
    """

    number: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Return the shard that `2/8` means; raises InvalidSettingError."""
        match = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text.strip())
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise InvalidSettingError(
                f"{text!r} names no shard: write i/n, from 1/n to n/n, for instance 2/8"
            )
        return cls(int(match[1]), int(match[2]))

    def holds(self, name: str) -> bool:
        """Tell whether the job of that name is done in this shard, and so in no other."""
        return int(hashlib.sha256(name.encode()).hexdigest(), 16) % self.of == self.number - 1

    @property
    def label(self) -> str:
        """Name of its part of the ledger; empty where there is only one shard."""
        return "" if self.of == 1 else f"{self.number}-of-{self.of}"
