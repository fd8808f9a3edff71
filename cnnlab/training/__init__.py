"""How nets are made: batches, schedule, loop, evaluation, and one way to make a net (ZF 3)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.training.batches import Batches as Batches
    from cnnlab.training.batches import mean_image as mean_image
    from cnnlab.training.evaluate import error_cells as error_cells
    from cnnlab.training.evaluate import error_differences as error_differences
    from cnnlab.training.evaluate import error_rate as error_rate
    from cnnlab.training.evaluate import scores as scores
    from cnnlab.training.evaluate import wrong as wrong
    from cnnlab.training.jobs import Job as Job
    from cnnlab.training.jobs import imagenet_job as imagenet_job
    from cnnlab.training.jobs import training_images as training_images
    from cnnlab.training.learn import filter_changes as filter_changes
    from cnnlab.training.learn import initial_net as initial_net
    from cnnlab.training.loop import clip_filters as clip_filters
    from cnnlab.training.loop import fit as fit
    from cnnlab.training.shipped import shipped_net as shipped_net
    from cnnlab.training.shipped import transfer_net as transfer_net
    from cnnlab.training.trained import Trained as Trained
    from cnnlab.training.trained import base_net as base_net
    from cnnlab.training.trained import train as train
    from cnnlab.training.trained import train_all as train_all

__all__ = face(  # pyright: ignore
    __name__,
    batches=("Batches", "mean_image"),
    evaluate=("error_cells", "error_differences", "error_rate", "scores", "wrong"),
    jobs=("Job", "imagenet_job", "training_images"),
    learn=("filter_changes", "initial_net"),
    loop=("clip_filters", "fit"),
    shipped=("shipped_net", "transfer_net"),
    trained=("Trained", "base_net", "train", "train_all"),
)
