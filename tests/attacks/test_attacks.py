"""No attack succeeds, whatever the machine gives; and honest programs go on beside and after it.

The attacks aim at their host process, so that each kind of sandbox is played in one of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from .attack import FAMILIES
from .elsewhere import as_nobody
from .suite import attacks
from .variants import VARIANTS

PROJECT = Path(__file__).parents[2]
_WITHIN_S = 1500


# In a container they are played by the tests of containers, which have an engine.
@pytest.mark.timeout(_WITHIN_S + 60)
@pytest.mark.parametrize("name", [name for name in VARIANTS if name != "docker"])
def test_no_attack_succeeds_and_honest_steps_go_on(name: str) -> None:
    # Every attack on the default; elsewhere those that find out in moments.
    light = [] if name == "local" else ["--light"]
    command = [sys.executable, "-m", "tests.attacks", "--json", "--variant", name, *light]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=_WITHIN_S)
    assert done.stdout, done.stderr[-4000:]
    played = json.loads(done.stdout)
    assert [record for record in played if not record["held"]] == []
    assert len(played) > 150
    assert done.returncode == 0


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="there is no setpriv")
def test_attacks_by_an_unprivileged_user_fail() -> None:
    # Not in pytest's own folder, which every other run of pytest closes again.
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        words = ("read:", "reach:", "escape:")
        played = as_nobody(Path(folder), "--light", "--variant", "local", *words)
    assert len(played) > 60
    assert [record for record in played if not record["held"]] == []


def test_every_family_has_attacks() -> None:
    assert len(attacks()) >= 150
    for family in FAMILIES:
        assert len([attack for attack in attacks() if attack.family == family]) >= 15
