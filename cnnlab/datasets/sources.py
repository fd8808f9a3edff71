"""Which real sets there are, where each is looked for, and what to do when it is not there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from cnnlab.datasets.errors import DataError, DataMissing

WORLD = "world"
BOXED = ("pascal", "pascal-2012", "pascal-extra")  # roles of scenes with boxes
ARCHIVE = re.compile(r"\.(zip|tgz|tar|tar\.(gz|bz2|xz))$", re.IGNORECASE)


@dataclass(frozen=True)
class RealSet:
    """Where a set may lie in the data folder and what to fetch by hand."""

    names: tuple[str, ...]  # patterns, in lower case, of its folder or archive without ending
    inside: tuple[str, ...]  # what its folder holds: one of these patterns
    page: str  # where it is to be had
    fetch: str  # the file, or files, as their publishers name them
    archives: Mapping[str, str] = field(default_factory=dict)  # split -> its own archive


_VOC_PAGE = "http://host.robots.ox.ac.uk/pascal/VOC/voc"
_VOC_2007 = "VOCtrainval_06-Nov-2007.tar", "VOCtest_06-Nov-2007.tar"
_VOC_2012 = "VOCtrainval_11-May-2012.tar"
_TRAINVAL = ("trainval", "train", "val")
_CLASSES = ("*/*.[jJ]*", "*/*/*.[jJ]*")  # images in class folders, here or one folder below
_LETTERS = ("[a-z]/*/", "*/[a-z]/*/")
_KIT = ("ImageSets/Main", "*/ImageSets/Main", "*/*/ImageSets/Main")

REAL_SETS = {
    "imagenet": RealSet(
        ("imagenet", "ilsvrc2012", "ilsvrc/data/cls-loc", "*/ilsvrc/data/cls-loc"),
        ("train/*/", "*/train/*/", "ILSVRC2012_img_*.tar"),
        "https://image-net.org (after registration)",
        "ILSVRC2012_img_train.tar, ILSVRC2012_img_val.tar and ILSVRC2012_devkit_t12.tar.gz "
        "in a folder imagenet",
    ),
    "tiny-imagenet": RealSet(
        ("tiny-imagenet*", "tiny_imagenet*", "tinyimagenet*"),
        ("train/*/", "*/train/*/"),
        "http://cs231n.stanford.edu/tiny-imagenet-200.zip",
        "tiny-imagenet-200.zip",
    ),
    "caltech101": RealSet(
        tuple(
            f"{folder}{name}"
            for folder in ("", "caltech101/", "caltech-101/")
            for name in ("101_objectcategories", "caltech-101", "caltech101")
        ),
        _CLASSES,
        "https://data.caltech.edu/records/mzrjq-6wc02",
        "101_ObjectCategories.tar.gz (or caltech-101.zip)",
    ),
    "caltech256": RealSet(
        tuple(
            f"{folder}{name}"
            for folder in ("", "caltech256/", "caltech-256/")
            for name in ("256_objectcategories", "caltech-256", "caltech256")
        ),
        _CLASSES,
        "https://data.caltech.edu/records/nyy15-4j048",
        "256_ObjectCategories.tar",
    ),
    "sun397": RealSet(
        ("sun397",),
        _LETTERS,
        "https://vision.princeton.edu/projects/2010/SUN/",
        "SUN397.tar.gz",
    ),
    "miniplaces": RealSet(
        ("miniplaces*",),
        _LETTERS,
        "https://github.com/CSAILVision/miniplaces",
        "MiniPlaces50.tar.gz, its images sorted into folders <letter>/<class>",
    ),
    "voc2007": RealSet(
        ("vocdevkit/voc2007", "voc2007"),
        _KIT,
        f"{_VOC_PAGE}2007/",
        " and ".join(_VOC_2007),
        dict.fromkeys(_TRAINVAL, _VOC_2007[0]) | {"test": _VOC_2007[1]},
    ),
    "voc2012": RealSet(
        ("vocdevkit/voc2012", "voc2012"),
        _KIT,
        f"{_VOC_PAGE}2012/",
        _VOC_2012,
        dict.fromkeys(_TRAINVAL, _VOC_2012),
    ),
    "voc-subset": RealSet(
        ("vocsubset*", "vocdevkit/vocsubset"),
        _KIT,
        _VOC_PAGE.removesuffix("voc"),
        "VOCsubset-240.tar, a devkit VOCdevkit/VOCsubset with lists trainval, extra and test",
    ),
}


def own_folder(source: str) -> Path | None:
    """The reader's own folder (or archive) that a source names, or None for the name of a set.

    >>> own_folder("caltech101"), own_folder("/data/flowers").name
    (None, 'flowers')
    """
    return Path(source) if "/" in source or "\\" in source else None


def check_source(source: str) -> None:
    """Raise DataError for a source that is no set, with the names there are, and no folder."""
    path = own_folder(source)
    if path is None and source not in (WORLD, *REAL_SETS):
        names = ", ".join([WORLD, *REAL_SETS])
        raise DataError(
            f"no source {source!r}; there are {names}, or name a folder of your own with a "
            f"slash, as in ./{source}"
        )
    if path and not path.exists():
        raise DataMissing(f"there is no folder {path}; name one that holds images or a VOC devkit")


def available_sets(data_dir: Path | None) -> dict[str, list[Path]]:
    """Every real set with what plays it below `data_dir`: one path, none, or too many.

    >>> available_sets(Path("no-such-folder"))["caltech101"]
    []
    """
    if data_dir is None or not data_dir.is_dir():
        return {name: [] for name in REAL_SETS}
    return {name: candidates(name, data_dir) for name in REAL_SETS}


def locate(source: str, data_dir: Path | None, split: str | None = None) -> Path:
    """The archive or folder of a real set, or of one split of it where each has its own archive.

    Raises DataMissing with the file to put there, and DataError, with both names, where a data
    folder holds a set twice.
    """
    check_source(source)
    if path := own_folder(source):
        return path
    real = REAL_SETS[source]
    if data_dir is None:
        raise DataMissing(
            f"{source} is a set of photographs and no data folder is named: put {real.fetch} into "
            "a folder and pass it with --data-dir (or set CNNLAB_DATA_DIR)"
        )
    if not data_dir.is_dir():
        raise DataMissing(f"the data folder {data_dir} is no folder: name one with --data-dir")
    paths = candidates(source, data_dir, split)
    if not paths:
        odd = [path.name for name in real.names for path in _matches(data_dir, name)]
        but = f"; {', '.join(odd)} holds none" if odd else ""
        raise DataMissing(
            f"no {source} in {data_dir}{but}: put {real.fetch} there, from {real.page}, or pass "
            "another folder with --data-dir"
        )
    if len(paths) > 1:
        raise DataError(
            f"{data_dir} holds {source} more than once: {' and '.join(_below(data_dir, paths))}; "
            f"move all but one away, or name it, as in --source ROLE={paths[0]}"
        )
    return paths[0]


def candidates(source: str, data_dir: Path, split: str | None = None) -> list[Path]:
    """What may be a set: its archives where there are any, which are whole or not; else folders."""
    real = REAL_SETS[source]
    own = {name for part, name in real.archives.items() if split in (None, part)}
    patterns = [*(ARCHIVE.sub("", name).lower() for name in sorted(own)), *real.names]
    paths = {path.resolve(): path for p in patterns for path in _matches(data_dir, p)}
    if any(fnmatchcase(data_dir.resolve().name.lower(), p) for p in real.names):
        paths.setdefault(data_dir.resolve(), data_dir)
    archives = [path for path in paths.values() if path.is_file()]
    unpacked = {path.parent / ARCHIVE.sub("", path.name) for path in archives}
    archives = [path for path in archives if path.parent not in unpacked]
    if split is None and real.archives and archives:
        return archives[:1]  # one of several that belong together
    folders = [
        path
        for path in paths.values()
        if path.is_dir() and any(next(path.glob(pattern), None) for pattern in real.inside)
    ]
    return archives or [f for f in folders if not any(other in f.parents for other in folders)]


def _matches(folder: Path, pattern: str) -> list[Path]:
    """Folders and archives below a folder by a pattern in lower case, archives without ending."""
    first, _, rest = pattern.partition("/")
    entries = [
        path
        for path in sorted(folder.iterdir())
        if (path.is_dir() or (not rest and ARCHIVE.search(path.name)))
        and fnmatchcase(ARCHIVE.sub("", path.name).lower(), first)
        and not path.name.startswith(".")
    ]
    if rest:
        return [match for entry in entries for match in _matches(entry, rest)]
    return entries


def _below(folder: Path, paths: list[Path]) -> list[str]:
    return [path.relative_to(folder).as_posix() if path != folder else str(path) for path in paths]
