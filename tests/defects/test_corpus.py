from __future__ import annotations

import pytest

from .cases import Case
from .corpus import DEFECTS, LEGITIMATE
from .judging import Outcome, judge, score


def _ids(case: Case) -> str:
    return f"{case.area}-{case.name.replace(' ', '-')}"


@pytest.mark.parametrize("case", DEFECTS, ids=_ids)
def test_a_seeded_defect_is_refused_for_the_right_reason(case: Case) -> None:
    outcome = judge(case)
    assert outcome.codes & case.codes, outcome.found


@pytest.mark.parametrize("case", LEGITIMATE, ids=_ids)
def test_a_legitimate_task_is_not_refused(case: Case) -> None:
    # The ladder of legitimate tasks is run by `python -m tests.defects`: it takes long.
    outcome = judge(case, execution=False)
    assert not outcome.found


def test_the_corpus_is_large_and_names_are_unique() -> None:
    assert len(DEFECTS) >= 40
    assert len(LEGITIMATE) >= 40
    names = [case.name for case in (*DEFECTS, *LEGITIMATE)]
    assert len(set(names)) == len(names)
    assert {case.area for case in DEFECTS} == {
        "package", "data", "leak", "description", "worth", "script", "execution",
    }  # fmt: skip


def test_the_score_counts_what_was_caught_for_another_reason() -> None:
    seeded, honest = DEFECTS[0], LEGITIMATE[0]
    code = next(iter(seeded.codes))
    outcomes = [
        Outcome(seeded, "assertions", ((code, "why"),), 0.0),
        Outcome(seeded, "assertions", (("another-code", "why"),), 0.0),
        Outcome(seeded, "", (), 0.0),
        Outcome(honest, "review", (("another-code", "why"),), 0.0),
        Outcome(honest, "", (), 0.0),
    ]
    total = score(outcomes)
    assert (total.seeded, total.caught, total.right_reason) == (3, 2, 1)
    assert (total.legitimate, total.refused) == (2, 1)
    assert total.recall == pytest.approx(1 / 3)
    assert total.precision == pytest.approx(2 / 3)
