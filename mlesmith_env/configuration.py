"""The keywords of an environment, checked and resolved against the task's limits."""

from __future__ import annotations

import difflib
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np

from mlesmith_env.errors import InvalidSettingError
from mlesmith_env.manifest import Limits
from mlesmith_env.rewards import RewardScheme, get_reward

Feedback = Literal["public", "none"]
FEEDBACKS: tuple[Feedback, ...] = ("public", "none")
Isolation = Literal["reuse", "fresh"]
ISOLATIONS: tuple[Isolation, ...] = ("reuse", "fresh")
RENDER_MODES = ("ansi",)


@dataclass(frozen=True)
class SandboxOptions:
    """What the `docker` sandbox takes beyond the task's limits.

    Attributes:
        image: Image to run; this version's own where None.
        gpus: Devices to pass through: `all`, a number, or identifiers with commas between; empty
            for none.
        cpus: Share of the processors, in processors; None for all of them.
    """

    image: str | None = None
    gpus: str = ""
    cpus: float | None = None


@dataclass(frozen=True)
class Configuration:
    """How an environment plays its task.

    Attributes:
        sandbox: Name of the backend.
        isolation: `reuse` keeps a sandbox over episodes and cleans it, `fresh` makes a new one.
        sandbox_options: What the `docker` sandbox takes.
        reward: The reward scheme.
        feedback: Whether scores on public rows are told during the episode.
        limits: The task's limits with the caller's changes.
        stateful: Whether variables live on from step to step.
        libraries: Modules that are loaded before any program is forked, besides the usual ones.
        log_dir: Where episodes are kept; None for a temporary folder.
        render_mode: `ansi` or None.
    """

    sandbox: str
    isolation: Isolation
    sandbox_options: SandboxOptions
    reward: RewardScheme
    feedback: Feedback
    limits: Limits
    stateful: bool
    libraries: tuple[str, ...]
    log_dir: Path | None
    render_mode: str | None

    @property
    def shows_scores(self) -> bool:
        """Whether scores on public rows are told during the episode."""
        return self.feedback == "public"

    def plain(self) -> dict[str, Any]:
        """Return the configuration as plain data, for logs."""
        return {
            "sandbox": self.sandbox,
            "isolation": self.isolation,
            "sandbox_options": asdict(self.sandbox_options),
            "reward": self.reward.name,
            "feedback": self.feedback,
            "limits": self.limits.model_dump(mode="json"),
            "stateful": self.stateful,
            "libraries": list(self.libraries),
        }


def configure(
    limits: Limits,
    *,
    sandbox: str,
    reward: str,
    step_timeout_s: float | None,
    time_limit_s: float | None,
    feedback: str,
    max_steps: int | None,
    stateful: bool,
    libraries: Sequence[str],
    isolation: str,
    sandbox_options: Mapping[str, object] | None,
    log_dir: str | os.PathLike[str] | None,
    render_mode: str | None,
) -> Configuration:
    """Return the configuration that the keywords of `TaskEnv` ask for.

    Raises:
        InvalidSettingError: A value is outside its domain; the message names the keyword.
    """
    changes: dict[str, float | int] = {}
    if max_steps is not None:
        changes["max_steps"] = _count("max_steps", max_steps)
    if step_timeout_s is not None:
        changes["step_timeout_s"] = _seconds("step_timeout_s", step_timeout_s)
    if time_limit_s is not None:
        changes["time_limit_s"] = _seconds("time_limit_s", time_limit_s)
    if render_mode is not None:
        _one_of("render_mode", render_mode, RENDER_MODES)
    return Configuration(
        sandbox=sandbox,
        isolation=cast("Isolation", _one_of("isolation", isolation, ISOLATIONS)),
        sandbox_options=_options(sandbox, sandbox_options or {}),
        reward=get_reward(reward),
        feedback=cast("Feedback", _one_of("feedback", feedback, FEEDBACKS)),
        limits=limits.model_copy(update=changes),
        stateful=_flag("stateful", stateful),
        libraries=_modules("libraries", libraries),
        log_dir=None if log_dir is None else Path(log_dir).expanduser().absolute(),
        render_mode=render_mode,
    )


def _options(sandbox: str, given: Mapping[str, object]) -> SandboxOptions:
    if given and sandbox != "docker":
        raise InvalidSettingError(
            f"sandbox_options={dict(given)!r} are for sandbox='docker', not {sandbox!r}"
        )
    for key in given:
        _one_of("a key of sandbox_options", key, ("image", "gpus", "cpus"))
    image, gpus, cpus = given.get("image"), given.get("gpus", ""), given.get("cpus")
    if not (image is None or isinstance(image, str)):
        raise InvalidSettingError(f"sandbox_options: image={image!r} must be the name of an image")
    if not isinstance(gpus, str):
        raise InvalidSettingError(
            f"sandbox_options: gpus={gpus!r} must be 'all', a number as text, or identifiers with "
            "commas between"
        )
    share = None if cpus is None else _positive("sandbox_options: cpus", cpus, "processors")
    return SandboxOptions(image, gpus, share)


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise InvalidSettingError(f"{name}={value!r} must be True or False")
    return bool(value)


def _modules(name: str, value: object) -> tuple[str, ...]:
    names: list[object] = list(value) if isinstance(value, list | tuple) else [value]
    for module in names:
        if not isinstance(module, str) or not all(map(str.isidentifier, module.split("."))):
            raise InvalidSettingError(
                f"{name}={value!r} must be a list of modules to import, such as ['lightgbm']"
            )
        if find_spec(module.partition(".")[0]) is None:
            raise InvalidSettingError(
                f"{name} names {module!r}, which is not installed here: install it, or leave it out"
            )
    return tuple(str(module) for module in names)


def _count(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise InvalidSettingError(f"{name}={value!r} must be a whole number of at least 1")
    return int(value)


def _seconds(name: str, value: object) -> float:
    return _positive(name, value, "seconds")


def _positive(name: str, value: object, unit: str) -> float:
    number = isinstance(value, int | float | np.integer | np.floating)
    if isinstance(value, bool) or not number or not 0 < float(value) < math.inf:
        raise InvalidSettingError(f"{name}={value!r} must be a finite number of {unit} above 0")
    return float(value)


def _one_of(name: str, value: object, allowed: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in allowed:
        close = difflib.get_close_matches(str(value), allowed, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise InvalidSettingError(
            f"{name}={value!r} is none of {', '.join(map(repr, allowed))}{hint}"
        )
    return value
