"""How much of each image set there is: known before any of them is packed."""

from collections.abc import Mapping
from dataclasses import dataclass

from cnnlab.datasets import world
from cnnlab.datasets.sources import BOXED, WORLD
from cnnlab.profiles import Profile, role_size

SCENE = 2.5  # objects of a scene of the world, on average


@dataclass(frozen=True)
class Published:
    """A set as its publishers describe it."""

    classes: int
    images: Mapping[str, int]  # by split
    download: float = 0.0  # bytes of its archives
    objects: float = 0.0  # marked in a picture, on average


PUBLISHED = {
    "imagenet": Published(1000, {"train": 1_281_167, "val": 50_000}, 154.6e9),
    "tiny-imagenet": Published(200, {"train": 100_000, "val": 10_000}, 0.25e9),
    "caltech101": Published(101, {"all": 8677}, 0.13e9),
    "caltech256": Published(256, {"all": 29_780}, 1.18e9),
    "sun397": Published(397, {"all": 108_754}, 39.1e9),
    "miniplaces": Published(50, {"all": 5000}, 0.02e9),
    "voc2007": Published(20, {"trainval": 5011, "test": 4952}, 0.91e9, 3.1),
    "voc2012": Published(20, {"trainval": 11_540, "val": 5823}, 2.0e9, 2.7),
    "voc-subset": Published(20, {"trainval": 700, "test": 365, "extra": 1415}, 0.04e9, 3.0),
}


def published(profile: Profile, role: str) -> Published:
    """The set that plays a role, with what is drawn of the world as if it were published.

    Raises ValueError for a folder of the reader's, which has to be counted first.

    >>> from cnnlab.profiles import MINI
    >>> published(MINI, "imagenet").images
    {'train': 20000, 'val': 3000}
    """
    size = role_size(profile, role)
    if size.source in PUBLISHED:
        known = PUBLISHED[size.source]
        classes = min(known.classes, size.classes or known.classes)
        most = {split: classes * n or known.images[split] for split, n in size.splits.items()}
        images = {split: min(known.images[split], n) for split, n in most.items()}
        return Published(classes, images, known.download, known.objects)
    if size.source != WORLD:
        raise ValueError(f"a plan knows the published sets, not {size.source}; leave it out")
    if role in BOXED:
        return Published(size.classes, dict(size.splits), objects=SCENE)
    classes = len(world.classes(role, size.classes or None))
    return Published(classes, {split: classes * most for split, most in size.splits.items()})


def downloads(profile: Profile) -> float:
    """Bytes of the archives that a profile's roles need."""
    sources = {size.source for size in profile.roles.values()}
    return sum(PUBLISHED[name].download for name in sources if name in PUBLISHED)
