"""Sniffing and reading of workbooks, databases, sparse rows, XML, SQL dumps and Arrow files."""

from __future__ import annotations

import datetime as dt
import gzip
import sqlite3
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
import xlsxwriter
import xlwt

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.model import TableReader
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.text import values_or_none
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.sniff import sniff_tables

ROWS = [(i, i * 1.5, ("red", "green", "blue")[i % 3], 100 - i) for i in range(40)]
HEADER = ("size", "weight", "colour", "score")


def tables(folder: Path) -> dict[str, tuple[TableReader, pd.DataFrame]]:
    readers, problems = sniff_tables(folder)
    assert problems == ()
    again, _ = sniff_tables(folder)
    assert again == readers
    return {reader.table: (reader, read_table(reader, folder)) for reader in readers}


def column(frame: pd.DataFrame, name: str) -> list[str | None]:
    return values_or_none(frame[name])


# Workbooks


def workbook(path: Path) -> None:
    book = xlsxwriter.Workbook(str(path))
    cover = book.add_worksheet("About")
    cover.write(0, 0, "Survey of things, for the files")
    things = book.add_worksheet("Things")
    things.write(0, 0, "Things that were measured in 2020")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    things.write_row(2, 0, [*HEADER, "day", "moment", "formula", "heavy"])
    for number, row in enumerate(ROWS):
        things.write_row(3 + number, 0, row)
        things.write_datetime(3 + number, 4, dt.datetime(2020, 1, 1 + number % 28), day)
        things.write_datetime(
            3 + number, 5, dt.datetime(2020, 1, 1, number % 24, 30 * (number % 2)), moment
        )
        if number == 3:
            things.write_formula(3 + number, 6, "=1/0", None, "#DIV/0!")
        else:
            things.write_formula(3 + number, 6, f"=A{4 + number}*2", None, number * 2)
        things.write_boolean(3 + number, 7, number > 20)
    things.write(3 + len(ROWS) + 1, 0, "Source: our own measurements, rounded")
    people = book.add_worksheet("People")
    people.write_row(0, 0, ("name", "age"))
    for number in range(30):
        people.write_row(1 + number, 0, (f"person {number}", 20 + number))
    book.add_worksheet("Secret").hide()
    book.close()


def test_each_sheet_of_a_workbook_with_a_table_is_one(tmp_path: Path):
    workbook(tmp_path / "survey.xlsx")
    found = tables(tmp_path)
    assert list(found) == ["Things", "People"]
    reader, frame = found["Things"]
    assert (reader.format, reader.skip_rows, reader.skip_footer) == ("excel", 2, 2)
    assert list(frame.columns) == [*HEADER, "day", "moment", "formula", "heavy"]
    assert len(frame) == len(ROWS)
    assert column(frame, "size") == [str(row[0]) for row in ROWS]
    assert column(frame, "weight")[:4] == ["0", "1.5", "3", "4.5"]
    assert column(frame, "day")[:2] == ["2020-01-01", "2020-01-02"]
    assert column(frame, "moment")[:2] == ["2020-01-01T00:00:00", "2020-01-01T01:30:00"]
    assert column(frame, "formula")[:5] == ["0", "2", "4", None, "8"]
    assert set(column(frame, "heavy")) == {"false", "true"}
    assert column(found["People"][1], "age")[-1] == "49"


def test_a_profile_calls_sheets_by_their_names(tmp_path: Path):
    workbook(tmp_path / "survey.xlsx")
    profile = profile_dataset(tmp_path, "survey")
    assert [table.name for table in profile.tables] == ["Things", "People"]


def test_old_workbooks_are_read_too(tmp_path: Path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Data")
    for at, row in enumerate([HEADER, *ROWS]):
        for position, value in enumerate(row):
            sheet.write(at, position, value)
    book.save(str(tmp_path / "old.xls"))
    _, frame = tables(tmp_path)["Data"]
    assert column(frame, "colour") == [row[2] for row in ROWS]
    assert column(frame, "weight")[1] == "1.5"


def test_a_workbook_that_is_text_is_read_as_text(tmp_path: Path):
    lines = ["\t".join(map(str, row)) for row in (HEADER, *ROWS)]
    (tmp_path / "export.xls").write_text("\n".join(lines))
    reader, frame = tables(tmp_path)[""]
    assert (reader.format, reader.delimiter) == ("delimited", "\t")
    assert len(frame) == len(ROWS)


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    workbook(tmp_path / "survey.xlsx")
    monkeypatch.setattr("mlesmith_env.recipes.workbooks.MOST_BYTES", 1000)
    _, problems = sniff_tables(tmp_path)
    assert problems == (
        "survey.xlsx: has more than 1000 bytes when unpacked; save its tables as CSV or Parquet",
    )


# Databases


def database(path: Path) -> None:
    with sqlite3.connect(path) as made:
        made.execute('CREATE TABLE "the things" (size INT, weight REAL, colour TEXT, score INT)')
        made.executemany('INSERT INTO "the things" VALUES (?, ?, ?, ?)', ROWS)
        made.execute("CREATE TABLE people (name TEXT PRIMARY KEY, photo BLOB, note)")
        made.executemany(
            "INSERT INTO people VALUES (?, ?, ?)",
            [(f"p{9 - i}", b"\xff\xd8\x00", b"plain" if i else None) for i in range(10)],
        )
        made.execute("CREATE TABLE empty (a, b)")
        made.execute("CREATE VIEW greedy AS SELECT randomblob(1000000000) FROM people")
        made.execute("CREATE INDEX quick ON people (name, photo, note)")
    made.close()


def test_each_table_of_a_database_is_one(tmp_path: Path):
    database(tmp_path / "data.bin.db")
    found = tables(tmp_path)
    assert sorted(found) == ["people", "the things"]
    assert column(found["the things"][1], "weight")[:3] == ["0.0", "1.5", "3.0"]
    people = found["people"][1]
    assert column(people, "name") == [f"p{9 - i}" for i in range(10)]
    assert column(people, "photo") == [None] * 10
    assert column(people, "note") == [None, *["plain"] * 9]


def test_reading_a_database_leaves_it_alone(tmp_path: Path):
    path = tmp_path / "data.sqlite"
    database(path)
    before = path.read_bytes()
    tables(tmp_path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["data.sqlite"]


def test_nothing_of_a_database_is_run(tmp_path: Path):
    path = tmp_path / "evil.db"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE t (a INT, b TEXT, c TEXT AS (printf('%1000000d', a)))")
        made.executemany("INSERT INTO t (a, b) VALUES (?, ?)", [(i, f"x{i}") for i in range(20)])
        made.execute("CREATE VIRTUAL TABLE words USING fts4 (text)")
        made.execute("INSERT INTO words VALUES ('one two')")
    made.close()
    readers, _ = sniff_tables(tmp_path)
    by_table = {reader.table: read_table(reader, tmp_path) for reader in readers}
    assert list(by_table["t"].columns) == ["a", "b"]
    assert "words" not in by_table
    with pytest.raises(ReadError, match="has no table 'words'"):
        read_table(TableReader(files=("evil.db",), format="sqlite", table="words"), tmp_path)


def test_a_damaged_database_is_a_problem(tmp_path: Path):
    database(tmp_path / "data.db")
    content = (tmp_path / "data.db").read_bytes()
    (tmp_path / "data.db").write_bytes(content[:100] + b"\xee" * (len(content) - 100))
    readers, problems = sniff_tables(tmp_path)
    assert readers == ()
    assert problems[0].startswith("data.db: can not be read as SQLite: ")


# Sparse rows


def test_sparse_rows_become_columns(tmp_path: Path):
    lines = [f"{'+1' if i % 2 else '-1'} 1:{i} 3:0.5 # row {i}\n" for i in range(20)]
    (tmp_path / "train.txt").write_text("".join(lines))
    (tmp_path / "test.txt").write_text("".join([*lines[:19], "-1 4:7e-3\n"]))
    readers, problems = sniff_tables(tmp_path)
    assert problems == ()
    frame = read_table(readers[0], tmp_path)
    assert list(frame.columns) == [
        "label", "feature_1", "feature_2", "feature_3", "feature_4", "file",
    ]  # fmt: skip
    assert len(frame) == 40
    last = frame.iloc[19].tolist()
    assert last == ["-1", "0", "0", "0", "7e-3", "test"]
    assert column(frame, "feature_2") == ["0"] * 40


def test_queries_and_several_labels_of_sparse_rows(tmp_path: Path):
    lines = [f"{i % 3},{i % 2} qid:{i // 5} 0:{i / 4}\n" for i in range(20)]
    (tmp_path / "rank.svm").write_bytes(gzip.compress("".join(lines).encode()))
    (tmp_path / "rank.svm").rename(tmp_path / "rank.svm.gz")
    frame = tables(tmp_path)[""][1]
    assert list(frame.columns) == ["label", "qid", "feature_0", "feature_1"][: len(frame.columns)]
    assert column(frame, "qid")[5] == "1"
    assert column(frame, "label")[4] == "1,0"


def test_too_many_features_are_told(tmp_path: Path):
    (tmp_path / "wide.svm").write_text("".join(f"1 {10**i}:1\n" for i in range(3, 9)))
    _, problems = sniff_tables(tmp_path)
    assert "has a feature 100000, more than the 20000" in problems[0]


# XML

BOOKS = "".join(
    f'<book id="b{i}"><title>Title &amp; {i}</title><price currency="EUR">{i}.5</price>'
    + ("<tag>old</tag><tag>rare</tag>" if i % 4 == 0 else "")
    + ("<author><name>N</name></author>" if i == 7 else "")
    + "</book>\n"
    for i in range(30)
)


def test_records_of_xml_are_the_elements_that_hold_most(tmp_path: Path):
    text = f"<catalog xmlns='urn:x'><meta><made>2020</made></meta><books>{BOOKS}</books></catalog>"
    (tmp_path / "books.xml").write_text(text)
    reader, frame = tables(tmp_path)["catalog/books/book"]
    assert list(frame.columns) == [
        "id", "title", "price.currency", "price", "tag", "author.name",
    ]  # fmt: skip
    assert len(frame) == 30
    assert column(frame, "title")[1] == "Title & 1"
    assert column(frame, "price.currency") == ["EUR"] * 30
    assert column(frame, "tag")[:2] == ['["old", "rare"]', None]
    assert column(frame, "author.name")[7] == "N"
    assert reader.columns == tuple(frame.columns)


def test_parts_of_a_table_in_xml_are_put_together_whatever_they_leave_out(tmp_path: Path):
    for name, extra in (("a", ""), ("b", "<note>x</note>")):
        rows = "".join(f'<row id="{i}" v="{i * i}">{extra}</row>' for i in range(12))
        (tmp_path / f"{name}.xml").write_text(f"<?xml version='1.0'?><rows>{rows}</rows>")
    frame = tables(tmp_path)["rows/row"][1]
    assert list(frame.columns) == ["id", "v", "note", "file"]
    assert column(frame, "note") == [None] * 12 + ["x"] * 12


def test_xml_in_another_encoding_declares_it_itself(tmp_path: Path):
    rows = "".join(f"<r><a>K\u00e4se</a><b>{i}</b></r>" for i in range(12))
    text = f"<?xml version='1.0' encoding='iso-8859-1'?><x>{rows}</x>"
    (tmp_path / "x.xml").write_bytes(text.encode("latin-1"))
    assert column(tables(tmp_path)["x/r"][1], "a")[0] == "K\u00e4se"


@pytest.mark.parametrize(
    ("doctype", "reason"),
    [
        ('<!DOCTYPE c [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>', "declares the entity 'a'"),
        ('<!DOCTYPE c [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "declares the entity 'a'"),
    ],
)
def test_entities_are_never_expanded(tmp_path: Path, doctype: str, reason: str):
    (tmp_path / "x.xml").write_text(f"<?xml version='1.0'?>{doctype}<c>&b;{BOOKS}</c>")
    readers, problems = sniff_tables(tmp_path)
    assert readers == ()
    assert reason in problems[0]


def test_xml_that_is_too_deep_is_refused(tmp_path: Path):
    (tmp_path / "x.xml").write_text("<a>" * 5000 + "</a>" * 5000)
    _, problems = sniff_tables(tmp_path)
    assert "more than 100 elements inside one another" in problems[0]


def test_xml_that_holds_no_records_is_passed_over(tmp_path: Path):
    (tmp_path / "pom.xml").write_text("<project><name>x</name><version>1</version></project>")
    (tmp_path / "t.csv").write_text("a,b\n" + "".join(f"{i},{i * 2}\n" for i in range(20)))
    assert list(tables(tmp_path)) == [""]


# SQL dumps


def test_the_inserts_of_mysql(tmp_path: Path):
    rows = ",".join(f"({i},'it\\'s \\\"{i}\\\"; -- no','a\\nb',NULL,-{i}.5)" for i in range(30))
    (tmp_path / "dump.sql").write_text(
        "-- MySQL dump 10.13\n/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `things`;\n"
        "CREATE TABLE `things` (\n `id` int(11) NOT NULL AUTO_INCREMENT,\n `text` varchar(20) "
        "DEFAULT 'a,b',\n `lines` text,\n `none` enum('x','y'),\n `depth` decimal(5,2),\n"
        " PRIMARY KEY (`id`),\n KEY `k` (`text`)\n) ENGINE=InnoDB;\n"
        f"LOCK TABLES `things` WRITE;\nINSERT INTO `things` VALUES {rows};\nUNLOCK TABLES;\n"
    )
    reader, frame = tables(tmp_path)["things"]
    assert reader.escape == "\\"
    assert list(frame.columns) == ["id", "text", "lines", "none", "depth"]
    assert len(frame) == 30
    assert column(frame, "text")[3] == 'it\'s "3"; -- no'
    assert column(frame, "lines")[0] == "a\nb"
    assert column(frame, "none") == [None] * 30
    assert column(frame, "depth")[2] == "-2.5"


def test_the_copy_blocks_of_postgresql(tmp_path: Path):
    none = "\\N"
    lines = "".join(f"{i}\tname; '{i}\\ttab\t{('t', none)[i % 2]}\n" for i in range(30))
    (tmp_path / "dump.sql").write_text(
        "--\n-- PostgreSQL database dump\n--\nSET client_encoding = 'UTF8';\n"
        "CREATE FUNCTION public.f() RETURNS void AS $x$ it's; $x$ LANGUAGE plpgsql;\n"
        "CREATE TABLE public.people (\n  id integer NOT NULL,\n  name text,\n  ok boolean\n);\n"
        f'COPY public.people (id, name, "ok") FROM stdin;\n{lines}\\.\n\n'
        "INSERT INTO public.other (a, b) VALUES (1, 'it''s\n two'), (2, E'x\\ty');\n"
        "INSERT INTO public.other (b, a) VALUES ('z'::text, 3);\n"
    )
    found = tables(tmp_path)
    assert list(found) == ["people", "other"]
    people = found["people"][1]
    assert column(people, "name")[4] == "name; '4\ttab"
    assert column(people, "ok")[:2] == ["t", None]
    other = found["other"][1]
    assert column(other, "a") == ["1", "2", "3"]
    assert column(other, "b") == ["it's\n two", "x\ty", "z"]


def test_the_inserts_of_sql_server(tmp_path: Path):
    rows = "".join(
        f"INSERT [dbo].[Sales] ([Id], [Name], [At]) VALUES ({i}, N'caf\u00e9 {i}', "
        "CAST(N'2020-01-02T00:00:00.000' AS DateTime))\nGO\n"
        for i in range(15)
    )
    (tmp_path / "script.sql").write_text(f"USE [db]\nGO\nSET NOCOUNT ON\n{rows}", encoding="utf-16")
    frame = tables(tmp_path)["Sales"][1]
    assert column(frame, "Id") == [str(i) for i in range(15)]
    assert column(frame, "Name")[3] == "caf\u00e9 3"
    assert column(frame, "At")[0] == "2020-01-02T00:00:00.000"


def test_a_dump_of_sqlite(tmp_path: Path):
    database(tmp_path / "data.db")
    with sqlite3.connect(tmp_path / "data.db") as made:
        (tmp_path / "dump.sql").write_text("\n".join(made.iterdump()))
    made.close()
    (tmp_path / "data.db").unlink()
    found = tables(tmp_path)
    assert column(found["the things"][1], "colour") == [row[2] for row in ROWS]


def test_a_string_that_never_ends_is_a_problem(tmp_path: Path):
    (tmp_path / "dump.sql").write_text("INSERT INTO t VALUES (1, 'open);\n" * 3 + "(2, x)")
    _, problems = sniff_tables(tmp_path)
    assert "never ends" in problems[0]


# Arrow


def test_arrow_streams_and_files(tmp_path: Path):
    table = pa.table(
        {
            "text": [f"t{i}" for i in range(20)],
            "label": [i % 2 for i in range(20)],
            "image": [{"bytes": b"\xff\xd8", "path": f"{i}.jpg"} for i in range(20)],
        }
    )
    (tmp_path / "stream").mkdir()
    (tmp_path / "file").mkdir()
    with pa.ipc.new_stream(str(tmp_path / "stream/data-00000-of-00001.arrow"), table.schema) as out:
        out.write_table(table, max_chunksize=7)
    with pa.ipc.new_file(str(tmp_path / "file/data.feather"), table.schema) as out:
        out.write_table(table, max_chunksize=7)
    for kind in ("stream", "file"):
        frame = tables(tmp_path / kind)[""][1]
        assert column(frame, "text") == [f"t{i}" for i in range(20)]
        assert column(frame, "image")[1] == '{"bytes": null, "path": "1.jpg"}'


def test_tables_of_one_file_have_places_of_their_own(tmp_path: Path):
    database(tmp_path / "data.db")
    readers, _ = sniff_tables(tmp_path)
    assert {reader.place for reader in readers} == {"data.db#people", "data.db#the things"}


def test_a_database_is_one_whatever_it_is_called(tmp_path: Path):
    database(tmp_path / "things.backup")
    assert sorted(tables(tmp_path)) == ["people", "the things"]


@pytest.mark.parametrize("backslash", [True, False])
def test_plain_rows_and_others_give_the_same_values(tmp_path: Path, backslash: bool):
    head = "-- MySQL dump\n" if backslash else "-- dump\n"
    plain = "(1,'it''s',NULL,-2.5e-3,0x1F,'a, b)'),"
    other = "( 1, CAST('it''s' AS text), null, -2.5e-3, 0x1F, 'a, b)' /* x */ )"
    (tmp_path / "dump.sql").write_text(f"{head}INSERT INTO t VALUES {plain}\n{other};\n")
    frame = tables(tmp_path)["t"][1]
    rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    assert rows == [["1", "it's", None, "-2.5e-3", "0x1F", "a, b)"]] * 2
