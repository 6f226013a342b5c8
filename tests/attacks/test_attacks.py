"""No attack succeeds, whatever the machine gives; and honest programs go on beside and after it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from .arena import Arena
from .attack import FAMILIES, Attack
from .elsewhere import as_nobody
from .suite import attacks
from .variants import VARIANTS

# Every attack on the default; elsewhere those that find out in moments.
_PLAYED = [
    pytest.param(name, attack, id=f"{name}-{attack.family}-{attack.name}")
    for name, variant in VARIANTS.items()
    for attack in attacks()
    if name != "docker" and attack.name not in variant.harmless
    if name == "local" or not (attack.heavy or attack.family == "exhaust")
]


@pytest.fixture(scope="module")
def arena(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Arena]:
    with VARIANTS[request.param].arena(tmp_path_factory.mktemp("ground")) as arena:
        yield arena


@pytest.mark.parametrize(("arena", "attack"), _PLAYED, indirect=["arena"])
def test_the_attack_fails_and_honest_steps_go_on(arena: Arena, attack: Attack) -> None:
    outcome = arena.play(attack)
    assert outcome.held, "\n".join(outcome.broke)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="there is no setpriv")
def test_attacks_by_an_unprivileged_user_fail(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o711)
    played = as_nobody(tmp_path, "--light", "--variant", "local", "read:", "reach:", "escape:")
    assert len(played) > 60
    assert [record for record in played if not record["held"]] == []


def test_every_family_has_attacks() -> None:
    assert len(attacks()) >= 150
    for family in FAMILIES:
        assert len([attack for attack in attacks() if attack.family == family]) >= 15
