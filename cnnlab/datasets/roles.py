"""Image sets by role: `load("caltech101", "mini")` gives arrays, whatever plays the role."""

import hashlib
import json
import shutil
import sys
from functools import partial
from pathlib import Path

import numpy as np

from cnnlab.artifacts import store
from cnnlab.artifacts.disk import lock
from cnnlab.artifacts.fingerprint import Source
from cnnlab.datasets import photographs, render
from cnnlab.datasets.archives import opened
from cnnlab.datasets.boxed import BoxedImages, open_boxed
from cnnlab.datasets.errors import DataError
from cnnlab.datasets.files import Files, folder_files, readable
from cnnlab.datasets.layouts import LAYOUTS, Selection, select
from cnnlab.datasets.packed import Packed, open_packed
from cnnlab.datasets.shards import INDEX, open_sharded
from cnnlab.datasets.sources import BOXED, WORLD, check_source, locate, own_folder
from cnnlab.datasets.voc import DEVKITS, select_voc
from cnnlab.datasets.windows import WINDOWS, mean_colour, windows
from cnnlab.profiles import Profile, RoleSize, resolve, role_size


def load(role: str, profile: Profile | str, split: str | None = None) -> Packed:
    """Return one split of a role at a profile's size, packing it once where that is still to do.

    `split` defaults to the role's first. "pascal-windows" holds windows about the objects of role
    "pascal": row j shows object j of `load_scenes("pascal", ...)`. Raises ValueError for an unknown
    role, and its DataError for an unknown split or source and for what is damaged or unsafe,
    DataMissing where a real set is not in the data folder.

    >>> from cnnlab.profiles import SMOKE, RoleSize, scaled
    >>> two_each = RoleSize("world", classes=3, pixels=32, splits={"all": 2})
    >>> faces = load("caltech101", scaled(SMOKE, roles={"caltech101": two_each}))
    >>> faces.images.shape, faces.labels.tolist(), faces.classes[0]
    ((6, 32, 32, 3), [0, 1, 2, 0, 1, 2], 'face')
    """
    if role.endswith(WINDOWS):
        return _windows(role.removesuffix(WINDOWS), profile, split)
    profile, size, split = _checked(role, profile, split, boxed=False)
    folder = _packed(role, split, profile)
    opened = open_sharded if (folder / INDEX).exists() else open_packed
    return opened(folder, role, split, size.source)


def load_scenes(role: str, profile: Profile | str, split: str | None = None) -> BoxedImages:
    """As `load`, for a role of scenes with boxes.

    >>> from cnnlab.profiles import SMOKE, RoleSize, scaled
    >>> two = RoleSize("world", classes=20, pixels=64, splits={"test": 2})
    >>> scenes = load_scenes("pascal", scaled(SMOKE, roles={"pascal": two}))
    >>> scenes.image(0).shape, [scenes.classes[k] for k in scenes.labels[scenes.objects(0)]]
    ((64, 48, 3), ['aeroplane'])
    """
    profile, size, split = _checked(role, profile, split, boxed=True)
    folder = _packed(role, split, profile)
    return open_boxed(folder, role, split, size.source)


def _windows(role: str, profile: Profile | str, split: str | None) -> Packed:
    """Windows about the objects of a boxed role; beyond a picture is its first split's colour."""
    profile = resolve(profile)
    scenes, first = (load_scenes(role, profile, one) for one in (split, None))
    side = role_size(profile, "imagenet").pixels  # of the images that the net learned from
    return windows(scenes, side, profile.units.crop, mean_colour(first))


def packing(source: str, shard: int = 0) -> tuple[Source, ...]:
    """The code that makes the packed images of a source, as part of their key."""
    if source == WORLD:
        return (render.pack,)
    pack = photographs.pack_shards if shard else photographs.pack
    return (pack, select, select_voc, opened)


def _checked(
    role: str, profile: Profile | str, split: str | None, *, boxed: bool
) -> tuple[Profile, RoleSize, str]:
    """The profile, how large the role is in it, and the split; ValueError for what does not fit."""
    profile = resolve(profile)
    size = role_size(profile, role)
    if (role in BOXED) != boxed:
        what, call = ("has no boxes", "load") if boxed else ("is scenes with boxes", "load_scenes")
        others = ", ".join(r for r in profile.roles if (r in BOXED) == boxed)
        raise DataError(f"role {role!r} {what}; choose among {others}, or open it with `{call}`")
    split = split or next(iter(size.splits))
    if split not in size.splits:
        raise DataError(
            f"role {role!r} has no split {split!r} in profile {profile.name!r}; "
            f"it has {', '.join(size.splits)}"
        )
    sources = (WORLD, *(DEVKITS if boxed else LAYOUTS))
    check_source(size.source)
    if size.source not in sources and own_folder(size.source) is None:
        what = "without boxes" if boxed else "of scenes with boxes"
        raise DataError(f"{size.source} is a set {what}; choose {', '.join(sources)}")
    return profile, size, split


def _packed(role: str, split: str, profile: Profile) -> Path:
    """The folder of the store that holds a split of a role."""
    size, shard = profile.roles[role], profile.shards.get(role, 0)
    sizes = {"classes": size.classes, "per_class": size.splits[split], "pixels": size.pixels}
    config: dict[str, object] = {"source": size.source, "split": split, **sizes}
    if size.source == WORLD:
        config["role"] = role
        build = partial(render.pack, role=role, split=split, **sizes)
    else:
        path = locate(size.source, profile.data_dir, split)
        if size.source == "imagenet":
            _unpack_imagenet(path, split)
        config["files"] = _state(path, role, split, size)
        config |= {"shard": shard} if shard else {}
        build = partial(_pack, path, role, split, size, shard)

    def build_or_nothing(workdir: Path) -> None:
        try:
            build(workdir)
        except DataError:  # the next build continues what an interrupted one left, not this
            shutil.rmtree(workdir, ignore_errors=True)
            raise

    kind = "scenes" if role in BOXED else "packed"
    return store.make(kind, config, build_or_nothing, code=packing(size.source, shard))


def _unpack_imagenet(folder: Path, split: str) -> None:
    """Unpack ILSVRC2012_img_<split>.tar beside itself through torchvision, where it is not yet.

    Leaves `<split>/<wnid>/*.JPEG`, and torchvision's `meta.bin` of the devkit, without which train
    is unpacked, but val is not; the split appears whole or not at all. Does nothing without the
    archives. Raises DataError where a checksum is wrong, and for val without the devkit.
    """
    archive, kit = folder / f"ILSVRC2012_img_{split}.tar", folder / "ILSVRC2012_devkit_t12.tar.gz"
    images, words = archive.exists() and not (folder / split).exists(), kit.exists()
    words = words and not (folder / "meta.bin").exists()
    if images and split == "val" and not (words or (folder / "meta.bin").exists()):
        raise DataError(f"{archive} does not say what its images show: put {kit.name} beside it")
    if not (images or words):
        return
    from torchvision.datasets import imagenet

    with store.explain_disk_errors(folder, "with --data-dir"), lock(folder / ".unpack.lock"):
        partial = folder / f"{split}.partial"
        try:
            if words:
                imagenet.parse_devkit_archive(folder)
            if not images or (folder / split).exists():
                return
            print(f"cnnlab: unpacking {archive} once; this takes a while", file=sys.stderr)
            shutil.rmtree(partial, ignore_errors=True)
            getattr(imagenet, f"parse_{split}_archive")(folder, folder=partial.name)
        except RuntimeError as error:
            raise DataError(f"{archive} cannot be unpacked ({error}); fetch it again") from error
        partial.replace(folder / split)


def _state(path: Path, role: str, split: str, size: RoleSize) -> str:
    """A hash of size and time of change of the files in use.

    Of an archive it is that of the whole: listing gigabytes would delay every start.
    """
    with readable(path):
        names, about = [""], []
        if path.is_dir():
            selection = _selected(folder_files(path), role, split, size)
            names = [*selection.images, *selection.annotations]
            about = [selection.classes, selection.labels.tolist()]
    states: list[object] = [about]
    for name in names:
        with readable(path, name):
            stat = (path / name).stat()
        states.append((name, stat.st_size, stat.st_mtime_ns))
    return hashlib.sha256(json.dumps(states).encode()).hexdigest()


def _selected(files: Files, role: str, split: str, size: RoleSize) -> Selection:
    count = size.splits[split]
    if role in BOXED:
        return select_voc(files, size.source, split, count=count)
    return select(files, size.source, split, classes=size.classes, per_class=count)


def _pack(path: Path, role: str, split: str, size: RoleSize, shard: int, workdir: Path) -> None:
    """Pack a split of a real set; tell, once, where it holds fewer images than the profile asks."""
    with opened(path, workdir) as files:
        selection = _selected(files, role, split, size)
        classes, shortfalls = len(selection.classes), []
        if classes < size.classes and split == next(iter(size.splits)):
            shortfalls.append(f"{classes} classes of the {size.classes} asked for")
        wanted = size.splits[split]
        if not selection.annotations and (fewest := np.bincount(selection.labels).min()) < wanted:
            shortfalls.append(f"in one class {fewest} {split} images of the {wanted} asked for")
        if selection.left_out:
            shortfalls.append(f"{selection.left_out} classes of {split} alone, which are left out")
        if shortfalls:
            print(f"cnnlab: {path.name} holds {' and '.join(shortfalls)}", file=sys.stderr)
        if shard:
            photographs.pack_shards(workdir, selection, size.pixels, shard)
        else:
            photographs.pack(workdir, selection, size.pixels)
