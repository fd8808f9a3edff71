"""Get real sets by program: download what may be downloaded, unpack ImageNet's own archives."""

import contextlib
import shutil
import sys
from pathlib import Path

from filelock import FileLock

from cnnlab.artifacts.store import DISK_ERRORS, explain_disk_errors
from cnnlab.datasets.errors import DataError, DataMissing
from cnnlab.datasets.sources import locate, real_set

# source -> torchvision's class for it
DOWNLOADS = {"caltech101": "Caltech101", "caltech256": "Caltech256", "sun397": "SUN397"}
DOWNLOADS |= dict.fromkeys(("voc2007", "voc2012"), "VOCDetection")
_WITH = "with --data-dir"


def fetch(source: str, data_dir: Path) -> Path:
    """Download a real set into `data_dir` through torchvision and return where it lies.

    A set that is there already is left alone. Raises DataError, naming the file to fetch by hand,
    where the download fails or the publisher allows none; StoreError where `data_dir` cannot be
    written.

    >>> fetch("imagenet", Path("sets"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    cnnlab.datasets.errors.DataError: imagenet cannot be downloaded by a program; fetch ILSVRC...
    """
    real = real_set(source)
    by_hand = f"fetch {real.fetch} by hand from {real.page} and put it into {data_dir}"
    if source not in DOWNLOADS:
        raise DataError(f"{source} cannot be downloaded by a program; {by_hand}")
    with explain_disk_errors(data_dir, _WITH):
        data_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(data_dir / f".fetch-{source}.lock"):
            with contextlib.suppress(DataMissing):
                return locate(source, data_dir)
            workdir = data_dir / f".fetch-{source}"
            shutil.rmtree(workdir, ignore_errors=True)  # torchvision takes a half for the whole
            workdir.mkdir()
            try:
                result = _download(source, workdir)
                target = data_dir / result.relative_to(workdir)
                target.parent.mkdir(exist_ok=True)
                result.replace(target)
            except Exception as error:  # torchvision and its helpers raise what they like
                if isinstance(error, OSError) and error.errno in DISK_ERRORS:
                    raise
                raise DataError(f"could not download {source} ({error}); {by_hand}") from error
            finally:
                shutil.rmtree(workdir, ignore_errors=True)
    return locate(source, data_dir)


def _download(source: str, workdir: Path) -> Path:
    """Download a set into `workdir` with torchvision's class for it; returns where it lies."""
    from torchvision import datasets

    reader = getattr(datasets, DOWNLOADS[source])
    year = source.removeprefix("voc")
    if year == source:
        reader(str(workdir), download=True)
        return workdir / ("SUN397" if source == "sun397" else source)
    for split in ("trainval", "test") if year == "2007" else ("trainval",):
        reader(workdir, year=year, image_set=split, download=True)
    return workdir / "VOCdevkit" / f"VOC{year}"


def unpack_imagenet(folder: Path, split: str) -> None:
    """Unpack ILSVRC2012_img_<split>.tar beside itself through torchvision, where it is not yet.

    Leaves `<split>/<wnid>/*.JPEG` and torchvision's `meta.bin`; the split appears whole or not at
    all. Does nothing without the archives. Raises DataError where a checksum is wrong.
    """
    archive, devkit = folder / f"ILSVRC2012_img_{split}.tar", "ILSVRC2012_devkit_t12.tar.gz"
    if (folder / split).exists() or not (archive.exists() and (folder / devkit).exists()):
        return
    from torchvision.datasets import imagenet

    with explain_disk_errors(folder, _WITH), FileLock(folder / ".unpack.lock"):
        if (folder / split).exists():
            return
        print(f"cnnlab: unpacking {archive} once; this takes a while", file=sys.stderr)
        partial = folder / f"{split}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        try:
            imagenet.parse_devkit_archive(folder)
            getattr(imagenet, f"parse_{split}_archive")(folder, folder=partial.name)
        except RuntimeError as error:
            raise DataError(f"{archive} cannot be unpacked ({error}); fetch it again") from error
        partial.replace(folder / split)
