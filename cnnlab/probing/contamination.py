"""What shared images do: nets pre-trained with copies of transfer images, and without (ZF 2014, 4).

The copies are planted, as classes of their own behind ImageNet's, so that what the search finds can
be checked and what the removal changes can be measured.
"""

from dataclasses import replace

import numpy as np

from cnnlab.probing.caltech import TransferSet
from cnnlab.profiles import Profile
from cnnlab.results.statistics import mean_of
from cnnlab.training.jobs import Data, Job, Planted, packed_images


def planted_job(like: Job, target: TransferSet, profile: Profile) -> Job:
    """A net like `like` that learns from some of its images and copies of some of `target`'s."""
    sizes = target.sizes
    total = len(packed_images(like, profile))
    rows = np.linspace(0, total - 1, min(sizes.overlap_images or total, total)).astype(int)
    planted = Planted(target.packed.role, sizes.overlap_planted)
    return replace(
        like,
        spec=replace(like.spec, classes=like.spec.classes + planted.classes),
        recipe=replace(like.recipe, images=sizes.overlap_training or like.recipe.images),
        data=Data(rows=tuple(rows.tolist()), watched=(), planted=planted),
    )


def sharing_cells(shared: np.ndarray, cleaned: np.ndarray, planted: int) -> list[dict[str, object]]:
    """What sharing does, from accuracies (folds, K) with the shared images and without them.

    The first `planted` classes are those whose images were shared; the gain is paired by fold.
    """
    rows = {
        "with the shared images": shared,
        "without the shared images": cleaned,
        "gain by sharing": shared - cleaned,
    }
    parts = {"planted classes": slice(planted), "other classes": slice(planted, None)}
    return [
        mean_of(values[:, part].mean(axis=1)).cell(row, column)
        for row, values in rows.items()
        for column, part in parts.items()
    ]
