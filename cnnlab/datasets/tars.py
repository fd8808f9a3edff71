"""A tar as a tree of files: one pass in its own order, and damage that tarfile would pass over."""

import contextlib
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import IO

from cnnlab.artifacts.progress import bar
from cnnlab.datasets.archives import Index, Tree, visible
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.members import MEMBER_LIMIT, checked, no_file, readable


class TarTree(Tree):
    """A tar, compressed or not, read from its beginning to its end; `inside` names it in a zip."""

    random_access = False

    def __init__(self, path: Path, inside: str | None = None) -> None:
        super().__init__(path)
        self._inside = inside

    @cached_property
    def index(self) -> Index:
        files: set[str] = set()
        folders: set[str] = set()
        size = self.path.stat().st_size
        with self._open() as (tar, raw), bar(f"listing {self.path.name}", size, unit="B") as shown:
            for member in tar:
                name = checked(member.name, self.path)
                if not (member.isreg() or member.isdir()):
                    raise no_file(name, "a link or a device", self.path)
                if name in files:
                    raise DataError(f"{self.path} holds {name} twice; fetch the archive again")
                (folders if member.isdir() else files).add(name)
                shown.update(raw.tell() - shown.n)
            stream = tar.fileobj
            while stream is not None and stream.read(2**20):
                pass  # a compressed stream verifies its checksum only at its end
        return visible(files, folders)

    def read(self, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        wanted = set(names)
        _ = self.index  # every name is checked before anything is read
        with self._open() as (tar, _raw):
            for member in tar:
                name = checked(member.name, self.path)
                if name not in wanted:
                    continue
                with readable(self.path, name):
                    file = tar.extractfile(member)
                    data = file.read() if file else b""
                    if len(data) != member.size:
                        raise EOFError("it ends too early")
                yield name, data
                wanted.remove(name)
                if not wanted:
                    return

    @contextlib.contextmanager
    def _open(self) -> Iterator[tuple[tarfile.TarFile, IO[bytes]]]:
        with contextlib.ExitStack() as stack:
            stack.enter_context(readable(self.path))
            raw: IO[bytes] = stack.enter_context(self.path.open("rb"))
            stream = raw
            if self._inside:
                outer = stack.enter_context(zipfile.ZipFile(raw))
                stream = stack.enter_context(outer.open(self._inside))
            yield (
                stack.enter_context(tarfile.open(fileobj=stream, tarinfo=_StrictInfo)),
                raw,
            )


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
