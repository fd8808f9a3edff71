"""How much of R-CNN a profile runs (AGM 2.3). PAPER holds its authors' constants."""

from dataclasses import dataclass, replace

from cnnlab.profiles.base import Recipe
from cnnlab.profiles.recipes import RIVAL, tuning

# A batch of 128 windows, at a tenth of the pre-training's rate.
TUNING = Recipe(images=128 * 70_000, lr=0.001, schedule="step", step=20_000, validations=20)
# The papers do not say how a net learns windows from scratch: as all nets from scratch do here.
SCRATCH = Recipe(images=128 * 80_000, schedule="settle", least=1_000_000, validations=80)


@dataclass(frozen=True)
class Detection:
    """From proposals to detections. The defaults are R-CNN's, as its authors released it."""

    pictures: float = 1.0  # so large a share of those of roles "pascal" and "pascal-extra"
    mode: str = "fast"  # of selective search; or "quality", which proposes some four times as many
    proposals: int = 2000  # boxes of a picture, at most
    least: float = 20 / 500  # shorter side of a proposal, as a share of the picture's longer side

    tuning: Recipe = TUNING
    scratch: Recipe = SCRATCH
    positive_share: float = 0.25  # of the windows of a batch: 32 of 128
    positive_iou: float = 0.5  # a window overlaps an object so much, or more, to show it
    background_iou: float = 0.5  # and every object less than this to show background (draft: 0.3)

    norm: float = 20.0  # mean length of a feature vector, to which features are scaled
    cost: float = 1e-3  # C of the SVMs
    positive_weight: float = 2.0
    bias: float = 10.0  # the constant feature that carries an SVM's bias
    negative_iou: float = 0.3  # windows that overlap a class less than this are its negatives
    hard: float = -1.0  # score above which a negative is mined
    easy: float = -1.2  # score below which a mined one is dropped
    retrain: int = 2000  # mined negatives between two trainings

    kept: int = 100  # boxes of a class and a picture, before suppression
    suppress_iou: float = 0.3  # boxes that overlap a stronger one by more are suppressed
    draws: int = 200  # of the bootstrap over test pictures


PAPER = Detection()


def small(
    rival: Recipe, *, images: int, proposals: int, pictures: float = 1.0, validations: int = 24
) -> Detection:
    """Detection below `paper`.

    Windows are many, and a net that sees each a few times needs less dropout and a larger rate. On
    pictures of `mini` that are neither learned from nor tested on, 16,000 windows gave 27.7% mAP
    with dropout of 0.5 and a rate of 0.01, 29.2 with 0.2, 30.4 with 0.2 and 0.02; 32,000 gave 36.9.
    """
    shared = replace(rival, lr=2 * rival.lr, dropout=0.2)
    # after 60,000 windows a net from scratch knew little more than that most show background
    scratch = replace(shared, images=2 * rival.images, least=2 * rival.least)
    recipe = tuning(shared, images)
    recipe = replace(recipe, validations=min(recipe.validations, validations))
    how = {"pictures": pictures, "proposals": proposals}
    return replace(PAPER, tuning=recipe, scratch=scratch, **how)


@dataclass(frozen=True)
class Shipped:
    """The detector of a profile that data/weights holds."""

    net: str  # that learns on, with +DATA
    layer: str
    tuning: Recipe | None = None  # other than the profile's
    cost: float = PAPER.cost
    pixels: int = 0  # longer side of pictures from which windows are cut, where it is another


SHIPPED = {  # profile -> its detector
    "mini": Shipped("caffenet", "fc-7"),
    # R-CNN, too, proposes in smaller pictures than those from which it cuts. Of a short tuning the
    # rate falls to zero at its end.
    "course": Shipped(
        "zfnet",
        "fc-6",
        pixels=240,
        tuning=replace(
            tuning(RIVAL, 80_000), schedule="linear", lr=0.02, dropout=0.2, validations=8
        ),
    ),
}
