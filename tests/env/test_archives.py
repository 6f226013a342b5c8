"""Archives: what is taken out of them, and what of a hostile one is refused."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from mlesmith_env.archives import Bounds, is_archive, unpack
from mlesmith_env.errors import ReadError, UnsafeArchiveError


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def test_files_in_folders_come_out(tmp_path: Path, into: Path):
    members = {"a/b/c.csv": b"x", "d.txt": b"y" * 10_000, "__MACOSX/._d.txt": b"", "e\\f.txt": b"z"}
    unpack(zipped(tmp_path / "t.zip", members), into)
    assert names(into) == ["a/b/c.csv", "d.txt", "e/f.txt"]
    assert (into / "d.txt").read_bytes() == b"y" * 10_000


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tgz"])
def test_tar_archives_come_out(tmp_path: Path, into: Path, ending: str):
    made = tarred(
        tmp_path / f"t.{ending}", *((tarfile.TarInfo(f"f/{i}"), b"%d" % i) for i in range(50))
    )
    assert is_archive(made)
    unpack(made, into)
    assert len(names(into)) == 50
    assert (into / "f/7").read_bytes() == b"7"


def test_archives_in_archives_become_folders(tmp_path: Path, into: Path):
    inner = zipped(tmp_path / "inner.zip", {"t.csv": b"a,b\n"}).read_bytes()
    unpack(
        zipped(tmp_path / "t.zip", {"x/inner.zip": inner, "x/one.csv.gz": gzip.compress(b"a")}),
        into,
    )
    assert names(into) == ["x/inner.zip/t.csv", "x/one.csv.gz"]


def test_archives_are_told_by_their_content(tmp_path: Path):
    assert is_archive(zipped(tmp_path / "t.zip", {"a": b""}))
    assert is_archive(zipped(tmp_path / "download", {"a": b""}))
    assert not is_archive(zipped(tmp_path / "t.xlsx", {"xl/a.xml": b""}))
    assert not is_archive(zipped(tmp_path / "book.zip", {"[Content_Types].xml": b""}))
    assert not is_archive(zipped(tmp_path / "arrays.zip", {"x.npy": b""}))
    packed_by_java = {"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0", "a.csv": b"x"}
    assert is_archive(zipped(tmp_path / "java.zip", packed_by_java))
    assert not is_archive(zipped(tmp_path / "program", {**packed_by_java, "a/B.class": b""}))
    for name, content in (("t.csv.gz", gzip.compress(b"a,b\n")), ("t.tar", b"x" * 600)):
        (tmp_path / name).write_bytes(content)
        assert not is_archive(tmp_path / name)


@pytest.mark.parametrize("name", ["../out.txt", "/tmp/out.txt", "a/../../out.txt", "C:\\out.txt"])
def test_a_path_that_leads_outside_is_refused(tmp_path: Path, into: Path, name: str):
    with pytest.raises(UnsafeArchiveError, match="leads outside"):
        unpack(zipped(tmp_path / "t.zip", {name: b"x"}), into)
    with pytest.raises(UnsafeArchiveError, match="leads outside"):
        unpack(tarred(tmp_path / "t.tar", (tarfile.TarInfo(name), b"x")), into)
    assert names(into) == []
    assert not (tmp_path / "out.txt").exists()


def test_links_and_devices_never_come_into_being(tmp_path: Path, into: Path):
    link, hard, device = (tarfile.TarInfo(name) for name in ("link", "hard", "device"))
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    hard.type, hard.linkname = tarfile.LNKTYPE, "/etc/passwd"
    device.type = tarfile.CHRTYPE
    fifo = tarfile.TarInfo("fifo")
    fifo.type = tarfile.FIFOTYPE
    through = tarfile.TarInfo("link/passwd")
    members = [(info, b"") for info in (link, hard, device, fifo)]
    unpack(tarred(tmp_path / "t.tar", *members, (through, b"mine")), into)
    assert names(into) == ["link/passwd"]
    assert (into / "link/passwd").read_bytes() == b"mine"
    made = zipfile.ZipInfo("link2")
    made.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr(made, "/etc/passwd")
    (tmp_path / "second").mkdir()
    unpack(tmp_path / "t.zip", tmp_path / "second")
    assert list((tmp_path / "second").iterdir()) == []


def test_bombs_are_refused_while_they_go_off(tmp_path: Path, into: Path):
    bounds = Bounds(spared=10_000, ratio=5)
    bomb = zipped(tmp_path / "t.zip", {"zeros": bytes(10**7)})
    with pytest.raises(UnsafeArchiveError, match="unpacks to more than"):
        unpack(bomb, into, bounds)
    assert sum(path.stat().st_size for path in into.rglob("*")) < 2 * 10**6
    with pytest.raises(UnsafeArchiveError, match="unpacks to more than"):
        unpack(tarred(tmp_path / "t.tar.gz", (tarfile.TarInfo("z"), bytes(10**7))), into, bounds)


def test_a_bomb_in_what_is_not_taken_is_refused_too(tmp_path: Path, into: Path):
    info = tarfile.TarInfo("skipped")
    info.type = tarfile.CONTTYPE
    header = tarfile.TarInfo("pax")
    header.type = tarfile.XHDTYPE
    bounds = Bounds(spared=10_000, ratio=5)
    with pytest.raises((UnsafeArchiveError, ReadError)):
        unpack(tarred(tmp_path / "p.tar.gz", (header, bytes(2**25))), into, bounds)
    with pytest.raises(UnsafeArchiveError):
        unpack(tarred(tmp_path / "q.tar.gz", (info, bytes(10**7))), into, bounds)


def test_too_many_files_and_too_deep_archives_are_refused(tmp_path: Path, into: Path):
    many = zipped(tmp_path / "t.zip", {str(i): b"" for i in range(101)})
    with pytest.raises(UnsafeArchiveError, match="more than 100 files"):
        unpack(many, into, Bounds(files=100))
    content = b"x"
    for _ in range(5):
        content = zipped(tmp_path / "deep.zip", {"in.zip": content}).read_bytes()
    (tmp_path / "deep").mkdir()
    with pytest.raises(UnsafeArchiveError, match="more than 3 deep"):
        unpack(tmp_path / "deep.zip", tmp_path / "deep")


def test_names_that_clash_or_are_none_are_refused(tmp_path: Path, into: Path):
    infos = [tarfile.TarInfo("a"), tarfile.TarInfo("a/b")]
    with pytest.raises(UnsafeArchiveError, match="both a file and a folder"):
        unpack(tarred(tmp_path / "t.tar", *((info, b"x") for info in infos)), into)
    infos = [tarfile.TarInfo("c"), tarfile.TarInfo("c")]
    with pytest.raises(UnsafeArchiveError, match="twice"):
        unpack(tarred(tmp_path / "u.tar", *((info, b"x") for info in infos)), into)
    with pytest.raises(UnsafeArchiveError, match="no name"):
        unpack(tarred(tmp_path / "v.tar", (tarfile.TarInfo("a\nb"), b"")), into)


def test_a_damaged_archive_can_not_be_read(tmp_path: Path, into: Path):
    whole = zipped(tmp_path / "t.zip", {"a": os.urandom(5000)}).read_bytes()
    (tmp_path / "t.zip").write_bytes(whole[:1000] + b"?" * 50 + whole[1050:])
    with pytest.raises(ReadError, match="can not be unpacked"):
        unpack(tmp_path / "t.zip", into)
