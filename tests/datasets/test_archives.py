"""Trees of files: what they list and read, and every archive that must be refused."""

import gzip
import io
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from cnnlab.datasets.archives import FolderTree, Tree, ZipTree
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.members import MEMBER_LIMIT
from cnnlab.datasets.sources import tree_of
from cnnlab.datasets.tars import TarTree

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


def refused(tree: Tree) -> str:
    """The sentence with which the tree refuses to be listed; it must refuse to be read as well."""
    with pytest.raises(DataError) as at_listing:
        _ = tree.index
    with pytest.raises(DataError):
        list(tree.read(["top/cat/1.jpg"]))
    sentence = str(at_listing.value)
    assert "\n" not in sentence and str(tree.path) in sentence
    return sentence


@pytest.mark.parametrize("kind", ["folder", "a.zip", "a.tar", "a.tar.gz"])
def test_every_kind_lists_and_reads_the_same(tmp_path: Path, kind: str) -> None:
    make = {"r": make_folder, "p": make_zip}.get(kind[-1], make_tar)
    clutter = {"__MACOSX/top/cat/._1.jpg": b"x", "top/.DS_Store": b"x", "top/cat/._1.jpg": b"x"}
    with tree_of(make(tmp_path / kind, {**FILES, **clutter})) as tree:
        assert tree.index.files == set(FILES)
        assert dict(tree.read(list(FILES))) == FILES
        assert dict(tree.read(["top/dog/1.jpg"])) == {"top/dog/1.jpg": FILES["top/dog/1.jpg"]}
        assert tree.text("top/list.txt") == "grün\n"


def test_text_that_is_none_is_told(tmp_path: Path) -> None:
    tree = ZipTree(make_zip(tmp_path / "a.zip", {"words.txt": b"\xff\xfe\x00"}))
    with pytest.raises(DataError, match=r"words\.txt .* no text file"):
        tree.text("words.txt")


def test_the_publishers_zip_around_the_tar(tmp_path: Path) -> None:
    tar = make_tar(tmp_path / "101_ObjectCategories.tar.gz", FILES).read_bytes()
    inside = "caltech-101/101_ObjectCategories.tar.gz"
    path = make_zip(tmp_path / "caltech-101.zip", {inside: tar, "caltech-101/show.m": b"code"})
    with tree_of(path) as tree:
        assert tree.index.files == set(FILES)
        assert dict(tree.read(list(FILES))) == FILES


def test_a_link_to_its_own_parent_ends(tmp_path: Path) -> None:
    make_folder(tmp_path / "set", FILES)
    (tmp_path / "set" / "top" / "again").symlink_to(tmp_path / "set", target_is_directory=True)
    assert set(FILES) <= FolderTree(tmp_path / "set").index.files


@pytest.mark.parametrize(
    "name", ["../evil.jpg", "/etc/evil.jpg", "top/../../evil.jpg", "C:\\evil.jpg", "..\\evil.jpg"]
)
@pytest.mark.parametrize("kind", ["a.zip", "a.tar", "a.tar.gz"])
def test_a_member_that_climbs_out_refuses_the_archive(tmp_path: Path, kind: str, name: str) -> None:
    make = make_zip if kind == "a.zip" else make_tar
    sentence = refused(tree_of(make(tmp_path / kind, {**FILES, name: b"evil"})))
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
    sentence = refused(TarTree(make_tar(tmp_path / "a.tar", FILES, member)))
    assert "top/evil.jpg" in sentence and "link or a device" in sentence


def test_a_zip_with_a_link_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", FILES)
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("top/evil.jpg")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert "top/evil.jpg" in refused(ZipTree(path))


def test_a_member_too_large_for_an_image_is_refused_unread(tmp_path: Path) -> None:
    bomb = {**FILES, "top/bomb.jpg": bytes(MEMBER_LIMIT + 1)}
    assert "top/bomb.jpg" in refused(ZipTree(make_zip(tmp_path / "a.zip", bomb)))
    # Only the header claims the size: a reader that believed it would wait for the bytes.
    header = tarfile.TarInfo("top/bomb.jpg")
    header.size = MEMBER_LIMIT + 1
    start = make_tar(tmp_path / "b.tar", FILES).read_bytes().rstrip(b"\0")
    start += bytes(-len(start) % 512)
    (tmp_path / "b.tar").write_bytes(start + header.tobuf())
    assert "top/bomb.jpg" in refused(TarTree(tmp_path / "b.tar"))


def test_an_extended_header_too_large_is_refused_unread(tmp_path: Path) -> None:
    header = special("PaxHeaders/x", tarfile.XHDTYPE)
    header.size = 8 * 2**30
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(header.tobuf() + bytes(4096)))
    refused(TarTree(tmp_path / "a.tar.gz"))


def test_one_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        path = make_zip(tmp_path / "a.zip", FILES)
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("top/cat/1.jpg", "another")
    assert "top/cat/1.jpg twice" in refused(ZipTree(path))
    tar = make_tar(tmp_path / "a.tar", {**FILES, "./top/cat/1.jpg": b"another"})
    assert "top/cat/1.jpg twice" in refused(TarTree(tar))


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", FILES)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "encrypted" in refused(ZipTree(path))


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
    sentence = refused(tree_of(path))
    assert "damaged or incomplete" in sentence and "fetch it again" in sentence


def test_a_tar_cut_between_members_is_damaged(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tar", {"top/cat/1.jpg": bytes(512), "top/cat/2.jpg": bytes(512)})
    path.write_bytes(path.read_bytes()[: 2 * 512])
    with tarfile.open(path) as archive:
        assert len(archive.getmembers()) == 1, "tarfile itself takes the cut for the end"
    assert "damaged" in refused(TarTree(path))


def test_a_broken_header_in_the_middle_is_damage(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tar", {"top/cat/1.jpg": bytes(512), "top/cat/2.jpg": bytes(512)})
    data = bytearray(path.read_bytes())
    data[2 * 512 + 150] ^= 0xFF  # the second header's checksum
    path.write_bytes(data)
    assert "damaged" in refused(TarTree(path))


def test_a_flipped_bit_in_a_zip_names_the_member(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in FILES.items():
            archive.writestr(name, data)
    data = bytearray(path.read_bytes())
    data[data.index(FILES["top/cat/2.jpg"]) + 3] ^= 1
    path.write_bytes(data)
    with ZipTree(path) as tree:
        assert dict(tree.read(["top/cat/1.jpg"]))  # the others can still be read
        with pytest.raises(DataError, match=r"top/cat/2\.jpg in .* is damaged"):
            list(tree.read(["top/cat/2.jpg"]))


def test_a_flipped_bit_in_a_compressed_tar_is_found(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "a.tar.gz", {"top/cat/1.jpg": os.urandom(50_000)})
    data = bytearray(path.read_bytes())
    data[25_000] ^= 1
    path.write_bytes(data)
    assert "damaged" in refused(TarTree(path))


def test_a_file_that_is_no_archive(tmp_path: Path) -> None:
    for name in ("a.zip", "a.tar", "a.tar.gz"):
        (tmp_path / name).write_text("<html>404 Not Found</html>")
        assert "damaged or incomplete" in refused(tree_of(tmp_path / name))


def test_identity_follows_what_is_used(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "set", FILES)
    used = sorted(FILES)[:2]

    def identity() -> str:
        return FolderTree(folder).identity(lambda: used)

    before = identity()
    (folder / "unrelated.txt").write_text("notes")
    assert identity() == before
    changed = folder / used[1]
    changed.write_bytes(changed.read_bytes()[::-1])  # the same size
    os.utime(changed, ns=(0, changed.stat().st_mtime_ns + 1))
    assert identity() != before

    archive = make_zip(tmp_path / "a.zip", FILES)
    before = ZipTree(archive).identity(lambda: pytest.fail("listing an archive takes too long"))
    os.utime(archive, ns=(0, 1))
    assert ZipTree(archive).identity(lambda: []) != before
