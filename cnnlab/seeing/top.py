"""The images that excite a map most, of a whole set (ZF 4.2, Fig. 8)."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import product

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.seeing.checks import check_finite, check_units
from cnnlab.seeing.deconvnet import project
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.seeing.layers import Images, LayerReader, Preprocess, batches
from cnnlab.seeing.projection import Projection, Units


@dataclass(frozen=True)
class TopImages:
    """For each of U maps its K strongest images, best first; every field is (U, K)."""

    unit: np.ndarray
    image: np.ndarray  # number of the image in the set
    y: np.ndarray
    x: np.ndarray
    value: np.ndarray

    def __len__(self) -> int:
        return len(self.unit)

    def __getitem__(self, maps: np.ndarray | slice) -> "TopImages":
        return TopImages(*(getattr(self, f.name)[maps] for f in fields(self)))

    def alive(self) -> "TopImages":
        """The maps that all of their K images excite."""
        return self[self.value[:, -1] > 0]

    def sample(self, count: int, rng: np.random.Generator) -> "TopImages":
        """`count` of the maps by lot, or all of them where there are fewer."""
        return self[rng.permutation(len(self))[:count]]


def top_images(
    net: nn.Module,
    images: Images,
    layers: str | Iterable[str] | Mapping[str, Sequence[int] | None],
    *,
    count: int = 9,
    preprocess: Preprocess | None = None,
    batch: int = 256,
) -> dict[str, TopImages]:
    """The `count` different images that excite each unit of some layers most, by layer (ZF Fig. 8).

    `layers` are names, or a mapping from names to the units wanted; None stands for all of them.
    Net, images and `preprocess` are those of `activations`. Each image counts once, at its
    strongest position; copies of an image are passed over. One pass serves all layers, and memory
    holds one batch. Raises ValueError for what `activations` refuses, a unit that does not exist,
    fewer different images than `count`, and activations that are not finite.

    Example:
        >>> from torchvision.models import resnet18
        >>> images = torch.randn(4, 3, 32, 32)
        >>> best = top_images(resnet18(), images, {"layer2": [0, 17]}, count=3)["layer2"]
        >>> best.image.shape, bool((best.value[:, 0] >= best.value[:, 1]).all())
        ((2, 3), True)
    """
    if not isinstance(layers, Mapping):
        layers = dict.fromkeys([layers] if isinstance(layers, str) else layers)
    chosen: dict[str, Tensor] = {}
    hashes: set[bytes] = set()
    best: dict[str, list[np.ndarray]] = {}  # value, image, y, x; each (U, up to count)
    with LayerReader(net, layers, preprocess) as read:
        for start, block in batches(images, batch):
            new = [i for i, image in enumerate(block) if _is_new(image, hashes)]
            if not new:
                continue
            for layer, maps in read(block[new]).items():
                if layer not in chosen:
                    chosen[layer] = _units(layer, maps, layers[layer])
                value, y, x = _peaks(layer, maps, chosen[layer])
                rows = [value, np.broadcast_to(start + np.array(new), value.shape), y, x]
                old = best.get(layer, [values[:, :0] for values in rows])
                both = [np.concatenate(pair, axis=1) for pair in zip(old, rows, strict=True)]
                order = np.argsort(-both[0], axis=1, kind="stable")[:, :count]
                best[layer] = [np.take_along_axis(values, order, axis=1) for values in both]
    if len(hashes) < count:
        raise ValueError(f"{len(hashes)} different images are too few for the {count} strongest")
    return {
        layer: TopImages(
            np.broadcast_to(chosen[layer].cpu().numpy()[:, None], value.shape), image, y, x, value
        )
        for layer, (value, image, y, x) in best.items()
    }


def _units(layer: str, maps: Tensor, units: Sequence[int] | None) -> Tensor:
    if maps.dim() not in (2, 4):
        raise ValueError(
            f"{layer} gives {tuple(maps.shape)}; units are maps (N, C, H, W) or numbers (N, units)"
        )
    count = maps.shape[1]
    chosen = torch.arange(count) if units is None else torch.as_tensor(list(units))
    check_units(chosen, count, layer)
    return chosen.to(maps.device)


def _peaks(layer: str, maps: Tensor, units: Tensor) -> tuple[np.ndarray, ...]:
    """The largest response of each unit in each image, its row and its column: (U, B) each."""
    width = maps.shape[3] if maps.dim() == 4 else 1
    value, place = maps[:, units].reshape(len(maps), len(units), -1).max(dim=2)  # (B, U)
    check_finite(value, layer)
    return tuple(part.T.cpu().numpy() for part in (value.float(), place // width, place % width))


def _is_new(image: Images, hashes: set[bytes]) -> bool:
    """Whether no image with these very pixels came before; its hash is kept."""
    if isinstance(image, Tensor):
        image = image.cpu().contiguous().view(torch.uint8).numpy()
    key = hashlib.blake2b(np.ascontiguousarray(image).data, digest_size=16).digest()
    new = key not in hashes
    hashes.add(key)
    return new


def project_top(
    net: nn.Module,
    images: np.ndarray,
    layer: str,
    best: TopImages,
    *,
    preprocess: CentreCrops,
    switches: str = "sum",
) -> tuple[Projection, Tensor]:
    """Projections of all activations of `best`, map by map, and their patches (U * K, 3, h, w).

    Patches show what each unit sees, as pixels from 0 to 255. The net is a chain.

    Example:
        >>> net, crops = nn.Sequential(nn.Conv2d(3, 4, 3)), CentreCrops(torch.zeros(9, 9, 3), 8)
        >>> images = np.random.default_rng(0).integers(0, 256, (3, 9, 9, 3), np.uint8)
        >>> best = top_images(net, images, "0", count=2, preprocess=crops)
        >>> project_top(net, images, "0", best["0"], preprocess=crops)[1].shape
        torch.Size([8, 3, 3, 3])
    """
    device = next(net.parameters()).device
    numbers, row = np.unique(best.image.ravel(), return_inverse=True)
    x = preprocess(images[numbers]).to(device)
    places = (row, best.unit.ravel(), best.y.ravel(), best.x.ravel())
    chosen = Units(*(torch.as_tensor(np.array(p), device=device) for p in places))
    projection = project(net, x, layer, chosen, switches=switches)
    return projection, projection.patches(x + preprocess.middle.to(device), chosen)


def likeness(pictures: Tensor, *, moves: int = 0) -> Tensor:
    """How alike the K pictures of each of U maps are: mean correlation of pairs, (U,).

    `pictures` is (U, K, 3, h, w). With `moves` a pair counts by its best correlation: that of the
    middle of the one with the other, moved up to so many pixels along each axis.

    Example:
        >>> a = torch.randn(3, 4, 4)
        >>> bool(likeness(torch.stack([a, 2 * a + 5])[None]) > 0.999)
        True
    """
    h, w = (side - 2 * moves for side in pictures.shape[3:])

    def window(y: int, x: int) -> Tensor:
        flat = pictures[..., y : y + h, x : x + w].float().flatten(2)
        flat = flat - flat.mean(dim=2, keepdim=True)
        return flat / flat.norm(dim=2, keepdim=True).clamp_min(1e-12)  # (U, K, 3 * h * w)

    middle = window(moves, moves)
    best = middle @ middle.transpose(1, 2)  # (U, K, K)
    for y, x in product(range(2 * moves + 1), repeat=2):
        best = torch.maximum(best, middle @ window(y, x).transpose(1, 2))
    others = ~torch.eye(best.shape[1], dtype=torch.bool, device=best.device)
    return best[:, others].mean(dim=1)
