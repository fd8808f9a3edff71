"""Image sets read where they lie: folders, zips and tars as named files.

Nothing is unpacked, only a compressed tar is expanded into one file meanwhile. Members are checked
before any is read: a name that points outside the archive, a link, a device, a name that comes
twice, an encrypted or truncated archive, or more bytes than images have refuses the whole of it.
"""

import contextlib
import errno
import gzip
import io
import lzma
import os
import shutil
import stat
import tarfile
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

from cnnlab.artifacts.progress import bar
from cnnlab.datasets.errors import DataError

MEMBER_LIMIT = 64 * 2**20  # bytes; photographs stay far below, decompression bombs do not
COUNT_LIMIT = 20_000_000  # members; ImageNet has 1.4 million images
DEPTH_LIMIT = 12  # folders below a folder; a link that leads back to its parent ends here
TAR_IN_ZIP = "caltech-101/101_ObjectCategories.tar.gz"  # how its publisher packs Caltech-101
_DAMAGE = (
    *(zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile),
    *(zlib.error, lzma.LZMAError, EOFError),
)
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Files:
    """The files of one image set, without what file managers add; errors name `path`."""

    path: Path  # the folder or archive
    folders: Mapping[str, set[str]]  # folder -> names of the files in it; "" is the outermost
    get: Callable[[str], bytes]

    @property
    def fix(self) -> str:
        """What the user can do about a file that cannot be used."""
        if self.path.is_dir():
            return "put an undamaged copy in its place, or delete it"
        return "fetch the archive again"

    def __contains__(self, name: str) -> bool:
        folder, _, file = name.rpartition("/")
        return file in self.folders.get(folder, ())

    def read(self, name: str) -> bytes:
        """The bytes of a file, from any thread; raises DataError where it cannot be read."""
        with readable(self.path, name):
            return self.get(name)

    def text(self, name: str) -> str:
        """The text of a small file; raises DataError where it is none."""
        try:
            return self.read(name).decode("utf-8")
        except UnicodeDecodeError as error:
            raise DataError(f"{name} in {self.path} is no text file; {self.fix}") from error


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


def folder_files(path: Path) -> Files:
    """The files of a folder; links inside it are the user's own and followed."""
    folders: dict[str, set[str]] = {}

    def walk(folder: str, depth: int) -> None:
        files = folders[folder] = set()
        with os.scandir(path / folder) as entries:
            for entry in entries:
                if hidden(entry.name):
                    continue
                if not entry.is_dir():
                    files.add(entry.name)
                elif depth < DEPTH_LIMIT:
                    walk(f"{folder}/{entry.name}" if folder else entry.name, depth + 1)

    def get(name: str) -> bytes:
        _check_size(name, (path / name).stat().st_size, path)
        return (path / name).read_bytes()

    with readable(path):
        walk("", 0)
    return Files(path, folders, get)


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
    with partial.open("wb") as file, bar(f"expanding {path.name}", size, unit="B") as shown:
        while left := size - file.tell():
            shown.update(file.write(source.read(min(left, 2**20))))
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
        _check_size(name, size, path)
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


def _check_size(name: str, size: int, path: Path) -> None:
    """Refuse what is too large for an image, before it fills memory or disk."""
    if size > MEMBER_LIMIT:
        raise DataError(
            f"{name} in {path} has {size} bytes, more than any image ({MEMBER_LIMIT}); remove it"
        )


def hidden(name: str) -> bool:
    """Whether file managers added a file to a folder or archive: dot files and __MACOSX."""
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


@contextlib.contextmanager
def readable(path: Path, member: str | None = None) -> Iterator[None]:
    """Turn damage and trouble of reading into a DataError: one sentence with the fix."""
    what = f"{member} in {path}" if member else str(path)
    try:
        yield
    except _DAMAGE as error:
        reason = str(error).partition("\n")[0].rstrip(" :") or type(error).__name__
        raise DataError(f"{what} is damaged or incomplete ({reason}); fetch it again") from error
    except NotImplementedError as error:
        raise DataError(f"{what} cannot be read ({error}); repack it as an ordinary zip") from error
    except OSError as error:
        if isinstance(error, DataError) or error.errno in _DISK_FULL:
            raise
        reason = error.strerror or str(error)
        raise DataError(
            f"{what} cannot be read ({reason}); make it readable or fetch it again"
        ) from error
