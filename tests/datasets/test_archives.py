"""Archives: what is extracted from them, and every one that must be refused."""

import gzip
import io
import os
import shutil
import stat
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cnnlab.datasets import archives
from cnnlab.datasets.archives import opened
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.files import MEMBER_LIMIT, folder_files

FILES = {
    "top/cat/1.jpg": b"first cat" * 400,
    "top/cat/2.jpg": b"second cat",
    "top/dog/1.jpg": b"dog" * 1000,
    "top/list.txt": "grün\n".encode(),
}


def make_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return path


def make_tar(path: Path, files: dict[str, bytes], *special: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in special:
            archive.addfile(info)
    return path


def make_folder(path: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def contents(path: Path) -> dict[str, bytes]:
    """All files of a set, by name."""
    with opened(path, path.parent) as files:
        names = [f"{folder}/{name}" for folder, names in files.folders.items() for name in names]
        assert all(name in files for name in names) and "top/none.jpg" not in files
        return {name: files.read(name) for name in names}


def refused(path: Path) -> str:
    """The sentence with which an archive is refused before anything is read or written."""
    before = set(path.parent.rglob("*"))
    with pytest.raises(DataError) as refusal, opened(path, path.parent):
        pytest.fail("it was opened")
    sentence = str(refusal.value)
    assert "\n" not in sentence and str(path) in sentence
    assert set(path.parent.rglob("*")) == before
    return sentence


@pytest.mark.parametrize("kind", ["folder", "a.zip", "a.tar", "a.tar.gz"])
def test_every_kind_holds_the_same(tmp_path: Path, kind: str) -> None:
    make = {"folder": make_folder, "a.zip": make_zip}.get(kind, make_tar)
    clutter = {"__MACOSX/top/cat/._1.jpg": b"x", "top/.DS_Store": b"x", "top/cat/._1.jpg": b"x"}
    path = make(tmp_path / kind, {**FILES, **clutter})
    assert contents(path) == FILES
    with opened(path, tmp_path) as files:
        assert files.text("top/list.txt") == "grün\n"
        assert files.read("top/dog/1.jpg") == FILES["top/dog/1.jpg"]
    assert [path.name for path in tmp_path.iterdir()] == [kind]


def test_files_are_read_from_many_threads(tmp_path: Path) -> None:
    noise = {f"top/cat/{i}.jpg": os.urandom(5000) for i in range(60)}
    for path in (make_zip(tmp_path / "a.zip", noise), make_tar(tmp_path / "a.tar.gz", noise)):
        with opened(path, tmp_path) as files, ThreadPoolExecutor(8) as pool:
            assert list(pool.map(files.read, [*noise] * 5)) == [*noise.values()] * 5


def test_an_interrupted_build_expands_a_tar_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_tar(tmp_path / "a.tar.gz", FILES)
    work = make_folder(tmp_path / "work", {"expanded.partial": b"half of"})
    with pytest.raises(KeyboardInterrupt), opened(path, work) as files:
        assert files.read("top/cat/2.jpg") == b"second cat"
        raise KeyboardInterrupt
    with monkeypatch.context() as patched:
        patched.setattr(archives, "_expand", lambda *_: pytest.fail("expanded again"))
        with opened(path, work) as files:
            assert {name: files.read(name) for name in FILES} == FILES
    assert list(work.iterdir()) == []


def test_files_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_bytes(b"\xff\xfe\x00")
    with (tmp_path / "huge.jpg").open("wb") as file:
        file.truncate(MEMBER_LIMIT + 1)
    files = folder_files(tmp_path)
    with pytest.raises(DataError, match=r"words\.txt .* no text file; put an undamaged copy"):
        files.text("words.txt")
    with pytest.raises(DataError, match=r"gone\.jpg in .* cannot be read \(No such file"):
        files.read("gone.jpg")
    with pytest.raises(DataError, match=r"huge\.jpg in .* more than any image"):
        files.read("huge.jpg")


def test_the_publishers_zip_around_the_tar(tmp_path: Path) -> None:
    tar = make_tar(tmp_path / "101_ObjectCategories.tar.gz", FILES).read_bytes()
    inside = "caltech-101/101_ObjectCategories.tar.gz"
    path = make_zip(tmp_path / "caltech-101.zip", {inside: tar, "caltech-101/show.m": b"code"})
    assert contents(path) == FILES


def test_a_link_to_its_own_parent_ends(tmp_path: Path) -> None:
    make_folder(tmp_path / "set", FILES)
    (tmp_path / "set" / "top" / "again").symlink_to(tmp_path / "set", target_is_directory=True)
    assert FILES.items() <= contents(tmp_path / "set").items()


@pytest.mark.parametrize(
    "name", ["../evil.jpg", "/etc/evil.jpg", "top/../../evil.jpg", "C:\\evil.jpg", "..\\evil.jpg"]
)
@pytest.mark.parametrize("kind", ["a.zip", "a.tar", "a.tar.gz"])
def test_a_member_that_climbs_out_refuses_the_archive(tmp_path: Path, kind: str, name: str) -> None:
    make = make_zip if kind == "a.zip" else make_tar
    sentence = refused(make(tmp_path / kind, {**FILES, name: b"evil"}))
    assert "evil.jpg" in sentence and "outside the archive" in sentence
    assert [path.name for path in tmp_path.rglob("*")] == [kind]


@pytest.mark.parametrize(
    "member",
    [
        special("top/evil.jpg", tarfile.SYMTYPE, "/etc/passwd"),
        special("top/evil.jpg", tarfile.LNKTYPE, "top/cat/1.jpg"),
        special("top/evil.jpg", tarfile.FIFOTYPE),
        special("top/evil.jpg", tarfile.CHRTYPE),
    ],
    ids=["symlink", "hard link", "fifo", "device"],
)
def test_a_tar_with_a_link_or_a_device_is_refused(tmp_path: Path, member: tarfile.TarInfo) -> None:
    sentence = refused(make_tar(tmp_path / "a.tar", FILES, member))
    assert "top/evil.jpg" in sentence and "link or a device" in sentence


def test_a_zip_with_a_link_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", FILES)
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("top/evil.jpg")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert "top/evil.jpg" in refused(path)


def test_a_member_too_large_for_an_image_is_refused_unread(tmp_path: Path) -> None:
    bomb = {**FILES, "top/bomb.jpg": bytes(MEMBER_LIMIT + 1)}
    assert "top/bomb.jpg" in refused(make_zip(tmp_path / "a.zip", bomb))
    # Only the header claims the size: a reader that believed it would wait for the bytes.
    header = tarfile.TarInfo("top/bomb.jpg")
    header.size = MEMBER_LIMIT + 1
    start = make_tar(tmp_path / "b.tar", FILES).read_bytes().rstrip(b"\0")
    start += bytes(-len(start) % 512)
    (tmp_path / "b.tar").write_bytes(start + header.tobuf())
    assert "top/bomb.jpg" in refused(tmp_path / "b.tar")


def test_an_extended_header_too_large_is_refused_unread(tmp_path: Path) -> None:
    header = special("PaxHeaders/x", tarfile.XHDTYPE)
    header.size = 8 * 2**30
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(header.tobuf() + bytes(4096)))
    refused(tmp_path / "a.tar.gz")


def test_one_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        path = make_zip(tmp_path / "a.zip", FILES)
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("top/cat/1.jpg", "another")
    assert "top/cat/1.jpg twice" in refused(path)
    tar = make_tar(tmp_path / "a.tar", {**FILES, "./top/cat/1.jpg": b"another"})
    assert "top/cat/1.jpg twice" in refused(tar)


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", FILES)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "encrypted" in refused(path)


@pytest.mark.parametrize("kind", ["a.zip", "a.tar", "a.tar.gz"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.999])
def test_a_cut_archive_is_damaged(tmp_path: Path, kind: str, share: float) -> None:
    make = make_zip if kind == "a.zip" else make_tar
    noise = {f"top/cat/{i}.jpg": os.urandom(20_000) for i in range(6)}
    path = make(tmp_path / kind, noise)
    whole = path.read_bytes()
    if kind == "a.tar":  # beyond its end a tar is padded with zeros that nobody needs
        whole = whole.rstrip(b"\0")
    path.write_bytes(whole[: int(len(whole) * share)])
    sentence = refused(path)
    assert "damaged or incomplete" in sentence and "fetch it again" in sentence


def test_a_tar_cut_between_members_is_damaged(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tar", {"top/cat/1.jpg": bytes(512), "top/cat/2.jpg": bytes(512)})
    path.write_bytes(path.read_bytes()[: 2 * 512])
    with tarfile.open(path) as archive:
        assert len(archive.getmembers()) == 1, "tarfile itself takes the cut for the end"
    assert "damaged" in refused(path)


def test_a_broken_header_in_the_middle_is_damage(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tar", {"top/cat/1.jpg": bytes(512), "top/cat/2.jpg": bytes(512)})
    data = bytearray(path.read_bytes())
    data[2 * 512 + 150] ^= 0xFF  # the second header's checksum
    path.write_bytes(data)
    assert "damaged" in refused(path)


def test_a_flipped_bit_in_a_zip_names_the_member(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in FILES.items():
            archive.writestr(name, data)
    data = bytearray(path.read_bytes())
    data[data.index(FILES["top/cat/2.jpg"]) + 3] ^= 1
    path.write_bytes(data)
    with opened(path, tmp_path) as files:
        assert files.read("top/cat/1.jpg")  # the others can still be read
        with pytest.raises(DataError, match=r"top/cat/2\.jpg in .* is damaged"):
            files.read("top/cat/2.jpg")


def test_a_flipped_bit_in_a_compressed_tar_is_found(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tar.gz", {"top/cat/1.jpg": os.urandom(50_000)})
    data = bytearray(path.read_bytes())
    data[25_000] ^= 1
    path.write_bytes(data)
    assert "damaged" in refused(path)


def test_a_file_that_is_no_archive(tmp_path: Path) -> None:
    for name in ("a.zip", "a.tar", "a.tar.gz"):
        (tmp_path / name).write_text("<html>404 Not Found</html>")
        assert "damaged or incomplete" in refused(tmp_path / name)


def test_more_than_the_disk_has_room_for_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: used._replace(free=3000))
    sentence = refused(make_tar(tmp_path / "a.tar.gz", FILES))
    assert "more than the disk" in sentence and "free space" in sentence


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "COUNT_LIMIT", 3)
    assert "more than 3 files" in refused(make_tar(tmp_path / "a.tar", FILES))


def test_a_file_that_is_also_a_folder_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"top": b"a file", "top/": b""})
    assert "top twice" in refused(path)
