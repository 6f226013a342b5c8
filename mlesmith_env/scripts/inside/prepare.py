"""Call `prepare(raw, public, private)` of `input/prepare.py` on `input/raw`.

`input/order.json` may ask for another hash seed and another date, to show what depends on them:
the program then starts itself anew.
"""

from __future__ import annotations

import datetime
import importlib
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

AGAIN = "PREPARED_AGAIN"


def start_anew(hash_seed: int) -> None:
    """Replace this process by a new interpreter with another hash seed."""
    variables = {**os.environ, "PYTHONHASHSEED": str(hash_seed), AGAIN: "1"}
    command = [sys.executable, "-s", "-X", "utf8", __file__]
    os.execve(sys.executable, command, variables)  # noqa: S606  our own interpreter and file


def seed_everything(seed: int) -> None:
    """Fix the global random state, as it is fixed in a first run."""
    import numpy as np

    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002  the state that a script may use unasked


def shift_clock(seconds: float) -> None:
    """Move what Python says of the date, for everything that is imported from now on."""
    now, now_ns, gmtime, localtime = time.time, time.time_ns, time.gmtime, time.localtime
    strftime, ctime = time.strftime, time.ctime

    def at(moment: float | None) -> float:
        return time.time() if moment is None else moment

    def local(moment: float | None = None) -> time.struct_time:
        return localtime(at(moment))

    def utc(moment: float | None = None) -> time.struct_time:
        return gmtime(at(moment))

    def spelt(form: str, moment: Any = None) -> str:
        return strftime(form, local() if moment is None else moment)

    def shown(moment: float | None = None) -> str:
        return ctime(at(moment))

    time.time, time.time_ns = lambda: now() + seconds, lambda: now_ns() + round(seconds * 1e9)
    time.localtime, time.gmtime, time.strftime, time.ctime = local, utc, spelt, shown
    real_date, real_moment = datetime.date, datetime.datetime

    class Kind(type):
        """Takes the real class's instances for its own."""

        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, cls.__mro__[1])

        def __subclasscheck__(cls, other: type) -> bool:
            return issubclass(other, cls.__mro__[1])

    class Date(real_date, metaclass=Kind):
        def __new__(cls, *arguments: Any, **keywords: Any) -> Any:
            return real_date(*arguments, **keywords)

        @classmethod
        def today(cls) -> Any:
            return real_date.fromtimestamp(time.time())

    class Moment(real_moment, metaclass=Kind):
        def __new__(cls, *arguments: Any, **keywords: Any) -> Any:
            return real_moment(*arguments, **keywords)

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return real_moment.fromtimestamp(time.time(), tz)

        @classmethod
        def today(cls) -> Any:
            return real_moment.fromtimestamp(time.time())

        @classmethod
        def utcnow(cls) -> Any:
            return real_moment.fromtimestamp(time.time(), datetime.UTC).replace(tzinfo=None)

    module: Any = datetime
    module.date, module.datetime = Date, Moment


def main() -> None:
    """Prepare."""
    order = json.loads(Path("input/order.json").read_text("utf-8"))
    if order["hash_seed"] is not None and AGAIN not in os.environ:
        start_anew(order["hash_seed"])
    if os.environ.pop(AGAIN, None):
        # Before the clock moves, so that pandas knows the real classes.
        importlib.import_module("pandas")
        seed_everything(order["seed"])
    if order["shift_s"]:
        shift_clock(order["shift_s"])
    folders = Path("public"), Path("private")
    for folder in folders:
        folder.mkdir()
    sys.path.insert(0, str(Path("input").absolute()))
    prepare = getattr(importlib.import_module("prepare"), "prepare", None)
    if not callable(prepare):
        sys.exit("prepare.py has no function prepare(raw, public, private)")
    prepare(Path("input/raw"), *folders)


main()
