"""Seeing against captum at its best: same net, same activations, results compared."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.bench.paired import paired, seconds
from cnnlab.bench.row import NOT_MEASURED, Row
from cnnlab.bench.start import measured
from cnnlab.nets.convnet import ConvNet, build
from cnnlab.nets.spec import ALEXNET, ZFNET, NetSpec
from cnnlab.seeing.deconvnet import project, strongest
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.seeing.occlusion import OcclusionMaps, occlusion
from cnnlab.seeing.projection import Projection, Units
from cnnlab.seeing.top import project_top, top_images
from cnnlab.training.machine import has_bf16

LAYERS = ("pool1", "pool2", "relu3", "relu4", "pool5")
MAPS, NINE = 8, 9
BATCHES = (9, 24, 72)  # of activations; each side is given its best
PERTURBATIONS = (32, 128)
REPEATS = 3
SEARCHED, PAGE = 5000, 16  # images, and maps of one sheet
GROWTH = (1024, 4096)  # images searched while the memory is watched
# net, ratios asked for: deconvnet of all layers, occlusion in mixed precision and in fp32
NETS = {
    "AlexNet 224 px": (ALEXNET, 5.0, 3.5, 2.0),
    "small ZFNet 56 px": (ZFNET.scaled(56, 0.25, 100), 2.0, 2.0, 1.3),
    "small AlexNet 56 px": (ALEXNET.scaled(56, 0.25, 100), 2.0, 2.0, 1.3),
}


def run() -> list[Row]:
    """Top-nine sheets, by layer and together, and occlusion maps, of a full and two small nets."""
    rows = []
    for name, (spec, sheets, mixed, full) in NETS.items():
        rows += _deconvnets(name, spec, sheets)
        rows += _occlusions(name, spec, mixed, full)
    return [*rows, _sheet(), _memory()]


def _deconvnets(name: str, spec: NetSpec, must: float) -> list[Row]:
    net, x = _net(spec, norm=False), _pictures(spec.pixels, MAPS * NINE)
    rows: list[Row] = []
    for layer in LAYERS:
        maps = torch.arange(MAPS).repeat_interleave(NINE) % spec.shapes()[layer][0]
        units = strongest(net, x, layer, maps)
        ours = partial(_ours, net, x, layer, units)
        rival = partial(_captum_deconvnet(net, layer), x, units)
        expected = rival(NINE)
        full = ours(NINE).full(spec.pixels, spec.pixels)
        apart = float((full - expected).abs().max() / expected.abs().max())
        if not apart <= 1e-3:  # rounding may turn a switch where two maxima all but tie
            raise RuntimeError(f"projections of {layer} differ from captum's by {apart:.1e}")
        limit = 15 if layer == "pool2" and spec.pixels == 224 else 1
        a, b = paired([_best(ours, BATCHES), _best(rival, BATCHES)], REPEATS)
        note = f"agrees with captum to {apart:.0e}"
        rows.append(
            Row(f"deconvnet, {name}, {layer}", tuple(a), tuple(b), "s", f">= {limit}x", note)
        )
    ours_all, rival_all = (
        tuple(map(sum, zip(*times, strict=True)))
        for times in ([row.ours for row in rows], [row.rival for row in rows])
    )
    return [*rows, Row(f"deconvnet, {name}, all", ours_all, rival_all, "s", f">= {must:g}x")]


def _occlusions(name: str, spec: NetSpec, mixed: float, full: float) -> list[Row]:
    """The map of p(true class) at 441 positions of a square."""
    net, x = _net(spec, norm=True), _pictures(spec.pixels, 1)
    size, stride = spec.pixels * 2 // 7, max(1, spec.pixels // 28)
    with torch.no_grad():
        label = net(x).argmax(dim=1)
    rival = partial(_captum_occlusion, net, x, int(label), size, stride)
    expected = rival(PERTURBATIONS[0])
    best_rival = _best(rival, PERTURBATIONS)
    rows = []
    for bf16, must in ((False, full), (True, mixed)):
        what = f"occlusion, {name}, {'mixed precision' if bf16 else 'fp32'}"
        if bf16 and not has_bf16():
            rows.append(
                Row(what, (), unit="s", must=f">= {must:g}x", note=f"{NOT_MEASURED}no bf16")
            )
            continue
        ours = partial(_maps, net, x, label, size, stride, bf16)
        maps = ours(PERTURBATIONS[0])
        # captum spreads each fall over the pixels of its square and averages; so do we to compare
        apart = np.nanmax(
            np.abs(maps.over_pixels(maps.drop(), spec.pixels, spec.pixels)[0] - expected)
        )
        if not apart <= (0.05 if bf16 else 1e-4):
            raise RuntimeError(f"occlusion maps differ from captum's by {apart:.1e}")
        a, b = paired([_best(ours, PERTURBATIONS), best_rival], REPEATS)
        note = f"maps agree with captum to {apart:.0e}, of falls up to {expected.max():.2f}"
        rows.append(Row(what, tuple(a), tuple(b), "s", f">= {must:g}x", note))
    return rows


def _sheet() -> Row:
    """Fig. 8's page: the nine strongest of each map in a whole set, and their projections."""
    net = _net(ZFNET.scaled(56, 0.25, 100), norm=True)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (SEARCHED, 64, 64, 3), dtype=np.uint8)
    crops = CentreCrops(torch.full((64, 64, 3), 127.5), 56)

    def page() -> None:
        best = top_images(net, images, {"pool5": range(PAGE)}, preprocess=crops)["pool5"]
        project_top(net, images, "pool5", best, preprocess=crops)

    attribute = _captum_deconvnet(net, "pool5")
    ours, rival = paired([page, partial(_plain_page, net, images, crops, attribute)], REPEATS)
    what = f"sheet of {PAGE} maps of pool5 from {SEARCHED:,} images, search included"
    note = "rival: a loop over batches, topk, captum"
    return Row(what, ours, rival, unit="s", must="<= 10", note=note)


@torch.no_grad()
def _plain_page(
    net: ConvNet, images: np.ndarray, crops: CentreCrops, attribute: Callable[..., Tensor]
) -> None:
    """The same sheet as one writes it first."""
    cut = list(net.layers)[: [name for name, _ in net.layers.named_children()].index("pool5") + 1]
    peaks = []
    for start in range(0, len(images), 128):
        x = crops(images[start : start + 128]).contiguous()
        for layer in cut:
            x = layer(x)
        peaks.append(x[:, :PAGE].amax(dim=(2, 3)))  # (B, maps)
    rows = torch.cat(peaks).topk(NINE, dim=0).indices.T.reshape(-1)  # map after map
    x = crops(images[rows.numpy()])
    maps = torch.arange(PAGE).repeat_interleave(NINE)
    attribute(x, strongest(net, x, "pool5", maps), BATCHES[-1])


# a fresh Python that searches images which exist one batch at a time
SEARCH = """
import numpy as np, torch
from cnnlab.nets.convnet import build
from cnnlab.nets.spec import ZFNET
from cnnlab.seeing import CentreCrops, top_images

class Pictures:
    shape = ({count}, 64, 64, 3)
    def __len__(self):
        return self.shape[0]
    def __getitem__(self, part):
        count = len(range(*part.indices(len(self))))
        rng = np.random.default_rng(part.start)
        return rng.integers(0, 256, (count, *self.shape[1:]), dtype=np.uint8)

net = build(ZFNET.scaled(56, 0.25, 100), init="he").eval()
crops = CentreCrops(torch.full((64, 64, 3), 127.5), 56)
top_images(net, Pictures(), {{"pool5": range(16)}}, preprocess=crops)
"""


def _memory() -> Row:
    """Peak memory of a search of many images against one of few."""
    runs = [[measured(SEARCH.format(count=n))[2] for n in GROWTH] for _ in range(REPEATS)]
    few, many = zip(*runs, strict=True)
    what = f"peak memory, searching {GROWTH[1]:,} images against {GROWTH[0]:,}"
    note = "memory is bounded by a batch, not by the number of images"
    return Row(what, many, few, unit="MB", must=">= 0.9x", note=note)


def _ours(net: ConvNet, x: Tensor, layer: str, units: Units, batch: int) -> Projection:
    return project(net, x, layer, units, batch=batch)


def _maps(
    net: ConvNet, x: Tensor, label: Tensor, size: int, stride: int, bf16: bool, batch: int
) -> OcclusionMaps:
    return occlusion(net, x, label, size=size, stride=stride, bf16=bf16, batch=batch)


def _best(way: Callable[[int], Any], batches: Sequence[int]) -> Callable[[], Any]:
    """The way with the batch that is fastest here, each tried after a warm-up."""
    way(batches[0])
    return partial(way, min(batches, key=lambda batch: seconds(partial(way, batch))))


def _net(spec: NetSpec, *, norm: bool) -> ConvNet:
    convs = tuple(replace(c, norm=norm and c.norm) for c in spec.convs)
    net = build(replace(spec, convs=convs), init="he").eval()
    with torch.no_grad():  # a fresh classifier answers all pictures alike
        net.layers.get_parameter("fc8.weight").mul_(2 / net(_pictures(spec.pixels, 2)).std())
    return net


def _pictures(side: int, count: int) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(count, 3, side, side, generator=generator) * 60
    return x.contiguous(memory_format=torch.channels_last)


def _captum_deconvnet(net: ConvNet, layer: str) -> Callable[[Tensor, Units, int], Tensor]:
    """NeuronDeconvolution of the net truncated at `layer`, times the activation."""
    from captum.attr import NeuronDeconvolution

    names = [name for name, _ in net.layers.named_children()]
    cut = nn.Sequential(nn.Sequential(*list(net.layers)[: names.index(layer) + 1]))
    deconvnet = NeuronDeconvolution(cut, cut[0])

    def attribute(x: Tensor, units: Units, batch: int) -> Tensor:
        parts = []
        for start in range(0, len(units), batch):
            part = units[slice(start, start + batch)]

            def chosen(out: Any, u: Units = part) -> Tensor:
                return out[torch.arange(len(u)), u.unit, u.y, u.x]

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                pixels = deconvnet.attribute(x[part.image], chosen)
            assert part.value is not None
            parts.append(pixels.detach() * part.value.reshape(-1, 1, 1, 1))
        return torch.cat(parts)

    return attribute


@torch.no_grad()
def _captum_occlusion(
    net: ConvNet, x: Tensor, label: int, size: int, stride: int, at_once: int
) -> np.ndarray:
    """Fall of p(class) (P, P): each pixel's mean over the squares that hide it."""
    from captum.attr import Occlusion

    falls = Occlusion(lambda v: net(v).softmax(dim=1)).attribute(
        x, (3, size, size), (3, stride, stride), target=label, perturbations_per_eval=at_once
    )
    return falls[0, 0].numpy()
