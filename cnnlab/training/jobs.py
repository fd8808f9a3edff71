"""What a net is made from, as data: spec, recipe, seed, images, where it starts, what stays."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cnnlab import datasets
from cnnlab.artifacts import paths
from cnnlab.datasets.digest import class_names
from cnnlab.nets import zoo
from cnnlab.nets.spec import NetSpec
from cnnlab.profiles import Profile, Recipe
from cnnlab.training.batches import Images
from cnnlab.training.machine import resolve_precision

FROZEN = ("none", "conv")
CLASSIFIER = ("fc8",)  # what every fine-tuning draws anew
FULL = ("fc6", "fc7", "fc8")  # what the draft's fc-ft draws anew


WAYS = ("darker", "mirrored", "jpeg", "resized", "cropped")  # in which a copy can be altered


@dataclass(frozen=True)
class Planted:
    """Altered copies of a transfer set among the images, as classes of their own (ZF 2014, 4).

    Copy i is altered in way i of `ways`, which come in turn.
    """

    role: str
    classes: int  # the first so many of that role, behind the net's other classes
    rows: tuple[int, ...] | None = None  # of those classes' images; None: all
    ways: tuple[str, ...] = WAYS
    brightness: float = 0.9  # of a darker copy, as a share of its original's
    quality: int = 40  # of JPEG, where 100 loses least
    scale: float = 0.5  # to which a resized copy was shrunk before it was enlarged again
    crop: float = 0.9  # side of the upper left corner that a cropped copy shows
    removed: tuple[int, ...] = ()  # rows of the mixture that are left out again


@dataclass(frozen=True)
class Data:
    """The images that a net learns from, and those on which its error is watched.

    Rows count the images of the net's classes in the role's first split.
    """

    role: str = "imagenet"
    rows: tuple[int, ...] | None = None  # to learn from; None: all
    watched: tuple[int, ...] | None = None  # (): those it learns from; None: the split "val"
    planted: Planted | None = None


@dataclass(frozen=True)
class Start:
    """A net to start from, and the layers that are drawn anew all the same (AGM 2.3)."""

    net: str  # its folder in the cache, `Trained.address`
    checkpoint: int | None = None  # iteration; None: the end of its training
    fresh: tuple[str, ...] = CLASSIFIER

    @property
    def folder(self) -> Path:
        """The folder of the net."""
        return paths.cache() / self.net


@dataclass(frozen=True)
class Job:
    """One net to make, in full: `train` turns it into weights, always the same ones.

    `frozen="conv"` keeps every convolutional layer as it starts (AGM's fc-ft). Raises ValueError
    for another word.

    >>> from cnnlab.nets.spec import ZFNET
    >>> Job(ZFNET, Recipe(images=50_000), seed=3).data
    Data(role='imagenet', rows=None, watched=None, planted=None)
    """

    spec: NetSpec
    recipe: Recipe
    seed: int = 0
    data: Data = Data()
    start: Start | None = None  # None: every layer from the seed
    frozen: str = "none"

    def __post_init__(self) -> None:
        if self.frozen not in FROZEN:
            raise ValueError(f"frozen is {' or '.join(map(repr, FROZEN))}, not {self.frozen!r}")

    @property
    def classes(self) -> int:
        """How many classes of its role the net learns: the first ones."""
        return self.spec.classes - (self.data.planted.classes if self.data.planted else 0)

    def without_rows(self, rows: Iterable[int]) -> "Job":
        """The job without some rows of its mixture; ValueError where no copies are planted."""
        if self.data.planted is None:
            raise ValueError("no copies are planted in these images; start from a planted_job")
        planted = replace(self.data.planted, removed=tuple(sorted(map(int, rows))))
        return replace(self, data=replace(self.data, planted=planted))


def imagenet_job(
    spec: NetSpec | str, profile: Profile, *, seed: int = 0, study: bool = False
) -> Job:
    """A full-size spec, or the name of one, at a profile's scale, by its base or study recipe.

    A base net named in `profile.nets` has the maps and units that are given there. Raises
    ValueError for an unknown name, and where the crop does not fit the images.

    >>> from cnnlab.profiles.tiny import TINY
    >>> imagenet_job("zfnet", TINY).spec.classes
    3
    """
    if isinstance(spec, str):
        spec = zoo.spec(spec)
    maps = {} if study else dict(profile.nets.get(spec.name, {}))
    units = maps.pop("fc", 0)
    recipe = resolve_precision(profile.study if study else profile.base)
    if spec.name == "caffenet":  # Caffe does not renormalise filters
        recipe = replace(recipe, clip_rms=0.0)
    classes = len(class_names("imagenet", profile))
    pixels = spec.pixels if profile.width == 1 else profile.crop  # caffenet keeps its own 227
    packed = profile.roles["imagenet"].pixels
    if pixels > packed:
        raise ValueError(f"crops of {pixels} px do not fit images of {packed} px")
    classes = min(classes, profile.study_classes) if study else classes
    spec = spec.with_maps(**maps) if maps else spec
    small = replace(spec.scaled(pixels, profile.width, classes), dropout=recipe.dropout)
    return Job(small.with_fc(units) if units else small, recipe, seed)


def packed_images(job: Job, profile: Profile, split: str | None = None) -> datasets.Packed:
    """A split of a job's role, the first one if none is named, with the classes of the net."""
    return datasets.load(job.data.role, profile, split).first_classes(job.classes)


def job_images(job: Job, profile: Profile) -> tuple[Images, Images]:
    """What the net of a job learns from, and the images on which its error is watched."""
    training, watched = training_images(job, profile), job.data.watched
    if watched == ():  # a plateau of the training error: test images must not steer the rate
        return training, training
    return training, _rows(packed_images(job, profile, None if watched else "val"), watched)


def training_images(job: Job, profile: Profile) -> Images:
    """What the net of a job learns from: rows of its role, and the copies planted among them.

    >>> from cnnlab.profiles.tiny import TINY
    >>> training_images(imagenet_job("zfnet", TINY), TINY).images.shape
    (12, 64, 64, 3)
    """
    images, planted = _rows(packed_images(job, profile), job.data.rows), job.data.planted
    if planted is not None:
        copies = _rows(
            datasets.load(planted.role, profile).first_classes(planted.classes), planted.rows
        )
        images = plant(images, Images(copies.images, copies.labels + job.classes), planted)
    return images


def plant(images: Images, copies: Images, how: Planted) -> Images:
    """Images with altered copies behind them, less what is removed."""
    ways = itertools.cycle(how.ways)
    changed = [alter(image, way, how) for image, way in zip(copies.images, ways, strict=False)]
    pixels = np.concatenate([images.images, np.reshape(changed, copies.images.shape)])
    labels = np.concatenate([images.labels, copies.labels])
    kept = np.setdiff1d(np.arange(len(labels)), how.removed)
    return Images(pixels[kept], labels[kept])


def alter(image: np.ndarray, way: str, how: Planted) -> np.ndarray:
    """An image (S, S, 3) uint8 as another collection might hold it; ValueError for another way.

    >>> bright = np.full((8, 8, 3), 100, np.uint8)
    >>> int(alter(bright, "darker", Planted("caltech101", 1))[0, 0, 0])
    90
    """
    import cv2

    side = len(image)
    if way == "darker":
        return (image * np.float32(how.brightness)).astype(np.uint8)
    if way == "mirrored":
        return image[:, ::-1]
    if way == "jpeg":  # OpenCV's order is blue, green, red
        options = [cv2.IMWRITE_JPEG_QUALITY, how.quality]
        coded = cv2.imencode(".jpg", image[..., ::-1], options)[1]
        return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR))[..., ::-1]
    if way == "resized":
        small = cv2.resize(image, (round(side * how.scale),) * 2, interpolation=cv2.INTER_AREA)
        return cv2.resize(small, (side, side))
    if way == "cropped":
        corner = round(side * how.crop)
        return cv2.resize(image[:corner, :corner], (side, side))
    raise ValueError(f"no way {way!r} to alter a copy; there are {', '.join(WAYS)}")


def _rows(packed: datasets.Packed, rows: tuple[int, ...] | None) -> Images:
    """Some images of a set; all of them, without a copy, for None."""
    chosen = slice(None) if rows is None else np.array(rows)
    return Images(packed.images[chosen], packed.labels[chosen])
