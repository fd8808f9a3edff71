"""Image sets by role: `load("caltech101", "mini")` gives arrays, whatever plays the role."""

import contextlib
import shutil
import sys
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import numpy as np

from cnnlab.artifacts import store
from cnnlab.artifacts.fingerprint import Source
from cnnlab.datasets.archives import Tree
from cnnlab.datasets.download import fetch, unpack_imagenet
from cnnlab.datasets.errors import DataError, DataMissing
from cnnlab.datasets.layouts import LAYOUTS, Selection, select
from cnnlab.datasets.packed import Packed, opened
from cnnlab.datasets.roles import BOXED, asked
from cnnlab.datasets.sources import WORLD, found, known, locate, tree_of
from cnnlab.datasets.tars import TarTree
from cnnlab.profiles import Profile, RoleSize

__all__ = ["BOXED", "DataError", "DataMissing", "Packed", "fetch", "found", "load"]


def load(role: str, profile: Profile | str, split: str | None = None) -> Packed:
    """Return one split of a role at a profile's size, packing it once where that is still to do.

    `split` defaults to the role's first. Raises DataError for an unknown role, split or source, for
    a damaged or unsafe archive and for an image that cannot be decoded, DataMissing where a real
    set is not in the data folder, StoreError where the cache cannot be written.
    """
    profile, size, split = asked(role, profile, split, boxed=False)
    make = _render if size.source == WORLD else partial(_read, data_dir=profile.data_dir)
    return opened(make(role, split, size), role, split, size.source)


def _render(role: str, split: str, size: RoleSize) -> Path:
    from cnnlab.datasets import render

    sizes = {"classes": size.classes, "per_class": size.splits[split], "pixels": size.pixels}
    config = {"source": WORLD, "role": role, "split": split, **sizes}

    def build(workdir: Path) -> None:
        with _nothing_half_made(workdir):
            render.pack(workdir, role, split, **sizes)

    return store.make("packed", config, build, code=packing(WORLD))


def _read(role: str, split: str, size: RoleSize, *, data_dir: Path | None) -> Path:
    del role  # the same photographs, whichever role they play
    from cnnlab.datasets import photos

    known(size.source)
    if size.source not in LAYOUTS:
        raise DataError(f"{size.source} is a set of scenes with boxes; choose another source")
    path = locate(size.source, data_dir)
    if size.source == "imagenet":
        unpack_imagenet(path, split)
    sizes = {"classes": size.classes, "per_class": size.splits[split]}
    with tree_of(path) as tree:
        choose = cache(partial(select, tree, size.source, split, **sizes))
        config = {
            "source": size.source,
            "split": split,
            "pixels": size.pixels,
            "files": tree.identity(lambda: choose().members),
            **sizes,
        }

        def build(workdir: Path) -> None:
            with _nothing_half_made(workdir):
                _say_what_is_missing(tree, choose(), split, size)
                photos.pack(workdir, tree, choose(), size.pixels)

        return store.make("packed", config, build, code=packing(size.source))


def packing(source: str) -> tuple[Source, ...]:
    """The code that makes the packed images of a source, as part of their key."""
    from cnnlab.datasets import photos, render

    return (render.pack,) if source == WORLD else (photos.pack, TarTree)


@contextlib.contextmanager
def _nothing_half_made(workdir: Path) -> Iterator[None]:
    """Keep what a killed build leaves, the next goes on from it; drop what a refusal leaves."""
    try:
        yield
    except DataError:
        shutil.rmtree(workdir, ignore_errors=True)
        raise


def _say_what_is_missing(tree: Tree, chosen: Selection, split: str, size: RoleSize) -> None:
    """Tell, once, that a set holds fewer classes or images than the profile asks for."""
    short = []
    classes, fewest = len(chosen.classes), int(np.bincount(chosen.labels).min())
    if classes < size.classes and split == next(iter(size.splits)):
        short.append(f"{classes} classes of the {size.classes} asked for")
    if fewest < size.splits[split]:
        short.append(f"in one class {fewest} {split} images of the {size.splits[split]} asked for")
    if short:
        print(f"cnnlab: {tree.path.name} holds {' and '.join(short)}", file=sys.stderr)
