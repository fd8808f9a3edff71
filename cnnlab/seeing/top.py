"""The strongest activations of a map over a whole set of images (ZF 4.2, Fig. 8)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.seeing.chain import chain, shapes
from cnnlab.seeing.deconvnet import Projection, Units, project
from cnnlab.seeing.inputs import central, inputs
from cnnlab.seeing.layers import check_finite, check_units


@dataclass(frozen=True)
class Top:
    """For each of U maps its K strongest images, best first; every field is (U, K)."""

    unit: np.ndarray
    image: np.ndarray  # number of the image in the set
    y: np.ndarray
    x: np.ndarray
    value: np.ndarray

    def __len__(self) -> int:
        return len(self.unit)

    def __getitem__(self, maps: np.ndarray | slice) -> "Top":
        return Top(*(getattr(self, f.name)[maps] for f in fields(self)))

    def alive(self) -> "Top":
        """The maps that all of their K images excite."""
        return self[self.value[:, -1] > 0]

    def lot(self, count: int, rng: np.random.Generator) -> "Top":
        """`count` of the maps by lot, or all of them where there are fewer."""
        return self[rng.permutation(len(self))[:count]]


def top(
    net: nn.Module,
    images: np.ndarray,
    mean: Tensor,
    tap: str,
    units: Sequence[int] | None = None,
    *,
    count: int = 9,
    pixels: int,
    batch: int = 256,
) -> Top:
    """The `count` different images (N, S, S, 3) that excite each unit of `tap` most, and where.

    Each image counts once, at its strongest position; copies of an image are passed over. Without
    `units` it finds them for every one. Memory holds one batch. Raises ValueError for a tap or unit
    that does not exist, for images smaller than the net's or than a receptive field, for fewer
    different images than `count` and for activations that are not finite.
    """
    wanted = {tap: units}
    return tops(net, images, mean, wanted, count=count, pixels=pixels, batch=batch)[tap]


def tops(
    net: nn.Module,
    images: np.ndarray,
    mean: Tensor,
    wanted: Mapping[str, Sequence[int] | None],
    *,
    count: int = 9,
    pixels: int,
    batch: int = 256,
) -> dict[str, Top]:
    """What `top` finds for the `wanted` units of several taps (None: all), in one pass."""
    units = {tap: _units(net, tap, some, pixels) for tap, some in wanted.items()}
    seen: set[bytes] = set()
    best: dict[str, list[np.ndarray]] = {}  # value, image, y, x; each (U, up to count)
    for start in range(0, len(images), batch):
        block = np.asarray(images[start : start + batch])
        fresh = [i for i, image in enumerate(block) if _is_new(image, seen)]
        if not fresh:
            continue
        for tap, (value, y, x) in _peaks(net, inputs(block[fresh], mean, pixels), units).items():
            news = [value, np.broadcast_to(start + np.array(fresh), value.shape), y, x]
            old = best.get(tap, [values[:, :0] for values in news])
            both = [np.concatenate(pair, axis=1) for pair in zip(old, news, strict=True)]
            order = np.argsort(-both[0], axis=1, kind="stable")[:, :count]
            best[tap] = [np.take_along_axis(values, order, axis=1) for values in both]
    if len(seen) < count:
        raise ValueError(
            f"{len(seen)} different images are too few for the {count} strongest of a map"
        )
    return {
        tap: Top(np.broadcast_to(units[tap].numpy()[:, None], value.shape), image, y, x, value)
        for tap, (value, image, y, x) in best.items()
    }


def _units(net: nn.Module, tap: str, some: Sequence[int] | None, pixels: int) -> Tensor:
    size = shapes(chain(net, tap), (3, pixels, pixels))[-1][0]
    units = torch.arange(size) if some is None else torch.as_tensor(list(some))
    check_units(units, size, tap)
    return units


@torch.no_grad()
def _peaks(
    net: nn.Module, x: Tensor, units: Mapping[str, Tensor]
) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """By tap the largest response of each unit in each image, its row and its column, (U, B)."""
    ways = {tap: chain(net, tap) for tap in units}
    found = {}
    x = x.to(next(net.parameters()).device)
    for stage in max(ways.values(), key=len):
        x = stage.module(x)
        for tap in (tap for tap, way in ways.items() if way[-1].name == stage.name):
            maps = x[:, units[tap].to(x.device)]
            width = x.shape[3] if x.dim() == 4 else 1
            value, place = maps.reshape(*maps.shape[:2], -1).max(dim=2)  # (B, U)
            check_finite(value, tap)
            parts = (value, place // width, place % width)
            found[tap] = tuple(part.T.cpu().numpy() for part in parts)
    return found


def project_top(
    net: nn.Module,
    images: np.ndarray,
    mean: Tensor,
    tap: str,
    found: Top,
    *,
    pixels: int,
    switches: str = "sum",
) -> tuple[Projection, Tensor]:
    """Projections of all found activations, map by map, and the patches (U * K, 3, h, w) of them.

    Patches are of the same windows, as pixels from 0 to 255.
    """
    device = next(net.parameters()).device
    used, row = np.unique(found.image.ravel(), return_inverse=True)
    x = inputs(images[used], mean, pixels).to(device)
    fields = (row, found.unit.ravel(), found.y.ravel(), found.x.ravel())
    chosen = Units(*(torch.as_tensor(np.array(f), device=device) for f in fields))
    projection = project(net, x, tap, chosen, switches=switches)
    pictures = x + central(mean, pixels).to(device)
    return projection, projection.patches(pictures, chosen)


def _is_new(image: np.ndarray, seen: set[bytes]) -> bool:
    """Whether no image with these very pixels was seen, and note it."""
    key = hashlib.blake2b(np.ascontiguousarray(image).data, digest_size=16).digest()
    new = key not in seen
    seen.add(key)
    return new


def likeness(pictures: Tensor) -> Tensor:
    """How alike the K pictures of each of U maps are: mean correlation of pairs, (U,).

    `pictures` is (U, K, 3, h, w); each is centred and normalised first.
    """
    u, k = pictures.shape[:2]
    flat = pictures.float().reshape(u, k, -1)
    flat = flat - flat.mean(dim=2, keepdim=True)
    flat = flat / flat.norm(dim=2, keepdim=True).clamp_min(1e-12)
    among = flat @ flat.transpose(1, 2)  # (U, K, K)
    return (among.sum(dim=(1, 2)) - k) / (k * (k - 1))
