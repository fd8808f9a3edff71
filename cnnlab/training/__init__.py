"""How nets are made: batches, schedule, loop, evaluation, and one way to make a net (ZF 3)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.training.batches import Batches
    from cnnlab.training.evaluate import (
        error_cells,
        error_differences,
        error_rate,
        scores,
        wrong,
    )
    from cnnlab.training.jobs import Job, imagenet_job, training_images
    from cnnlab.training.learn import filter_changes, initial_net
    from cnnlab.training.loop import clip_filters, fit
    from cnnlab.training.schedule import still_learning
    from cnnlab.training.shipped import base_net, shipped_net
    from cnnlab.training.trained import train, train_all

__all__ = face(__name__)  # pyright: ignore
