"""Every template is well formed, and every bank has enough forms."""

from __future__ import annotations

import re

import pytest

from mlesmith_env.metrics import metric_names
from mlesmith_generator.describe.phrases import bank, banks
from mlesmith_generator.describe.voice import Voice


def test_brackets_and_braces_are_paired() -> None:
    for name, templates in banks().items():
        assert templates, name
        for template in templates:
            depth = 0
            for character in template.text:
                depth += (character == "[") - (character == "]")
                assert 0 <= depth <= 2, template.text
            assert depth == 0, template.text
            assert not re.sub(r"\{[a-z_0-9]+\}", "", template.text).count("{"), template.text
            assert "|" not in re.sub(
                r"\[[^\[\]]*\]", "", re.sub(r"\[[^\[\]]*\]", "", template.text)
            )


def test_every_metric_of_the_catalogue_has_its_words() -> None:
    for name in metric_names():
        assert f"measures {name}" in banks()


@pytest.mark.parametrize(
    "name",
    ["opening number", "opening yes", "opening classes", "spread", "balance two", "balance",
     "random", "random then", "stratified", "stratified then", "group", "time", "higher", "lower",
     "measures rmse", "measures roc_auc", "measures log_loss", "dropped", "constant"],
)  # fmt: skip
def test_banks_of_every_page_have_many_forms(name: str) -> None:
    said = {
        Voice(str(seed)).say(name, **{f: f.upper() for t in bank(name) for f in t.fields})
        for seed in range(400)
    }
    assert len(said) >= 40


def test_unknown_bank_is_an_error() -> None:
    with pytest.raises(KeyError):
        Voice("a").say("no such bank")


def test_templates_are_only_taken_when_their_fields_are_given() -> None:
    for seed in range(60):
        said = Voice(str(seed)).say("gaps", c="C", s="S", rest="", columns="two columns")
        assert "{" not in said


def test_fields_are_never_read_as_templates() -> None:
    said = Voice("x").say("zero", s="[a|b] {target}", target="{s}")
    assert "[a|b] {target}" in said
