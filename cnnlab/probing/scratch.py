"""What transfer is compared with: the same net trained on the transfer set alone (ZF 5)."""

from collections.abc import Mapping
from dataclasses import replace

from cnnlab.probing.caltech import TransferSet
from cnnlab.probing.splits import Split
from cnnlab.profiles import Profile
from cnnlab.training.jobs import Data, Job
from cnnlab.training.machine import resolve_precision


def scratch_job(pretrained: Job, profile: Profile) -> Job:
    """How the layers of a pre-trained net learn from scratch: by the study recipe, shortened.

    Smaller batches take smaller steps, in proportion: as far for each image seen.
    """
    study, sizes = resolve_precision(profile.study), profile.transfer
    recipe = replace(
        study,
        images=sizes.scratch_images or study.images,
        batch=sizes.scratch_batch,
        lr=sizes.scratch_rate * study.lr * sizes.scratch_batch / study.batch,
        validations=1,
        checkpoints=(),
    )
    spec = replace(pretrained.spec, dropout=recipe.dropout)
    return replace(pretrained, spec=spec, recipe=recipe)


def fold_job(like: Job, target: TransferSet, split: Split) -> Job:
    """The job of one fold, for a net like `like`, with as many classes as the set.

    It sees as many images as `like` does, or each of its own so often as the profile asks, if that
    is more.
    """
    batch = min(like.recipe.batch, len(split.train))  # one image a class may be fewer
    images = max(like.recipe.images, target.sizes.scratch_epochs * len(split.train))
    return replace(
        like,
        spec=replace(like.spec, classes=target.classes),
        recipe=replace(like.recipe, batch=batch, images=images),
        data=Data(target.packed.role, tuple(split.train.tolist()), watched=()),
    )


def scratch_jobs(like: Job, sets: Mapping[str, TransferSet]) -> dict[tuple[str, int, int], Job]:
    """The job of every role, number of training images per class and fold of a profile."""
    return {
        (role, n, fold): fold_job(like, target, split)
        for role, target in sets.items()
        for n in target.numbers
        for fold, split in enumerate(target.folds(n, target.sizes.scratch_folds))
    }
