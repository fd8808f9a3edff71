"""Get real sets by program: download what may be downloaded, unpack ImageNet's own archives."""

import contextlib
import errno
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from cnnlab.artifacts.store import StoreError
from cnnlab.datasets.errors import DataError, DataMissing
from cnnlab.datasets.sources import locate, real_set

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}
DOWNLOADS = ("caltech101", "caltech256", "sun397", "voc2007", "voc2012")  # by a program
_IMAGENET_DEVKIT = "ILSVRC2012_devkit_t12.tar.gz"


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
    with _written(data_dir):
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
                if isinstance(error, OSError) and error.errno in _DISK:
                    raise
                raise DataError(f"could not download {source} ({error}); {by_hand}") from error
            finally:
                shutil.rmtree(workdir, ignore_errors=True)
    return locate(source, data_dir)


def unpack_imagenet(folder: Path, split: str) -> None:
    """Unpack ILSVRC2012_img_<split>.tar beside itself through torchvision, where it is not yet.

    Leaves `<split>/<wnid>/*.JPEG` and torchvision's `meta.bin`; the split appears whole or not at
    all. Does nothing where the split is there, or the archives are not. Raises DataError for an
    archive whose checksum is wrong.
    """
    archive = folder / f"ILSVRC2012_img_{split}.tar"
    if (folder / split).exists() or not (archive.exists() and (folder / _IMAGENET_DEVKIT).exists()):
        return
    from torchvision.datasets import imagenet

    with _written(folder), FileLock(folder / ".unpack.lock"):
        if (folder / split).exists():
            return
        print(f"cnnlab: unpacking {archive} once; this takes a while", file=sys.stderr)
        partial = folder / f"{split}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        try:
            imagenet.parse_devkit_archive(folder)
            unpack = (
                imagenet.parse_train_archive if split == "train" else imagenet.parse_val_archive
            )
            unpack(folder, folder=partial.name)
        except RuntimeError as error:
            raise DataError(f"{archive} cannot be unpacked ({error}); fetch it again") from error
        partial.replace(folder / split)


def _download(source: str, workdir: Path) -> Path:
    """Download a set into `workdir` with torchvision's class for it; returns where it lies."""
    from torchvision import datasets

    if source.startswith("voc"):
        year = source.removeprefix("voc")
        for split in ("trainval", "test") if year == "2007" else ("trainval",):
            datasets.VOCDetection(workdir, year=year, image_set=split, download=True)
        return workdir / "VOCdevkit" / f"VOC{year}"
    reader = {
        "caltech101": datasets.Caltech101,
        "caltech256": datasets.Caltech256,
        "sun397": datasets.SUN397,
    }[source]
    reader(str(workdir), download=True)
    return workdir / ("SUN397" if source == "sun397" else source)


@contextlib.contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Say a full or read-only disk in one sentence with its mend."""
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK:
            raise
        raise StoreError(
            f"cannot write {folder}: {error.strerror}; free space there, or name a writable folder "
            "with --data-dir"
        ) from error
