"""Image sets by role, as arrays: the papers' photographs, or the drawn world in their place."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.datasets.boxed import BoxedImages as BoxedImages
    from cnnlab.datasets.download import fetch as fetch
    from cnnlab.datasets.errors import DataError as DataError
    from cnnlab.datasets.errors import DataMissing as DataMissing
    from cnnlab.datasets.faces import frontal_dogs as frontal_dogs
    from cnnlab.datasets.faces import marked_photographs as marked_photographs
    from cnnlab.datasets.packed import Packed as Packed
    from cnnlab.datasets.roles import load as load
    from cnnlab.datasets.roles import load_scenes as load_scenes
    from cnnlab.datasets.roles import packing as packing
    from cnnlab.datasets.samples import sample_names as sample_names
    from cnnlab.datasets.samples import sample_squares as sample_squares
    from cnnlab.datasets.sources import BOXED as BOXED
    from cnnlab.datasets.sources import available_sets as available_sets
    from cnnlab.datasets.squares import squares as squares

__all__ = face(  # pyright: ignore
    __name__,
    boxed=("BoxedImages",),
    download=("fetch",),
    errors=("DataError", "DataMissing"),
    faces=("frontal_dogs", "marked_photographs"),
    packed=("Packed",),
    roles=("load", "load_scenes", "packing"),
    samples=("sample_names", "sample_squares"),
    sources=("BOXED", "available_sets"),
    squares=("squares",),
)
