"""What a role holds, without packing it: its class names, and a digest of some of its images."""

import hashlib
import json

import numpy as np

from cnnlab.datasets import world
from cnnlab.datasets.boxed import VOC_CLASSES
from cnnlab.datasets.roles import load
from cnnlab.datasets.sources import WORLD
from cnnlab.datasets.windows import WINDOWS
from cnnlab.profiles import Profile, role_size

SAMPLED = 64  # images in a digest: of the world they are drawn in a fraction of a second


def class_names(role: str, profile: Profile) -> tuple[str, ...]:
    """Class names of a role's first split; only a real set is packed for them.

    >>> from cnnlab.profiles import SMOKE
    >>> class_names("imagenet", SMOKE)[:2], len(class_names("imagenet", SMOKE))
    (('beagle', 'sports_car'), 100)
    """
    if role.endswith(WINDOWS):
        return VOC_CLASSES
    size = role_size(profile, role)
    if size.source == WORLD:
        return world.classes(role, size.classes or None)
    return load(role, profile).classes


def sample_digest(role: str, profile: Profile) -> str:
    """SHA-256 of a role's class names and of evenly spaced images of its first split with labels.

    Two sets have the same only if they show the same: shipped nets are held to it. Images of the
    world are drawn for it, those of a real set are packed.

    >>> from cnnlab.profiles import SMOKE
    >>> len(sample_digest("imagenet", SMOKE))
    64
    """
    size, names = role_size(profile, role), class_names(role, profile)
    digest = hashlib.sha256(json.dumps(names).encode())
    split, per_class = next(iter(size.splits.items()))
    if size.source != WORLD:
        packed = load(role, profile)
        for row in _spaced(len(packed)):
            digest.update(bytes(f"{packed.labels[row]} ", "ascii") + packed.images[row].tobytes())
        return digest.hexdigest()
    for number in _spaced(per_class * len(names)):
        image = world.image(role, split, number, size=size.pixels, classes=names)  # (S, S, 3)
        digest.update(bytes(f"{number % len(names)} ", "ascii") + image.tobytes())
    return digest.hexdigest()


def _spaced(count: int) -> list[int]:
    return np.linspace(0, count - 1, min(count, SAMPLED)).astype(int).tolist()
