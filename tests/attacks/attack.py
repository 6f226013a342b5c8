"""What an attack is, and the list that holds them all.

An attack is a program. Before it stands `PRELUDE`, which tells it everything that an attacker
could know or guess: where the answers lie, which processes the host has, which sockets it serves.
It says so itself where it got what it wanted, by `won`; everything else is seen from outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Family = Literal["read", "reach", "escape", "exhaust", "cheat"]
FAMILIES: tuple[Family, ...] = ("read", "reach", "escape", "exhaust", "cheat")

WON = "ATTACKER-WON"

FAILED = ("error", "killed")
INVALID = ("invalid_submission",)

PRELUDE = f"""\
import ctypes, errno, glob, os, platform, signal, socket, struct, subprocess, sys, time
libc = ctypes.CDLL(None, use_errno=True)
def won(*what):
    print({WON[:8]!r} + {WON[8:]!r}, *what, flush=True)
def tried(act, *args, **keywords):
    try: return act(*args, **keywords)
    except Exception as error: return None
def call(x86, arm, *args):
    "A raw system call: its result, or minus the error number."
    ctypes.set_errno(0)
    number = x86 if platform.machine() == 'x86_64' else arm
    args = [ctypes.c_long(a) if isinstance(a, int) else a for a in args]
    result = libc.syscall(ctypes.c_long(number), *args)
    return result if result >= 0 else -ctypes.get_errno()
def honest():
    "Submit what an honest program would."
    lines = open('input/test.csv').read().split()
    names = lines[0].split(',')
    rows = [dict(zip(names, line.split(','))) for line in lines[1:]]
    text = ''.join(f"{{row['id']}},{{3 * float(row['load'])}}\\n" for row in rows)
    open('submission.csv', 'w').write('id,stretch\\n' + text)
def submit(text):
    "Submit a text as predictions, where somebody gave it away."
    open('submission.csv', 'w').write(text)
"""


@dataclass(frozen=True)
class Attack:
    """One attack.

    Attributes:
        name: What it tries.
        family: What it is after.
        program: The program that tries it.
        then: Programs that are run afterwards, in the same workspace, by the same attacker.
        statuses: How the attack itself may end; empty where that does not matter.
        reward: The most that its step may pay; None for what an honest program earns.
        heavy: Whether it takes seconds, for want of a quicker way to try.
    """

    name: str
    family: Family
    program: str
    then: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    reward: float | None = None
    heavy: bool = False

    def programs(self, known: Mapping[str, object]) -> list[str]:
        """Return all programs, each with the prelude and what the attacker knows."""
        told = "".join(f"{name} = {value!r}\n" for name, value in known.items())
        return [f"{PRELUDE}{told}{program}\n" for program in (self.program, *self.then)]


ATTACKS: list[Attack] = []


def attack(
    family: Family,
    name: str,
    program: str,
    *then: str,
    statuses: tuple[str, ...] = (),
    reward: float | None = None,
    heavy: bool = False,
) -> None:
    """Register an attack. Raises `ValueError` where its name is taken."""
    if any(known.name == name for known in ATTACKS):
        raise ValueError(f"there are two attacks {name!r}")
    ATTACKS.append(Attack(name, family, program, then, statuses, reward, heavy))
