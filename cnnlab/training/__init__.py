"""How nets are made: batches, schedule, loop, evaluation, and one way to make a net (ZF 3)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.training.together import base_net as base_net
    from cnnlab.training.together import train_all as train_all

__all__ = face(__name__, together=("base_net", "train_all"))  # pyright: ignore
