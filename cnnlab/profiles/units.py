"""How much of AGM's study of units a profile runs (AGM 3 to 5). PAPER holds the paper's numbers."""

from dataclasses import dataclass

from cnnlab.profiles.base import Recipe
from cnnlab.profiles.recipes import tuning

# The rate is a tenth of the pre-training's; R-CNN's own fine-tuning as AGM run it.
TUNING = Recipe(images=128 * 70_000, lr=0.001, schedule="step", step=20_000, validations=20)


@dataclass(frozen=True)
class Units:
    """Windows about objects, and the net that is fine-tuned on them."""

    crop: int = 227  # side of AGM's net's input, which a window fills
    tuning: Recipe = TUNING
    spmax_images: int = 0  # of each ImageNet class to learn from where place is taken; 0: all
    costs: tuple[float, ...] = (0.1, 1.0, 10.0, 100.0)  # values of C for SVMs on scenes and boxes
    rounds: int = 500  # of boosting, each a tree a class
    marked: float = 0.005  # share of a unit's responses that say what it answers to (Bau et al.)
    narrow: int = 400  # units of a net with few in its full layers (draft 5), at full width


PAPER = Units()


def small(rival: Recipe, *, images: int, crop: int) -> Units:
    """Units below `paper`."""
    return Units(
        crop=crop,
        tuning=tuning(rival, images),
        spmax_images=50,
        costs=(0.1, 1.0, 10.0),  # of 400 scenes, all of which 10 tells apart in training
        rounds=50,
    )
