"""Numbers that were counted in a text of the same table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from made import table, text, write

from mlesmith_generator.brainstorm.merit import merits
from mlesmith_generator.brainstorm.readings import read_off
from mlesmith_generator.profiler import measure_file, profile_dataset

_GLAD = ("gift", "smile", "feast")


def _letters(rows: int = 120) -> dict[str, list[str]]:
    """Texts with the share of glad words in them, and what a reader felt about them."""
    random = np.random.default_rng(9)
    plain = [f"{a}{b}" for a in "brdlmst" for b in ("ane", "ort", "ill", "ume", "eck")]
    texts: list[str] = []
    for words in random.integers(40, 160, rows):
        glad = random.random(words) < random.uniform(0.01, 0.06)
        said = np.where(glad, random.choice(_GLAD, words), random.choice(plain, words))
        texts.append(" ".join(said.tolist()))
    sizes = np.array([len(each.split()) for each in texts])
    glad = np.array([sum(word in _GLAD for word in each.split()) for each in texts])
    felt = 100 * glad / sizes + random.normal(0, 1, rows)
    return {
        "letter": texts,
        "joy": text(100 * glad / sizes, 2),
        "joy_part": text(glad / sizes, 4),
        "letter_words": [str(size) for size in sizes],
        "felt": text(np.clip(felt, 0, None), 2),
        "stars": random.integers(1, 30, rows).astype(str).tolist(),
        "kind": random.choice(["praise", "blame"], rows).tolist(),
    }


def test_shares_of_words_and_counts_are_read_off_and_judgements_are_not() -> None:
    assert read_off(table(**_letters())) == {"joy", "joy_part", "letter_words"}


def test_without_the_text_nothing_is_read_off() -> None:
    letters = _letters()
    letters["letter"] = letters["kind"]
    assert read_off(table(**letters)) == set()


def test_what_was_read_off_is_not_asked_for(tmp_path: Path) -> None:
    folder = write(tmp_path, **_letters())
    (data,) = profile_dataset(folder, "letters").tables
    found = merits(data, measure_file(data.reader, folder, seed=0).table, "letters")
    assert {merit.column for merit in found} == {"felt", "stars", "kind"}
