"""A PASCAL VOC devkit, folder or tar, as scenes: lists, XML annotations and JPEG pictures.

The devkit's layout is the same for both years: ImageSets/Main/<split>.txt names the pictures,
Annotations/<name>.xml says what is in them, JPEGImages/<name>.jpg shows them.
"""

import contextlib
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType

import numpy as np

from cnnlab.artifacts.progress import bar, processors
from cnnlab.datasets.annotations import annotation, fitted, scaled
from cnnlab.datasets.archives import FolderTree, Tree
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.images import whole_images_only
from cnnlab.datasets.layouts import spread
from cnnlab.datasets.sources import locate, tree_of
from cnnlab.datasets.spool import Record, Spool, Truth

YEARS: Mapping[str, str] = MappingProxyType({"voc2007": "2007", "voc2012": "2012"})
# The archives as published; 2007 has its test pictures in one of their own.
TARS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("voc2007", "test"): "VOCtest_06-Nov-2007.tar",
        **{("voc2007", s): "VOCtrainval_06-Nov-2007.tar" for s in ("trainval", "train", "val")},
        **{("voc2012", s): "VOCtrainval_11-May-2012.tar" for s in ("trainval", "train", "val")},
    }
)
_BATCH = 16  # pictures decoded per task


@dataclass(frozen=True, eq=False)
class Kit:
    """One split of a devkit: the tree of its files, and the year and list that are wanted."""

    tree: Tree
    year: str
    split: str

    def names(self, count: int) -> list[str]:
        """Names of the split's pictures, at most `count` evenly spread over its list (0: all)."""
        listed = self._member(f"ImageSets/Main/{self.split}.txt")
        names = [line.split()[0] for line in self.tree.text(listed).splitlines() if line.strip()]
        odd = next((name for name in names if not re.fullmatch(r"[\w.-]+", name)), None)
        if odd is not None or not names:
            what = f"names {odd!r}, which is no picture" if odd else "is empty"
            raise DataError(f"{listed} in {self.tree.path} {what}; {self.tree.mend}")
        return [names[i] for i in spread(len(names), count)]

    def annotations(self, names: Iterable[str]) -> dict[str, str]:
        """Member -> name for the annotations of the named pictures."""
        return {self._below(f"Annotations/{name}.xml"): name for name in names}

    def pictures(self, names: Iterable[str]) -> dict[str, str]:
        """Member -> name for the named pictures."""
        return {self._below(f"JPEGImages/{name}.jpg"): name for name in names}

    def identity(self, count: int) -> str:
        """A hash that tells this state of the split's files from another."""
        return self.tree.identity(lambda: self._files(count))

    def _files(self, count: int) -> list[str]:
        names = self.names(count)
        members = [*self.annotations(names), *self.pictures(names)]
        gone = next((name for name in members if not (self.tree.path / name).is_file()), None)
        if gone and isinstance(self.tree, FolderTree):
            raise DataError(f"{self.tree.path} has no {gone}, which its list names; extract again")
        return members

    def _below(self, name: str) -> str:
        """A member's name: a folder is entered at VOC2012, an archive above VOCdevkit."""
        return name if isinstance(self.tree, FolderTree) else f"VOCdevkit/VOC{self.year}/{name}"

    def _member(self, name: str) -> str:
        member = self._below(name)
        if isinstance(self.tree, FolderTree):
            there = (self.tree.path / member).is_file()
        else:
            there = member in self.tree.index.files
        if not there:
            archive = TARS.get((f"voc{self.year}", self.split), "the devkit")
            raise DataError(f"{self.tree.path} has no {member}; put {archive} there, extracted")
        return member


@contextlib.contextmanager
def kit(source: str, split: str, data_dir: Path | None) -> Iterator[Kit]:
    """A split of "voc2007" or "voc2012" in the data folder, from the published tar or a folder.

    Raises DataMissing, with the file to put there, where neither is.
    """
    archive = TARS.get((source, split))
    if data_dir and archive and (data_dir / archive).is_file():
        path = data_dir / archive
    else:
        path = locate(source, data_dir)
    with tree_of(path) as tree:
        yield Kit(tree, YEARS[source], split)


def pack(workdir: Path, kit: Kit, count: int, pixels: int) -> None:
    """Spool a split's scenes, those larger than `pixels` on the longer side scaled down to it.

    Memory is constant, and what a killed build left in `workdir` is kept. Raises DataError, naming
    the file, for an annotation or a picture that cannot be used.
    """
    names = kit.names(count)
    with whole_images_only(), Spool(workdir) as spool:
        numbers = {name: i for i, name in enumerate(names) if i not in spool.done}
        truths = _truths(kit, numbers)
        done = len(names) - len(numbers)
        with bar(f"packing {kit.tree.path.name}", len(names), done=done) as shown:
            for batch in _in_threads(kit, list(numbers), truths, pixels):
                made = [Record.of(numbers[name], name, image, of) for name, image, of in batch]
                spool.append(made, b"".join(image.tobytes() for _, image, _ in batch))
                shown.update(len(batch))


Decoded = tuple[str, np.ndarray, list[Truth]]  # name, (H, W, 3) uint8, what is in it


def _truths(kit: Kit, names: Iterable[str]) -> dict[str, list[Truth]]:
    members = kit.annotations(names)
    found = {}
    for member, data in kit.tree.read(list(members)):
        try:
            found[members[member]] = annotation(data)
        except DataError as error:
            where = f"{member} in {kit.tree.path}"
            raise DataError(f"{where} cannot be used ({error}); {kit.tree.mend}") from error
    _nothing_missing(kit, members, found)
    return found


def _nothing_missing(kit: Kit, members: Mapping[str, str], found: Iterable[str]) -> None:
    absent = sorted(set(members.values()) - set(found))
    if absent:
        member = next(member for member, name in members.items() if name == absent[0])
        raise DataError(f"{kit.tree.path} has no {member}, which its list names; {kit.tree.mend}")


def _in_threads(
    kit: Kit, names: list[str], truths: Mapping[str, list[Truth]], pixels: int
) -> Iterator[list[Decoded]]:
    """Decode in all processors, a few batches ahead, in whichever order the tree gives them."""
    workers, members = processors(), kit.pictures(names)
    flow = kit.tree.read(list(members))
    pending: deque[Future[list[Decoded]]] = deque()
    seen = set()

    def decode(batch: list[tuple[str, bytes]]) -> list[Decoded]:
        return [_decode(kit, member, data, members, truths, pixels) for member, data in batch]

    with ThreadPoolExecutor(workers) as pool:
        while batch := list(islice(flow, _BATCH)):
            seen |= {members[member] for member, _ in batch}
            pending.append(pool.submit(decode, batch))
            if len(pending) > 2 * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    _nothing_missing(kit, members, seen)


def _decode(
    kit: Kit,
    member: str,
    data: bytes,
    members: Mapping[str, str],
    truths: Mapping[str, list[Truth]],
    pixels: int,
) -> Decoded:
    name = members[member]
    try:
        image, scale = fitted(data, pixels)
    except DataError as error:
        where = f"image {member} in {kit.tree.path}"
        raise DataError(f"{where} cannot be used ({error}); {kit.tree.mend}") from error
    height, width, _ = image.shape
    return name, image, [scaled(one, scale, height, width) for one in truths[name]]
