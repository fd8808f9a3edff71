"""What a deconvnet starts from and gives, and pooling undone by its switches (ZF 2.1).

B activations, C channels, h x w positions.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from cnnlab.seeing.fast.windows import cut, paste

MODES = ("sum", "overwrite")


@dataclass(frozen=True)
class Units:
    """Chosen activations: unit `unit[i]` at row `y[i]`, column `x[i]`, seeing image `image[i]`.

    Integer tensors (B,); `value` holds known activations. A fully connected unit is at (0, 0).
    """

    image: Tensor
    unit: Tensor
    y: Tensor
    x: Tensor
    value: Tensor | None = None

    def __len__(self) -> int:
        return len(self.image)

    def __getitem__(self, part: slice | Tensor) -> "Units":
        value = None if self.value is None else self.value[part]
        return Units(self.image[part], self.unit[part], self.y[part], self.x[part], value)

    def to(self, device: torch.device) -> "Units":
        """The same units on a device."""
        value = None if self.value is None else self.value.to(device)
        image, unit = self.image.to(device), self.unit.to(device)
        return Units(image, unit, self.y.to(device), self.x.to(device), value)


@dataclass(frozen=True)
class Projection:
    """Reconstructions (B, 3, h, w) of the window of the image that each unit sees.

    At the border the window is moved into the image. `value` is the activation carried back.
    """

    pixels: Tensor
    origin: Tensor  # (B, 2) row and column of the window's first pixel
    value: Tensor

    def full(self, height: int, width: int) -> Tensor:
        """The reconstructions at their places in whole images, zero elsewhere: (B, 3, H, W)."""
        out = self.pixels.new_zeros(len(self.pixels), height, width, self.pixels.shape[1])
        return paste(self.pixels, self.origin, out.permute(0, 3, 1, 2))

    def patches(self, images: Tensor, units: Units) -> Tensor:
        """The same windows cut out of the images the units saw: (B, 3, h, w)."""
        size = self.pixels.shape[2], self.pixels.shape[3]
        device = images.device
        return cut(images, units.image.to(device), self.origin.to(device), size, 0.0)


def unpool(values: Tensor, switches: Tensor, size: tuple[int, int], mode: str = "sum") -> Tensor:
    """Values (N, C, h, w) put at their `switches`, flat positions in maps of `size`: (N, C, *size).

    Windows of 3x3 at stride 2 overlap, and about a third of them share their maximum with a
    neighbour. `sum` adds what arrives at one place, as the gradient of pooling does. `overwrite`
    keeps the last in reading order; a unit that carries nothing writes nothing, or it could wipe
    out the activation that was chosen. Raises ValueError for another mode.

    Example:
        >>> values, switches = torch.tensor([[[[1.0, 2.0]]]]), torch.tensor([[[[4, 4]]]])
        >>> [float(unpool(values, switches, (3, 3), mode).max()) for mode in MODES]
        [3.0, 2.0]
    """
    if mode not in MODES:
        raise ValueError(f"switches are shared by 'sum' or 'overwrite', not {mode!r}")
    flat, places = values.flatten(2), switches.flatten(2)  # (N, C, h * w)
    if mode == "overwrite":
        flat = flat * _last_at(places, flat, size)
    out = values.new_zeros(*values.shape[:2], size[0] * size[1])
    return out.scatter_add_(2, places, flat).unflatten(2, size)


def _last_at(places: Tensor, flat: Tensor, size: tuple[int, int]) -> Tensor:
    """Which of the units (N, C, h * w) that carry something is the last at its place."""
    order = torch.arange(1, places.shape[2] + 1, device=places.device) * (flat != 0)
    latest = order.new_zeros(*places.shape[:2], size[0] * size[1])
    return latest.scatter_reduce_(2, places, order, "amax").gather(2, places) == order


def shared_switches(switches: Tensor) -> Tensor:
    """Which pooled units share their maximum with another: (N, C, h * w) bool, sorted by place.

    Example:
        >>> shared_switches(torch.tensor([[[[4, 4], [7, 9]]]])).tolist()
        [[[True, True, False, False]]]
    """
    places = switches.flatten(2).sort(dim=2).values
    same = places[..., 1:] == places[..., :-1]
    nothing = torch.zeros_like(same[..., :1])
    return torch.cat([same, nothing], dim=2) | torch.cat([nothing, same], dim=2)
