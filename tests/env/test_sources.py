"""Sources: records, where bytes are found, and downloads from a server on loopback."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlesmith_env import cache, sources
from mlesmith_env.errors import ChecksumError, DataUnavailableError, ManifestError
from mlesmith_env.sources import SourceFile, SourceRecord

CONTENT = b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(20_000))


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Server(http.server.ThreadingHTTPServer):
    """Serves one file, in ways that tests choose, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = CONTENT
        self.ranges: list[str] = []
        self.statuses: list[int] = []
        self.cut_after: list[int] = []
        self.resumes = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/data/my%20file.csv?raw=1"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range", "")
        self.server.ranges.append(asked)
        if self.server.statuses and (status := self.server.statuses.pop(0)) != 200:
            self.send_error(status)
            return
        content, start = self.server.content, 0
        if asked and self.server.resumes:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= len(content):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        body = content[start:]
        if self.server.cut_after:
            body = body[: self.server.cut_after.pop(0)]
            self.close_connection = True
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MLESMITH_DATA_MIRROR", raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("mlesmith_env.download._PAUSE_S", 0.01)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def file(path: str = "data/t.csv", content: bytes = CONTENT, url: str = "") -> SourceFile:
    return SourceFile(path=path, bytes=len(content), sha256=sha(content), url=url)


def record(*files: SourceFile, uri: str = "") -> SourceRecord:
    return SourceRecord(dataset="things", uri=uri, licence="CC0", files=files or (file(),))


def test_a_record_survives_the_disk(tmp_path: Path) -> None:
    written = record(file(), file("data/ü.csv", b"x"))
    sources.dump_source(written, tmp_path / "sources" / "things.yaml")
    assert sources.load_source(tmp_path / "sources" / "things.yaml") == written


def test_the_digest_covers_files_and_nothing_else() -> None:
    one, two = file("a.csv"), file("b.csv", b"x")
    digest = record(one, two).sha256
    assert digest == record(two, one, uri="https://example.org").sha256
    assert digest != record(one).sha256
    assert digest != record(one, file("c.csv", b"x")).sha256
    assert digest != record(one, file("b.csv", b"y")).sha256


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../t.csv", "a/../../t.csv", "a//b", "./t", "a\\b", "a\nb", ""]
)
def test_paths_that_lead_outside_are_refused(tmp_path: Path, path: str) -> None:
    text = f"dataset: x\nfiles:\n- {{path: {path!r}, bytes: 1, sha256: {sha(b'x')}}}\n"
    (tmp_path / "x.yaml").write_text(text.replace("'a\\nb'", '"a\\nb"'))
    with pytest.raises(ManifestError):
        sources.load_source(tmp_path / "x.yaml")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("dataset: [", "not YAML"),
        ("dataset: x\n", "files"),
        ("dataset: x\nfiles: []\nmore: 1\n", "files"),
        ("!!python/object/apply:os.system ['true']\n", "not YAML"),
    ],
)
def test_records_that_are_none_are_refused(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(ManifestError, match=reason):
        sources.load_source(tmp_path / "x.yaml")
    with pytest.raises(ManifestError, match="can not be read"):
        sources.load_source(tmp_path / "nowhere.yaml")


def test_two_files_can_not_be_in_each_others_way() -> None:
    with pytest.raises(ValueError, match="same path"):
        record(file("a"), file("a", b"x"))
    with pytest.raises(ValueError, match="both a file and a folder"):
        record(file("a"), file("a/b", b"x"))


def test_a_folder_is_recorded_and_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "my data"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.csv").write_bytes(CONTENT)
    (folder / "sub" / "b.csv").write_bytes(b"x,y\n")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("no")
    made = sources.record_folder(folder, "things", uri=folder.as_uri())
    assert [f.path for f in made.files] == ["a.csv", "sub/b.csv"]
    assert sources.available(made)
    with sources.raw_files(made) as raw:
        assert (raw / "a.csv").read_bytes() == CONTENT
        assert (raw / "sub" / "b.csv").read_bytes() == b"x,y\n"
        assert sorted(p.name for p in raw.rglob("*") if p.is_file()) == ["a.csv", "b.csv"]
    assert not raw.exists()
    assert (folder / "a.csv").is_file()


def test_bytes_are_found_in_any_mirror_under_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").mkdir()
    hidden = tmp_path / "two" / "deep" / "er" / "renamed.bin"
    hidden.parent.mkdir(parents=True)
    hidden.write_bytes(CONTENT)
    (hidden.parent / "t.csv").write_bytes(b"y" * len(CONTENT))
    monkeypatch.setenv("MLESMITH_DATA_MIRROR", f"{tmp_path / 'one'}:{tmp_path / 'two'}")
    assert sources.available(record())
    with sources.raw_files(record()) as raw:
        assert (raw / "data/t.csv").read_bytes() == CONTENT


def test_a_file_put_into_a_mirror_later_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLESMITH_DATA_MIRROR", str(tmp_path / "mirror"))
    with (
        pytest.raises(DataUnavailableError, match="MLESMITH_DATA_MIRROR"),
        sources.raw_files(record()),
    ):
        pass
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "t.csv").write_bytes(CONTENT)
    with sources.raw_files(record()) as raw:
        assert (raw / "data/t.csv").read_bytes() == CONTENT


def test_changed_bytes_of_the_same_size_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "t.csv").write_bytes(CONTENT.replace(b"1", b"2"))
    with (
        pytest.raises(ChecksumError, match="the right size"),
        sources.raw_files(record(uri=folder.as_uri())),
    ):
        pass


def test_a_url_is_downloaded_once(server: Server) -> None:
    wanted = record(file(url=server.url))
    assert not sources.available(wanted)
    for _ in range(2):
        with sources.raw_files(wanted) as raw:
            assert (raw / "data/t.csv").read_bytes() == CONTENT
    assert server.ranges == [""]
    assert sources.available(wanted)
    assert [entry.key for entry in cache.entries()] == [f"downloads/{sha(CONTENT)}"]


def test_a_broken_download_goes_on_where_it_stopped(server: Server) -> None:
    server.cut_after = [70_000, 40_000]
    with sources.raw_files(record(file(url=server.url))) as raw:
        assert (raw / "data/t.csv").read_bytes() == CONTENT
    assert server.ranges == ["", "bytes=70000-", "bytes=110000-"]


def test_the_next_call_goes_on_as_well(server: Server) -> None:
    server.cut_after = [10_000] * 4
    with (
        pytest.raises(DataUnavailableError, match="after 4 tries"),
        sources.raw_files(record(file(url=server.url))),
    ):
        pass
    with sources.raw_files(record(file(url=server.url))) as raw:
        assert (raw / "data/t.csv").read_bytes() == CONTENT
    assert server.ranges[-1] == "bytes=40000-"


def test_a_server_that_does_not_resume_begins_anew(server: Server) -> None:
    server.resumes = False
    server.cut_after = [70_000]
    with sources.raw_files(record(file(url=server.url))) as raw:
        assert (raw / "data/t.csv").read_bytes() == CONTENT


def test_a_beginning_of_another_file_is_thrown_away(server: Server) -> None:
    part = cache.downloads() / f"{sha(CONTENT)}.part"
    part.write_bytes(b"z" * 1000)
    with sources.raw_files(record(file(url=server.url))) as raw:
        assert (raw / "data/t.csv").read_bytes() == CONTENT
    assert not part.exists()


@pytest.mark.parametrize("statuses", [[503, 429], [500, 502, 504]])
def test_a_busy_server_is_asked_again(server: Server, statuses: list[int]) -> None:
    server.statuses = statuses
    with sources.raw_files(record(file(url=server.url))) as raw:
        assert (raw / "data/t.csv").read_bytes() == CONTENT


def test_a_missing_page_is_not_asked_for_twice(server: Server) -> None:
    server.statuses = [404]
    with (
        pytest.raises(DataUnavailableError, match="404"),
        sources.raw_files(record(file(url=server.url))),
    ):
        pass
    assert len(server.ranges) == 1


@pytest.mark.parametrize("content", [CONTENT.replace(b"1", b"2"), CONTENT + b"more", b"less"])
def test_other_bytes_than_pinned_are_refused(server: Server, content: bytes) -> None:
    server.content = content
    with (
        pytest.raises(ChecksumError, match="has changed"),
        sources.raw_files(record(file(url=server.url))),
    ):
        pass
    assert all(entry.bytes == 0 for entry in cache.entries())


def test_nobody_listening_is_told() -> None:
    with Server() as closed:
        url = closed.url
    with pytest.raises(DataUnavailableError, match="after 4 tries"):
        sources.download(url, dataset="x")


def test_a_download_without_a_record_makes_one(server: Server) -> None:
    made = sources.download(server.url, dataset="things")
    assert made.files == (file("my file.csv", url=server.url),)
    assert made.uri == server.url
    with sources.raw_files(made) as raw:
        assert (raw / "my file.csv").read_bytes() == CONTENT
    assert len(server.ranges) == 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/x", "x"])
def test_only_the_web_is_downloaded_from(url: str) -> None:
    with pytest.raises(DataUnavailableError, match="http"):
        sources.download(url, dataset="x")


@pytest.mark.parametrize(
    "name", ["iris", "wine", "breast_cancer", "diabetes", "digits", "linnerud"]
)
def test_bundled_data_are_pinned_and_made_again(name: str) -> None:
    made = sources.bundled_record(name)
    assert made.uri == f"sklearn:{name}"
    assert sources.available(made)
    with sources.raw_files(made) as raw:
        lines = (raw / f"{name}.csv").read_text().splitlines()
    assert len({line.count(",") for line in lines}) == 1
    assert len(lines) > 20


def test_bundled_bytes_are_these(tmp_path: Path) -> None:
    digest = "f7fac79ad999fd2d001fd012dd70c0f42c738a7e7cfb7069e71371b55c29341e"
    assert sources.bundled_record("iris").files[0].sha256 == digest
    with sources.raw_files(sources.bundled_record("iris")) as raw:
        lines = (raw / "iris.csv").read_text().splitlines()
    assert lines[:2] == [
        "sepal length (cm),sepal width (cm),petal length (cm),petal width (cm),species",
        "5.1,3.5,1.4,0.2,setosa",
    ]


def test_bundled_data_of_another_version_are_refused() -> None:
    wrong = record(file("iris.csv"), uri="sklearn:iris")
    with pytest.raises(ChecksumError, match="other data"), sources.raw_files(wrong):
        pass
    with pytest.raises(DataUnavailableError, match="not a bundled dataset"):
        sources.bundled_record("titanic")


def test_the_folder_of_bundled_data_is_closed_to_agents() -> None:
    import sklearn

    closed = sources.closed_paths()
    data = Path(sklearn.__file__).parent / "datasets" / "data"
    assert data in closed
