"""The drawing code: one module for each group of notebooks, and the pictures that several draw."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.figures.plots import bars_beside as bars_beside
    from cnnlab.figures.plots import gallery as gallery
    from cnnlab.figures.plots import picture as picture
    from cnnlab.figures.sheets import as_pictures as as_pictures
    from cnnlab.figures.sheets import enhanced as enhanced
    from cnnlab.figures.sheets import mosaics as mosaics
    from cnnlab.figures.sheets import play as play

__all__ = face(  # pyright: ignore
    __name__,
    plots=("bars_beside", "gallery", "picture"),
    sheets=("as_pictures", "enhanced", "mosaics", "play"),
)
