"""Windows as a net reads them: its mean is gone, and nothing is left beyond the border."""

import numpy as np
import torch
from boxed import boxed

from cnnlab.detection.reading import WindowReader


def test_nothing_is_left_beyond_the_border() -> None:
    pixels = np.full((2, 40, 40, 3), 90, np.uint8)
    pixels[1] = 200
    mean = torch.arange(3.0).mul(10).expand(30, 30, 3)  # of 30 px, of which the net sees 28
    read = WindowReader([boxed([[]], pixels[:1]), boxed([[]], pixels[1:])], mean, 28)
    whole = np.array([[1, 1, 40, 40]] * 2)
    x = read(np.array([0, 1]), np.array([0, 0]), whole)  # (2, 3, 28, 28)
    assert x[:, :, 14, 14].tolist() == [[90, 80, 70], [200, 190, 180]]
    assert x[:, :, 0].abs().max() == x[:, :, :, 0].abs().max() == 0  # context, which is outside
    assert torch.equal(read.picture(0, whole[:1])[0], x[0])
