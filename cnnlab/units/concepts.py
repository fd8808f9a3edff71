"""Named concepts under the pixels of PASCAL's windows, as a study of units asks for them.

N windows of P x P pixels, J kinds of labels, L labels, C concepts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from scipy.ndimage import binary_fill_holes

from cnnlab.artifacts import store
from cnnlab.artifacts.progress import bar
from cnnlab.artifacts.store import sha256
from cnnlab.datasets import BoxedImages, load, load_scenes, world
from cnnlab.datasets.windows import window_labels
from cnnlab.probing.pascal import SHORT
from cnnlab.profiles import Profile, role_size
from cnnlab.units.filter_overlap import GROUPS
from cnnlab.units.tuned import ROLE

# What a landmark of the world's grammars is a landmark of
PARTS = {
    **dict.fromkeys(("left_eye", "right_eye", "eye", "mouth", "beak", "head"), "face"),
    **dict.fromkeys(("front_wheel", "rear_wheel"), "wheel"),
    **dict.fromkeys(("left_leg", "right_leg"), "leg"),
    **dict.fromkeys(("bow", "stern", "engine", "windscreen", "tail", "hip", "rim", "foot"), ""),
    **dict.fromkeys(("pot", "screen", "top"), ""),
    "nose": "face",
}
PART_NAMES = tuple(dict.fromkeys([*(part or mark for mark, part in PARTS.items()), "nose"]))
RADIUS = 1 / 8  # of a part's disc, as a share of the longer side of its object
COLOURS = ("black", "grey", "white", "red", "orange", "yellow", "green", "blue", "purple")
HUES = (8, 20, 33, 85, 130, 165)  # where OpenCV's hues (0 to 179) pass from red to ... to red again


@dataclass(frozen=True, eq=False)
class Concepts:
    """What is under each pixel of N windows: a label of each kind, and which concepts it is of.

    >>> planes = {"part": (np.array([[[0, 1], [2, 2]]]), ("dog face", "cat face"))}
    >>> concepts = Concepts.of(planes, {"face": ("dog face", "cat face")}, owner=np.zeros(1))
    >>> concepts.names, concepts.mask("face").tolist()
    (('dog face', 'cat face', 'face'), [[[False, True], [True, True]]])
    """

    names: tuple[str, ...]  # (C,)
    kinds: tuple[str, ...]  # (C,) "class", "part" ...
    labels: np.ndarray  # (N, J, P, P) uint16; at most one label of a kind; 0 is none
    member: np.ndarray  # (L, C) float32: 1 for the labels that a concept is made of
    owner: np.ndarray  # (N,) the image of each window
    digest: str = ""  # of what they were made from

    @classmethod
    def of(
        cls,
        planes: Mapping[str, tuple[np.ndarray, Sequence[str]]],
        unions: Mapping[str, Sequence[str]],
        owner: np.ndarray,
    ) -> "Concepts":
        """Concepts from labels (N, P, P) of each kind, 0 for none and 1 + i for its name i.

        `unions` are concepts made of several. A label that no pixel shows is left out, and a union
        of one label that some pixel shows.
        """
        names, kinds, labels = [""], [""], []
        for kind, (plane, titles) in planes.items():
            labels.append(np.where(plane > 0, plane + len(names) - 1, 0))
            kinds += [kind] * len(titles)
            names += titles
        every = np.stack(labels, axis=1)  # (N, J, P, P)
        counts = np.bincount(every.ravel(), minlength=len(names))
        shown = [i for i in range(1, len(names)) if counts[i]]
        every = np.searchsorted([0, *shown], every).astype(np.uint16)
        names, kinds = ([values[i] for i in shown] for values in (names, kinds))
        member = np.eye(1 + len(shown), dtype=np.float32)[:, 1:]
        for name, parts in unions.items():
            own = [names.index(part) for part in parts if part in names]
            if len(own) > 1:
                names, kinds = [*names, name], [*kinds, kinds[own[0]]]
                member = np.column_stack([member, member[:, own].sum(axis=1)])
        return cls(tuple(names), tuple(kinds), every, member, owner)

    def covered(self, labels: np.ndarray) -> np.ndarray:
        """How many pixels each concept covers, (C,), from their labels (..., J)."""
        return np.bincount(labels.ravel(), minlength=len(self.member)) @ self.member

    def mask(self, name: str) -> np.ndarray:
        """Where a concept is, (N, P, P) bool; ValueError for one that is nowhere."""
        if name not in self.names:
            raise ValueError(f"no pixel shows {name!r}; there are {', '.join(self.names)}")
        own = self.member[:, self.names.index(name)] > 0  # (L,)
        return np.any(own[self.labels], axis=1)


def window_concepts(profile: Profile) -> Concepts:
    """The concepts under the windows of the test boxes of role "pascal", as a net sees them.

    In the drawn world they are the 20 classes and their groups by masks, parts by a disc about each
    landmark, cut off at the object's mask, textures as painted, and colours. On photographs only
    boxes are known: classes and groups are boxes there, and parts and textures are missing.

    >>> from cnnlab.profiles.tiny import TINY
    >>> concepts = window_concepts(TINY)
    >>> len(concepts.labels), sorted(set(concepts.kinds))
    (4, ['class', 'colour', 'part', 'texture'])
    """
    split = role_size(profile, "pascal").ends[1]
    scenes, windows = load_scenes("pascal", profile, split), load(ROLE, profile, split)
    crop, side = profile.units.crop, windows.images.shape[1]
    start = (side - crop) // 2

    def build(workdir: Path) -> None:
        labels = []  # (3, P, P) each
        with bar("concepts", len(scenes), unit=" scenes") as progress:
            for i in range(len(scenes)):
                seen, boxes = scene_labels(scenes, i), scenes.boxes[scenes.objects(i)]
                labels += [window_labels(seen, box, crop) for box in boxes]  # (3, P, P) each
                progress.update()
        np.save(workdir / "labels.npy", labels)

    config: dict[str, object] = {"scenes": scenes.digest, "crop": crop}
    code = (scene_labels, window_labels)
    folder = store.make("concepts", config, build, code=code)
    labels = np.load(folder / "labels.npy")  # (N, 3, P, P)
    pixels = windows.images[:, start : start + crop, start : start + crop]
    parts = [f"{name} {part}" for name in SHORT for part in PART_NAMES]
    planes = {
        "class": (labels[:, 0], SHORT),
        "part": (labels[:, 1], parts),
        "texture": (labels[:, 2], world.textures()),
        "colour": (colours(pixels), COLOURS),
    }
    shared = {part: [f"{name} {part}" for name in SHORT] for part in ("face", "wheel")}
    digest = f"{windows.digest} {sha256(folder / 'labels.npy')}"
    return replace(Concepts.of(planes, {**GROUPS, **shared}, scenes.owner), digest=digest)


def scene_labels(scenes: BoxedImages, i: int) -> np.ndarray:
    """Class, part and texture at each pixel of scene i, (H, W, 3) uint16, each from 1, 0 for none.

    Of photographs the class alone, by boxes; where two meet, the smaller is in front.

    >>> from cnnlab.profiles.tiny import TINY
    >>> scene_labels(load_scenes("pascal", TINY, "test"), 0).max(axis=(0, 1)).tolist()
    [1, 15, 23]
    """
    height, width = scenes.sizes[i]
    labels = np.zeros((height, width, 3), np.uint16)
    if scenes.source != "world":
        numbers = np.arange(len(scenes.labels))[scenes.objects(i)]
        for j in sorted(numbers, key=lambda j: -scenes.shares[j]):
            x1, y1, x2, y2 = np.rint(scenes.boxes[j]).astype(int)
            labels[y1 - 1 : y2, x1 - 1 : x2, 0] = 1 + scenes.labels[j]
        return labels
    size, classes = scenes.pixels.shape[1], scenes.classes
    objects, labels[..., 2] = world.anatomy(
        scenes.role, scenes.split, int(scenes.rows[i]), size=size, classes=classes
    )
    for item in objects:
        labels[item.mask, 0], labels[item.mask, 1] = 1 + item.label, 0  # from far to near
        parts = [(PART_NAMES.index(_part(item.name, m)), at) for m, at in item.landmarks.items()]
        if parts:
            filled = np.asarray(binary_fill_holes(item.mask))  # between the spokes is wheel, too
            y, x = np.nonzero(filled)
            away = [np.hypot(x + 0.5 - at[0], y + 0.5 - at[1]) for _, at in parts]  # (landmarks, n)
            reach = RADIUS * max(item.box[2] - item.box[0], item.box[3] - item.box[1])
            numbers = np.array([n for n, _ in parts])[np.argmin(away, axis=0)]
            numbers += 1 + item.label * len(PART_NAMES)
            labels[y, x, 1] = np.where(np.min(away, axis=0) <= reach, numbers, 0)
    return labels


def _part(name: str, landmark: str) -> str:
    if name == "aeroplane" and landmark == "nose":
        return "nose"
    return PARTS[landmark] or landmark


def colours(images: np.ndarray) -> np.ndarray:
    """The named colour of each pixel of images (N, H, W, 3) uint8: 1 + its place in `COLOURS`.

    >>> paints = np.array([[[[0, 0, 0], [250, 250, 250], [200, 30, 30], [40, 60, 200]]]], np.uint8)
    >>> [COLOURS[i - 1] for i in colours(paints).ravel()]
    ['black', 'white', 'red', 'blue']
    """
    flat = cv2.cvtColor(np.ascontiguousarray(images).reshape(1, -1, 3), cv2.COLOR_RGB2HSV)
    hue, saturation, value = flat.reshape(*images.shape[:3], 3).transpose(3, 0, 1, 2)
    number = 4 + np.digitize(hue, HUES) % len(HUES)
    number[saturation < 60] = 2
    number[(saturation < 60) & (value > 190)] = 3
    number[value < 60] = 1
    return number
