"""Image sets read where they lie: folders and zips (tars: see `tars`) as trees of named files.

Nothing is unpacked. Member names are checked before anything is read: one that is absolute, climbs
out of the archive, is a link or a device, or is too large refuses the whole archive.
"""

import hashlib
import json
import os
import stat
import threading
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from cnnlab.datasets.errors import DataError
from cnnlab.datasets.members import check_size, checked, hidden, no_file, readable

DEPTH_LIMIT = 12  # folders below a folder; a link that leads back to its parent ends here


@dataclass(frozen=True)
class Index:
    """Names of all files and of the folders named on their own, with forward slashes."""

    files: frozenset[str]
    folders: frozenset[str]


class Tree(ABC):
    """The files of one image set; `index` lists them, `read` gives their bytes."""

    random_access = True  # whether reading a part costs a part
    mend = "fetch the archive again"

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    @abstractmethod
    def index(self) -> Index:
        """What the tree holds; raises DataError where it is damaged or unsafe."""

    @abstractmethod
    def read(self, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Yield name and bytes of the named files, in the order in which they are cheapest."""

    def text(self, name: str) -> str:
        """The text of a small file; raises DataError where it is none."""
        try:
            return dict(self.read([name]))[name].decode("utf-8")
        except (KeyError, UnicodeDecodeError) as error:
            raise DataError(f"{name} in {self.path} is no text file; {self.mend}") from error

    def identity(self, names: Callable[[], Sequence[str]]) -> str:
        """A hash that tells this state of the files `names()` from another.

        Of an archive it is that of the whole: size and time of change, as make and rsync judge. At
        worst a copy is packed once more; reading gigabytes to be sure would delay every start, and
        so would listing a tar, hence `names` is not asked.
        """
        del names
        with readable(self.path):
            return _hash([_state(self.path)])

    def close(self) -> None:
        """Let go of what is open; a folder and a tar keep nothing open between two reads."""
        return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class FolderTree(Tree):
    """A folder, as extracted from an archive; links inside it are the user's own and followed."""

    mend = "put an undamaged copy in its place, or delete it"

    @cached_property
    def index(self) -> Index:
        files: set[str] = set()
        folders: set[str] = set()
        with readable(self.path):
            self._walk("", files, folders, 0)
        return Index(frozenset(files), frozenset(folders))

    def _walk(self, below: str, files: set[str], folders: set[str], depth: int) -> None:
        with os.scandir(self.path / below) as entries:
            for entry in entries:
                if hidden(entry.name):
                    continue
                name = f"{below}{entry.name}"
                if not entry.is_dir():
                    files.add(name)
                elif depth < DEPTH_LIMIT:
                    folders.add(name)
                    self._walk(f"{name}/", files, folders, depth + 1)

    def read(self, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        for name in names:
            path = self.path / name
            with readable(path):
                check_size(name, path.stat().st_size, self.path)
                data = path.read_bytes()
            yield name, data

    def identity(self, names: Callable[[], Sequence[str]]) -> str:
        """Of a folder: name, size and time of change of every file used."""
        with readable(self.path):
            return _hash([(name, *_state(self.path / name)) for name in names()])


class ZipTree(Tree):
    """A zip; the checksum of every member is verified as it is read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._lock = threading.Lock()  # ZipFile counts its open members without one

    @cached_property
    def _zip(self) -> zipfile.ZipFile:
        with readable(self.path):
            return zipfile.ZipFile(self.path)

    def close(self) -> None:
        if "_zip" in self.__dict__:
            self._zip.close()

    @cached_property
    def _members(self) -> dict[str, zipfile.ZipInfo]:
        members: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist():
            name = checked(info.orig_filename, self.path)
            if info.flag_bits & 1:
                raise DataError(f"{name} in {self.path} is encrypted; fetch an open archive")
            if stat.S_ISLNK(info.external_attr >> 16):
                raise no_file(name, "a link", self.path)
            check_size(name, info.file_size, self.path)
            if name in members:
                raise DataError(f"{self.path} holds {name} twice; fetch the archive again")
            members[name] = info
        return members

    @cached_property
    def index(self) -> Index:
        folders = {name for name, info in self._members.items() if info.is_dir()}
        return visible(self._members.keys() - folders, folders)

    def read(self, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        for name in names:
            with readable(self.path, name), self._lock:
                data = self._zip.read(self._members[name])
            yield name, data


def visible(files: Iterable[str], folders: Iterable[str]) -> Index:
    """The index of what an archive holds, without what file managers add."""
    return Index(
        frozenset(name for name in files if not hidden(name)),
        frozenset(name for name in folders if not hidden(name)),
    )


def _state(path: Path) -> tuple[int, int]:
    seen = path.stat()
    return seen.st_size, seen.st_mtime_ns


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
