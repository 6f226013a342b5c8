"""Playing attacks through the environment, beside a neighbour, and judging what came of them."""

from __future__ import annotations

import itertools
import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import gymnasium as gym

from mlesmith_env import registration, sandbox
from mlesmith_env.errors import MlesmithError
from mlesmith_env.sandbox import Sandbox, SandboxSpec
from mlesmith_env.sandbox.inside import processes
from tests.env.environment import springs

from .attack import WON, Attack
from .ground import Ground

_GONE_WITHIN_S = 5.0
_HONEST = """\
import csv, numpy, pandas
rows = list(csv.DictReader(open('input/test.csv')))
with open('submission.csv', 'w') as file:
    file.write('id,stretch\\n' + '\\n' * NUMBER)
    for row in rows:
        file.write(f"{row['id']},{3 * float(row['load'])}\\n")
print(numpy.mean([1.0, 3.0]), pandas.DataFrame({'a': [1]}).a.sum())
"""
Maker = Callable[[SandboxSpec], Sandbox]


@dataclass(frozen=True)
class Outcome:
    """What came of an attack.

    Attributes:
        attack: The attack.
        broke: What it reached, or broke; empty where the sandbox held.
        status: How its own step ended.
        seconds: How long all of its steps took.
    """

    attack: Attack
    broke: tuple[str, ...]
    status: str
    seconds: float

    @property
    def held(self) -> bool:
        """Whether the sandbox held."""
        return not self.broke


class Arena:
    """Two environments of one host process: one for attacks, and its neighbour.

    Args:
        ground: What attacks aim at.
        maker: Makes the sandboxes, in place of those that `options` name.
        options: Keywords of `gym.make`; with `stateful`, a stopped interpreter may stay.
        ours: Whether the sandboxes' processes are this process's descendants.
    """

    def __init__(
        self,
        ground: Ground,
        *,
        maker: Maker | None = None,
        options: dict[str, Any] | None = None,
        ours: bool = True,
    ) -> None:
        self._ground = ground
        self._maker = maker
        self._ours = ours
        self._stateful = bool(options and options.get("stateful"))
        self._numbers = itertools.count(1)
        registration.register_tasks(ground.folder / "registry")
        keywords = {"reward": "progress", **(options or {})}
        self._envs = [gym.make(springs.TASK_ID, **keywords) for _ in range(2)]
        for env in self._envs:
            self._reset(env)
        self._reward = math.nan
        self._score = math.nan
        for env in self._envs:
            fault = self._play_honestly(env)
            if fault:
                raise RuntimeError(f"an honest program fails before any attack: {fault}")
        self._run(self._envs[1], f"open('mine.txt', 'w').write({ground.secret!r})")
        self._known = set(processes.descendants(os.getpid()))

    def play(self, attack: Attack) -> Outcome:
        """Play an attack, and after it an honest step here and in the neighbour."""
        began = time.monotonic()
        broke: list[str] = []
        status = "?"
        known = self._ground.known() | self._place()
        for number, program in enumerate(attack.programs(known)):
            try:
                step = self._run(self._envs[0], program)
            except MlesmithError as error:
                broke.append(f"step {number + 1} raised {type(error).__name__}: {error}"[:300])
                self._reset(self._envs[0])
                break
            status = status if number else step.info["status"]
            broke += self._judge(attack, step, first=number == 0)
        broke += self._left_behind()
        broke += self._ground.damage()
        if self._stateful:
            # What a session has made of itself is its own.
            self._envs[0].step({"kind": "reset", "content": ""})
        for env, name in zip(self._envs, ("here", "next door"), strict=True):
            fault = self._play_honestly(env)
            if fault:
                broke.append(f"the next honest step {name}: {fault}")
                self._reset(env)
        # The same workspace for all attacks would let one help another.
        self._envs[0].step({"kind": "reset", "content": ""})
        return Outcome(attack, tuple(broke), status, time.monotonic() - began)

    def _judge(self, attack: Attack, step: _Step, *, first: bool) -> list[str]:
        said = step.text
        broke = [f"it read {what}" for what in self._ground.leaks(said)]
        if WON in said:
            broke.append(next(line for line in said.splitlines() if WON in line)[:200])
        most = self._reward if attack.reward is None else attack.reward
        if not step.reward <= most + 1e-9:
            broke.append(f"it earned {step.reward:.4f}, more than {most:.4f}")
        if first and attack.statuses and step.info["status"] not in attack.statuses:
            broke.append(f"its status is {step.info['status']}, not {' or '.join(attack.statuses)}")
        return broke

    def _left_behind(self) -> list[str]:
        """Return what still runs that ran not before, after some patience with the host's own."""
        if not self._ours:
            return []
        deadline = time.monotonic() + _GONE_WITHIN_S
        while True:
            left = set(processes.descendants(os.getpid())) - self._known - {self._ground.victim.pid}
            if self._stateful:
                left = {process for process in left if not _rests(process)}
            else:
                left -= self._waiting(left)
            if not left:
                return []
            if time.monotonic() > deadline:
                self._known |= left
                return [f"{len(left)} processes outlived their run"]
            time.sleep(0.05)

    def _waiting(self, left: set[int]) -> set[int]:
        """Return those that wait for the next program: one childless child of each supervisor."""
        children: dict[int, list[int]] = {}
        for process in left:
            children.setdefault(_parent(process), []).append(process)
        return {
            found[0]
            for parent, found in children.items()
            if parent in self._known and len(found) == 1 and not processes.children(found[0])
        }

    def _play_honestly(self, env: gym.Env[Any, Any]) -> str:
        """Run an honest program; return what is wrong with its result, or nothing."""
        # Other bytes and the same predictions every time: a file that is repeated earns nothing.
        program = _HONEST.replace("NUMBER", str(next(self._numbers)))
        try:
            step = self._run(env, program)
        except MlesmithError as error:
            return f"{type(error).__name__}: {error}"[:300]
        if step.info["status"] != "ok" or "2.0 1\n" not in step.text:
            return f"{step.info['status']}: {step.text[-300:]}"
        if math.isnan(self._reward):
            self._reward, self._score = step.reward, step.info["score"]
        if (step.reward, step.info["score"]) != (self._reward, self._score):
            return f"reward {step.reward} and score {step.info['score']}"
        return ""

    def _run(self, env: gym.Env[Any, Any], program: str) -> _Step:
        action = {"kind": "execute_code", "content": program}
        observation, reward, terminated, truncated, info = env.step(action)
        folder: Path = env.unwrapped.episode_dir  # type: ignore[attr-defined]
        if terminated or truncated:
            raise RuntimeError("the episode has ended")
        outputs = sorted((folder / "outputs").glob("*.txt"))
        full = outputs[-1].read_bytes()[: 1 << 21].decode(errors="replace") if outputs else ""
        for path in outputs:
            path.unlink()
        text = "\n".join([observation["feedback"], info["error"], repr(info), full])
        return _Step(float(reward), info, text)

    def _reset(self, env: gym.Env[Any, Any]) -> None:
        with self._making():
            env.reset(seed=7)

    @contextmanager
    def _making(self) -> Iterator[None]:
        """Let environments make the sandboxes of this arena."""
        if self._maker is None:
            yield
            return
        maker = self._maker
        with mock.patch("mlesmith_env.programs.make_sandbox", lambda _, spec: maker(spec)):
            yield

    def _place(self) -> dict[str, object]:
        """Return where sandboxes and logs lie on this host."""
        own, other = (
            getattr(env.unwrapped._runner._sandbox, "workspace", "")  # type: ignore[attr-defined]
            for env in self._envs
        )
        logs = [str(env.unwrapped.episode_dir) for env in self._envs]  # type: ignore[attr-defined]
        return {
            "WORKSPACE": str(own),
            "OTHER": str(other),
            "LOGS": logs,
            "PIDS": sorted(self._known) if self._ours else [],
            "OWN": str(Path(sandbox.__file__).parents[1]),
        }

    def close(self) -> None:
        """Close both environments."""
        for env in self._envs:
            env.close()


def _parent(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _rests(process: int) -> bool:
    """Return whether a process is stopped, or is dead and waits for a parent that is stopped."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in {"T", "Z"}


@dataclass(frozen=True)
class _Step:
    reward: float
    info: dict[str, Any]
    text: str
