"""Archives of image sets, read where they lie: zips and tars as named files.

Only a compressed tar is expanded into one file meanwhile; whatever is unsafe or damaged refuses
the whole archive before any member is read.
"""

import contextlib
import io
import shutil
import stat
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from cnnlab.artifacts.progress import bar
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.files import MEMBER_LIMIT, Files, check_size, folder_files, hidden, readable

COUNT_LIMIT = 20_000_000  # members; ImageNet has 1.4 million images
TAR_IN_ZIP = "101_ObjectCategories.tar.gz"  # in caltech-101, as its publisher packs it
Member = tuple[str, int, str, Any]  # name, bytes, kind ("file", "folder" or what is refused), entry


@contextlib.contextmanager
def opened(path: Path, workdir: Path) -> Iterator[Files]:
    """The files of a folder, a zip or a tar; a compressed tar is expanded in `workdir` meanwhile.

    Raises DataError, before anything is written, for an archive that is truncated, larger than the
    disk has room for, or unsafe: a member outside the archive, a link, a device, a name that comes
    twice, encryption, or more bytes than images have.
    """
    if path.is_dir():
        yield folder_files(path)
        return
    expanded = workdir / "expanded.tar"
    with contextlib.ExitStack() as stack:
        with readable(path):
            files = _archive_files(path, expanded, stack)
        yield files
    expanded.unlink(missing_ok=True)


def _archive_files(path: Path, expanded: Path, stack: contextlib.ExitStack) -> Files:
    stream: IO[bytes] = stack.enter_context(path.open("rb"))
    if path.suffix.lower() == ".zip":
        outer = stack.enter_context(zipfile.ZipFile(stream))
        tars = (n for n in outer.namelist() if n.rpartition("/")[2] == TAR_IN_ZIP and not hidden(n))
        if not (tar := next(tars, None)):
            return _files(path, _zip_members(outer), outer.read)  # which verifies the checksum
        stream = stack.enter_context(outer.open(tar))
    if expanded.exists():  # whole, by an interrupted build
        stream = stack.enter_context(expanded.open("rb"))
    archive = stack.enter_context(tarfile.TarFile.open(fileobj=stream, tarinfo=_StrictInfo))

    def read(info: tarfile.TarInfo) -> bytes:
        stream.seek(info.offset_data)
        data = stream.read(info.size)
        if len(data) != info.size:
            raise EOFError("it ends too early")
        return data

    files = _files(path, _tar_members(archive), read)
    if not isinstance(archive.fileobj, io.BufferedReader):  # compressed: no way to a member alone
        _expand(archive, path, expanded)
        stream = stack.enter_context(expanded.open("rb"))
    return files


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


def _zip_members(archive: zipfile.ZipFile) -> Iterator[Member]:
    for info in archive.infolist():
        kind = "folder" if info.is_dir() else "file"
        kind = "a link" if stat.S_ISLNK(info.external_attr >> 16) else kind
        kind = "encrypted" if info.flag_bits & 1 else kind
        yield info.orig_filename, info.file_size, kind, info


def _tar_members(archive: tarfile.TarFile) -> Iterator[Member]:
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


def _files(path: Path, members: Iterator[Member], read: Callable[[Any], bytes]) -> Files:
    """The files of an archive; raises DataError for the first member that is unsafe."""
    entries: dict[str, Any] = {}
    folders: dict[str, set[str]] = {}
    for count, (member, size, kind, entry) in enumerate(members):
        plain = member.replace("\\", "/")
        parts = [part for part in plain.split("/") if part not in ("", ".")]
        climbs = plain.startswith("/") or ".." in parts or ":" in plain.partition("/")[0]
        if climbs or "\0" in plain:
            raise DataError(
                f"{path} holds a member named {member!r}, which points outside the archive; "
                "do not use this file, fetch it again from its publisher"
            )
        name = "/".join(parts)
        if kind not in ("file", "folder"):
            raise DataError(
                f"{name} in {path} is {kind}, not a plain file; do not use this archive, "
                "fetch it again from its publisher"
            )
        check_size(name, size, path)
        if name in entries:
            raise DataError(f"{path} holds {name} twice; fetch the archive again")
        if count == COUNT_LIMIT:
            raise DataError(f"{path} holds more than {COUNT_LIMIT:,} files; do not use it")
        folder, _, file = name.rpartition("/") if kind == "file" else (name, "", "")
        if kind == "file":
            entries[name] = entry
        if not hidden(name):
            folders.setdefault(folder, set()).update([file] if file else [])
    lock = threading.Lock()  # one position in the file, and ZipFile counts readers without one

    def get(name: str) -> bytes:
        with lock:
            return read(entries[name])

    return Files(path, folders, get)
