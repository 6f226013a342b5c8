"""What phrases say of a holdout is what the review takes them to say."""

from __future__ import annotations

import re

import pytest

from mlesmith_generator.describe.phrases import banks
from mlesmith_generator.gates.truthfulness import claimed_holdouts
from tests.generator.describe.test_phrase_forms import forms_of

KINDS = {
    "random": {"random"}, "stratified": {"random"}, "group": {"group"}, "time": {"time"},
    "stratified apart": {"random"}, "stratified then apart": set(),
    "last": {"time"}, "shared": set(), "parts": set(), "parts small": set(),
    "made hidden": set(), "group hidden": set(), "time hidden": {"time"},
}  # fmt: skip
"""What the phrases of a bank may claim, by the bank's name."""


@pytest.mark.parametrize("name", list(KINDS))
def test_no_phrase_claims_another_holdout(name: str) -> None:
    for phrase in banks()[name]:
        for form in forms_of(re.sub(r"\{\w+\}", "x", phrase.text)):
            assert claimed_holdouts(form) <= KINDS[name], form


def test_other_claims_are_found() -> None:
    assert claimed_holdouts("Rows were drawn at random.") == {"random"}
    assert claimed_holdouts("Which rows are hidden was decided by chance.") == {"random"}
    assert claimed_holdouts("Whole patients were hidden; the newest come last.") == {
        "group",
        "time",
    }
