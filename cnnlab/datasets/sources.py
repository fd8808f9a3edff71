"""Which real sets there are, where each is looked for, and what to do when it is not there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from cnnlab.datasets.errors import DataError, DataMissing

WORLD = "world"
BOXED = ("pascal", "pascal-2012", "pascal-extra")  # roles of scenes with boxes


@dataclass(frozen=True)
class RealSet:
    """Where a set may lie in the data folder (patterns, best first) and what to fetch by hand."""

    patterns: tuple[str, ...]
    page: str  # where it is to be had
    fetch: str  # the file, or files, as their publishers name them
    archives: Mapping[str, str] = field(default_factory=dict)  # split -> its own archive


_VOC_PAGE = "http://host.robots.ox.ac.uk/pascal/VOC/voc"
_VOC_2007 = "VOCtrainval_06-Nov-2007.tar", "VOCtest_06-Nov-2007.tar"
_VOC_2012 = "VOCtrainval_11-May-2012.tar"
_TRAINVAL = ("trainval", "train", "val")

# An archive before a folder: it is whole or recognisably not, a folder may be half extracted.
REAL_SETS = {
    "imagenet": RealSet(
        ("imagenet", "ImageNet", "ILSVRC2012", "ILSVRC/Data/CLS-LOC"),
        "https://image-net.org (after registration)",
        "ILSVRC2012_img_train.tar, ILSVRC2012_img_val.tar and ILSVRC2012_devkit_t12.tar.gz "
        "in a folder imagenet",
    ),
    "tiny-imagenet": RealSet(
        ("tiny-imagenet*.zip", "tiny-imagenet*"),
        "http://cs231n.stanford.edu/tiny-imagenet-200.zip",
        "tiny-imagenet-200.zip",
    ),
    "caltech101": RealSet(
        (
            *("101_ObjectCategories.tar.gz", "caltech-101.zip"),
            "caltech-101/101_ObjectCategories.tar.gz",
            *("101_ObjectCategories", "caltech101/101_ObjectCategories"),
            "caltech-101/101_ObjectCategories",
        ),
        "https://data.caltech.edu/records/mzrjq-6wc02",
        "101_ObjectCategories.tar.gz (or caltech-101.zip)",
    ),
    "caltech256": RealSet(
        ("256_ObjectCategories.tar", "256_ObjectCategories", "caltech256/256_ObjectCategories"),
        "https://data.caltech.edu/records/nyy15-4j048",
        "256_ObjectCategories.tar",
    ),
    "sun397": RealSet(
        ("SUN397.tar.gz", "SUN397"),
        "https://vision.princeton.edu/projects/2010/SUN/",
        "SUN397.tar.gz",
    ),
    "miniplaces": RealSet(
        ("MiniPlaces*.tar.gz", "MiniPlaces*"),
        "https://github.com/CSAILVision/miniplaces",
        "MiniPlaces50.tar.gz, its images sorted into folders <letter>/<class>",
    ),
    "voc2007": RealSet(
        ("VOCdevkit/VOC2007",),
        f"{_VOC_PAGE}2007/",
        " and ".join(_VOC_2007),
        dict.fromkeys(_TRAINVAL, _VOC_2007[0]) | {"test": _VOC_2007[1]},
    ),
    "voc2012": RealSet(
        ("VOCdevkit/VOC2012",), f"{_VOC_PAGE}2012/", _VOC_2012, dict.fromkeys(_TRAINVAL, _VOC_2012)
    ),
    "voc-subset": RealSet(
        ("VOCsubset*.tar", "VOCdevkit/VOCsubset"),
        _VOC_PAGE.removesuffix("voc"),
        "VOCsubset-240.tar, a devkit VOCdevkit/VOCsubset with lists trainval, extra and test",
    ),
}


def real_set(source: str) -> RealSet:
    """The real set of that name; raises DataError with the names there are."""
    if source not in REAL_SETS:
        names = ", ".join([WORLD, *REAL_SETS])
        raise DataError(f"no source {source!r}; there are {names}")
    return REAL_SETS[source]


def available_sets(data_dir: Path | None) -> dict[str, Path | None]:
    """Every real set with its path below `data_dir`, or None where it is not there.

    >>> available_sets(Path("no-such-folder"))["caltech101"]
    """
    return {name: _path(name, data_dir) for name in REAL_SETS}


def locate(source: str, data_dir: Path | None, split: str | None = None) -> Path:
    """The archive or folder of a real set, or of one split of it where each has its own archive.

    Raises DataMissing with the file to put there.
    """
    real = real_set(source)
    if data_dir is None:
        raise DataMissing(
            f"{source} is a set of photographs and no data folder is named: put {real.fetch} into "
            "a folder and pass it with --data-dir (or set CNNLAB_DATA_DIR)"
        )
    if not data_dir.is_dir():
        raise DataMissing(f"the data folder {data_dir} is no folder: name one with --data-dir")
    path = _path(source, data_dir, split)
    if path is None:
        raise DataMissing(
            f"no {source} in {data_dir} (looked for {', '.join(real.patterns)}): put {real.fetch} "
            f"there, from {real.page}, or pass another folder with --data-dir"
        )
    return path


def _path(source: str, data_dir: Path | None, split: str | None = None) -> Path | None:
    if data_dir is None or not data_dir.is_dir():
        return None
    real = REAL_SETS[source]
    own = [name for part, name in real.archives.items() if split in (None, part)]
    for pattern in (*own, *real.patterns):
        # The last by name: tiny-imagenet-200 before a smaller relative of it.
        for path in sorted(data_dir.glob(pattern), reverse=True):
            if path.is_dir() or path.suffix in (".zip", ".tar", ".gz"):
                return path
        if "/" not in pattern and fnmatch(data_dir.resolve().name, pattern):
            return data_dir
    return None
