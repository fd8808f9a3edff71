"""Lists beside WordNet's images: the classes of val where it is one folder, words for classes."""

import re
from collections.abc import Iterable

from cnnlab.datasets.errors import DataError
from cnnlab.datasets.files import Files
from cnnlab.datasets.images import SUFFIXES

NOTES = "val_annotations.txt"  # Tiny-ImageNet's
KAGGLE = "LOC_val_solution.csv"
IN_ORDER = "imagenet_2012_validation_synset_labels.txt"  # TensorFlow's
META = "meta.bin"  # left by torchvision where it unpacked ImageNet
WORDS = ("words.txt", "synset_words.txt", "LOC_synset_mapping.txt")


def with_listed(files: Files, val: str, folders: dict[str, list[str]]) -> dict[str, list[str]]:
    """The images of val by class: those in class folders, or in one folder, by the list beside it.

    Raises DataError for a list that names what is not there, lacks what is there or contradicts
    itself, and for images of both kinds.
    """
    folder = f"{val}/images" if folders.get("images") else val
    flat = [name for name in files.folders.get(folder, ()) if name.lower().endswith(SUFFIXES)]
    in_classes = {cls: images for cls, images in folders.items() if cls != "images"}
    if not flat:
        return in_classes
    source, classes = _classes(files, val, sorted(flat))
    missing = sorted(set(flat) - classes.keys())
    if in_classes and (missing or classes.keys() - set(flat)):
        raise DataError(
            f"{files.path} holds images of val in class folders and beside them, in {folder}; "
            "move the latter away, or sort them, too"
        )
    for name in sorted(classes.keys() - set(flat)) + missing:
        what = "lacks" if name in missing else "names"
        raise DataError(
            f"{source} in {files.path} {what} {name!r}, which is "
            f"{'in' if name in missing else 'not in'} {folder}; {files.fix}"
        )
    images: dict[str, list[str]] = {}
    for name, cls in classes.items():
        images.setdefault(cls, []).append(f"{folder}/{name}")
    return images


def _classes(files: Files, val: str, flat: list[str]) -> tuple[str, dict[str, str]]:
    """The list that tells the class of each image in one folder, and those classes by image."""
    if text := beside(files, val, (NOTES, KAGGLE)):
        source, content = text
        pairs = [re.split(r"[\t, ]+", line) for line in content.splitlines() if line.strip()]
        if source.endswith(KAGGLE):
            pairs = [[f"{pair[0]}.JPEG", *pair[1:]] for pair in pairs[1:]]  # below a header
    elif wnids := _in_order(files, val):
        source, ids = wnids
        if len(ids) != len(flat):
            raise DataError(
                f"{source} tells the classes of {len(ids)} images of val, and {files.path} holds "
                f"{len(flat)}; {files.fix}"
            )
        return source, dict(zip(flat, ids, strict=True))
    else:
        raise DataError(
            f"{files.path} holds images of {val} in one folder, and no list says of which classes "
            f"they are: put {NOTES}, {KAGGLE} or ILSVRC2012_devkit_t12.tar.gz beside it, or sort "
            "them into class folders"
        )
    classes: dict[str, str] = {}
    for pair in pairs:
        if len(pair) < 2:
            raise DataError(f"{source} in {files.path} names no class of {pair[0]!r}; {files.fix}")
        if (before := classes.setdefault(pair[0], pair[1])) != pair[1]:
            raise DataError(
                f"{source} in {files.path} names {pair[0]!r} as {before} and as {pair[1]}; keep one"
            )
    return source, classes


def _in_order(files: Files, val: str) -> tuple[str, list[str]] | None:
    if text := beside(files, val, (IN_ORDER,)):
        return text[0], text[1].split()
    if meta := _meta(files):
        return META, meta[1]
    return None


def _meta(files: Files) -> tuple[dict[str, tuple[str, ...]], list[str]] | None:
    if META not in files:
        return None
    from torchvision.datasets.imagenet import load_meta_file

    return load_meta_file(files.path)  # pyright: ignore[reportReturnType]


def class_words(files: Files, root: str) -> dict[str, str]:
    """First word of each WordNet id, from whichever list the set has beside its images."""
    if text := beside(files, root, WORDS):
        lines = (re.split(r"\s+", line, maxsplit=1) for line in text[1].splitlines())
        return {line[0]: line[1].split(",")[0].strip() for line in lines if len(line) == 2}
    words, _ = _meta(files) or ({}, [])
    return {wnid: names[0] for wnid, names in words.items()}


def beside(files: Files, folder: str, names: Iterable[str]) -> tuple[str, str] | None:
    """Name and text of the first of some lists in a folder or above it, or None.

    Kaggle's lie three folders above the images, so outside of an extracted CLS-LOC.
    """
    parts = folder.split("/")
    for place in ["/".join(parts[:n]) for n in range(len(parts), -1, -1)]:
        for name in (f"{place}/{name}".lstrip("/") for name in names):
            if name in files:
                return name, files.text(name)
    if files.path.is_dir():
        for parent in files.path.absolute().parents[:3]:
            for path in (parent / name for name in names if name.startswith("LOC_")):
                if path.is_file():
                    return str(path), path.read_text("utf-8-sig")
    return None
