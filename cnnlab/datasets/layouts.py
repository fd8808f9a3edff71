"""Sets with a folder for each class: how each real set arranges them, and what a profile takes."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from cnnlab.datasets.errors import DataError
from cnnlab.datasets.files import Files
from cnnlab.datasets.images import SUFFIXES


@dataclass(frozen=True)
class Layout:
    """Where images lie: `folder` matches their folders (group `cls`; "{split}" is the split's)."""

    folder: str
    splits: tuple[str, ...] = ("all",)
    left_out: tuple[str, ...] = ()  # folders that are no class
    prefix: str = ""  # of the names of images
    title: str = r"(?P<title>.+)"  # the part of the folder's name that names the class
    example: str = "accordion"


# An archive has one folder above; an extracted folder is entered at that folder.
_WORDNET = Layout(
    r"(?:[^/]+/)?{split}/(?P<cls>[^/]+)(?:/images)?", ("train", "val"), example="train/n01443537"
)
LAYOUTS = {
    "imagenet": _WORDNET,
    "tiny-imagenet": _WORDNET,
    # The protocol counts 101 object categories: Google's background images are not one of them.
    "caltech101": Layout(
        r"(?:101_ObjectCategories/)?(?P<cls>[^/]+)",
        left_out=("BACKGROUND_Google", "101_ObjectCategories"),
    ),
    "caltech256": Layout(
        r"(?:256_ObjectCategories/)?(?P<cls>[^/]+)",
        left_out=("257.clutter", "256_ObjectCategories"),
        title=r"\d+\.(?P<title>.+?)(?:-101)?",
        example="001.ak47",
    ),
    # Classes may have a second level (a/abbey, s/stadium/baseball); a letter stands above them.
    "sun397": Layout(
        r"(?:SUN397/)?[a-z]/(?P<cls>[^/]+(?:/[^/]+)?)", prefix="sun_", example="a/abbey"
    ),
    "miniplaces": Layout(
        r"(?:MiniPlaces[^/]*/)?[a-z]/(?P<cls>[^/]+(?:/[^/]+)?)", example="a/abbey"
    ),
}
_WORDS = ("words.txt", "synset_words.txt", "LOC_synset_mapping.txt")


@dataclass(frozen=True, eq=False)
class Selection:
    """The images that a profile takes of a split, with labels or, in a devkit, annotations."""

    files: Files
    classes: tuple[str, ...]
    images: tuple[str, ...]  # names within the files
    labels: np.ndarray  # (N,) int64, ascending: image i shows classes[labels[i]]; -1 in a devkit
    annotations: tuple[str, ...] = ()  # of each image


def select(files: Files, source: str, split: str, *, classes: int, per_class: int) -> Selection:
    """Choose at most `classes` classes and `per_class` images of each (0: all that are there).

    What is taken of more is spread evenly over the sorted names, since neighbours are alike: the
    first classes of ImageNet are all fish, the first faces of Caltech-101 one person. Images are
    ordered by class, then by name. Raises DataError for a set without class folders and for a
    class without images.
    """
    layout = LAYOUTS[source]
    if split not in layout.splits:
        valid = ", ".join(layout.splits)
        raise DataError(f"{source} has no split {split!r}; it has {valid}")
    first = _by_class(files, layout, layout.splits[0])
    images = first if split == layout.splits[0] else _by_class(files, layout, split)
    names = sorted(first or images)
    if not names:
        raise DataError(
            f"{files.path} holds no class folders such as {layout.example}; "
            f"give the original {source} archive or the folder extracted from it"
        )
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
    words = _words(files) if layout is _WORDNET else {}
    matches = [re.fullmatch(layout.title, name) for name in names]
    titles = [words.get(n) or (m["title"] if m else n) for n, m in zip(names, matches, strict=True)]
    # WordNet has two cranes, a bird and a machine: the folder tells such apart.
    pairs = zip(titles, names, strict=True)
    unique = tuple(f"{t} ({name})" if titles.count(t) > 1 else t for t, name in pairs)
    return Selection(files, unique, tuple(name for part in parts for name in part), labels)


def evenly_spaced(count: int, number: int) -> list[int]:
    """`number` of the numbers below `count`, evenly spaced from 0; all for 0 or too many."""
    number = min(number, count) or count
    return [i * count // number for i in range(number)]


def _by_class(files: Files, layout: Layout, split: str) -> dict[str, list[str]]:
    """The images of each class of a split; a folder without any below it is an empty class."""
    if split == "val" and (images := _annotated(files)):
        return images
    folder_of_class = re.compile(layout.folder.format(split=split))
    classes: dict[str, list[str]] = {}
    empty: dict[str, str] = {}
    filled: set[str] = set()
    for folder, names in files.folders.items():
        match = folder_of_class.fullmatch(folder)
        if not match or match["cls"] in layout.left_out:
            continue
        used = (n for n in names if n.startswith(layout.prefix) and n.lower().endswith(SUFFIXES))
        if images := [f"{folder}/{name}" for name in used]:
            classes.setdefault(match["cls"], []).extend(images)
            filled |= {folder, *(parent.as_posix() for parent in PurePosixPath(folder).parents)}
        else:
            empty[folder] = match["cls"]
    return {**{empty[folder]: [] for folder in empty.keys() - filled}, **classes}


def _annotated(files: Files) -> dict[str, list[str]]:
    """Tiny-ImageNet's val images by class: one folder, beside a list of their classes."""
    lists = [f for f in files.folders if re.fullmatch(r"(?:[^/]+/)?val", f)]
    notes = next((f"{f}/val_annotations.txt" for f in lists), "")
    images: dict[str, list[str]] = {}
    for line in files.text(notes).splitlines() if notes in files else ():
        fields = line.split("\t")
        name = notes.replace("val_annotations.txt", f"images/{fields[0]}")
        if len(fields) < 2 or name not in files:
            raise DataError(
                f"{notes} in {files.path} names {fields[0]!r}, which is not there; {files.fix}"
            )
        images.setdefault(fields[1], []).append(name)
    return images


def _words(files: Files) -> dict[str, str]:
    """First word of each WordNet id, from whichever list the set has beside its images."""
    outer = sorted(folder for folder in files.folders if "/" not in folder)
    for name in (f"{folder}/{word}".lstrip("/") for folder in outer for word in _WORDS):
        if name in files:
            lines = (re.split(r"\s+", line, maxsplit=1) for line in files.text(name).splitlines())
            return {line[0]: line[1].split(",")[0].strip() for line in lines if len(line) == 2}
    if "meta.bin" in files:  # left by torchvision where it unpacked ImageNet
        from torchvision.datasets.imagenet import load_meta_file

        words, _ = load_meta_file(files.path)
        return {wnid: names[0] for wnid, names in words.items()}
    return {}
