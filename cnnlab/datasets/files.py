"""The files of an image set by name, and what reading them can say."""

import contextlib
import errno
import gzip
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cnnlab.datasets.errors import DataError

MEMBER_LIMIT = 64 * 2**20  # bytes; photographs stay far below, decompression bombs do not
DEPTH_LIMIT = 12  # folders below a folder; a link that leads back to its parent ends here
_DAMAGE = (
    *(zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile),
    *(zlib.error, lzma.LZMAError, EOFError),
)
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


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
            return self.read(name).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise DataError(f"{name} in {self.path} is no text file; {self.fix}") from error


def folder_files(path: Path) -> Files:
    """The files of a folder; links inside it are the user's own and followed."""
    folders: dict[str, set[str]] = {}

    def refuse(error: OSError) -> None:
        raise error

    def get(name: str) -> bytes:
        about = (path / name).stat()
        if not stat.S_ISREG(about.st_mode):
            raise DataError(f"{name} in {path} is no plain file; remove it")
        check_size(name, about.st_size, path)
        return (path / name).read_bytes()

    with readable(path):
        for place, below, names in os.walk(path, onerror=refuse, followlinks=True):
            parts = Path(place).relative_to(path).parts
            folders["/".join(parts)] = {name for name in names if not hidden(name)}
            deep = len(parts) == DEPTH_LIMIT
            below[:] = () if deep else (n for n in below if not (hidden(n) or leads_back(place, n)))
    return Files(path, folders, get)


def leads_back(folder: str, name: str) -> bool:
    """Whether a folder inside a folder is a link to one of those that it lies in."""
    link = Path(folder, name)
    return link.is_symlink() and Path(folder).resolve().is_relative_to(link.resolve())


def check_size(name: str, size: int, path: Path) -> None:
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
