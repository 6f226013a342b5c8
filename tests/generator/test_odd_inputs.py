"""Whatever a dataset's owner hands in gives tasks or a clear reason, never a crash."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_generator.pipeline import DatasetResult, GenerationJob, generate_dataset


def _frame(rows: int = 400) -> pd.DataFrame:
    random = np.random.default_rng(1)
    size = random.normal(50, 12, rows).round(1)
    kind = random.choice(["Äpfel", "Birnen", "Kirschen"], rows)
    extra = pd.Series(kind).map({"Äpfel": 0.0, "Birnen": 8.0, "Kirschen": -9.0}).to_numpy()
    return pd.DataFrame(
        {
            "size": size,
            "kind": kind,
            "shade": random.integers(0, 5, rows),
            "price": (size * 1.5 + extra + random.normal(0, 4, rows)).round(2),
        }
    )


def _csv(frame: pd.DataFrame, **options: object) -> str:
    return frame.to_csv(index=False, lineterminator="\n", **options)  # type: ignore[call-overload]


def _ragged() -> str:
    lines = _csv(_frame()).splitlines()
    lines[20] += ",surplus"
    lines[40] = lines[40].rsplit(",", 1)[0]
    return "\n".join(lines) + "\n"


def _decimal_commas() -> str:
    return _csv(_frame(), sep=";", decimal=",")


GIVES_TASKS: dict[str, Callable[[], bytes]] = {
    "latin-1": lambda: _csv(_frame()).encode("latin-1"),
    "utf-16": lambda: _csv(_frame()).encode("utf-16"),
    "semicolons": lambda: _csv(_frame(), sep=";").encode(),
    "byte-order-mark": lambda: b"\xef\xbb\xbf" + _csv(_frame()).encode(),
    "headerless": lambda: _csv(_frame(), header=False).encode(),
    "gzip": lambda: gzip.compress(_csv(_frame()).encode(), mtime=0),
    "ragged": lambda: _ragged().encode(),
    "decimal-commas": lambda: _decimal_commas().encode(),
    "quoted-newlines": lambda: _csv(
        _frame().assign(note=[f'said "{n % 7}",\nand left' for n in range(400)])
    ).encode(),
    "crlf": lambda: _csv(_frame()).replace("\n", "\r\n").encode(),
}

GIVES_A_REASON: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "blank": lambda: b"\n\n   \n",
    "one-column": lambda: _csv(_frame()[["price"]]).encode(),
    "one-row": lambda: _csv(_frame(1)).encode(),
    "few-rows": lambda: _csv(_frame(20)).encode(),
    "header-only": lambda: b"size,kind,price\n",
    "all-constant": lambda: ("a,b,c\n" + "1,x,2\n" * 300).encode(),
    "all-unique": lambda: (
        "key,name\n" + "".join(f"K{n:05},person {n * 7919 % 10007}\n" for n in range(400))
    ).encode(),
    "noise": lambda: _csv(
        pd.DataFrame(np.random.default_rng(2).normal(size=(400, 4)), columns=list("abcd"))
    ).encode(),
    "binary": lambda: bytes(np.random.default_rng(3).integers(0, 256, 5000, dtype=np.uint8)),
    "broken-gzip": lambda: gzip.compress(_csv(_frame()).encode())[:200],
    "prose": lambda: b"This folder holds nothing but a letter.\nIt goes on, and on.\n" * 30,
}


def _generate(tmp_path: Path, monkeypatch, name: str, content: bytes) -> DatasetResult:
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / f"fruit-{name}"
    folder.mkdir()
    ending = ".csv.gz" if "gzip" in name else ".csv"
    (folder / f"fruit{ending}").write_bytes(content)
    registry = tmp_path / "registry"
    registry.mkdir()
    job = GenerationJob(
        source=str(folder), registry=registry, ideas=1, seed=0, sandbox="local", settings="test"
    )
    return generate_dataset(job)


@pytest.mark.parametrize("name", GIVES_TASKS)
def test_a_readable_table_gives_a_task(tmp_path: Path, monkeypatch, name: str):
    result = _generate(tmp_path, monkeypatch, name, GIVES_TASKS[name]())
    assert result.tasks, result.reason


@pytest.mark.parametrize("name", GIVES_A_REASON)
def test_what_affords_no_task_gives_a_reason(tmp_path: Path, monkeypatch, name: str):
    result = _generate(tmp_path, monkeypatch, name, GIVES_A_REASON[name]())
    assert result.tasks == ()
    assert len(result.reason) > 15
    assert not list((tmp_path / "registry").glob("tabular/*"))
    assert not list((tmp_path / "cache" / "prepared").glob("*"))


def test_a_wide_table_gives_a_task(tmp_path: Path, monkeypatch):
    random = np.random.default_rng(4)
    wide = pd.DataFrame(
        random.normal(size=(300, 1000)).round(3), columns=[f"gene_{n}" for n in range(1000)]
    )
    wide["outcome"] = np.where(wide["gene_3"] + wide["gene_8"] > 0, "relapse", "cure")
    result = _generate(tmp_path, monkeypatch, "wide", _csv(wide).encode())
    assert result.tasks, result.reason
