"""Chosen activations of a layer, and what a deconvnet makes of them (ZF 2.1).

B activations, C channels, h x w positions.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from cnnlab.seeing.fast.windows import cut, paste


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


@dataclass(frozen=True)
class Projection:
    """Reconstructions (B, 3, h, w) of the window of the image that each unit sees.

    The window's first pixel is at row `top`, column `left`; at the border it is moved into the
    image. `value` is the activation each one started from.
    """

    pixels: Tensor
    top: Tensor  # (B,)
    left: Tensor
    value: Tensor

    def full(self, height: int, width: int) -> Tensor:
        """The reconstructions at their places in whole images, zero elsewhere: (B, 3, H, W)."""
        out = self.pixels.new_zeros(len(self.pixels), height, width, self.pixels.shape[1])
        out = out.permute(0, 3, 1, 2)
        return paste(self.pixels, torch.stack([self.top, self.left], dim=1), out)

    def patches(self, images: Tensor, units: Units) -> Tensor:
        """The same windows cut out of the images the units saw: (B, 3, h, w)."""
        origin = torch.stack([self.top, self.left], dim=1)
        h, w = self.pixels.shape[2:]
        return cut(images, units.image.to(images.device), origin, (h, w), 0.0)
