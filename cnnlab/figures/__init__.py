"""The drawing code: one module for each group of notebooks, and the pictures that several draw."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.figures.charts import bars_beside, dots_by_class
    from cnnlab.figures.plots import as_pictures, gallery, mosaics, picture, play
    from cnnlab.figures.training import training_curves

__all__ = face(__name__)  # pyright: ignore
