"""The drawing code: one module for each group of notebooks, and the pictures that several draw."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.figures.plots import as_pictures, bars_beside, gallery, mosaics, picture, play

__all__ = face(__name__)  # pyright: ignore
