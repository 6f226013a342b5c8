"""Sniffing files of tagged tokens and of series, from what stands in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlesmith_env.recipes.model import TableReader
from mlesmith_env.recipes.reader import read_table
from mlesmith_generator.sniff import sniff_tables

WORDS = "Anna saw the old harbour of Riga before Tom came home from there again at night".split()


def sentences(separator: str = "\t", *, count: int = 30, places: bool = True) -> list[list[str]]:
    made: list[list[str]] = []
    for number in range(count):
        chosen = [WORDS[(number * 7 + i * 3) % len(WORDS)] for i in range(4 + number % 5)]
        tags = ["NNP" if w[0].isupper() else "VB" if len(w) == 4 else "IN" for w in chosen]
        names = ["B-LOC" if w == "Riga" else "B-PER" if w[0].isupper() else "O" for w in chosen]
        made.append(
            [
                separator.join((w, t, n) if places else (w, t))
                for w, t, n in zip(chosen, tags, names, strict=True)
            ]
        )
    return made


def text(lists: list[list[str]]) -> str:
    return "\n\n".join("\n".join(rows) for rows in lists) + "\n"


def only(folder: Path) -> TableReader:
    readers, problems = sniff_tables(folder)
    assert problems == ()
    assert len(readers) == 1
    return readers[0]


@pytest.mark.parametrize("name", ["a.conll", "ner.txt", "train", "a.tsv", "eng.iob"])
def test_tagged_tokens_are_known_by_their_content(tmp_path: Path, name: str):
    (tmp_path / name).write_text(text(sentences()))
    reader = only(tmp_path)
    assert (reader.format, reader.token_column, reader.tag_column) == ("conll", 0, 2)
    frame = read_table(reader, tmp_path)
    assert list(frame.columns) == ["tokens", "tags"]
    assert len(frame) == 30
    assert frame["tokens"][0].split()[0] == "Anna"


def test_blanks_parts_of_speech_numbered_tokens_and_comments(tmp_path: Path):
    numbered = [
        [f"# sent_id = {i}", *(f"{n}\t{row}" for n, row in enumerate(rows, start=1))]
        for i, rows in enumerate(sentences(places=False))
    ]
    (tmp_path / "a.conllu").write_text(text(numbered))
    reader = only(tmp_path)
    assert (reader.format, reader.token_column, reader.tag_column) == ("conll", 1, 2)
    (tmp_path / "a.conllu").write_text("-DOCSTART- -X- O\n\n" + text(sentences(" ")))
    assert only(tmp_path).tag_column == 2


def test_parts_of_one_corpus_are_one_table(tmp_path: Path):
    for number, name in enumerate(("train.txt", "dev.txt", "test.txt")):
        (tmp_path / name).write_text(text(sentences(count=20 + number)))
    reader = only(tmp_path)
    assert (len(reader.files), reader.file_column) == (3, "file")
    assert len(read_table(reader, tmp_path)) == 63


def test_a_table_with_empty_lines_and_a_column_of_classes_stays_a_table(tmp_path: Path):
    lines: list[str] = []
    for i in range(120):
        lines += [f"{i * 3 % 17}\t{i / 7:.2f}\t{'AB'[i % 2]}", *([""] if i % 10 == 9 else [])]
    (tmp_path / "a.tsv").write_text("size\tweight\tgrade\n" + "\n".join(lines) + "\n")
    assert only(tmp_path).format == "delimited"


def test_a_list_of_words_and_classes_without_empty_lines_stays_a_table(tmp_path: Path):
    rows = [row for rows in sentences(count=40) for row in rows]
    (tmp_path / "a.tsv").write_text("word\tpart\tname\n" + "\n".join(rows) + "\n")
    assert only(tmp_path).format == "delimited"


def test_series_and_their_parts(tmp_path: Path):
    header = "# about\n@problemName x\n@timeStamps false\n@classLabel true a b\n@data\n"
    for name in ("x_TRAIN.ts", "x_TEST.ts"):
        case = f"1,2,{len(name)}:4,5:a\n"
        (tmp_path / name).write_text(header + case + "2,2,2:1,1:b\n")
    reader = only(tmp_path)
    assert (reader.format, reader.file_column) == ("ts", "file")
    frame = read_table(reader, tmp_path)
    assert list(frame.columns) == ["channel_1", "channel_2", "label", "file"]
    assert list(frame["channel_1"]) == ["1 2 9", "2 2 2", "1 2 10", "2 2 2"]


def test_a_program_in_typescript_is_no_series(tmp_path: Path):
    (tmp_path / "main.ts").write_text("@Component()\nexport class A { x: number = 1 }\n" * 30)
    readers, problems = sniff_tables(tmp_path)
    assert readers == ()
    assert problems == (f"{tmp_path.name}: no table among 1 files",)


def test_a_graph_is_a_table_of_edges_and_one_of_nodes(tmp_path: Path):
    nodes = "".join(f'node [ id {i} label "n{i}" side "{"ab"[i % 2]}" ]\n' for i in range(30))
    edges = "".join(f"edge [ source {i} target {(i + 1) % 30} ]\n" for i in range(30))
    (tmp_path / "friends.gml").write_text(f'Creator "x"\ngraph [\n{nodes}{edges}]\n')
    readers, problems = sniff_tables(tmp_path)
    assert problems == ()
    tables = {reader.table: read_table(reader, tmp_path) for reader in readers}
    assert list(tables["edges"].columns) == ["source", "target"]
    assert list(tables["nodes"].columns) == ["id", "label", "side"]
    assert len(tables["edges"]) == len(tables["nodes"]) == 30
