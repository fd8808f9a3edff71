"""What a projection owes to the weights: draw layers anew and look again.

The test of Adebayo et al., *Sanity Checks for Saliency Maps* (2018), layer by layer. N images.
"""

import copy
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.nets.convnet import ConvNet
from cnnlab.results.statistics import correlation
from cnnlab.seeing.chain import chain
from cnnlab.seeing.deconvnet import project, strongest
from cnnlab.seeing.layers import activations
from cnnlab.seeing.projection import Units

APART = 77_777  # from the seeds of `build`, or a layer could be drawn as it was before training


@torch.no_grad()
def randomised(net: nn.Module, layers: Sequence[str], seed: int = 0) -> nn.Module:
    """A copy of a net with the weights of some layers drawn anew and their biases at zero.

    The new weights are normal, with the deviation of those they replace. Raises ValueError for a
    layer that has no weights.

    Example:
        >>> net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 2, 3))
        >>> new = randomised(net, ["1"])
        >>> [torch.equal(new[i].weight, net[i].weight) for i in (0, 1)]
        [True, False]
    """
    new = copy.deepcopy(net)
    generator = torch.Generator().manual_seed(APART + seed)
    for layer in layers:
        module = (new.layers if isinstance(new, ConvNet) else new).get_submodule(layer)
        if not isinstance(module, nn.Conv2d | nn.Linear):
            raise ValueError(f"{layer} has no weights to draw; name a convolution or a full layer")
        noise = torch.randn(module.weight.shape, generator=generator).to(module.weight)
        module.weight.copy_(noise * module.weight.std())
        if module.bias is not None:
            module.bias.zero_()
    return new


def gradient(net: nn.Module, images: Tensor, layer: str, units: Units) -> Tensor:
    """Plain backprop beside the deconvnet: unit `units.unit[i]` of image i by its pixels.

    Of images (N, 3, H, W), one unit each: (N, 3, H, W). The net is a chain, see `deconvnet`.

    Example:
        >>> net, x = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), torch.randn(2, 3, 8, 8)
        >>> gradient(net, x, "0", strongest(net, x, "0", [1, 2])).shape
        torch.Size([2, 3, 8, 8])
    """
    images = images.to(next(net.parameters()).device, copy=True).requires_grad_()
    maps = images
    for entry in chain(net, layer):
        maps = entry.module(maps)
    value = maps[units.image, units.unit, units.y, units.x]
    return torch.autograd.grad(value.sum(), images)[0]


def edges(images: Tensor) -> Tensor:
    """How much each pixel of (N, C, H, W) differs from those below and right of it: (N, 1, H, W).

    A picture that owes nothing to any net.
    """
    down = F.pad(images.diff(dim=2), (0, 0, 0, 1))
    right = F.pad(images.diff(dim=3), (0, 1))
    return (down.square() + right.square()).sum(dim=1, keepdim=True).sqrt()


def rank_correlation(a: Tensor, b: Tensor) -> np.ndarray:
    """Spearman's correlation of the strengths |pixel| of two pictures each (N, C, h, w): (N,)."""
    from scipy.stats import rankdata

    ranks = (rankdata(x.abs().sum(dim=1).flatten(1).cpu(), axis=1) for x in (a, b))
    return np.array([correlation(*pair) for pair in zip(*ranks, strict=True)])


def randomisation_test(
    net: ConvNet, images: Tensor, layer: int, *, seed: int
) -> dict[str, dict[str, np.ndarray]]:
    """How like itself a projection stays when layers are drawn anew: measures (N,) by case.

    Of each image (N, 3, P, P) it takes the unit of conv`layer` that stands out most, before its
    ReLU, so that random weights cannot silence it. Cases are the layers `random_layers` names; the
    trained net on another image; and the edges of the picture. Measures are cosine and rank
    correlation with what the trained net shows, by deconvnet and by gradient.

    Example:
        >>> from cnnlab.nets.spec import ZFNET
        >>> net, x = ConvNet(ZFNET.scaled(56, 0.1, 5)).eval(), torch.randn(3, 3, 56, 56)
        >>> list(randomisation_test(net, x, 2, seed=0))
        ['2 random', '1-2 random', '1 random', 'another image', 'edges']
    """
    name, images = f"conv{layer}", images.to(next(net.parameters()).device)
    units = outstanding(net, images, name)
    trained = both_ways(net, images, name, units)
    windows = project(net, images, name, units)
    cases = {}
    for case, layers in random_layers(layer).items():
        other = randomised(net, layers, seed)
        cases[case] = _likeness(both_ways(other, images, name, units), trained)
    cases["another image"] = _likeness(both_ways(net, images.roll(1, 0), name, units), trained)
    outline = windows.patches(edges(images), units)
    cases["edges"] = {
        f"{method}, rank": rank_correlation(outline, pixels) for method, pixels in trained.items()
    }
    return cases


def random_layers(layer: int) -> dict[str, list[str]]:
    """What `randomisation_test` draws anew: from conv`layer` down, one each, the lowest two.

    Example:
        >>> list(random_layers(3))
        ['3 random', '2-3 random', '1-3 random', '1 random', '2 random', '1-2 random']
    """
    spans = [(n, layer) for n in range(layer, 0, -1)] + [(n, n) for n in range(1, layer)]
    return {
        f"{a}-{b} random" if a < b else f"{a} random": [f"conv{n}" for n in range(a, b + 1)]
        for a, b in [*spans, *([(1, 2)] if layer > 2 else [])]
    }


def outstanding(net: nn.Module, images: Tensor, layer: str) -> Units:
    """Of each image the unit that responds most, counted in deviations over the images (N, ...).

    Its value is one: the same start of a projection, whatever the weights.

    Example:
        >>> net = nn.Sequential(nn.Conv2d(3, 4, 3))
        >>> len(outstanding(net, torch.randn(5, 3, 8, 8), "0"))
        5
    """
    peaks = activations(net, images, layer)[layer].amax(dim=(2, 3))  # (N, C)
    unit = ((peaks - peaks.mean(dim=0)) / peaks.std(dim=0).clamp_min(1e-12)).argmax(dim=1)
    units = strongest(net, images, layer, unit)
    return replace(units, value=torch.ones_like(peaks[:, 0]))


def both_ways(net: nn.Module, images: Tensor, layer: str, units: Units) -> dict[str, Tensor]:
    """Deconvnet and gradient of one unit an image, in the window that it sees: (N, 3, h, w) each.

    Example:
        >>> net, x = nn.Sequential(nn.Conv2d(3, 4, 3)), torch.randn(5, 3, 8, 8)
        >>> list(both_ways(net, x, "0", outstanding(net, x, "0")))
        ['deconvnet', 'gradient']
    """
    projection = project(net, images, layer, units, batch=len(images))
    slope = gradient(net, images, layer, units)
    return {"deconvnet": projection.pixels, "gradient": projection.patches(slope, units)}


def _likeness(new: dict[str, Tensor], old: dict[str, Tensor]) -> dict[str, np.ndarray]:
    measures = {}
    for method in new:
        a, b = new[method], old[method]
        cosine = F.cosine_similarity(a.flatten(1), b.flatten(1)).cpu().numpy()
        measures |= {f"{method}, cosine": cosine, f"{method}, rank": rank_correlation(a, b)}
    return measures
