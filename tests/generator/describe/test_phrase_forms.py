"""Whatever alternatives are drawn together, a phrase stays English."""

from __future__ import annotations

import re

import pytest

from mlesmith_generator.describe.phrases import banks

MOST = 5_000
"""Forms of one template that are looked at."""
_INNER = re.compile(r"\[([^\[\]]*)\]")
_WRONG = {
    "a participle for a verb": re.compile(
        r"\b(?:where|who) (?:\w+ ){0,3}?[a-z]+ing (?:most|more|least|less)\b"
        r"|\bwith (?:\w+ ){1,2}(?:weigh|count|matter|cost) (?:most|more|least|less)\b"
    ),
    "a word twice": re.compile(r"\b([A-Za-z]+) \1\b"),
    "the wrong article": re.compile(
        r"\b[Aa] (?=[aeio])(?!one\b|one-|eu)[a-z]+|\b[Aa]n (?![aeiou`{]|hour|honest)[a-z]+"
    ),
    "of the next, behind a name": re.compile(r"\} of the next\b"),
    "two marks in a row": re.compile(r"[,;:][.,;:]|(?<!\.)\.[.,;:]|\s[.,;:?]"),
    "one of several with a plural": re.compile(
        r"\b(?:[Ee]ach|[Ee]very) [a-z]+ (?:are|have|were)\b"
    ),
    "a singular with a plural": re.compile(
        r"(?:^|[.;:] )(?:[Tt]he |[Aa] )(?:row|value|class|column|file|metric|score) "
        r"(?:are|have|were)\b"
    ),
}  # fmt: skip


def forms_of(text: str) -> list[str]:
    """Return the surface forms of a template, at most `MOST`, as a voice writes them."""
    found: list[str] = []
    waiting = [text]
    while waiting and len(found) < MOST:
        current = waiting.pop()
        match = _INNER.search(current)
        if match is None:
            tidied = re.sub(r" {2,}", " ", current)
            found.append(re.sub(r"\s+([.,;:?])", r"\1", tidied).strip())
            continue
        head, tail = current[: match.start()], current[match.end() :]
        waiting += [head + option + tail for option in match.group(1).split("|")]
    return found


def faults(text: str) -> list[str]:
    """Return what is wrong with forms of a template, each fault with the first form that has it."""
    told: dict[str, str] = {}
    for form in forms_of(text):
        for fault, pattern in _WRONG.items():
            if fault not in told and pattern.search(form):
                told[fault] = f"{fault}: {form}"
    return list(told.values())


@pytest.mark.parametrize("name", list(banks()))
def test_every_form_of_a_bank_is_english(name: str) -> None:
    assert [fault for each in banks()[name] for fault in faults(each.text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Agreement beyond chance, [with|where] far misses [weighing|weigh] most.",
        "[A|The] answer to {m} rows.",
        "A count, known [for|of] {n} and [asked for|wanted] for {m}.",
        "Forecast {target} of the next {ahead}.",
        "[Rows are few|Few rows][, so what,|] .",
        "[Each|All] rows have a class.",
    ],
)
def test_wrong_english_is_found(text: str) -> None:
    assert faults(text)


def test_good_english_passes() -> None:
    good = "[A|Each] row [has|shows] an answer, {n} in all, where far misses weigh [most|more]."
    assert faults(good) == []
