"""What transfer is compared with: the same net trained on the transfer set alone (ZF 5)."""

from collections.abc import Mapping
from dataclasses import replace

from cnnlab.probing.caltech import TransferSet
from cnnlab.probing.splits import Split
from cnnlab.profiles import Profile
from cnnlab.training.jobs import Data, Job
from cnnlab.training.machine import resolve_precision


def scratch_jobs(
    pretrained: Job, sets: Mapping[str, TransferSet], profile: Profile
) -> dict[tuple[str, int, int], Job]:
    """A job for every role, number of training images per class and fold of a profile."""
    return {
        (role, n, fold): scratch_job(pretrained, target, split, profile)
        for role, target in sets.items()
        for n in target.numbers
        for fold, split in enumerate(target.folds(n, target.sizes.scratch_folds))
    }


def scratch_job(pretrained: Job, target: TransferSet, split: Split, profile: Profile) -> Job:
    """The layers of a pre-trained net, to learn one fold from scratch by the study recipe.

    Smaller batches take smaller steps, in proportion: as far for each image seen. The net sees as
    many images as the profile says, or each of its own so often, if that is more.
    """
    study, sizes = resolve_precision(profile.study), target.sizes
    epochs = sizes.scratch_epochs * len(split.train)
    recipe = replace(
        study,
        images=max(sizes.scratch_images or study.images, epochs),
        batch=min(sizes.scratch_batch, len(split.train)),  # one image a class may be fewer
        lr=sizes.scratch_rate * study.lr * sizes.scratch_batch / study.batch,
        validations=1,
        checkpoints=(),
    )
    spec = replace(pretrained.spec, dropout=recipe.dropout, classes=target.classes)
    rows = tuple(split.train.tolist())
    return Job(spec, recipe, pretrained.seed, Data(target.packed.role, rows, watched=()))
