"""Random nets: what is read is what a plain forward pass gives, or the net is refused."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from fault_tools import count, meet, times
from hooks import by_hooks
from torch import Tensor, nn

from cnnlab.seeing.deconvnet import deconvnet
from cnnlab.seeing.layers import activations
from cnnlab.seeing.occlusion import occlusion

NETS = times(8, 100)
SIDE, CLASSES = 40, 5


class Skip(nn.Module):
    """A block whose input goes past it."""

    def __init__(self, inner: nn.Module):
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        return x + self.inner(x.clone())


class Rectified(torch.autograd.Function):
    """A ReLU that rectifies what comes back, too: the step of a deconvnet."""

    @staticmethod
    def forward(context, x: Tensor) -> Tensor:
        return x.relu()

    @staticmethod
    def backward(context, *grads: Tensor) -> Tensor:
        return grads[0].relu()


class PlainReLU(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return Rectified.apply(x)  # pyright: ignore[reportReturnType]


def random_net(rng: random.Random) -> nn.Sequential:
    """Layers in a row, most of them a deconvnet's, with in-place ones and a few odd ones."""
    torch.manual_seed(rng.randrange(2**31))
    maps, layers = 3, []
    for _ in range(rng.randint(1, 4)):
        wide = rng.choice([4, 6, 8])
        groups = rng.choice([1, 1, 2]) if maps % 2 == 0 else 1
        how: dict[str, Any] = {
            "stride": rng.choice([1, 1, 2]),
            "padding": rng.choice([0, 1, 2]),
            "groups": groups,
        }
        how |= {"dilation": rng.choice([1, 1, 1, 2]), "bias": rng.random() < 0.7}
        how["padding_mode"] = rng.choice(["zeros"] * 9 + ["reflect"])
        kernel = rng.choice([1, 2, 3, 5, (3, 2)])
        layers.append(nn.Conv2d(maps, wide, kernel, **how))
        maps = wide
        if rng.random() < 0.4:
            norm = nn.BatchNorm2d(maps)
            norm.running_mean = torch.randn(maps) / 3
            norm.running_var = torch.rand(maps) + 0.5
            nn.init.normal_(norm.weight)
            layers.append(norm)
        odd = [nn.LeakyReLU(0.1), nn.Sigmoid(), nn.AvgPool2d(2), nn.InstanceNorm2d(maps), nn.GELU()]
        odd += [Skip(nn.Conv2d(maps, maps, 1)), nn.PixelUnshuffle(1), nn.Upsample(scale_factor=2)]
        relus = [nn.ReLU(), nn.ReLU(inplace=True)]
        layers.append(rng.choice(odd) if rng.random() < 0.12 else rng.choice(relus))
        if rng.random() < 0.5:
            stride, ceil = rng.choice([None, 1, 2]), rng.random() < 0.5
            layers.append(nn.MaxPool2d(rng.choice([2, 3]), stride, ceil_mode=ceil))
        if rng.random() < 0.2:
            layers.append(rng.choice([nn.Dropout(0.5), nn.Identity(), nn.LocalResponseNorm(3)]))
    features = nn.Sequential(*layers)
    with torch.no_grad():
        units = features.eval()(torch.zeros(1, 3, SIDE, SIDE)).numel()
    net = nn.Sequential(*layers, nn.Flatten(), nn.Linear(units, CLASSES))
    return net.train(rng.random() < 0.3)  # as it may come to us


def nets() -> list[tuple[nn.Sequential, Tensor, str]]:
    """Random nets, each with images and the name of one of its layers of maps."""
    rng, cases = random.Random(7), []
    while len(cases) < NETS:
        try:
            net = random_net(rng)
        except RuntimeError:
            continue  # its layers do not fit each other
        layer = str(rng.randrange(len(net) - 2))
        cases.append((net, torch.randn(2, 3, SIDE, SIDE), layer))
    return cases


def plain(net: nn.Module, images: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
    """What a forward pass in evaluation mode gives at some layers and at the end ("")."""
    training = net.training
    values = by_hooks(net.eval(), images, layers)
    net.train(training)
    return values


def close(a: Tensor | np.ndarray, b: Tensor) -> bool:
    """Equal up to what the order of sums changes."""
    a, scale = torch.as_tensor(a), float(b.abs().max()) or 1.0
    return a.shape == b.shape and float((a - b).abs().max()) <= 1e-4 * scale


def test_activations() -> None:
    def attempt(net: nn.Sequential, images: Tensor) -> str:
        names, before = [str(i) for i in range(len(net))], images.clone()
        values, expected = activations(net, images, names), plain(net, images, names)
        same = all(torch.equal(values[name], expected[name]) for name in names)
        return "right" if same and torch.equal(images, before) else "wrong"

    for net, images, _ in nets():
        meet("random net", "activations", lambda net=net, images=images: attempt(net, images))
    assert count("random net", "activations", "right") > NETS // 2


def test_occlusion() -> None:
    size, stride = 12, 7

    def attempt(net: nn.Sequential, images: Tensor, layer: str) -> str:
        labels = torch.tensor([0, CLASSES - 1])
        how = {"size": size, "stride": stride, "layer": layer, "fill": 0.5}
        maps, before = occlusion(net, images, labels, **how), images.clone()
        clear = plain(net, images, [layer])[layer].flatten(2)  # (N, C, h * w)
        unit = torch.as_tensor(maps.unit)
        rows = torch.arange(len(images))
        strongest = clear.amax(2)
        if not close(strongest[rows, unit], strongest.amax(1)):
            return "wrong"
        for r, y in enumerate(maps.top):
            for c, x in enumerate(maps.left):
                hidden = images.clone()
                hidden[..., y : y + size, x : x + size] = 0.5
                values = plain(net, hidden, [layer])
                p = values[""].softmax(1)[rows, labels]
                total = values[layer].flatten(2).sum(2)[rows, unit]
                scale = float(values[layer].flatten(2).abs().sum(2)[rows, unit].max()) or 1.0
                off = np.abs(maps.activation[:, r, c] - total.numpy()).max()
                if not close(maps.probability[:, r, c], p) or off > 1e-4 * scale:
                    return "wrong"
        return "right" if torch.equal(images, before) else "wrong"

    for case in nets():
        meet("random net", "occlusion", lambda case=case: attempt(*case))
    assert count("random net", "occlusion", "right") > NETS // 2


def test_deconvnet() -> None:
    def attempt(net: nn.Sequential, images: Tensor, layer: str) -> str:
        pixels = deconvnet(net, images, layer, 1)
        rules = [PlainReLU() if isinstance(m, nn.ReLU) else m for m in net]
        rules = [nn.Identity() if isinstance(m, nn.LocalResponseNorm) else m for m in rules]
        up = plain(net, images, [layer])[layer]
        # LRN is passed unchanged on the way down, and changes what is above it on the way up
        if any(isinstance(m, nn.LocalResponseNorm) for m in net[: int(layer) + 1]):
            return "right" if bool(pixels.isfinite().all()) else "wrong"
        x = images.clone().requires_grad_()
        maps = nn.Sequential(*rules[: int(layer) + 1]).eval()(x)  # (N, C, h, w)
        if not close(maps.detach(), up):
            return "wrong"
        flat, chosen = maps.detach()[:, 1].flatten(1), torch.zeros_like(maps)
        places = flat.argmax(1, keepdim=True)
        chosen[:, 1] = (
            torch.zeros_like(flat)
            .scatter(1, places, flat.gather(1, places))
            .view(len(maps), *maps.shape[2:])
        )
        (expected,) = torch.autograd.grad(maps, x, chosen)
        return "right" if close(pixels, expected) else "wrong"

    for case in nets():
        meet("random net", "deconvnet", lambda case=case: attempt(*case))
    assert count("random net", "deconvnet", "right") >= NETS // 4  # which inverts fewer


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
