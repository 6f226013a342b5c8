"""Hosts of datasets, played by a server on loopback that answers as theirs do."""

from __future__ import annotations

import base64
import hashlib
import http.server
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from mlesmith_env import sources
from mlesmith_env.errors import ChecksumError, DataUnavailableError, GenerationError
from mlesmith_env.hosts import route
from mlesmith_generator.dataset import open_dataset, slug_of_dataset
from mlesmith_generator.hubs.openml import OpenML
from mlesmith_generator.sniff import sniff_tables

COMMIT = "0123456789abcdef0123456789abcdef01234567"
SECRET = "sEcReT-0f-a-user"
CSV = b"text,label\n" + b"".join(b"text %d,%d\n" % (i, i % 2) for i in range(40))
ARFF = b"@relation iris\n@attribute a numeric\n@attribute class {x,y}\n@data\n" + b"".join(
    b"%d,%s\n" % (i, b"xy"[i % 2 : i % 2 + 1]) for i in range(40)
)


def archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        # With a time of its own, so that it has the same bytes whenever it is asked for.
        made.writestr(zipfile.ZipInfo("things/train.csv"), CSV)
    return packed.getvalue()


class Server(http.server.ThreadingHTTPServer):
    """The hosts, and storage elsewhere to which they redirect."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.storage: dict[str, bytes] = {}
        self.asked: list[tuple[str, str]] = []
        self.gated = False
        self.card: dict[str, object] = {"license": "cc-by-4.0", "pretty_name": "Things"}
        self.files: dict[str, bytes] = {
            "README.md": b"# x",
            "load.py": b"1/0",
            "data/train.csv": CSV,
        }
        self.md5 = hashlib.md5(ARFF).hexdigest()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        path, authorization = self.path, self.headers.get("Authorization", "")
        self.server.asked.append((path, authorization))
        if path.startswith("/storage/"):
            if authorization:
                self.send_error(400)
                return
            self._give(self.server.storage[path])
        elif path.startswith(("/api/datasets/", "/datasets/")):
            self._hugging_face(path, authorization)
        elif path.startswith(("/api/v1/json/", "/data/")):
            self._openml(path)
        elif path.startswith("/api/v1/datasets/"):
            self._kaggle(path, authorization)
        else:
            self.send_error(404)

    def _hugging_face(self, path: str, authorization: str) -> None:
        files = self.server.files
        if self.server.gated and authorization != f"Bearer {SECRET}":
            self.send_error(401)
        elif path.startswith("/api/datasets/owner/things/revision/main?blobs=true"):
            siblings = [
                {"rfilename": name, "size": len(content)}
                | (
                    {"lfs": {"sha256": hashlib.sha256(content).hexdigest()}}
                    if len(content) > 99
                    else {}
                )
                for name, content in files.items()
            ]
            about = {"id": "owner/things", "sha": COMMIT, "siblings": siblings}
            self._give(json.dumps({**about, "cardData": self.server.card}).encode())
        elif path.startswith(f"/datasets/owner/things/resolve/{COMMIT}/"):
            self._redirect(files[path.split(f"{COMMIT}/")[1]])
        else:
            self.send_error(404)

    def _openml(self, path: str) -> None:
        if path == "/api/v1/json/data/61":
            about = {
                "id": "61", "name": "iris", "version": "1", "format": "ARFF",
                "licence": "CC BY 4.0",
                "url": f"{self.server.address}/data/v1/download/61/iris.arff",
                "md5_checksum": self.server.md5,
            }  # fmt: skip
            self._give(json.dumps({"data_set_description": about}).encode())
        elif path == "/data/v1/download/61/iris.arff":
            self._give(ARFF)
        else:
            self.send_error(412)

    def _kaggle(self, path: str, authorization: str) -> None:
        expected = base64.b64encode(f"someone:{SECRET}".encode()).decode()
        if authorization != f"Basic {expected}":
            self.send_error(401)
        elif path == "/api/v1/datasets/view/owner/things":
            about = {
                "title": "Things",
                "licenseName": "CC0: Public Domain",
                "currentVersionNumber": 3,
            }
            self._give(json.dumps(about).encode())
        elif path.startswith("/api/v1/datasets/download/owner/things"):
            assert parse_qs(urlsplit(path).query) == {"dataset_version_number": ["3"]}
            self._redirect(archive())
        else:
            self.send_error(404)

    def _redirect(self, content: bytes) -> None:
        place = f"/storage/{hashlib.sha256(content).hexdigest()}?signature=x"
        self.server.storage[place] = content
        self.send_response(302)
        # The same server under another name stands for the storage of a host.
        port = self.server.server_address[1]
        self.send_header("Location", f"http://localhost:{port}{place}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _give(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in (
        "MLESMITH_DATA_MIRROR HF_TOKEN HF_HOME HF_TOKEN_PATH KAGGLE_USERNAME KAGGLE_KEY "
        "KAGGLE_CONFIG_DIR http_proxy HTTP_PROXY all_proxy ALL_PROXY"
    ).split():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("mlesmith_env.download._PAUSE_S", 0.01)
    with Server() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.address)
        monkeypatch.setenv("KAGGLE_API_ENDPOINT", running.address)
        thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def files_of(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_a_dataset_of_hugging_face(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with open_dataset("hf:owner/things") as dataset:
        assert (dataset.name, dataset.slug) == ("owner__things", "owner-things")
        assert files_of(dataset.folder) == ["data/train.csv"]
        record = dataset.record(["data/train.csv"])
    assert (record.revision, record.licence, record.title) == (COMMIT, "CC-BY-4.0", "Things")
    assert record.uri == "https://huggingface.co/datasets/owner/things"
    assert record.files[0].url == f"{record.uri}/resolve/{COMMIT}/data/train.csv"
    # Elsewhere, with nothing but the record.
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "elsewhere"))
    with sources.raw_files(record) as raw:
        assert (raw / "data/train.csv").read_bytes() == CSV


def test_configs_of_hugging_face(server: Server):
    server.files = {"a/train.csv": CSV, "a/test.csv": CSV, "b/part-0.csv": CSV, "extra.csv": CSV}
    server.card["configs"] = [
        {"config_name": "a", "data_files": [{"split": "train", "path": "a/train*"}]},
        {"config_name": "b", "data_files": "b/*.csv", "default": True},
    ]
    for source, expected in (("", ["b/part-0.csv"]), (":a", ["a/train.csv"])):
        with open_dataset(f"hf:owner/things{source}") as dataset:
            assert files_of(dataset.folder) == expected
    assert slug_of_dataset("hf:owner/things@v1.0:a") == "owner-things-a"
    with (
        pytest.raises(GenerationError, match="no config 'c'; known: a, b"),
        open_dataset("hf:owner/things:c"),
    ):
        pass


def test_a_loading_script_is_not_run(server: Server):
    server.files = {"things.py": b"raise SystemExit", "README.md": b""}
    with (
        pytest.raises(GenerationError, match="refs/convert/parquet"),
        open_dataset("hf:owner/things"),
    ):
        pass


def test_a_token_goes_to_the_hub_alone(server: Server, monkeypatch: pytest.MonkeyPatch):
    server.gated = True
    with (
        pytest.raises(DataUnavailableError, match=r"401.*needs a token in HF_TOKEN"),
        open_dataset("hf:owner/things"),
    ):
        pass
    monkeypatch.setenv("HF_TOKEN", SECRET)
    with open_dataset("hf:owner/things") as dataset:
        assert SECRET not in dataset.record([]).model_dump_json()
    stored = [key for path, key in server.asked if path.startswith("/storage/")]
    assert stored
    assert set(stored) == {""}
    assert SECRET not in repr(route("https://huggingface.co/x"))
    assert route("https://huggingface.co.evil.org/x").authorization == ""


def test_a_dataset_of_openml(server: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mlesmith_generator.hubs.hub.HUBS", (OpenML(server.address),))
    with open_dataset("openml:61") as dataset:
        assert (dataset.name, dataset.slug) == ("iris", "openml-61")
        readers, problems = sniff_tables(dataset.folder)
        assert problems == ()
        assert [(r.format, r.files) for r in readers] == [("arff", ("iris.arff",))]
        record = dataset.record([])
    assert (record.uri, record.revision) == ("https://www.openml.org/d/61", "1")
    assert record.licence == "CC-BY-4.0"


def test_openml_that_gives_other_bytes_or_none(server: Server):
    server.md5 = "0" * 32
    with pytest.raises(ChecksumError, match="MD5"):
        OpenML(server.address).record("openml:61", "iris")
    with pytest.raises(DataUnavailableError, match="412"):
        OpenML(server.address).record("openml:62", "none")
    with pytest.raises(GenerationError, match="write openml:<id>"):
        OpenML(server.address).record("openml:iris", "iris")


def test_kaggle_without_a_key_says_what_to_do(server: Server):
    with (
        pytest.raises(DataUnavailableError, match="set KAGGLE_USERNAME and KAGGLE_KEY"),
        open_dataset("kaggle:owner/things"),
    ):
        pass
    assert server.asked == []


@pytest.mark.parametrize("place", ["variables", "file"])
def test_a_dataset_of_kaggle(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
):
    if place == "file":
        kept = tmp_path / "home" / ".kaggle" / "kaggle.json"
        kept.parent.mkdir(parents=True)
        kept.write_text(json.dumps({"username": "someone", "key": SECRET}))
    else:
        monkeypatch.setenv("KAGGLE_USERNAME", "someone")
        monkeypatch.setenv("KAGGLE_KEY", SECRET)
    with open_dataset("kaggle:owner/things") as dataset:
        assert (dataset.name, dataset.slug) == ("owner__things", "owner-things")
        assert files_of(dataset.folder) == ["things.zip/things/train.csv"]
        record = dataset.record([])
    assert (record.revision, record.licence) == ("3", "CC0-1.0")
    assert record.files[0].unpacked
    assert SECRET not in record.model_dump_json()
    assert all(not key for path, key in server.asked if path.startswith("/storage/"))
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "elsewhere"))
    with sources.raw_files(record) as raw:
        assert (raw / "things.zip/things/train.csv").read_bytes() == CSV


def test_a_broken_key_file_of_kaggle_is_never_quoted(server: Server, tmp_path: Path):
    kept = tmp_path / "home" / ".kaggle" / "kaggle.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(f'{{"username": "someone", "key": "{SECRET}"')
    with (
        pytest.raises(DataUnavailableError, match="is not JSON") as caught,
        open_dataset("kaggle:owner/things"),
    ):
        pass
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_folder_saved_by_datasets(tmp_path: Path):
    import pyarrow as pa

    table = pa.table({"text": [f"t {i}" for i in range(30)], "label": [i % 2 for i in range(30)]})
    for split in ("train", "test"):
        folder = tmp_path / "saved" / split
        folder.mkdir(parents=True)
        with pa.ipc.new_stream(str(folder / "data-00000-of-00001.arrow"), table.schema) as out:
            out.write_table(table.slice(0, 20 if split == "train" else 10))
        (folder / "state.json").write_text('{"_data_files": [{"filename": "data.arrow"}]}')
        info = {"license": "mit", "homepage": "https://x.org", "version": {"version_str": "1.2.0"}}
        (folder / "dataset_info.json").write_text(json.dumps(info))
    (tmp_path / "saved/dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    with open_dataset(str(tmp_path / "saved")) as dataset:
        readers, problems = sniff_tables(dataset.folder)
        record = dataset.record(readers[0].files)
    assert problems == ()
    assert [(r.format, len(r.files)) for r in readers] == [("arrow", 2)]
    assert (record.licence, record.revision, record.uri) == ("MIT", "1.2.0", "https://x.org")
