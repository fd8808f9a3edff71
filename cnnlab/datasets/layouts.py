"""Sets with a folder for each class: how each real set arranges them, and what a profile takes."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import numpy as np

from cnnlab.datasets.errors import DataError
from cnnlab.datasets.files import Files
from cnnlab.datasets.images import SUFFIXES, UNREAD
from cnnlab.datasets.listed import class_words, with_listed


@dataclass(frozen=True)
class Layout:
    """Where images lie below a set's root: `folder` matches their folders (group `cls`)."""

    folder: str  # "{split}" is the split's
    splits: tuple[str, ...] = ("all",)
    left_out: tuple[str, ...] = ()  # folders that are no class
    prefix: str = ""  # of the names of images
    title: str = r"(?P<title>.+)"  # the part of the folder's name that names the class
    example: str = "accordion"


_WORDNET = Layout(
    r"{split}/(?P<cls>[^/]+)(?:/images)?", ("train", "val"), example="train/n01443537"
)
# Classes may have a second level (a/abbey, s/stadium/baseball); a letter stands above them.
_PLACES = Layout(r"[a-z]/(?P<cls>[^/]+(?:/[^/]+)?)", example="a/abbey")
# The protocols count object categories: backgrounds and clutter are none.
_OWN = Layout(r"(?P<cls>[^/]+)", left_out=("BACKGROUND_Google", "257.clutter"))
LAYOUTS = {
    "imagenet": _WORDNET,
    "tiny-imagenet": _WORDNET,
    "caltech101": _OWN,
    "caltech256": replace(_OWN, title=r"\d+\.(?P<title>.+?)(?:-101)?", example="001.ak47"),
    "sun397": replace(_PLACES, prefix="sun_"),
    "miniplaces": _PLACES,
}


@dataclass(frozen=True, eq=False)
class Selection:
    """The images that a profile takes of a split, with labels or, in a devkit, annotations."""

    files: Files
    classes: tuple[str, ...]
    images: tuple[str, ...]  # names within the files
    labels: np.ndarray  # (N,) int64, ascending: image i shows classes[labels[i]]; -1 in a devkit
    annotations: tuple[str, ...] = ()  # of each image
    left_out: int = 0  # classes of this split that the first split does not have


def layout_of(source: str, split: str) -> Layout:
    """How a set is arranged: a real one by its name, a folder of the reader's own by the split."""
    own = _WORDNET if split in _WORDNET.splits else replace(_OWN, splits=(split,))
    return LAYOUTS.get(source, own)


def select(files: Files, source: str, split: str, *, classes: int, per_class: int) -> Selection:
    """Choose at most `classes` classes and `per_class` images of each (0: all that are there).

    What is taken of more is spread evenly over the sorted names, since neighbours are alike: the
    first classes of ImageNet are all fish, the first faces of Caltech-101 one person. Images are
    ordered by class, then by name. Raises DataError for a set without class folders, one that holds
    its classes twice, and a class without images.
    """
    layout = layout_of(source, split)
    if split not in layout.splits:
        valid = ", ".join(layout.splits)
        raise DataError(f"{source} has no split {split!r}; it has {valid}")
    root = _root(files, layout, split)
    first = _by_class(files, layout, layout.splits[0], root)
    images = first if split == layout.splits[0] else _by_class(files, layout, split, root)
    if not any(images.values()):
        raise DataError(f"{files.path} holds no images for split {split!r}; {files.fix}")
    names = sorted(first or images)
    names = [names[i] for i in evenly_spaced(len(names), classes)]
    parts: list[list[str]] = []
    for name in names:
        if not images.get(name):
            raise DataError(
                f"class folder {name} in {files.path} holds no image for split {split!r}; "
                "fetch the set again, or remove the folder"
            )
        ordered = sorted(images[name])
        parts.append([ordered[i] for i in evenly_spaced(len(ordered), per_class)])
    labels = np.repeat(np.arange(len(names), dtype=np.int64), [len(part) for part in parts])
    words = class_words(files, root) if layout is _WORDNET else {}
    matches = [re.fullmatch(layout.title, name) for name in names]
    titles = [words.get(n) or (m["title"] if m else n) for n, m in zip(names, matches, strict=True)]
    # WordNet has two cranes, a bird and a machine: the folder tells such apart.
    pairs = zip(titles, names, strict=True)
    unique = tuple(f"{t} ({name})" if titles.count(t) > 1 else t for t, name in pairs)
    every = tuple(name for part in parts for name in part)
    return Selection(files, unique, every, labels, left_out=len(images.keys() - (first or images)))


def evenly_spaced(count: int, number: int) -> list[int]:
    """`number` of the numbers below `count`, evenly spaced from 0; all for 0 or too many."""
    number = min(number, count) or count
    return [i * count // number for i in range(number)]


def _root(files: Files, layout: Layout, split: str) -> str:
    """The one folder below which the class folders lie; raises DataError for none or several."""
    counts: Counter[str] = Counter()
    for part in dict.fromkeys((layout.splits[0], split)):
        pattern = re.compile(rf"(?:(?P<root>.*?)/)??{layout.folder.format(split=part)}")
        matches = ((f, pattern.fullmatch(f)) for f, n in files.folders.items() if used(n, layout))
        full = {f: m for f, m in matches if m and m["cls"] not in layout.left_out}
        counts = counts or Counter(match["root"] or "" for match in full.values())
        if not counts:
            continue
        best = max(counts, key=lambda root: (counts[root], -len(root)))
        # A folder inside a class (Caltech-256 has 056.dog/greg) is no second set, nor is a folder a
        # class because a picture lies beside the class folders.
        within = {f for f in full if f == best or best.startswith(f"{f}/")}
        others = [
            root
            for root in counts
            if root != best
            and not any(root == f or root.startswith(f"{f}/") for f in full if below(f, best))
            and not all(f in within for f in full if (full[f]["root"] or "") == root)
        ]
        if others:
            twice = " and ".join(repr(root or ".") for root in sorted((best, others[0])))
            raise DataError(
                f"{files.path} holds class folders in {twice}; move those of one away, or name the "
                "others, as in --source ROLE=FOLDER"
            )
        return best
    raise DataError(
        f"{files.path} holds no class folders such as {layout.example}; give the original archive "
        "of the set or the folder extracted from it"
    )


def _by_class(files: Files, layout: Layout, split: str, root: str) -> dict[str, list[str]]:
    """The images of each class of a split; a folder without any below it is an empty class."""
    pattern = re.compile(re.escape(below(root, "")) + layout.folder.format(split=split))
    classes: dict[str, list[str]] = {}
    empty: dict[str, str] = {}
    filled: set[str] = set()
    for folder, names in files.folders.items():
        match = pattern.fullmatch(folder)
        if not match or match["cls"] in layout.left_out:
            continue
        if odd := next((name for name in sorted(names) if name.lower().endswith(UNREAD)), None):
            raise DataError(
                f"{folder}/{odd} in {files.path} is an image of a kind that is not read; save such "
                "as JPEG or PNG, or remove them"
            )
        if images := [f"{folder}/{name}" for name in used(names, layout)]:
            classes.setdefault(match["cls"], []).extend(images)
            filled |= {folder, *(parent.as_posix() for parent in PurePosixPath(folder).parents)}
        else:
            empty[folder] = match["cls"]
    if split == "val":
        classes = with_listed(files, below(root, split), classes)
    return {**{empty[folder]: [] for folder in empty.keys() - filled}, **classes}


def used(names: Iterable[str], layout: Layout) -> list[str]:
    """Those names of files that are images of the set."""
    return [n for n in names if n.startswith(layout.prefix) and n.lower().endswith(SUFFIXES)]


def below(root: str, name: str) -> str:
    """The name of a file or folder below a root, "" being the outermost."""
    return f"{root}/{name}" if root else name
