"""What a net loses when a square hides part of the picture (ZF 4.3, Fig. 5).

`plain_occlusion` is the method as the paper describes it, for any net. `occlusion` gives the same;
where the layers form a chain it computes only what a square changes (`fast.occlusion`).
N images, R x C positions of the square, K classes.
"""

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.nets.convnet import ConvNet
from cnnlab.seeing.chain import ChainLayer, chain, shapes
from cnnlab.seeing.fast.occlusion import occlude
from cnnlab.seeing.layers import OUTPUT, LayerReader, activations
from cnnlab.seeing.occlusion_maps import OcclusionMaps


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
    a number, or anything that broadcasts to (N, 3, H, W). `labels` (N,) are the classes to watch.
    The map is of `layer`, by default the last one that has more than one position. Any net that
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
    rows, columns = (_starts(side, size, stride) for side in images.shape[2:])
    _check(net, images, labels, layer)
    with torch.autocast(images.device.type, torch.bfloat16, enabled=bf16):
        layers = _as_chain(net, layer, images)
        if layers is None:
            return plain_occlusion(
                net, images, labels, size=size, stride=stride, layer=layer, fill=fill
            )
        reader = LayerReader(net, layer)
        x = images.to(reader.device, reader.dtype)
        cover = torch.as_tensor(fill, dtype=x.dtype, device=x.device).expand_as(x)
        last = len(chain(net, layer)) - 1
        fields = occlude(
            layers, last, x, labels, cover, size=size, rows=rows, columns=columns, batch=batch
        )
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
    """What `occlusion` gives, by its definition: cover, run the whole net, read (ZF 4.3)."""
    n = torch.arange(len(images))
    cover = torch.as_tensor(fill, dtype=images.dtype).expand_as(images)
    maps = activations(net, images, layer)[layer]
    unit = maps.flatten(2).amax(dim=2).argmax(dim=1)  # (N,) the map with the strongest response

    def read(x: Tensor) -> list[Tensor]:
        values = activations(net, x, [layer, OUTPUT])
        p = values[OUTPUT].float().softmax(dim=1)
        return [values[layer][n, unit].float().sum(dim=(1, 2)), p[n, labels], p.argmax(dim=1)]

    rows, columns = (_starts(side, size, stride) for side in images.shape[2:])
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


def _as_chain(net: nn.Module, layer: str, images: Tensor) -> tuple[ChainLayer, ...] | None:
    """The layers of a net that is a chain for images of this size, else None."""
    try:
        chain(net, layer)
        layers = chain(net)
        shapes(layers, tuple(images.shape[1:]))
    except ValueError:
        return None
    return layers


def _last_maps(net: nn.Module, image: Tensor) -> str:
    """Name of the layer that is the last to give maps of more than one position."""
    if isinstance(net, ConvNet):
        return "layer5"
    names = []

    def note(name: str, output: object) -> None:
        if isinstance(output, Tensor) and output.dim() == 4 and output[0, 0].numel() > 1:
            names.append(name)

    with LayerReader(net, OUTPUT) as read:
        hooks = [
            module.register_forward_hook(lambda _, __, output, name=name: note(name, output))
            for name, module in net.named_modules()
            if name
        ]
        try:
            read(image)
        finally:
            for hook in hooks:
                hook.remove()
    if not names:
        raise ValueError(f"{type(net).__name__} has no layer of maps to watch")
    return names[-1]


def _check(net: nn.Module, images: Tensor, labels: Tensor, layer: str) -> None:
    """Raise ValueError for what `occlusion` refuses, with the first image read as a trial."""
    values = activations(net, images[:1], [layer, OUTPUT])
    if values[layer].dim() != 4:
        raise ValueError(f"{layer} has no map to watch; name a layer that gives (N, C, H, W)")
    if values[OUTPUT].dim() != 2:
        raise ValueError(
            f"{type(net).__name__} gives {tuple(values[OUTPUT].shape)} for an image; occlusion "
            "watches scores (N, classes)"
        )
    classes = values[OUTPUT].shape[1]
    wrong = labels[(labels < 0) | (labels >= classes)]
    if len(wrong) or len(labels) != len(images):
        fault = f"no class {int(wrong[0])}" if len(wrong) else f"{len(labels)} labels"
        raise ValueError(f"{fault} for {len(images)} images of a net of {classes} classes")
    if not bool(torch.isfinite(values[OUTPUT]).all()):
        raise ValueError("the net's answers are not finite; the net or the images hold NaN")


def _starts(side: int, size: int, stride: int) -> np.ndarray:
    if not 0 < size <= side:
        raise ValueError(f"a square of {size} px does not fit an image of {side} px")
    if stride < 1:
        raise ValueError(f"the square moves by at least 1 px, not {stride}")
    return np.arange(0, side - size + 1, stride)
