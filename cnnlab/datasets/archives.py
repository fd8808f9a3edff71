"""Archives of image sets, read where they lie: zips and tars as named files.

Nothing is unpacked, only a compressed tar is expanded into one file meanwhile. Members are checked
before any is read: a name that points outside the archive, a link, a device, a name that comes
twice, an encrypted or truncated archive, or more bytes than images have refuses the whole of it.
"""

import contextlib
import io
import shutil
import stat
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TypeVar

from cnnlab.artifacts.progress import bar
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.files import MEMBER_LIMIT, Files, check_size, folder_files, hidden, readable

COUNT_LIMIT = 20_000_000  # members; ImageNet has 1.4 million images
TAR_IN_ZIP = "caltech-101/101_ObjectCategories.tar.gz"  # how its publisher packs Caltech-101
T = TypeVar("T")


@contextlib.contextmanager
def opened(path: Path, workdir: Path) -> Iterator[Files]:
    """The files of a folder, a zip or a tar; a compressed tar is expanded in `workdir` meanwhile.

    Raises DataError, before anything is written, for an archive that is unsafe, truncated or
    larger than the disk has room for.
    """
    if path.is_dir():
        yield folder_files(path)
        return
    with contextlib.ExitStack() as stack:
        with readable(path):
            files = _archive_files(path, workdir / "expanded.tar", stack)
        yield files
    (workdir / "expanded.tar").unlink(missing_ok=True)


def _archive_files(path: Path, expanded: Path, stack: contextlib.ExitStack) -> Files:
    stream: IO[bytes] = stack.enter_context(path.open("rb"))
    if path.suffix == ".zip":
        outer = stack.enter_context(zipfile.ZipFile(stream))
        if TAR_IN_ZIP not in outer.namelist():
            return _zip_files(path, outer)
        stream = stack.enter_context(outer.open(TAR_IN_ZIP))
    if expanded.exists():  # whole, by an interrupted build
        stream = stack.enter_context(expanded.open("rb"))
    archive = tarfile.TarFile.open(fileobj=stream, tarinfo=_StrictInfo)
    members, folders = _checked(path, _tar_members(stack.enter_context(archive)))
    if not isinstance(archive.fileobj, io.BufferedReader):  # compressed: no way to a member alone
        _expand(archive, path, expanded)
        stream = stack.enter_context(expanded.open("rb"))
    lock = threading.Lock()

    def get(name: str) -> bytes:
        info = members[name]
        with lock:
            stream.seek(info.offset_data)
            data = stream.read(info.size)
        if len(data) != info.size:
            raise EOFError("it ends too early")
        return data

    return Files(path, folders, get)


def _zip_files(path: Path, archive: zipfile.ZipFile) -> Files:
    members, folders = _checked(path, _zip_members(archive))
    lock = threading.Lock()  # ZipFile counts its open members without one

    def get(name: str) -> bytes:
        with lock:
            return archive.read(members[name])  # verifies the checksum

    return Files(path, folders, get)


def _expand(archive: tarfile.TarFile, path: Path, target: Path) -> None:
    """Write a compressed tar without its compression; it appears whole or not at all."""
    size = archive.offset  # where its members end
    if size > shutil.disk_usage(target.parent).free:
        raise DataError(
            f"{path} holds {size / 1e9:,.1f} GB, more than the disk of {target.parent} has free; "
            "free space there, or fetch the archive again if it should be smaller"
        )
    partial = target.with_suffix(".partial")
    source = archive.fileobj
    assert source is not None
    source.seek(0)
    with partial.open("wb") as file, bar(f"expanding {path.name}", size, unit="B") as progress:
        while left := size - file.tell():
            if not (data := source.read(min(left, 2**20))):
                raise EOFError("it ends too early")
            progress.update(file.write(data))
        file.truncate(size + 2 * tarfile.BLOCKSIZE)  # zeros end a tar
    partial.rename(target)


Member = tuple[str, int, str, T]  # name, bytes, kind ("file", "folder" or what is refused), entry


def _zip_members(archive: zipfile.ZipFile) -> Iterator[Member[zipfile.ZipInfo]]:
    for info in archive.infolist():
        kind = "folder" if info.is_dir() else "file"
        kind = "a link" if stat.S_ISLNK(info.external_attr >> 16) else kind
        kind = "encrypted" if info.flag_bits & 1 else kind
        yield info.orig_filename, info.file_size, kind, info


def _tar_members(archive: tarfile.TarFile) -> Iterator[Member[tarfile.TarInfo]]:
    for info in archive:
        kind = "folder" if info.isdir() else "a link or a device"
        kind = "file" if info.isreg() and not info.issparse() else kind
        yield info.name, info.size, kind, info
    while archive.fileobj is not None and archive.fileobj.read(2**20):
        pass  # a compressed stream verifies its checksum only at its end


class _StrictInfo(tarfile.TarInfo):
    """Headers that end an archive early are damage, not its end as tarfile takes them."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_StrictInfo":
        if bytes(buf) == tarfile.NUL * tarfile.BLOCKSIZE:
            return super().frombuf(buf, encoding, errors)  # raises what ends a whole archive
        try:
            info = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"{error} where a member should begin") from error
        # Here, since extended headers are read whole before their member is seen.
        if info.size > MEMBER_LIMIT:
            raise tarfile.ReadError(f"member {info.name} of {info.size} bytes is no image")
        return info


def _checked(path: Path, members: Iterator[Member[T]]) -> tuple[dict[str, T], dict[str, set[str]]]:
    """The files of an archive, and its folders with the names of visible files in them.

    Raises DataError for the first member that is unsafe.
    """
    files: dict[str, T] = {}
    folders: dict[str, set[str]] = {}
    for count, (member, size, kind, entry) in enumerate(members):
        name = _plain_name(member, path)
        if kind not in ("file", "folder"):
            raise DataError(
                f"{name} in {path} is {kind}, not a plain file; do not use this archive, "
                "fetch it again from its publisher"
            )
        check_size(name, size, path)
        if name in files:
            raise DataError(f"{path} holds {name} twice; fetch the archive again")
        if count == COUNT_LIMIT:
            raise DataError(f"{path} holds more than {COUNT_LIMIT:,} files; do not use it")
        folder, _, file = name.rpartition("/") if kind == "file" else (name, "", "")
        if kind == "file":
            files[name] = entry
        if not hidden(name):
            folders.setdefault(folder, set()).update([file] if file else [])
    return files, folders


def _plain_name(name: str, path: Path) -> str:
    """The member's name without `./` and final slash; raises DataError where it points outside."""
    plain = name.replace("\\", "/")
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    if plain.startswith("/") or ".." in parts or ":" in plain.partition("/")[0] or "\0" in plain:
        raise DataError(
            f"{path} holds a member named {name!r}, which points outside the archive; "
            "do not use this file, fetch it again from its publisher"
        )
    return "/".join(parts)
