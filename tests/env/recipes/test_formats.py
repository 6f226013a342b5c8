"""Further formats: lists of files, tagged tokens, `.ts` series; and pixels of masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlesmith_env.errors import ReadError, RecipeError
from mlesmith_env.recipes.folders import listed
from mlesmith_env.recipes.images import runs
from mlesmith_env.recipes.model import ImageSize, Mask, TableReader
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.text import text_frame, values_or_none
from mlesmith_env.recipes.transforms import apply_transforms

Table = dict[str, list[str | None]]


def read(reader: TableReader, root: Path) -> Table:
    frame = read_table(reader, root)
    return {str(name): values_or_none(frame[name]) for name in frame.columns}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    for name in ("b/two.TXT", "a/one.txt", "a/deep/three.txt", "a/note.md", ".git/x.txt", "z.txt"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Text of {path.stem}.\r\nSecond line")
    return root


def test_files_are_rows_sorted_by_path(tree: Path):
    assert read(TableReader(files=("*/*.txt", "*/*.TXT"), format="files"), tree) == {
        "file": ["a/one.txt", "b/two.TXT"],
        "folder": ["a", "b"],
        "name": ["one.txt", "two.TXT"],
        "stem": ["one", "two"],
        "ending": ["txt", "txt"],
    }


def test_the_text_of_documents(tree: Path):
    reader = TableReader(files=("a/**/*.txt",), format="files", text=True)
    table = read(reader, tree)
    assert table["file"] == ["a/deep/three.txt", "a/one.txt"]
    assert table["text"] == ["Text of three.\nSecond line", "Text of one.\nSecond line"]


def test_text_in_another_encoding_is_refused_and_told(tree: Path):
    (tree / "a/one.txt").write_bytes("Käse".encode("latin-1"))
    reader = TableReader(files=("a/*.txt",), format="files", text=True)
    with pytest.raises(ReadError, match=r"'a/one\.txt' is not utf-8 text"):
        read(reader, tree)
    named = reader.model_copy(update={"encoding": "latin-1"})
    assert read(named, tree)["text"] == ["Käse"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.txt", ["z.txt"]),
        ("**/*.txt", ["a/deep/three.txt", "a/one.txt", "z.txt"]),
        ("a/**", ["a/deep/three.txt", "a/note.md", "a/one.txt"]),
        ("?/[!o]*.[mt]*", ["a/note.md"]),
        ("a/*/*", ["a/deep/three.txt"]),
        ("[a-b]/o*", ["a/one.txt"]),
        ("[/one.txt", []),
    ],
)
def test_patterns(tree: Path, pattern: str, expected: list[str]):
    assert listed(tree, [pattern]) == expected


@pytest.mark.parametrize("pattern", ["../*", "/etc/*", "a//b", "./a", "a/../*"])
def test_a_pattern_does_not_lead_out(tree: Path, pattern: str):
    with pytest.raises(ReadError, match="not a pattern of relative paths"):
        listed(tree, [pattern])


@pytest.mark.parametrize("pattern", ["*a*a*a*a*b", "**/**/**/x", "x/" + "*" * 9])
def test_a_pattern_that_could_take_ages_is_refused(tree: Path, pattern: str):
    with pytest.raises(ReadError, match="could take ages"):
        listed(tree, [pattern])


def test_links_that_lead_out_are_not_listed(tree: Path, tmp_path: Path):
    (tmp_path / "outside.txt").write_text("private")
    (tree / "a/leak.txt").symlink_to(tmp_path / "outside.txt")
    (tree / "a/door").symlink_to(tmp_path, target_is_directory=True)
    (tree / "a/inside.txt").symlink_to(tree / "z.txt")
    assert listed(tree, ["a/**"]) == [
        "a/deep/three.txt",
        "a/inside.txt",
        "a/note.md",
        "a/one.txt",
    ]


def test_no_file_is_told(tree: Path):
    with pytest.raises(ReadError, match=r"no file matches '\*\.png'"):
        read(TableReader(files=("*.png",), format="files"), tree)


CONLL = """-DOCSTART- -X- O O

# sent_id = 1
EU NNP B-NP B-ORG
rejects VBZ B-VP O

# NNP B-NP O
1 CD I-NP O
"""


def test_tagged_tokens(tmp_path: Path):
    (tmp_path / "a.conll").write_text(CONLL)
    reader = TableReader(files=("a.conll",), format="conll", missing=("",))
    assert read(reader, tmp_path) == {"tokens": ["EU rejects", "# 1"], "tags": ["B-ORG O", "O O"]}
    chunks = reader.model_copy(update={"tag_column": 2})
    assert read(chunks, tmp_path)["tags"] == ["B-NP B-VP", "B-NP I-NP"]


def test_tagged_tokens_by_tabs_and_in_several_files(tmp_path: Path):
    (tmp_path / "a.tsv").write_text("New York\tB\r\nis\tO\r\n\t\r\nbig\tO")
    (tmp_path / "b.tsv").write_text("\ufeffNA\tO\n")
    reader = TableReader(
        files=("a.tsv", "b.tsv"), format="conll", missing=("",), file_column="file"
    )
    assert read(reader, tmp_path) == {
        "tokens": ["New_York is", "big", "NA"],
        "tags": ["B O", "O", "O"],
        "file": ["a", "a", "b"],
    }


def test_a_line_without_its_tag_is_told(tmp_path: Path):
    (tmp_path / "a.conll").write_text("EU NNP\nrejects\n")
    reader = TableReader(files=("a.conll",), format="conll", tag_column=1)
    with pytest.raises(ReadError, match=r"line 2 of a\.conll has 1 column"):
        read(reader, tmp_path)


@given(
    st.lists(
        st.lists(
            st.tuples(
                st.from_regex(r"[a-z]{1,4}", fullmatch=True), st.sampled_from(["O", "B-X", "I-X"])
            ),
            min_size=1,
            max_size=5,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_is_written_as_tokens_is_read_as_tokens(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[list[tuple[str, str]]]
):
    root = tmp_path_factory.mktemp("conll")
    text = "\n\n".join("\n".join(f"{w} {t}" for w, t in sentence) for sentence in sentences)
    (root / "a.conll").write_text(text)
    table = read(TableReader(files=("a.conll",), format="conll", missing=("",)), root)
    assert table["tokens"] == [" ".join(w for w, _ in sentence) for sentence in sentences]
    assert table["tags"] == [" ".join(t for _, t in sentence) for sentence in sentences]


def ts(folder: Path, header: str, data: str) -> TableReader:
    (folder / "a.ts").write_text(f"# about\n@problemName a\n{header}\n@data\n{data}")
    return TableReader(files=("a.ts",), format="ts")


def test_series_of_several_channels_and_unequal_length(tmp_path: Path):
    reader = ts(
        tmp_path,
        "@timeStamps false\n@univariate false\n@classLabel true up down",
        "1,2.50,?:4,5:up\n1E-3:6,7,8:down\n",
    )
    assert read(reader, tmp_path) == {
        "channel_1": ["1 2.50 nan", "1E-3"],
        "channel_2": ["4 5", "6 7 8"],
        "label": ["up", "down"],
    }


def test_series_with_a_number_to_predict_and_without_anything(tmp_path: Path):
    assert read(ts(tmp_path, "@targetLabel true", "1,2:0.5\n"), tmp_path) == {
        "channel_1": ["1 2"],
        "label": ["0.5"],
    }
    assert read(ts(tmp_path, "@classLabel false", "1,2\n"), tmp_path) == {"channel_1": ["1 2"]}


@pytest.mark.parametrize(
    ("header", "data", "message"),
    [
        ("@timeStamps true", "(0,1),(1,2)\n", "time stamps"),
        ("@classLabel true a b", "1,2:c\n", "'c', which @classLabel does not name"),
        ("@classLabel true a b", "1:a\n1:2:b\n", "3 parts"),
        ("@classLabel false", "\n", "no case"),
    ],
)
def test_series_that_are_not_as_declared(tmp_path: Path, header: str, data: str, message: str):
    with pytest.raises(ReadError, match=message):
        read(ts(tmp_path, header, data), tmp_path)


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_runs_cover_what_stands_out_and_nothing_else(pixels: list[bool]):
    numbers = [int(part) for part in runs(np.array([pixels])).split()]
    covered: list[int] = []
    for start, length in zip(numbers[::2], numbers[1::2], strict=True):
        assert length > 0
        assert not covered or start > covered[-1] + 1
        covered += range(start, start + length)
    assert covered == [index for index, pixel in enumerate(pixels) if pixel]


def image(path: Path, values: list[list[int]], mode: str = "L") -> None:
    from PIL import Image

    picture = Image.fromarray(np.array(values, dtype=np.uint8))
    if mode == "P":
        picture = picture.convert("P")
    picture.save(path)


def measured(root: Path, *names: str | None, above: int = 127) -> Table:
    mask = Mask(column="m", into="runs", above=above, height_into="h", width_into="w")
    frame = apply_transforms(text_frame({"m": list(names)}), [mask], seed=0, raw=root)
    return {str(name): values_or_none(frame[name]) for name in frame.columns}


def test_a_mask_becomes_runs_in_reading_order(tmp_path: Path):
    image(tmp_path / "a.png", [[0, 255, 255], [255, 0, 128]])
    image(tmp_path / "b.png", [[0, 1], [2, 1]])
    assert measured(tmp_path, "a.png", None, "b.png") == {
        "m": ["a.png", None, "b.png"],
        "runs": ["1 3 5 1", None, None],
        "h": ["2", None, "2"],
        "w": ["3", None, "2"],
    }
    assert measured(tmp_path, "b.png", above=0)["runs"] == ["1 3"]


def test_sizes_of_images(tmp_path: Path):
    image(tmp_path / "a.png", [[0, 255, 255], [255, 0, 128]])
    size = ImageSize(column="m", height_into="h", width_into="w")
    frame = apply_transforms(text_frame({"m": ["a.png"]}), [size], seed=0, raw=tmp_path)
    assert (frame["h"][0], frame["w"][0]) == ("2", "3")


def test_what_is_no_image_is_told(tmp_path: Path):
    (tmp_path / "a.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    with pytest.raises(RecipeError, match=r"mask of 'm': a\.png can not be read as an image"):
        measured(tmp_path, "a.png")
    with pytest.raises(RecipeError, match="not a relative path inside"):
        measured(tmp_path, "../a.png")


def test_an_image_of_too_many_pixels_is_not_unpacked(tmp_path: Path):
    from PIL import Image

    Image.new("1", (9000, 8000)).save(tmp_path / "bomb.png")
    with pytest.raises(RecipeError, match="9000 x 8000 pixels"):
        measured(tmp_path, "bomb.png")
