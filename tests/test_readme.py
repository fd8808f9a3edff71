"""The README's lines for a net of one's own, run as they stand there."""

import re
from pathlib import Path

import numpy as np
import torch

README = Path(__file__).parents[1] / "README.md"


def test_the_lines_for_your_own_net_run() -> None:
    section = README.read_text(encoding="utf-8").split("## Use it on your own net")[1]
    (lines,) = re.findall(r"```python\n(.*?)```", section.split("\n## ")[0], re.S)
    assert len(lines.splitlines()) <= 12
    names: dict = {}
    exec(lines, names)
    values, best, pixels = (names[name] for name in ("values", "best", "pixels"))
    shapes = [tuple(value.shape) for value in values.values()]
    assert shapes == [(12, 192, 11, 11), (12, 4096)]  # as its comments say
    strongest = values["features.3"][:, 17].flatten(1).amax(dim=1)
    np.testing.assert_array_equal(best.image[0], strongest.argsort(descending=True)[:9])
    assert tuple(pixels.shape) == (9, 3, 96, 96)
    assert torch.isfinite(pixels).all() and bool(pixels.abs().amax(dim=(1, 2, 3)).gt(0).all())
