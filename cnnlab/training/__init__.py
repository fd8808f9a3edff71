"""How nets are made: batches, schedule, loop, evaluation, and one way to make a net (ZF 3)."""

from typing import TYPE_CHECKING

from cnnlab.artifacts.face import face

if TYPE_CHECKING:
    from cnnlab.training.shipped import shipped_net as shipped_net
    from cnnlab.training.shipped import transfer_net as transfer_net
    from cnnlab.training.together import base_net as base_net
    from cnnlab.training.together import train_all as train_all

__all__ = face(  # pyright: ignore
    __name__,
    shipped=("shipped_net", "transfer_net"),
    together=("base_net", "train_all"),
)
