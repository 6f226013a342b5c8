"""Answers in public files, however they are written there."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mlesmith_generator.gates.exposure import Secret

NUMBERS = np.random.default_rng(3).normal(50, 9, 60).round(3)
IDS = [f"r{k}" for k in np.random.default_rng(4).permutation(60)]
SECRET = Secret(
    {name: str(value) for name, value in zip(IDS, NUMBERS.tolist(), strict=True)}, (tuple(IDS),)
)
BESIDE = "\n".join(f"{name},{value}" for name, value in SECRET.answers.items()).encode()
LISTED = ("level\n" + "\n".join(SECRET.answers.values())).encode()


def _zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.txt", data)
    return file.getvalue()


def _saved(values: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        BESIDE,
        LISTED,
        " ".join(SECRET.answers.values()).encode(),
        gzip.compress(BESIDE),
        bz2.compress(LISTED),
        lzma.compress(LISTED),
        _zipped(BESIDE),
        base64.b64encode(gzip.compress(LISTED)),
        LISTED.hex().encode(),
        _saved(NUMBERS),
        pickle.dumps({"weights": NUMBERS.astype(np.float32)}),
    ],
    ids=[
        "beside",
        "listed",
        "one-line",
        "gzip",
        "bz2",
        "xz",
        "zip",
        "base64",
        "hex",
        "npy",
        "pickle",
    ],
)
def test_answers_are_found(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "extra.bin"
    path.write_bytes(data)
    assert SECRET.told_by(path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"up",
        "\n".join(map(str, np.sort(NUMBERS))).encode(),
        "\n".join(IDS).encode(),
        gzip.compress(b"north,1\nsouth,2\n" * 40),
        gzip.compress(BESIDE)[:40],
        b"PK\x03\x04 broken",
        b"a" * 200,
        _saved(np.arange(100.0)),
    ],
    ids=["empty", "word", "sorted", "ids", "other", "cut", "no-zip", "letters", "counting"],
)
def test_what_tells_no_answers_is_passed(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "extra.bin"
    path.write_bytes(data)
    assert not SECRET.told_by(path)


def test_a_list_of_one_class_tells_nothing(tmp_path: Path) -> None:
    rare = {name: "yes" if k == 7 else "no" for k, name in enumerate(IDS)}
    path = tmp_path / "extra.txt"
    path.write_text("\n".join(["no"] * 60))
    assert not Secret(rare, (tuple(IDS),)).told_by(path)
