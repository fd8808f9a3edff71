"""How nets below `paper` are trained."""

from dataclasses import replace

from cnnlab.profiles.base import Recipe

# What every profile below `paper` changes in a recipe, and why.
SMALL = Recipe(
    init="he",  # quarter-width nets do not leave N(0, 0.01)
    conv1_scale=0.15,  # else layer 1 keeps its random start (cosine 0.95 after 50,000 images)
    schedule="linear",  # too few epochs to wait for a plateau
    warmup=0.05,
    batch=64,  # more steps from fewer images
    lr=0.02,
    dropout=0.3,  # half would need more epochs than there are
    validations=8,
    threads=1,  # with two nets at once: 1.3x the images/s of one net on two threads
    checkpoints=(0.016, 0.05, 0.08, 0.16, 0.32, 0.64),
)

# A net from scratch, and a fine-tuned one: small sets take small batches and more images.
RIVAL = replace(
    SMALL,
    images=120_000,
    batch=32,
    lr=0.01,  # in proportion to the batch
    dropout=0.5,  # without it and the zoom, a net soon knows a small set by heart
    zoom=0.3,
    schedule="settle",
    patience=3,
    least=60_000,
    validations=24,  # windows of 5,000 images
    checkpoints=(),
)


def tuning(rival: Recipe, images: int) -> Recipe:
    """Fine-tuning by the rule of the nets from scratch, at most `images`: it settles sooner.

    AGM fine-tune at 0.1 of this rate, over some hundred epochs; fewer want more. On validation
    images of `mini`'s scenes 0.1, 0.3 and 1 of it gave 66, 73, 78% (fc-ft 56, 63, 67%).
    """
    least, validations = min(rival.least, images // 3), min(rival.validations, 24)
    return replace(rival, images=images, least=least, validations=validations)
