"""The drawing code: one module for each group of notebooks, and the pictures that several draw."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.figures.plots import bars_beside, gallery, picture
    from cnnlab.figures.sheets import as_pictures, enhanced, mosaics, play

__all__ = face(__name__)  # pyright: ignore
