"""How much of AGM's study of units a profile runs (AGM 3 to 5). PAPER holds the paper's numbers."""

from dataclasses import dataclass, replace

from cnnlab.profiles.base import Recipe

# The rate is a tenth of the pre-training's; R-CNN's own fine-tuning as AGM run it.
TUNING = Recipe(images=128 * 70_000, lr=0.001, schedule="step", step=20_000, validations=20)


@dataclass(frozen=True)
class Units:
    """Windows about objects, and the net that is fine-tuned on them."""

    crop: int = 227  # side of AGM's net's input, which a window fills
    tuning: Recipe = TUNING
    spmax_images: int = 0  # of each ImageNet class to learn from where place is taken; 0: all


PAPER = Units()


def small(rival: Recipe, *, images: int, crop: int) -> Units:
    """Units below `paper`: fine-tuning by the rule of the nets from scratch, at most `images`.

    The paper fine-tunes at a tenth of the rate; so few images want more (see `profiles.sun`).
    """
    tuning = replace(
        rival,
        images=images,
        least=min(rival.least, images // 3),
        validations=min(rival.validations, 24),
    )
    return Units(crop=crop, tuning=tuning, spmax_images=50)
