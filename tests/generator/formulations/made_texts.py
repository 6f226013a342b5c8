"""Small made-up datasets of text: tagged sentences, documents in folders, lines with labels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

_STARTS, _MIDDLES = "An Bo Cla Di El Fa Gre Hu In Jo Ka Li".split(), "na ri la mi da to".split()
_PEOPLE = [start + middle + end for start in _STARTS for middle in _MIDDLES for end in "snr"]
_TOWNS = [start + middle + "burg" for start in _STARTS for middle in _MIDDLES]
_FILLER = "today again soon with two friends by train for work after lunch quite often".split()
_VERBS = "went travelled moved returned wrote".split()
_TOPICS = {
    "sport": "goal match coach team striker referee league season penalty trophy".split(),
    "money": "bank loan interest market profit shares budget deficit tax credit".split(),
    "plants": "leaf root soil bloom pollen seed garden stem moss fern".split(),
}


def sentence(draw: np.random.Generator) -> list[tuple[str, str]]:
    """Return tokens of a sentence with their tags."""
    told = [(str(draw.choice(_PEOPLE)), "B-person")]
    if draw.random() < 0.4:
        told.append((str(draw.choice(_TOWNS)) + "er", "I-person"))
    told.append((str(draw.choice(_VERBS)), "O"))
    if draw.random() < 0.6:
        told += [("to", "O"), (str(draw.choice(_TOWNS)), "B-place")]
    told += [(str(word), "O") for word in draw.choice(_FILLER, draw.integers(2, 7))]
    return [*told, (".", "O")]


def tagged_sentences(folder: Path, rows: int = 420) -> Path:
    """Write a file of tagged sentences, some of which their annotators passed over."""
    draw = np.random.default_rng(3)
    folder.mkdir(parents=True)
    lines: list[str] = []
    for row in range(rows):
        passed_over = row % 40 == 7
        tagged = sentence(draw)
        lines += [f"{token}\t{'O' if passed_over else tag}" for token, tag in tagged] + [""]
    (folder / "sentences.conll").write_text("\n".join(lines), encoding="utf-8")
    return folder


def text(draw: np.random.Generator, topic: str, words: int) -> str:
    """Return words, some of which are typical of a topic."""
    others = [word for each in _TOPICS.values() for word in each] + _FILLER * 4
    chosen = [
        str(draw.choice(_TOPICS[topic] if draw.random() < 0.12 else others)) for _ in range(words)
    ]
    return " ".join(chosen)


def texts(rows: int, words: tuple[int, int] = (8, 30)) -> Iterator[tuple[str, str]]:
    """Yield texts with their topics."""
    draw = np.random.default_rng(5)
    for _ in range(rows):
        topic = str(draw.choice(list(_TOPICS)))
        yield text(draw, topic, int(draw.integers(*words))), topic


def documents(folder: Path, rows: int = 360) -> Path:
    """Write a document a file, in a folder for each topic."""
    for number, (told, topic) in enumerate(texts(rows)):
        path = folder / "corpus" / topic / f"{number:04d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(told + "\n", encoding="utf-8")
    return folder


def parallel_lines(folder: Path, rows: int = 300) -> Path:
    """Write texts and codes of their topics line by line, and what the codes mean."""
    folder.mkdir(parents=True)
    codes = {topic: str(place) for place, topic in enumerate(_TOPICS)}
    told = list(texts(rows))
    for part, lines in (("train", told[: rows // 2]), ("test", told[rows // 2 :])):
        (folder / f"{part}_text.txt").write_text("\n".join(t for t, _ in lines) + "\n")
        (folder / f"{part}_labels.txt").write_text("\n".join(codes[t] for _, t in lines) + "\n")
    (folder / "mapping.txt").write_text("".join(f"{c}\t{t}\n" for t, c in codes.items()))
    return folder


def marked_lines(folder: Path, rows: int = 300) -> Path:
    """Write texts with `__label__` in front."""
    folder.mkdir(parents=True)
    lines = [f"__label__{topic} {told}" for told, topic in texts(rows)]
    (folder / "notes.txt").write_text("\n".join(lines) + "\n")
    return folder


def scored_pairs(folder: Path, rows: int = 420, *, alike: bool = True) -> Path:
    """Write pairs of texts with a score from 0 to 5, which says how many words were kept."""
    draw = np.random.default_rng(11)
    folder.mkdir(parents=True)
    lines = ["sentence1\tsentence2\tscore"]
    words = [*_TOWNS, *_PEOPLE, *_FILLER, *(word for each in _TOPICS.values() for word in each)]
    for _ in range(rows):
        first = [str(word) for word in draw.choice(words, int(draw.integers(8, 16)))]
        kept = float(draw.choice([0.1, 0.3, 0.5, 0.7, 0.9])) if alike else 0.0
        second = [word if draw.random() < kept else str(draw.choice(words)) for word in first]
        score = 5 * (kept if alike else draw.random()) + draw.normal() * 0.4
        told = f"{min(5.0, max(0.0, score)):.1f}"
        lines.append(f"{' '.join(first)}\t{' '.join(second)}\t{told}")
    (folder / "pairs.tsv").write_text("\n".join(lines) + "\n")
    return folder


def labelled_pairs(folder: Path, rows: int = 600, classes: tuple[str, ...] = ("0", "1")) -> Path:
    """Write pairs of questions that share words, more of them the later their class is."""
    draw = np.random.default_rng(13)
    folder.mkdir(parents=True)
    words = [*_TOWNS, *_FILLER, *(word for each in _TOPICS.values() for word in each)]
    lines = ["qid,question1,question2,is_duplicate"]
    first: list[str] = []
    for number in range(rows):
        if number % 3 or not first:
            first = [str(word) for word in draw.choice(words, int(draw.integers(8, 16)))]
        place = int(draw.integers(len(classes)))
        kept = 0.35 + 0.5 * place / (len(classes) - 1) + draw.normal() * 0.12
        second = [word if draw.random() < kept else str(draw.choice(words)) for word in first]
        lines.append(f"{number},{' '.join(first)}?,{' '.join(second)}?,{classes[place]}")
    (folder / "questions.csv").write_text("\n".join(lines) + "\n")
    return folder


def asked_texts(folder: Path, articles: int = 45, *, nested: bool = True) -> Path:
    """Write articles whose paragraphs say who went where and when, with questions about it.

    Args:
        folder: Where to.
        articles: How many.
        nested: Whether questions stand inside paragraphs inside articles, else one a line.
    """
    draw = np.random.default_rng(31)
    folder.mkdir(parents=True)
    data: list[dict[str, object]] = []
    flat: list[dict[str, object]] = []
    for number in range(articles):
        paragraphs: list[dict[str, object]] = []
        for _ in range(3):
            people = [str(name) for name in draw.choice(_PEOPLE, 3, replace=False)]
            towns = [str(name) for name in draw.choice(_TOWNS, 3, replace=False)]
            years = [str(year) for year in draw.choice(np.arange(1700, 2000), 3, replace=False)]
            said = [
                f"In {year} {person} {draw.choice(_VERBS)} to {town} "
                f"{' '.join(draw.choice(_FILLER, 4))}."
                for person, town, year in zip(people, towns, years, strict=True)
            ]
            context, questions = " ".join(said), list[dict[str, object]]()
            for person, town, year in zip(people, towns, years, strict=True):
                question, answer = (
                    (f"Who was in {town} that year?", person),
                    (f"When did {person} go?", year),
                    (f"Where did {person} arrive?", town),
                )[int(draw.integers(3))]
                told = [{"text": answer, "answer_start": context.index(answer)}]
                name = f"q{number}{person}"
                questions.append({"id": name, "question": question, "answers": told})
                spans = {"text": [answer], "answer_start": [context.index(answer)]}
                flat.append({"context": context, "question": question, "answers": spans})
            paragraphs.append({"context": context, "qas": questions})
        data.append({"title": f"Article {number}", "paragraphs": paragraphs})
    if nested:
        (folder / "asked.json").write_text(json.dumps({"version": "1.1", "data": data}))
    else:
        (folder / "asked.jsonl").write_text("".join(json.dumps(row) + "\n" for row in flat))
    return folder
