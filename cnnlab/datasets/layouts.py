"""How each real set arranges its files, and which of them a profile takes."""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from cnnlab.datasets.archives import Tree
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.images import SUFFIXES


@dataclass(frozen=True)
class Layout:
    """Where images lie: `folder` matches a class folder (groups `cls` and, if any, `split`)."""

    folder: str
    image: str = r"[^/]+"  # below the class folder
    splits: tuple[str, ...] = ("all",)
    left_out: tuple[str, ...] = ()  # folders that are no class
    title: str = r"(?P<title>.+)"  # the part of the folder's name that names the class


# An archive has one folder above; an extracted folder is entered at that folder.
_WORDNET = Layout(
    folder=r"(?:[^/]+/)?(?P<split>train|val)/(?P<cls>[^/]+)",
    image=r"(?:images/)?[^/]+",
    splits=("train", "val"),
)
LAYOUTS = {
    "imagenet": _WORDNET,
    "tiny-imagenet": _WORDNET,
    # The protocol counts 101 object categories: Google's background images are not one of them.
    "caltech101": Layout(
        folder=r"(?:101_ObjectCategories/)?(?P<cls>[^/]+)",
        left_out=("BACKGROUND_Google", "101_ObjectCategories"),
    ),
    "caltech256": Layout(
        folder=r"(?:256_ObjectCategories/)?(?P<cls>[^/]+)",
        left_out=("257.clutter", "256_ObjectCategories"),
        title=r"\d+\.(?P<title>.+?)(?:-101)?",
    ),
    # Classes may have a second level (a/abbey, s/stadium/baseball); a letter stands above them.
    "sun397": Layout(
        folder=r"(?:SUN397/)?[a-z]/(?P<cls>[^/]+(?:/[^/]+)?)",
        image=r"sun_[^/]+",
    ),
}
_WORDS = ("words.txt", "synset_words.txt", "LOC_synset_mapping.txt")


@dataclass(frozen=True)
class Selection:
    """The images a profile takes of one split: `members[i]` shows `classes[labels[i]]`."""

    classes: tuple[str, ...]
    members: tuple[str, ...]
    labels: np.ndarray  # (N,) int64, ascending


def select(tree: Tree, source: str, split: str, *, classes: int, per_class: int) -> Selection:
    """Choose at most `classes` classes and `per_class` images of each (0: all that are there).

    What is taken of more is spread evenly over the sorted names, since neighbours are alike: the
    first classes of ImageNet are all fish, the first faces of Caltech-101 one person. Members are
    ordered by class, then by name. Raises DataError for a set without class folders and for a
    class without images.
    """
    layout = LAYOUTS[source]
    if split not in layout.splits:
        valid = ", ".join(layout.splits)
        raise DataError(f"{source} has no split {split!r}; it has {valid}")
    folders, images = _by_class(tree, layout)
    known = sorted(folders[layout.splits[0]] or folders[split])
    if not known:
        raise DataError(
            f"{tree.path} holds no class folders such as {_example(layout)}; "
            f"give the original {source} archive or the folder extracted from it"
        )
    there = _annotated(tree, split) or images[split]
    taken = [known[i] for i in spread(len(known), classes)]
    members: list[str] = []
    counts: list[int] = []
    for name in taken:
        if not there.get(name):
            raise DataError(
                f"class folder {name} in {tree.path} holds no image for split {split!r}; "
                "fetch the set again, or remove the folder"
            )
        all_of_it = sorted(there[name])
        chosen = [all_of_it[i] for i in spread(len(all_of_it), per_class)]
        members += chosen
        counts.append(len(chosen))
    labels = np.repeat(np.arange(len(taken), dtype=np.int64), counts)
    return Selection(_titles(tree, layout, taken), tuple(members), labels)


def spread(there: int, wanted: int) -> list[int]:
    """`wanted` of the numbers below `there`, evenly spaced from 0; all for 0 or too many."""
    count = min(wanted, there) or there
    return [i * there // count for i in range(count)]


def _by_class(
    tree: Tree, layout: Layout
) -> tuple[dict[str, set[str]], dict[str, dict[str, list[str]]]]:
    """Class folders, and images by class folder, of every split."""
    is_folder = re.compile(layout.folder)
    is_image = re.compile(rf"{layout.folder}/{layout.image}")
    folders: dict[str, set[str]] = defaultdict(set)
    images: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in tree.index.files:
        match = is_image.fullmatch(name) if name.lower().endswith(SUFFIXES) else None
        if match and match["cls"] not in layout.left_out:
            images[_split(match)][match["cls"]].append(name)
    for split, found in images.items():
        folders[split] |= found.keys()
    # A folder without any image below it is an empty class, to be refused by whoever asks for it.
    filled = {folder for found in images.values() for folder in _parents(found)}
    for name in tree.index.folders - filled:
        match = is_folder.fullmatch(name)
        if match and match["cls"] not in layout.left_out:
            folders[_split(match)].add(match["cls"])
    return folders, images


def _split(match: re.Match[str]) -> str:
    return match.groupdict().get("split", "all")


def _parents(found: dict[str, list[str]]) -> set[str]:
    """All folders above the images, at any height."""
    direct = {name.rpartition("/")[0] for names in found.values() for name in names}
    above = {folder.as_posix() for leaf in direct for folder in PurePosixPath(leaf).parents}
    return direct | above


def _annotated(tree: Tree, split: str) -> dict[str, list[str]] | None:
    """Tiny-ImageNet's val images by class: one folder, beside a list of their classes."""
    lists = [n for n in tree.index.files if re.fullmatch(r"(?:[^/]+/)?val/val_annotations\.txt", n)]
    if split != "val" or not lists:
        return None
    folder = lists[0].rpartition("/")[0]
    found: dict[str, list[str]] = defaultdict(list)
    for line in tree.text(lists[0]).splitlines():
        fields = line.split("\t")
        member = f"{folder}/images/{fields[0]}"
        if len(fields) < 2 or member not in tree.index.files:
            raise DataError(
                f"{lists[0]} in {tree.path} names {fields[0]!r}, which is not there; {tree.mend}"
            )
        found[fields[1]].append(member)
    return found


def _titles(tree: Tree, layout: Layout, names: list[str]) -> tuple[str, ...]:
    """What the classes are called: the first of WordNet's words, or the name of the folder."""
    words = _words(tree) if "split" in layout.folder else {}
    titles = []
    for name in names:
        match = re.fullmatch(layout.title, name)
        titles.append(words.get(name) or (match["title"] if match else name))
    # WordNet has two cranes, a bird and a machine: the folder tells such apart.
    return tuple(
        f"{title} ({name})" if titles.count(title) > 1 else title
        for title, name in zip(titles, names, strict=True)
    )


def _words(tree: Tree) -> dict[str, str]:
    """First word of each WordNet id, from whichever list the set has beside its images."""
    for name in sorted(tree.index.files):
        if name.rpartition("/")[2] in _WORDS and name.count("/") < 2:
            lines = (re.split(r"\s+", line, maxsplit=1) for line in tree.text(name).splitlines())
            return {line[0]: line[1].split(",")[0].strip() for line in lines if len(line) == 2}
    if "meta.bin" in tree.index.files:  # left by torchvision where it unpacked ImageNet
        from torchvision.datasets.imagenet import load_meta_file

        words, _ = load_meta_file(tree.path)
        return {wnid: names[0] for wnid, names in words.items()}
    return {}


def _example(layout: Layout) -> str:
    return "train/n01443537" if "split" in layout.folder else "accordion"
