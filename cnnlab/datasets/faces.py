"""Faces with marked parts: dogs of the drawn world, and people marked by hand (ZF 4.4)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from cnnlab.artifacts import paths
from cnnlab.datasets import world
from cnnlab.datasets.packed import Packed
from cnnlab.datasets.samples import sample_photograph

PARTS = ("right_eye", "left_eye", "nose")
DOGS = (
    *("beagle", "husky", "dalmatian", "bulldog", "german_shepherd"),
    *("pug", "chihuahua", "golden_retriever", "poodle", "rottweiler"),
)


@dataclass(frozen=True)
class Face:
    """A picture (H, W, 3) uint8 and where its parts are: name -> (x, y) in pixels.

    *Left* and *right* are the viewer's. `mask` (H, W) bool covers the object; None: the picture.
    """

    image: np.ndarray
    parts: Mapping[str, tuple[float, float]]
    name: str = ""
    mask: np.ndarray | None = None

    def __post_init__(self) -> None:
        height, width = self.image.shape[:2]
        for name, (x, y) in self.parts.items():
            if not (0 <= x < width and 0 <= y < height):
                raise ValueError(
                    f"{name} at ({x:g}, {y:g}) lies outside of the image of {width} x {height} px"
                )

    def square(self, left: int, top: int, side: int, pixels: int) -> "Face":
        """The square of `side` px from (left, top) on, shrunk to `pixels`, its parts along with it.

        It has no mask. Raises ValueError for a square that leaves the image or loses a part.
        """
        height, width = self.image.shape[:2]
        if side < 1 or min(left, top) < 0 or left + side > width or top + side > height:
            raise ValueError(
                f"a square of {side} px at ({left}, {top}) leaves the image of {width} x {height}"
            )
        part = np.ascontiguousarray(self.image[top : top + side, left : left + side])
        scale = pixels / side
        parts = {n: ((x - left) * scale, (y - top) * scale) for n, (x, y) in self.parts.items()}
        image = cv2.resize(part, (pixels, pixels), interpolation=cv2.INTER_AREA)
        return Face(image, parts, self.name)

    def free(self, size: int) -> np.ndarray:
        """Pixels (H, W) bool on the object whose square of `size` px meets no part's square.

        The whole square lies in the picture, so that it hides as much as that of a part.
        """
        height, width = self.image.shape[:2]
        y, x = np.indices((height, width))
        inside = (np.minimum(x, y) >= size / 2) & (x <= width - size / 2) & (y <= height - size / 2)
        apart = [np.maximum(abs(x - px), abs(y - py)) >= size for px, py in self.parts.values()]
        return np.all([inside, *apart, inside if self.mask is None else self.mask], axis=0)


def elsewhere(
    faces: Sequence[Face], size: int, rng: np.random.Generator
) -> list[tuple[float, float]]:
    """One random place (x, y) for all faces, free in each of them.

    Where they share none, in as many of them as can be; where none has one, off the parts only.
    Raises ValueError for a square too large for either.

    >>> face = Face(np.zeros((9, 9, 3), np.uint8), {"nose": (2.0, 2.0)})
    >>> elsewhere([face, face], 5, np.random.default_rng(0))
    [(6.0, 3.0), (6.0, 3.0)]
    """
    for some in faces, [replace(face, mask=None) for face in faces]:
        votes = np.sum([face.free(size) for face in some], axis=0)  # (H, W)
        if votes.any():
            break
    else:
        raise ValueError(f"no face leaves room for a square of {size} px off its parts")
    y, x = rng.choice(np.argwhere(votes == votes.max()))
    return [(float(x), float(y))] * len(faces)


def frontal_dogs(count: int, *, side: int, pixels: int) -> list[Face]:
    """Dogs of the drawn world from the front, the breeds in turn, cut from pictures of `side` px.

    Every face is the middle P x P pixels, with its parts and the mask of the animal.

    >>> frontal_dogs(1, side=64, pixels=56)[0].name
    'beagle'
    """
    start = (side - pixels) // 2
    part = np.s_[start : start + pixels, start : start + pixels]
    faces = []
    for i in range(count):
        scene = world.scene("imagenet", "val", i, size=side, classes=DOGS, frontal=True)
        (animal,) = scene.instances
        parts = {n: (animal.landmarks[n][0] - start, animal.landmarks[n][1] - start) for n in PARTS}
        faces.append(Face(scene.image[part], parts, animal.name, animal.mask[part]))
    return faces


def caltech_faces(packed: Packed, pixels: int) -> list[Face]:
    """The people of real Caltech-101 that data/caltech-faces.json marks: the middle P x P pixels.

    It lists images of the class Faces_easy by number and their parts in pixels of the set's squares
    of 64 px. The mask is a disc around the parts. Raises ValueError for a set of other pictures.

    >>> people = np.zeros((420, 64, 64, 3), np.uint8), np.zeros(420, int), ("Faces_easy",)
    >>> len(caltech_faces(Packed(*people, "caltech101", "all", "caltech101", ""), 56))
    20
    """
    if "Faces_easy" not in packed.classes:
        raise ValueError(f"{packed.source} has no class Faces_easy; give real Caltech-101")
    people = packed.images[packed.labels == packed.classes.index("Faces_easy")]
    scale, start = packed.images.shape[1] / 64, (packed.images.shape[1] - pixels) // 2
    middle, faces = slice(start, start + pixels), []
    for mark in json.loads(paths.in_checkout("data/caltech-faces.json").read_text()):
        parts = {n: (x * scale - start, y * scale - start) for n, (x, y) in mark["parts"].items()}
        centre = np.mean([*parts.values()], axis=0)
        radius = 2 * (parts["right_eye"][0] - parts["left_eye"][0])
        y, x = np.indices((pixels, pixels))
        mask = np.hypot(x - centre[0], y - centre[1]) <= radius
        faces.append(Face(people[mark["image"] - 1][middle, middle], parts, "person", mask))
    return faces


def marked_photographs(pixels: int, file: Path | None = None) -> list[Face]:
    """The faces, `pixels` px wide, that data/landmarks.json marks in photographs.

    It is a list of {"photograph": name, "square": [left, top, side], "parts": {"nose": [x, y]}}, in
    pixels of the whole photograph; names are those of `samples`. Raises ValueError for a file
    of another form, an unknown photograph, and a part outside of image or square.

    >>> [(face.name, face.image.shape) for face in marked_photographs(64)]
    [('astronaut', (64, 64, 3)), ('cat', (64, 64, 3))]
    """
    path = file or paths.in_checkout("data/landmarks.json")
    marks: list[tuple[str, dict[str, tuple[float, float]], tuple[int, int, int]]] = []
    try:
        for entry in json.loads(path.read_text(encoding="utf-8")):
            parts = {name: (float(x), float(y)) for name, (x, y) in entry["parts"].items()}
            left, top, side = map(int, entry["square"])
            marks.append((str(entry["photograph"]), parts, (left, top, side)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        form = '{"photograph": name, "square": [left, top, side], "parts": {"nose": [x, y]}}'
        raise ValueError(f"{path} is no list of {form} ({error})") from error
    faces = [(Face(sample_photograph(name), parts, name), square) for name, parts, square in marks]
    return [face.square(*square, pixels) for face, square in faces]
