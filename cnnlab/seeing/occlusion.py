"""What a net loses when a square hides part of the picture (ZF 4.3, Fig. 5).

`plain_occlusion` is the method as the paper describes it, for any net. `occlusion` gives the same;
where the layers form a chain it computes only what a square changes (`fast.occlusion`).
N images, R x C positions of the square, K classes.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.nets.convnet import ConvNet
from cnnlab.seeing.chain import ChainLayer, chain, shapes
from cnnlab.seeing.checks import check_finite, check_labels, check_square
from cnnlab.seeing.fast.occlusion import occlude
from cnnlab.seeing.layers import OUTPUT, LayerReader, activations


@dataclass(frozen=True)
class OcclusionMaps:
    """Fig. 5's maps (b), (d) and (e), and the values of the picture with nothing hidden."""

    activation: np.ndarray  # (N, R, C) total of the watched map: (b)
    probability: np.ndarray  # (N, R, C) of the true class: (d)
    label: np.ndarray  # (N, R, C) most probable class: (e)
    unit: np.ndarray  # (N,) the watched map: the one with the strongest response
    clear_activation: np.ndarray  # (N,) with nothing hidden
    clear_probability: np.ndarray
    clear_label: np.ndarray
    top: np.ndarray  # (R,) first row of the square
    left: np.ndarray  # (C,) first column
    size: int  # side of the square

    def drop(self) -> np.ndarray:
        """How much p(true class) falls at each position: (N, R, C)."""
        return self.clear_probability[:, None, None] - self.probability

    def over_pixels(self, values: np.ndarray, height: int, width: int) -> np.ndarray:
        """Values (N, R, C) over the picture: (N, height, width), NaN where no square comes.

        Each pixel gets the mean over the squares that hide it.
        """
        total, count = np.zeros((len(values), height, width)), np.zeros((height, width))
        for r, y in enumerate(self.top):
            for c, x in enumerate(self.left):
                part = np.s_[y : y + self.size, x : x + self.size]
                total[:, part[0], part[1]] += values[:, r, c, None, None]
                count[part] += 1
        with np.errstate(invalid="ignore"):
            return total / count

    def under_square(self, values: np.ndarray) -> np.ndarray:
        """Mean of values (N, H, W) under the square at each position: (N, R, C)."""
        total = np.pad(values.astype(float).cumsum(1).cumsum(2), ((0, 0), (1, 0), (1, 0)))
        y, x, size = self.top[:, None], self.left, self.size
        corners = total[:, y + size, x + size] + total[:, y, x]
        return (corners - total[:, y, x + size] - total[:, y + size, x]) / size**2

    def drop_on_and_off(self, masks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean drop over the pixels on and off masks (N, H, W), picture by picture: (N,) each.

        Pixels that no square hides are left out; NaN where no pixel remains.
        """
        values = np.ma.masked_invalid(self.over_pixels(self.drop(), *masks.shape[1:]))
        sides = [np.ma.masked_where(~part, values).mean(axis=(1, 2)) for part in (masks, ~masks)]
        on, off = np.ma.stack(sides).filled(np.nan)
        complete = np.isfinite(on + off)
        return np.where(complete, on, np.nan), np.where(complete, off, np.nan)

    def deepest(self, labels: Sequence[int] | np.ndarray, count: int) -> np.ndarray:
        """Numbers of the `count` images whose p(true) falls most, no label (N,) or map twice.

        Where too few maps differ, the rest only have different labels.
        """
        order = np.argsort(-self.drop().max(axis=(1, 2)), kind="stable")
        chosen: list[int] = []
        for rivals in (labels, self.unit), (labels,):
            for i in map(int, order):
                if len(chosen) < count and all(v[i] not in [v[j] for j in chosen] for v in rivals):
                    chosen.append(i)
        return np.array(chosen)


@torch.no_grad()
def occlusion(
    net: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    size: int,
    stride: int,
    layer: str | None = None,
    fill: Tensor | float = 0.0,
    batch: int = 64,
    bf16: bool = False,
) -> OcclusionMaps:
    """Slide a square over every image (N, 3, H, W) and watch a map, the class and the answer.

    The square has `size` pixels a side and moves by `stride`; it shows `fill`, in the net's inputs:
    a number, or anything that broadcasts to (N, 3, H, W). `labels` (N,) are the classes to watch,
    `layer` is that of the map, by default the last with more than one position. Any net that
    answers with scores (N, K) will do. Raises ValueError for a square larger than the image, a
    label that is no class, a layer without maps and values that are not finite.

    Example:
        >>> import torch
        >>> from torchvision.models import vgg11
        >>> net = vgg11(num_classes=10, init_weights=False)
        >>> images = torch.randn(1, 3, 64, 64)
        >>> occlusion(net, images, torch.tensor([3]), size=32, stride=32).probability.shape
        (1, 2, 2)
    """
    layer = layer or _last_maps(net, images[:1])
    rows, columns = _starts(images, size, stride)
    if len(labels) != len(images):
        raise ValueError(f"{len(images)} images have {len(labels)} labels; give one for each")
    with torch.autocast(images.device.type, torch.bfloat16, enabled=bf16):
        try:
            layers, last = _watched(net, layer)
            _, *sizes, scores = shapes(layers, tuple(images.shape[1:]))
        except ValueError:  # no chain for images of this size
            _check_answers(net, images[:1], labels, layer)
            grid = {"size": size, "stride": stride}
            maps = plain_occlusion(net, images, labels, **grid, layer=layer, fill=fill)
            check_finite(torch.from_numpy(maps.probability), "the answer")
            return maps
        _check(layer, [*sizes, scores][last], scores, labels)
        x = LayerReader(net, layer).inputs(images)
        cover = torch.as_tensor(fill, dtype=x.dtype, device=x.device).expand_as(x)
        squares = {"size": size, "rows": rows, "columns": columns}
        fields = occlude(layers, last, x, labels, cover, **squares, batch=batch)
    return OcclusionMaps(*(f.cpu().numpy() for f in fields), top=rows, left=columns, size=size)


@torch.no_grad()
def plain_occlusion(
    net: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    size: int,
    stride: int,
    layer: str,
    fill: Tensor | float = 0.0,
) -> OcclusionMaps:
    """What `occlusion` gives, by its definition: cover, run the whole net, read (ZF 4.3).

    Example:
        >>> net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(144, 2))
        >>> x, square = torch.randn(1, 3, 8, 8), {"size": 4, "stride": 2}
        >>> plain_occlusion(net, x, torch.tensor([1]), layer="0", **square).drop().shape
        (1, 3, 3)
    """
    n = torch.arange(len(images))
    cover = torch.as_tensor(fill, dtype=images.dtype).expand_as(images)
    maps = activations(net, images, layer)[layer]
    unit = maps.flatten(2).amax(dim=2).argmax(dim=1)  # (N,) the map with the strongest response

    def read(x: Tensor) -> list[Tensor]:
        values = activations(net, x, [layer, OUTPUT])
        p = values[OUTPUT].float().softmax(dim=1)
        return [values[layer][n, unit].float().sum(dim=(1, 2)), p[n, labels], p.argmax(dim=1)]

    rows, columns = _starts(images, size, stride)
    hidden = []
    for y in rows:
        for x in columns:
            covered, square = images.clone(), np.s_[:, :, y : y + size, x : x + size]
            covered[square] = cover[square]
            hidden.append(read(covered))

    grid = len(images), len(rows), len(columns)
    fields = [torch.stack(values, dim=1).reshape(grid) for values in zip(*hidden, strict=True)]
    fields = [*fields, unit, *read(images)]
    return OcclusionMaps(*(f.cpu().numpy() for f in fields), top=rows, left=columns, size=size)


def _watched(net: nn.Module, layer: str) -> tuple[tuple[ChainLayer, ...], int]:
    """The chain of a net, and the number of a layer that it computes."""
    layers, below = chain(net), chain(net, layer)
    if type(layers[len(below) - 1].module) is not type(below[-1].module):
        raise ValueError(f"{layer} is one with the BatchNorm2d above it")
    return layers, len(below) - 1


def _check_answers(net: nn.Module, image: Tensor, labels: Tensor, layer: str) -> None:
    """Raise ValueError for a net without maps and scores, or that is never twice the same."""
    values, again = (activations(net, image, [layer, OUTPUT]) for _ in range(2))
    _check(layer, values[layer].shape[1:], values[OUTPUT].shape[1:], labels)
    check_finite(values[OUTPUT], "the answer")
    if not torch.equal(values[OUTPUT], again[OUTPUT]):
        raise ValueError(
            f"{type(net).__name__} answers one image differently twice; switch off what is random "
            "in its forward pass, such as dropout without `training=self.training`"
        )


def _check(layer: str, maps: Sequence[int], scores: Sequence[int], labels: Tensor) -> None:
    """Raise ValueError unless a layer has maps (C, H, W) and the net a score for every label."""
    if len(maps) != 3:
        raise ValueError(f"{layer} has no map to watch; name a layer that gives (N, C, H, W)")
    check_labels(scores, labels)


def _last_maps(net: nn.Module, image: Tensor) -> str:
    """Name of the layer that is the last to give maps of more than one position."""
    if isinstance(net, ConvNet):
        return "layer5"
    names = []
    with LayerReader(net, OUTPUT) as read, ExitStack() as hooks:

        def note(name: str, output: object) -> None:
            if isinstance(output, Tensor) and output.dim() == 4 and output[0, 0].numel() > 1:
                names.append(name)

        for name, module in net.named_modules():
            hook = module.register_forward_hook(lambda _, __, out, name=name: note(name, out))
            hooks.enter_context(hook)
        read(image)
    names = [name for name in names if name != OUTPUT]
    if not names:
        raise ValueError(f"{type(net).__name__} has no layer of maps to watch")
    return names[-1]


def _starts(images: Tensor, size: int, stride: int) -> list[np.ndarray]:
    """First rows and first columns of the square."""
    height, width = images.shape[2:]
    check_square(size, height, width)
    if stride < 1:
        raise ValueError(f"the square moves by at least 1 px, not {stride}")
    return [np.arange(0, side - size + 1, stride) for side in (height, width)]
