"""No sentence may become a refrain; and the counter that says so is itself strict."""

from __future__ import annotations

import pytest
from made_pages import renamed

from mlesmith_generator.describe import describe, repetition
from mlesmith_generator.describe.repetition import masked_sentences

PAGES = ("harvest", "grafted", "banded", "later")


@pytest.mark.parametrize("name", PAGES)
def test_no_refrain_over_many_tasks_of_one_kind(name: str, request: pytest.FixtureRequest) -> None:
    page = request.getfixturevalue(name)
    found = repetition([describe(renamed(page, number)) for number in range(120)])
    assert found.pages == 120
    assert [f"{each.share:.2f} {each.text}" for each in found.refrains] == []


def text(title: str, context: str, rules: str = "Fixed sentence here.") -> str:
    return f"# {title}\n\n## Context\n\n{context}\n\n## Rules\n\n- {rules}\n"


def test_values_are_masked() -> None:
    one = text("Abalone: predict rings", "Of 2,924 rows, 3.5 % have `Rings` above seven.")
    two = text("Wine: predict quality", "Of 11 rows, 40 % have `quality score` above nine.")
    assert masked_sentences(one) == masked_sentences(two)


def test_words_of_the_title_and_lists_are_masked() -> None:
    one = text("Abalone: predict rings", "The abalone data hold `a`, `b` and `c`.")
    two = text("Iris: predict species", 'The iris data hold "x" and `y`.')
    assert masked_sentences(one) == masked_sentences(two)


def test_fixed_sections_tables_and_code_do_not_count() -> None:
    page = text("A: b", "| a table | of cells |\n| --- | --- |\n\n```text\nf = some code here\n```")
    assert masked_sentences(page) == []


def test_refrain_is_found() -> None:
    pages = [text(f"T{n}", f"This sentence stands on all {n} pages.") for n in range(20)]
    pages += [text(f"U{n}", "Sentence number " + "x" * (n + 1) + " is unique.") for n in range(20)]
    found = repetition(pages)
    assert [each.pages for each in found.refrains] == [20]
    assert found.refrains[0].share == 0.5


def test_one_page_has_no_refrain() -> None:
    assert repetition([text("T", "Only once is this told.")]).refrains == ()
    assert repetition([]).refrains == ()
