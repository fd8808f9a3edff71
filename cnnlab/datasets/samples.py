"""Sample photographs to look at without a download.

They come with scikit-image and scikit-learn. cat (Stefan van der Walt) and coffee (Rachel
Michetti): CC0. astronaut (NASA: Eileen Collins) and rocket (SpaceX: Falcon 9): public domain.
temple (danielbuechele) and flower (vultilion), of Flickr: CC BY 2.0.
"""

from importlib import resources

import cv2
import numpy as np
from PIL import Image

# name -> the package that brings it, and its file there
FILES = {
    "cat": ("skimage.data", "chelsea.png"),
    "astronaut": ("skimage.data", "astronaut.png"),
    "coffee": ("skimage.data", "coffee.png"),
    "rocket": ("skimage.data", "rocket.jpg"),
    "temple": ("sklearn.datasets.images", "china.jpg"),
    "flower": ("sklearn.datasets.images", "flower.jpg"),
}


def sample_names() -> tuple[str, ...]:
    """Names of the sample photographs, in the order of `sample_squares`.

    >>> sample_names()[:2]
    ('cat', 'astronaut')
    """
    return tuple(FILES)


def sample_photograph(name: str) -> np.ndarray:
    """One sample photograph (H, W, 3) uint8, whole.

    Raises ValueError for another name, and where the library that brings it has left it out.
    """
    if name not in FILES:
        raise ValueError(f"no photograph {name!r}; there are {', '.join(FILES)}")
    package, file = FILES[name]
    try:
        with (resources.files(package) / file).open("rb") as stream:
            return np.asarray(Image.open(stream).convert("RGB"))
    except OSError as error:
        library = package.partition(".")[0]
        raise ValueError(f"{library} here lacks its {file}; install it anew") from error


def sample_squares(
    side: int, *, scales: tuple[float, ...] = (1.0, 1.5, 2.0, 3.0, 4.0)
) -> np.ndarray:
    """Squares (N, side, side, 3) uint8 cut from the sample photographs.

    Scale 1 gives the middle of each photograph over its whole height. A larger scale shrinks each
    until its height holds that many squares, which overlap by half; a photograph too small for that
    is passed over. Raises ValueError for too large squares and for a scale below 1.

    >>> sample_squares(64, scales=(1.0,)).shape
    (6, 64, 64, 3)
    """
    if any(scale < 1 for scale in scales):
        raise ValueError(f"a square is no larger than its photograph: scales {scales} are below 1")
    photos = [sample_photograph(name) for name in FILES]
    least = min(min(photo.shape[:2]) for photo in photos)
    if not 0 < side <= least:
        raise ValueError(f"squares of {side} px; the photographs hold 1 to {least} px")
    cuts = [_cuts(photo, side, scale) for scale in scales for photo in photos]
    return np.stack([square for squares in cuts for square in squares])


def _cuts(photo: np.ndarray, side: int, scale: float) -> list[np.ndarray]:
    """Squares of one photograph (H, W, 3) at one scale, row by row."""
    shrink = scale * side / min(photo.shape[:2])
    if shrink > 1:
        return []
    size = (round(photo.shape[1] * shrink), round(photo.shape[0] * shrink))
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    rows, columns = range(0, height - side + 1, side // 2), range(0, width - side + 1, side // 2)
    if scale == 1:
        rows, columns = [(height - side) // 2], [(width - side) // 2]
    return [small[y : y + side, x : x + side] for y in rows for x in columns]
