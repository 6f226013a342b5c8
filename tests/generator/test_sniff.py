"""Sniffing: every way in which people write tables down, and a reason where there is no table."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from mlesmith_env.recipes.model import TableReader
from mlesmith_env.recipes.reader import read_table
from mlesmith_generator.sniff import sniff_tables

ROWS = [(i, f"{i * 1.5:.2f}", ("red", "green", "blue")[i % 3], 100 - i) for i in range(40)]
CSV = "size,weight,colour,score\n" + "".join(",".join(map(str, row)) + "\n" for row in ROWS)


def write(folder: Path, content: str | bytes, name: str = "data.csv") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def only(folder: Path) -> tuple[TableReader, pd.DataFrame]:
    readers, problems = sniff_tables(folder)
    assert problems == ()
    assert len(readers) == 1
    return readers[0], read_table(readers[0], folder)


def problem(folder: Path) -> str:
    readers, problems = sniff_tables(folder)
    assert readers == ()
    assert len(problems) == 1
    return problems[0]


def is_the_table(frame: pd.DataFrame) -> None:
    assert list(frame.columns) == ["size", "weight", "colour", "score"]
    assert list(frame["weight"]) == [row[1] for row in ROWS]
    assert list(frame["colour"]) == [row[2] for row in ROWS]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
    ],
)
def test_unicode_encodings(tmp_path: Path, encoding: str, declared: str) -> None:
    write(tmp_path, CSV.encode(encoding))
    reader, frame = only(tmp_path)
    assert reader.encoding == declared
    is_the_table(frame)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "café “à la carte” naïve señor"),
        ("latin-1", "café naïve señor \x81"),
        ("mac_roman", "“go to the café”"),
    ],
)
def test_western_one_byte_encodings(tmp_path: Path, encoding: str, text: str) -> None:
    content = "name,n\n" + "".join(f"{text},{i}\n" for i in range(20))
    write(tmp_path, content.encode(encoding))
    _, frame = only(tmp_path)
    assert frame["name"][0] == text


_RUSSIAN = ["город", "тип", "Москва", "квартира", "Казань", "дом", "Пермь", "ВИЛЛА"]
_JAPANESE = ["都市", "タイプ", "東京", "マンション", "大阪", "一戸建て", "京都", "別荘"]
_TABLES = {
    "cp1251": _RUSSIAN,
    "koi8_r": _RUSSIAN,
    "cp1253": ["πόλη", "τιμή", "Αθήνα", "σπίτι", "Πάτρα", "βίλα", "Λάρισα", "σπίτι"],
    "cp932": _JAPANESE,
    "euc_jp": _JAPANESE,
    "cp949": ["도시", "유형", "서울", "아파트", "부산", "주택", "대구", "빌라"],
    "gbk": ["城市", "房屋类型", "北京", "公寓", "上海", "别墅", "广州", "住宅"],
    "big5": ["城市", "房屋類型", "臺北", "公寓", "高雄", "別墅", "臺中", "住宅"],
}


@pytest.mark.parametrize("encoding", _TABLES)
def test_encodings_of_other_scripts(tmp_path: Path, encoding: str) -> None:
    words = _TABLES[encoding]
    lines = [f"{one},{other}" for one, other in zip(words[::2], words[1::2], strict=True)]
    write(tmp_path, "\n".join([lines[0], *lines[1:] * 12, ""]).encode(encoding))
    _, frame = only(tmp_path)
    assert list(frame.columns) == words[:2]
    assert frame.iloc[0].tolist() == words[2:4]


@pytest.mark.parametrize("text", ["Orléans,Île-de-Ré", "København,Smørrebrød", "Größe,Füße"])
def test_latin_letters_are_no_other_script(tmp_path: Path, text: str) -> None:
    write(tmp_path, ("name,place\n" + f"{text}\n" * 30).encode("cp1252"))
    assert only(tmp_path)[0].encoding == "cp1252"


def test_accents_spoilt_into_two_letters_are_no_other_script(tmp_path: Path) -> None:
    spoilt = b"name,n\n" + b"Pen\xcc\xa9lope,1\nBeyonc\xcc\xa9,2\nVall\xcc\xc4\xe5\xa9e,3\n" * 20
    write(tmp_path, spoilt)
    assert only(tmp_path)[0].encoding in ("cp1252", "latin-1", "mac_roman")


def test_letters_beyond_ascii_far_down_the_file_are_seen(tmp_path: Path) -> None:
    head = "name,n\n" + "".join(f"plain text of a row,{i}\n" for i in range(60_000))
    write(tmp_path, head.encode() + "señor,1\n".encode("cp1252"))
    reader, frame = only(tmp_path)
    assert reader.encoding == "cp1252"
    assert frame["name"].iloc[-1] == "señor"


def test_a_broken_byte_in_utf8_is_replaced(tmp_path: Path) -> None:
    content = ("name,n\n" + "".join(f"señor naïve,{i}\n" for i in range(40))).encode()
    write(tmp_path, content + b"bad \xff byte,1\n")
    reader, frame = only(tmp_path)
    assert (reader.encoding, reader.decode_errors) == ("utf-8", "replace")
    assert frame["name"].iloc[-1] == "bad \ufffd byte"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "^", "::"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    write(tmp_path, CSV.replace(",", delimiter), "data.txt")
    reader, frame = only(tmp_path)
    assert reader.delimiter == delimiter
    is_the_table(frame)


def test_runs_of_blanks(tmp_path: Path) -> None:
    lines = "".join("  ".join(f"{value!s:>8}" for value in row) + "\n" for row in ROWS)
    write(tmp_path, "  size weight  colour   score\n" + lines, "data.dat")
    reader, frame = only(tmp_path)
    assert reader.delimiter == "whitespace"
    is_the_table(frame)


def test_decimal_commas(tmp_path: Path) -> None:
    rows = "".join(f"{i};{i},5;1.{i:03d},25;{'ab'[i % 2]}\n" for i in range(30))
    write(tmp_path, "n;half;big;kind\n" + rows)
    reader, frame = only(tmp_path)
    assert (reader.delimiter, reader.decimal) == (";", ",")
    assert frame["half"][3] == "3.5"
    assert frame["big"][7] == "1007.25"


def test_commas_between_thousands_are_not_decimal(tmp_path: Path) -> None:
    write(tmp_path, "n;money\n" + "".join(f"{i};{i + 1},250\n" for i in range(30)))
    reader, frame = only(tmp_path)
    assert reader.decimal == "."
    assert frame["money"][0] == "1,250"


def test_quoted_commas_newlines_and_quotes(tmp_path: Path) -> None:
    row = '{0},"Smith, John","said ""no""\nand left",{0}\n'
    write(tmp_path, "n,name,text,m\n" + "".join(row.format(i) for i in range(20)))
    _, frame = only(tmp_path)
    assert len(frame) == 20
    assert frame["name"][0] == "Smith, John"
    assert frame["text"][0] == 'said "no"\nand left'


def test_quotes_escaped_by_backslashes(tmp_path: Path) -> None:
    row = '{0},"a \\"quoted, word\\" here",{0}\n'
    write(tmp_path, "n,text,m\n" + "".join(row.format(i) for i in range(20)))
    reader, frame = only(tmp_path)
    assert reader.escape == "\\"
    assert frame["text"][0] == 'a "quoted, word" here'


def test_single_quotes(tmp_path: Path) -> None:
    write(tmp_path, "'n','text'\n" + "".join(f"'{i}','one, two'\n" for i in range(20)))
    _, frame = only(tmp_path)
    assert list(frame.columns) == ["n", "text"]
    assert frame["text"][0] == "one, two"


def test_stray_quotes_in_tab_separated_prose(tmp_path: Path) -> None:
    lines = [f'ham\t"well then {i}' if i % 5 == 0 else f"spam\tbuy it now {i}" for i in range(50)]
    write(tmp_path, "label\ttext\n" + "\n".join(lines) + "\n", "data.tsv")
    reader, frame = only(tmp_path)
    assert reader.quote == ""
    assert len(frame) == 50


@pytest.mark.parametrize(
    "title",
    [
        "Survey of things\n\n",
        "# made by a machine\n# on a Monday\n",
        "sep=,\n",
        "Measurements of 1999,,,\n,,,\n",
        "\n\n\n",
        '"Source","A ministry"\n\n"Updated","2020-01-01"\n\n',
    ],
)
def test_lines_before_the_table_are_left_out(tmp_path: Path, title: str) -> None:
    write(tmp_path, title + CSV)
    _, frame = only(tmp_path)
    is_the_table(frame)


def test_a_header_behind_a_hash(tmp_path: Path) -> None:
    write(tmp_path, "# " + CSV)
    _, frame = only(tmp_path)
    is_the_table(frame)


@pytest.mark.parametrize(
    "footer",
    [
        "\nSource: a ministry\n",
        "Note: sizes are rounded,,,\n",
        "\n\nTotal of 40 rows\n\n",
        "Total,,3141.5,\n",
        "Grand total,1,2,3\nAverage:,1,2,3\n",
    ],
)
def test_lines_after_the_table_are_left_out(tmp_path: Path, footer: str) -> None:
    write(tmp_path, CSV + footer)
    _, frame = only(tmp_path)
    is_the_table(frame)


def test_a_total_among_others_is_a_row(tmp_path: Path) -> None:
    rows = "".join(f"{2000 + i},{name},{i * 1.5}\n" for i in range(30) for name in ("A", "Total"))
    write(tmp_path, "year,sex,births\n" + rows)
    assert len(only(tmp_path)[1]) == 60
    write(
        tmp_path, "sex,births\n" + "".join(f"{n},{i}\n" for i in range(30) for n in ("A", "Total"))
    )
    assert len(only(tmp_path)[1]) == 60


def test_a_note_below_two_columns(tmp_path: Path) -> None:
    rows = "".join(f'"1-{i:02d}",{i * 1.5}\n' for i in range(36))
    write(tmp_path, f'"Month","Sales"\n{rows}\nSales over a three year period\n\n')
    assert len(only(tmp_path)[1]) == 36


def test_a_line_drawn_below_the_names(tmp_path: Path) -> None:
    rows = "".join(f"{i:<4} name{i:<5} {i % 7}\n" for i in range(30))
    write(tmp_path, f"ID   NAME      SCORE\n---  --------  -----\n{rows}", "t.txt")
    _, frame = only(tmp_path)
    assert list(frame.columns) == ["ID", "NAME", "SCORE"]
    assert frame["ID"][0] == "0"


def test_tabs_that_are_doubled_now_and_then(tmp_path: Path) -> None:
    rows = "".join(f"{i}.5\t{'' if i % 9 else chr(9)}{i}\t{i % 3}\n" for i in range(60))
    write(tmp_path, rows, "t.txt")
    assert only(tmp_path)[1].shape == (60, 3)


def test_numbers_without_a_header(tmp_path: Path) -> None:
    write(tmp_path, "".join(f"M,0.{i + 100},{i},{i % 7}\n" for i in range(50)))
    reader, frame = only(tmp_path)
    assert reader.header_rows == 0
    assert list(frame.columns) == ["column_1", "column_2", "column_3", "column_4"]
    assert len(frame) == 50


def test_categories_without_a_header(tmp_path: Path) -> None:
    rows = [(*("xbs"[i % 3], "yn"[i % 2], "pqr"[i % 3]),) for i in range(60)]
    write(tmp_path, "".join(",".join(row) + "\n" for row in rows))
    _, frame = only(tmp_path)
    assert list(frame.columns) == ["column_1", "column_2", "column_3"]
    assert len(frame) == 60


def test_prose_without_a_header(tmp_path: Path) -> None:
    rows = [f"what is the best way to do thing number {i} in a day\t0.{i}" for i in range(30)]
    write(tmp_path, "\n".join(rows), "train.tsv")
    _, frame = only(tmp_path)
    assert list(frame.columns) == ["column_1", "column_2"]
    assert len(frame) == 30


def test_text_with_a_header(tmp_path: Path) -> None:
    words = ["ant", "bee", "cat", "dog", "eel", "fox", "gnu", "hen", "ibis", "jay"]
    rows = [(f"{word}{i}", f"lives in {word}", words[-i]) for i, word in enumerate(words)]
    write(tmp_path, "animal,place,friend\n" + "".join(",".join(row) + "\n" for row in rows))
    _, frame = only(tmp_path)
    assert list(frame.columns) == ["animal", "place", "friend"]


def test_years_as_a_header(tmp_path: Path) -> None:
    rows = "".join(f"country {i},{i * 3},{i * 5},{i * 7},{i * 11}\n" for i in range(20))
    write(tmp_path, "place,1990,1991,1992,1993\n" + rows)
    _, frame = only(tmp_path)
    assert list(frame.columns) == ["place", "1990", "1991", "1992", "1993"]


def test_units_below_the_names(tmp_path: Path) -> None:
    rows = "".join(f"{i},{i}.5,{'ab'[i % 2]}\n" for i in range(30))
    write(tmp_path, "length,mass,kind\ncm,kg,letter\n" + rows)
    reader, frame = only(tmp_path)
    assert reader.header_rows == 2
    assert list(frame.columns) == ["length - cm", "mass - kg", "kind - letter"]
    assert len(frame) == 30


def test_a_survey_with_answers_below_the_questions(tmp_path: Path) -> None:
    head = "id,Sex?,Which films have you seen?,,Age?\n,Response,Film A,Film B,Response\n"
    rows = "".join(
        f"{i},{'MF'[i % 2]},{'Film A' * (i % 2)},{'Film B' * (i % 3 > 0)},{'yo'[i % 2]}\n"
        for i in range(40)
    )
    write(tmp_path, head + rows)
    _, frame = only(tmp_path)
    assert list(frame.columns) == [
        "id",
        "Sex?",
        "Which films have you seen? - Film A",
        "Which films have you seen? - Film B",
        "Age?",
    ]
    assert len(frame) == 40


def test_an_unusual_first_row_is_not_a_header(tmp_path: Path) -> None:
    rows = "".join(f"{i},{'ab'[i % 2]},{i * i}\n" for i in range(40))
    write(tmp_path, "n,kind,square\n999,c,5\n" + rows)
    reader, _ = only(tmp_path)
    assert reader.header_rows == 1


def test_an_index_column_without_a_name(tmp_path: Path) -> None:
    write(tmp_path, "\n".join(f"{i - 1 if i else ''},{line}" for i, line in enumerate(CSV.split())))
    _, frame = only(tmp_path)
    assert list(frame.columns) == ["row", "size", "weight", "colour", "score"]


def test_row_names_as_r_writes_them(tmp_path: Path) -> None:
    lines = CSV.split()
    rows = [lines[0], *(f'"{i}",{line}' for i, line in enumerate(lines[1:], start=1))]
    write(tmp_path, "\n".join(rows).replace(",", " ") + "\n", "data.txt")
    _, frame = only(tmp_path)
    assert list(frame.columns) == ["row", "size", "weight", "colour", "score"]
    assert frame["row"][0] == "1"


def test_repeated_names_are_made_unique(tmp_path: Path) -> None:
    write(tmp_path, "a,b,a,c,a\n" + "".join(f"{i},{i},{i},{i},{i}\n" for i in range(20)))
    _, frame = only(tmp_path)
    assert list(frame.columns) == ["a", "b", "a_2", "c", "a_3"]


def test_blanks_around_values_and_a_closing_delimiter(tmp_path: Path) -> None:
    write(tmp_path, "a, b ,c,\n" + "".join(f' {i} , "x, y" ,{i},\n' for i in range(20)))
    _, frame = only(tmp_path)
    assert list(frame.columns) == ["a", "b", "c"]
    assert list(frame.iloc[3]) == ["3", "x, y", "3"]


def test_rows_that_are_cut_short(tmp_path: Path) -> None:
    rows = "".join(",".join(["7"] * (2 + i % 3)) + "\n" for i in range(40))
    write(tmp_path, "a,b,c,d\n" + rows)
    _, frame = only(tmp_path)
    assert len(frame) == 40
    assert frame["d"].isna().sum() > 0


def test_a_few_rows_that_are_too_long(tmp_path: Path) -> None:
    write(tmp_path, CSV * 1 + "1,2,red,4,5,6,7\n")
    _, frame = only(tmp_path)
    assert len(frame) == 40


def test_more_columns_than_names(tmp_path: Path) -> None:
    write(tmp_path, "a,b\n" + "".join(f"{i},x,{i},y\n" for i in range(30)))
    _, frame = only(tmp_path)
    assert list(frame.columns) == ["a", "b", "column_3", "column_4"]


def test_a_note_beside_some_rows_is_a_column(tmp_path: Path) -> None:
    rows = "".join(f"{i},{i % 3},{'' if i % 4 else f'remark {i}'}\n" for i in range(40))
    write(tmp_path, "a,b,\n" + rows)
    _, frame = only(tmp_path)
    assert list(frame.columns) == ["a", "b", "column_3"]


@pytest.mark.parametrize("name", ["name", "Name of ship"])
def test_rows_torn_by_commas_in_their_values_are_no_table(tmp_path: Path, name: str) -> None:
    rows = "".join(
        f"{i},{'Rue du Lac, 7' if i % 4 == 1 else 'Hill Road'},{'Oslo' if i % 2 else 'Bern'}\n"
        for i in range(40)
    )
    write(tmp_path, f"{name},street,town\n" + rows)
    told = problem(tmp_path)
    assert "10 of 40 rows" in told
    assert "unquoted" in told


def test_missing_spellings_by_the_company_they_keep(tmp_path: Path) -> None:
    rows = "".join(
        f"{i if i % 7 else '.'},{'x' if i % 5 else '?'},{('none', 'one')[i % 2]},Unknown\n"
        for i in range(40)
    )
    write(tmp_path, "number,mark,prior,fate\n" + rows)
    reader, frame = only(tmp_path)
    assert {".", "?", ""} <= set(reader.missing)
    assert frame["number"].isna().sum() == 6
    assert frame["mark"].isna().sum() == 8
    assert frame["prior"].isna().sum() == 0
    assert frame["fate"].isna().sum() == 0


def test_plus_and_minus_are_classes(tmp_path: Path) -> None:
    write(tmp_path, "n,class\n" + "".join(f"{i},{'+-'[i % 2]}\n" for i in range(40)))
    _, frame = only(tmp_path)
    assert set(frame["class"]) == {"+", "-"}


@pytest.mark.parametrize("name", ["data.csv.gz", "data.csv"])
def test_gzip_by_its_bytes_not_its_name(tmp_path: Path, name: str) -> None:
    write(tmp_path, gzip.compress(CSV.encode(), mtime=0), name)
    reader, frame = only(tmp_path)
    assert reader.compression == "gzip"
    is_the_table(frame)


def test_other_compressions(tmp_path: Path) -> None:
    for name, content in (("a.csv.bz2", bz2.compress), ("b.csv.xz", lzma.compress)):
        write(tmp_path / name, content(CSV.encode()), name)
        is_the_table(only(tmp_path / name)[1])
    (tmp_path / "zip").mkdir()
    with zipfile.ZipFile(tmp_path / "zip" / "data.zip", "w") as archive:
        archive.writestr("inner/data.csv", CSV)
    is_the_table(only(tmp_path / "zip")[1])


def test_json_records_columns_and_one_level_down(tmp_path: Path) -> None:
    records = [{"size": i, "in": {"x": 1.50, "y": None}, "ok": i % 2 == 0} for i in range(20)]
    columns = {"size": list(range(20)), "word": ["w"] * 20}
    pandas = {"size": {str(i): i for i in range(20)}, "word": {str(i): "w" for i in range(20)}}
    for name, value in (("a", records), ("b", {"meta": {"n": 1}, "data": records})):
        write(tmp_path / name, json.dumps(value), "data.json")
        _, frame = only(tmp_path / name)
        assert list(frame.columns) == ["size", "in.x", "in.y", "ok"]
        assert list(frame.iloc[2].fillna("")) == ["2", "1.5", "", "true"]
    for name, value in (("c", columns), ("d", pandas)):
        write(tmp_path / name, json.dumps(value), "data.json")
        _, frame = only(tmp_path / name)
        assert list(frame.columns) == ["size", "word"]
        assert len(frame) == 20


def test_json_lines_and_parquet(tmp_path: Path) -> None:
    write(tmp_path / "a", "\n".join(json.dumps({"n": i, "w": "x"}) for i in range(20)), "d.jsonl")
    assert list(only(tmp_path / "a")[1].columns) == ["n", "w"]
    (tmp_path / "b").mkdir()
    days = pd.date_range("2020-01-01", periods=5)
    pd.DataFrame({"n": range(5), "x": [0.1, 2.0, None, 1e30, -0.5], "t": days}).to_parquet(
        tmp_path / "b" / "d.parquet"
    )
    _, frame = only(tmp_path / "b")
    assert list(frame["n"]) == ["0", "1", "2", "3", "4"]
    assert list(frame["x"].fillna("")) == ["0.1", "2.0", "", "1e+30", "-0.5"]
    assert frame["t"][1] == "2020-01-02T00:00:00"


def test_arff_dense_and_sparse(tmp_path: Path) -> None:
    dense = "% note\n@RELATION r\n@attribute 'my size' NUMERIC\n@attribute kind {a,'b c'}\n@data\n"
    write(tmp_path / "a", dense + "1,a\n?,'b c'\n% no\n3,'b \\'c'\n", "d.arff")
    _, frame = only(tmp_path / "a")
    assert list(frame.columns) == ["my size", "kind"]
    assert list(frame["kind"]) == ["a", "b c", "b 'c"]
    assert frame["my size"].isna().sum() == 1
    sparse = "@relation r\n@attribute x numeric\n@attribute y {u,v}\n@data\n{0 5}\n{1 v}\n{}\n"
    write(tmp_path / "b", sparse, "d.arff")
    _, frame = only(tmp_path / "b")
    assert frame.to_numpy().tolist() == [["5", "u"], ["0", "v"], ["0", "u"]]


def test_files_of_one_layout_are_one_table(tmp_path: Path) -> None:
    write(tmp_path, CSV, "2019/east.csv")
    write(tmp_path, CSV.replace("red", "pink"), "2019/west.csv")
    write(tmp_path, CSV.replace("red", "rouge"), "2020/east.csv")
    reader, frame = only(tmp_path)
    assert reader.files == ("2019/east.csv", "2019/west.csv", "2020/east.csv")
    assert reader.file_column == "file"
    assert sorted(set(frame["file"])) == ["2019/east", "2019/west", "2020/east"]
    assert len(frame) == 120


def test_files_of_other_layouts_are_other_tables(tmp_path: Path) -> None:
    write(tmp_path, CSV, "a.csv")
    write(tmp_path, "x;y\n" + "1;2\n" * 10, "b.csv")
    readers, problems = sniff_tables(tmp_path)
    assert [reader.files for reader in readers] == [("a.csv",), ("b.csv",)]
    assert problems == ()


def test_one_layout_in_two_encodings(tmp_path: Path) -> None:
    write(tmp_path, CSV, "plain.csv")
    write(tmp_path, CSV.replace("red", "röt").encode("cp1252"), "west.csv")
    reader, frame = only(tmp_path)
    assert reader.encoding == "cp1252"
    assert "röt" in set(frame["colour"])


def test_documents_and_metadata_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, CSV)
    for name in ("README.md", "README.txt", "LICENSE", "dataset.json", "abalone.names", "x.png"):
        write(tmp_path, '{"a": [{"b": 1}]}\n', name)
    write(tmp_path, "name,meaning\nsize,how big it is\n" * 9, "data_dictionary.csv")
    write(tmp_path, "In the beginning there was a word, and then; another.\n" * 30, "story.txt")
    write(tmp_path, CSV, ".hidden/data.csv")
    reader, _ = only(tmp_path)
    assert reader.files == ("data.csv",)


def test_a_copy_of_a_file_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, CSV, "a.csv")
    write(tmp_path, CSV, "b.csv")
    readers, problems = sniff_tables(tmp_path)
    assert [reader.files for reader in readers] == [("a.csv",)]
    assert problems == ("b.csv: the same bytes as a.csv; left out",)


def test_one_file_as_the_source(tmp_path: Path) -> None:
    path = write(tmp_path, CSV)
    write(tmp_path, "a,b\n1,2\n", "other.csv")
    readers, problems = sniff_tables(path)
    assert [reader.files for reader in readers] == [("data.csv",)]
    assert problems == ()


def test_one_column_and_one_row_are_read_for_what_they_are(tmp_path: Path) -> None:
    write(tmp_path / "a", "value\n" + "\n".join(map(str, range(30))), "d.csv")
    assert only(tmp_path / "a")[1].shape == (30, 1)
    write(tmp_path / "b", "a,b,c\n1,2,x\n", "d.csv")
    assert only(tmp_path / "b")[1].shape == (1, 3)


def test_constant_and_unique_columns(tmp_path: Path) -> None:
    write(tmp_path / "a", "a,b,c\n" + "1,x,2\n" * 50, "d.csv")
    assert only(tmp_path / "a")[1].shape == (50, 3)
    write(tmp_path / "b", "a,b\n" + "".join(f"u{i},v{i}\n" for i in range(50)), "d.csv")
    assert only(tmp_path / "b")[1].shape == (50, 2)


def test_five_thousand_columns(tmp_path: Path) -> None:
    head = ",".join(f"c{i}" for i in range(5000))
    body = "\n".join(",".join(str(i * j % 17) for i in range(5000)) for j in range(60))
    write(tmp_path, f"{head}\n{body}\n")
    reader, frame = only(tmp_path)
    assert frame.shape == (60, 5000)
    assert reader.columns == ()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("d.csv", b"", "empty"),
        ("d.csv", b"\n \n\n", "blank"),
        ("d.csv", b"a,b,c\n", "no rows"),
        ("d.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "binary"),
        ("d.csv", gzip.compress(CSV.encode(), mtime=0)[:60], "gzip"),
        ("d.csv.gz", gzip.compress(b"", mtime=0), "empty"),
        ("d.json", b'{"a": [1, 2', "JSON"),
        ("d.json", b'{"a": 1}', "no list of records"),
        ("d.jsonl", b'{"a": 1}\n{"a": \n', "line 2"),
        ("d.arff", b"@relation x\n@data\n1,2\n", "@attribute"),
        ("d.arff", b"@relation x\n@attribute a numeric\n@data\n", "no rows"),
        ("d.parquet", b"PAR1 and then nothing", "Parquet"),
        ("d.xlsx", b"PK\x03\x04", "Excel"),
        ("d.zip", b"PK\x03\x04 broken", "zip"),
    ],
)
def test_what_is_no_table_has_a_reason(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    write(tmp_path, content, name)
    told = problem(tmp_path)
    assert told.startswith(f"{name}: ")
    assert reason in told


def test_an_archive_of_several_files_says_so(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("b.csv", CSV)
    assert "2 files" in problem(tmp_path)


def test_a_folder_without_tables_says_so(tmp_path: Path) -> None:
    write(tmp_path, b"\xff\xd8\xff", "picture.jpg")
    assert "no table" in problem(tmp_path)


def test_a_file_that_only_might_be_a_table_says_why_it_is_none(tmp_path: Path) -> None:
    write(tmp_path, "It was a dark night; and then, well. " * 3 + "\nThe end.\n", "a.txt")
    assert "prose or a list" in problem(tmp_path)


def test_records_on_lines_of_a_file_called_json(tmp_path: Path) -> None:
    write(tmp_path, '{"a": 1, "b": "x"}\n' * 20, "d.json")
    reader, frame = only(tmp_path)
    assert reader.format == "jsonl"
    assert frame.shape == (20, 2)


@pytest.mark.parametrize("line", [50_000, 59_990])
def test_a_quote_that_never_closes(tmp_path: Path, line: int) -> None:
    rows = [f"{i},word {i},{i * 2}" for i in range(60_000)]
    rows[line] = f'{line},"word,{line * 2}'
    write(tmp_path, "a,b,c\n" + "\n".join(rows) + "\n")
    _, frame = only(tmp_path)
    assert len(frame) == 60_000


def test_pipes_and_links_in_circles_do_not_hang(tmp_path: Path) -> None:
    write(tmp_path, CSV)
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "nowhere")
    is_the_table(only(tmp_path)[1])


def test_a_link_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    write(tmp_path, CSV.replace("red", "secret"), "outside.csv")
    write(folder, CSV)
    (folder / "linked.csv").symlink_to(tmp_path / "outside.csv")
    readers, problems = sniff_tables(folder)
    assert [reader.files for reader in readers] == [("data.csv",)]
    assert [told for told in problems if "leads out of the dataset" in told] == list(problems)
    assert len(problems) == 1


def test_the_same_folder_gives_the_same_readers(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c/d.csv"):
        write(tmp_path, CSV.replace("red", name), name)
    assert sniff_tables(tmp_path) == sniff_tables(tmp_path)
