"""The net that is fine-tuned on PASCAL's objects (AGM 2.3)."""

from dataclasses import replace

from cnnlab import datasets
from cnnlab.datasets.windows import WINDOWS
from cnnlab.profiles import Profile
from cnnlab.training.jobs import Data, Job, Start
from cnnlab.training.machine import resolve_precision
from cnnlab.training.trained import Trained, train_all

ROLE = "pascal" + WINDOWS


def tuning_job(
    base: Trained, profile: Profile, *, seed: int = 0, checkpoint: int | None = None
) -> Job:
    """Fine-tune a net on the training windows of role "pascal", with a new classifier.

    Every layer learns, from the end of the net's training or from a checkpoint of it. The windows
    are those of the boxes alone: R-CNN adds proposals that overlap them, and background as a
    class.

    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> tuning_job(base_net("caffenet", TINY), TINY).spec.classes
    20
    """
    classes = datasets.load(ROLE, profile).classes
    recipe = resolve_precision(profile.units.tuning)
    spec = replace(base.job.spec, classes=len(classes), dropout=recipe.dropout)
    # no windows are set aside: the training loss alone steers the rate
    return Job(spec, recipe, seed, Data(ROLE, watched=()), Start(base.address, checkpoint))


def tuned_net(
    base: Trained, profile: Profile, *, seed: int = 0, checkpoint: int | None = None
) -> Trained:
    """The net of `tuning_job`: trained, or opened where it was trained before.

    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> tuned_net(base_net("caffenet", TINY), TINY).classes[:2]
    ('aeroplane', 'bicycle')
    """
    job = tuning_job(base, profile, seed=seed, checkpoint=checkpoint)
    return train_all([job], profile, "fine-tuning")[0]
