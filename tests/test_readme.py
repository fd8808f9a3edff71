"""The README's lines for a net of one's own and for one node of GPUs, run as they stand there."""

import os
import re
import subprocess
import sys
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


def test_the_line_for_one_node_trains_a_net() -> None:
    section = README.read_text(encoding="utf-8").split("## At the papers' scale")[1]
    (line,) = re.findall(r"^\.venv/bin/python (.* --standalone .* --net .*)$", section, re.M)
    for here, there in (("--nproc-per-node 2", "--nproc-per-node 8"), ("smoke", "paper")):
        assert line.count(there) == 1
        line = line.replace(there, here)
    line = line.replace(" --net caffenet", " --device cpu")
    env = {**os.environ, "OMP_NUM_THREADS": "1", "CNNLAB_TRAIN": "1"}
    run = subprocess.run(
        [sys.executable, *line.split()], capture_output=True, text=True, env=env, timeout=300
    )
    assert run.returncode == 0, run.stderr
    assert re.fullmatch(
        r"zfnet, trained here: \d+\.\d% of its validation images right\n", run.stdout
    )
