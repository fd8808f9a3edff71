"""Detection: windows for a net beside a loop of crops, and how long proposals take."""

import time

import numpy as np
import torch
from PIL import Image
from torchvision.transforms import functional

from cnnlab.artifacts.progress import processors
from cnnlab.bench.paired import paired, rates
from cnnlab.bench.row import Row
from cnnlab.datasets.world import scene
from cnnlab.detection import plain_warp, selective_search, warp

SCENES, PIXELS, SIDE = 6, 160, 56  # of `mini`
FILL = np.array([104.0, 117.0, 123.0])
REPEATS = 3


def run() -> list[Row]:
    """Windows equal the plain form's, or RuntimeError says that they do not."""
    images = [scene("pascal", "test", i, size=PIXELS).image for i in range(SCENES)]
    seconds, boxes = [], []
    for image in images:
        began = time.perf_counter()
        boxes.append(selective_search(image))
        seconds.append(time.perf_counter() - began)
    owners = [image for image, some in zip(images, boxes, strict=True) for _ in some]
    every = np.concatenate(boxes)
    plain = plain_warp(owners, every, SIDE, FILL).int()
    apart = float((warp(owners, every, SIDE, FILL).cpu().int() - plain).abs().float().mean())
    if apart > 0.5:
        raise RuntimeError(f"windows differ by {apart:.1f} levels from the plain ones")

    def ours() -> torch.Tensor:
        windows = warp(owners, every, SIDE, FILL).float()
        return (windows - torch.tensor(FILL).float().to(windows.device)[:, None, None]).cpu()

    def theirs() -> torch.Tensor:
        return torch.stack([_window(*pair) for pair in zip(owners, every, strict=True)])

    fast, loop = (rates(s, len(every)) for s in paired([ours, theirs], REPEATS))
    return [
        Row(
            "windows warped",
            fast,
            loop,
            unit="windows/s",
            must=">= 3x" if processors() == 2 else "",
            note=f"Pillow and torchvision, window by window; {SIDE} px of pictures of {PIXELS} px",
        ),
        Row(
            "proposals, fast mode, one core",
            tuple(seconds),
            unit="s",
            note=f"a picture of {PIXELS} px, {len(every) / SCENES:.0f} boxes",
        ),
    ]


def _window(image: np.ndarray, box: np.ndarray) -> torch.Tensor:
    """A crop as one writes it first, without context."""
    x1, y1, x2, y2 = (int(value) for value in box)
    crop = Image.fromarray(image).crop((x1 - 1, y1 - 1, x2, y2))
    small = crop.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return functional.normalize(functional.to_tensor(small), (FILL / 255).tolist(), [1 / 255] * 3)
