"""A tiny net that learns in a second, for tests of training loops and of groups of processes."""

from dataclasses import replace

import numpy as np
import torch

from cnnlab.nets import zoo
from cnnlab.nets.convnet import ConvNet, build
from cnnlab.profiles import Recipe
from cnnlab.training.batches import Batches, mean_image
from cnnlab.training.fast.step import Settings

OFTEN = Settings(save_every=0.0)
RECIPE = Recipe(
    images=16 * 12,
    batch=16,
    lr=0.02,
    schedule="plateau",
    patience=1,
    init="he",
    precision="fp32",
    threads=1,
    validations=4,
    checkpoints=(0.25, 1.0),
    clip_rms=0.1,
)


def batches(crop: int = 16, batch: int = 16, seed: int = 3, zoom: float = 0.0) -> Batches:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 100)
    images = rng.integers(0, 120, (100, 20, 20, 3), dtype=np.uint8)
    images[np.arange(100), :, :, labels] += 100
    tensors = torch.from_numpy(images), torch.from_numpy(labels), mean_image(images)
    return Batches(*tensors, crop, batch, seed, zoom)


def small_net(dropout: float = 0.5) -> ConvNet:
    spec = replace(zoo.spec("zfnet").scaled(56, 0.05, 3), pixels=16, dropout=dropout)
    convs = tuple(replace(c, kernel=3, stride=1, pad=1) for c in spec.convs)
    return build(replace(spec, convs=convs), seed=1, init="he")


def validate(net: ConvNet) -> dict[str, float]:
    return {"val_top1": 50.0}


class Narrow(ConvNet):
    """A net on a device that holds what `limit` images need to learn."""

    limit = 16

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training and len(x) > self.limit:
            raise torch.OutOfMemoryError("out of memory")
        return super().forward(x)


def narrow(limit: int) -> Narrow:
    net = Narrow(small_net(0.0).spec)
    net.load_state_dict(small_net(0.0).state_dict())
    net.limit = limit
    return net
