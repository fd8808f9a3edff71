"""The rival: how PyTorch's own tutorials train a convnet, from a folder of JPEG files."""

import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, RandomSampler
from torchvision import transforms
from torchvision.datasets import ImageFolder

from cnnlab.nets.spec import NetSpec
from cnnlab.profiles import Recipe

MEAN = (0.5, 0.5, 0.5)  # of each colour, pixels in [0, 1]


def stock_net(spec: NetSpec) -> nn.Sequential:
    """The net of a spec from torch's own modules, with the names of a `ConvNet`'s layers.

    It takes inputs that are already divided by `spec.scale`.
    """
    layers: list[tuple[str, nn.Module]] = []
    shapes, inputs = spec.shapes(), 3
    for c in spec.convs:
        conv = nn.Conv2d(inputs, c.maps, c.kernel, c.stride, c.pad, groups=c.groups)
        layers += [(f"conv{c.layer}", conv), (f"relu{c.layer}", nn.ReLU(inplace=True))]
        if c.pool:
            layers += [(f"pool{c.layer}", nn.MaxPool2d(3, 2, ceil_mode=spec.ceil))]
        if c.norm:
            n = spec.norm  # torch divides alpha by the window
            norm = nn.LocalResponseNorm(n.size, n.alpha * n.size, n.beta, n.k)
            layers += [(f"norm{c.layer}", norm)]
        inputs = c.maps
    features = int(np.prod(shapes[layers[-1][0]]))
    layers += [("flat", nn.Flatten())]
    for n, units in spec.fc.items():
        layers += [(f"fc{n}", nn.Linear(features, units)), (f"relu{n}", nn.ReLU(inplace=True))]
        layers += [(f"drop{n}", nn.Dropout(spec.dropout))]
        features = units
    return nn.Sequential(OrderedDict([*layers, ("fc8", nn.Linear(features, spec.classes))]))


def write_folder(folder: Path, images: np.ndarray, labels: np.ndarray) -> None:
    """Images (N, S, S, 3) uint8 as <folder>/<label>/<number>.jpg, which ImageFolder reads."""
    for i, (image, label) in enumerate(zip(images, labels, strict=True)):
        path = folder / f"{label:04d}" / f"{i:06d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path, quality=95)


def to_input(spec: NetSpec) -> list[Any]:
    """The transforms from a PIL image to what `stock_net` takes."""
    return [transforms.ToTensor(), transforms.Normalize(MEAN, (spec.scale / 255,) * 3)]


class Conventional:
    """A training that goes on for some batches at each call; its loader and workers stay."""

    def __init__(self, spec: NetSpec, recipe: Recipe, folder: Path):
        augment = [transforms.RandomCrop(spec.pixels), transforms.RandomHorizontalFlip()]
        images = ImageFolder(str(folder), transforms.Compose([*augment, *to_input(spec)]))
        loader = DataLoader(
            images,
            batch_size=recipe.batch,
            # shuffled epochs without end: no pause between them that a large set would not have
            sampler=RandomSampler(images, num_samples=1_000_000_000),
            num_workers=2,
        )
        self._stream = iter(loader)
        self._batch = recipe.batch
        self._net = stock_net(spec).train()
        self._optimizer = torch.optim.SGD(
            self._net.parameters(),
            lr=recipe.lr / 100,
            momentum=recipe.momentum,
            weight_decay=recipe.weight_decay,
        )

    def rate(self, batches: int, warm: int) -> float:
        """Images a second over `batches` batches, after `warm` more off the clock."""
        for _ in range(warm):
            self._step()
        began = time.perf_counter()
        for _ in range(batches):
            self._step()
        return batches * self._batch / (time.perf_counter() - began)

    def _step(self) -> None:
        images, labels = next(self._stream)
        loss = F.cross_entropy(self._net(images), labels)
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
