"""Image sets by role, as arrays: the papers' photographs, or the drawn world in their place."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.datasets.boxed import BoxedImages
    from cnnlab.datasets.faces import caltech_faces, frontal_dogs, marked_photographs
    from cnnlab.datasets.packed import Packed
    from cnnlab.datasets.roles import load, load_scenes
    from cnnlab.datasets.samples import sample_names, sample_squares
    from cnnlab.datasets.squares import squares
    from cnnlab.datasets.windows import mean_colour, windows

__all__ = face(__name__)  # pyright: ignore
