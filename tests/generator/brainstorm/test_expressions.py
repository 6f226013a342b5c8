"""What is left out takes its logarithm along."""

from __future__ import annotations

import numpy as np
from made import table, text

from mlesmith_generator.brainstorm.expressions import expressions_of
from mlesmith_generator.brainstorm.targets import primary
from mlesmith_generator.records import Exclusion


def test_other_expressions_of_what_is_left_out_go_with_its_reason() -> None:
    random = np.random.default_rng(4)
    spell = random.integers(0, 70, 500).astype(float)
    log = [f"{np.log(value):.3f}" if value else None for value in spell]
    data = table(
        spell=text(spell, 0),
        log_spell=log,
        left=text(-spell, 0),
        near=text(spell + random.normal(0, 1, 500), 0),
        late=text(spell > 40, 0),
        held=text(random.integers(0, 2, 500), 0),
    )
    made = primary(data["held"])
    assert made is not None
    told = (Exclusion(column="spell", reason="it is known only after a follow-up"),)
    found = expressions_of(told, made, data)
    assert [each.column for each in found] == ["log_spell", "left"]
    assert {each.reason for each in found} == {told[0].reason}
    assert expressions_of((), made, data) == ()
