"""Features of windows: read back as the net gave them; a killed run goes on where it was."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnlab.datasets import load_scenes
from cnnlab.detection.features import BATCH, _opened, window_features, write
from cnnlab.detection.reading import WindowReader
from cnnlab.detection.windows import Windows
from cnnlab.nets.convnet import ConvNet
from cnnlab.profiles.tiny import TINY
from cnnlab.training import base_net
from cnnlab.units.ablation import binarise

SHAPES = {"a": (3, 2, 2), "b": (5,)}
WINDOWS = Windows.of([[[1, 1, 9, 9]] * 200, [], [[1, 1, 9, 9]] * 300])
COUNT, BATCHES = 500, [0, 128, 256, 384]


def responses(start: int) -> dict[str, np.ndarray]:
    """Of the batch of windows that begins there, random and half of them zero."""
    rng, count = np.random.default_rng(start), min(BATCH, COUNT - start)
    rows = {layer: rng.normal(size=(count, np.prod(shape))) for layer, shape in SHAPES.items()}
    return {layer: np.maximum(values, 0).astype(np.float16) for layer, values in rows.items()}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_is_read_was_written(tmp_path: Path) -> None:
    write(responses, COUNT, SHAPES, tmp_path, most=1)
    for layer, shape in SHAPES.items():
        features = _opened(tmp_path, layer, WINDOWS, shape)
        assert len(features) == 3
        expected = np.concatenate([responses(start)[layer] for start in BATCHES])
        for i, rows in enumerate([slice(0, 200), slice(0, 0), slice(200, 500)]):
            np.testing.assert_array_equal(features[i], expected[rows].astype(np.float32))


def test_only_what_is_not_zero_takes_space(tmp_path: Path) -> None:
    write(responses, COUNT, SHAPES, tmp_path, most=1)
    count = sum(int((responses(start)["a"] > 0).sum()) for start in BATCHES)
    assert (tmp_path / "a-values.bin").stat().st_size == 2 * count < 2 * COUNT * 12


def test_a_killed_run_goes_on_with_its_batch(tmp_path: Path) -> None:
    asked: list[int] = []

    def fragile(start: int) -> dict[str, np.ndarray]:
        if start == 256 and start not in asked:
            asked.append(start)
            raise KeyboardInterrupt
        asked.append(start)
        return responses(start)

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    write(responses, COUNT, SHAPES, whole, most=1)
    with pytest.raises(KeyboardInterrupt):
        write(fragile, COUNT, SHAPES, broken, most=1)
    with (broken / "a-values.bin").open("ab") as file:
        file.write(b"half of a batch")
    asked = [256]
    write(fragile, COUNT, SHAPES, broken, most=1)
    assert sorted(asked) == [256, 256, 384]
    assert contents(broken) == contents(whole)


def test_too_much_is_refused_early(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="propose fewer windows"):
        write(responses, COUNT, SHAPES, tmp_path, most=1e-9)
    assert "done" not in json.dumps([p.name for p in tmp_path.iterdir()])


def test_an_ablation_is_made_when_features_are_read(tmp_path: Path) -> None:
    write(responses, COUNT, SHAPES, tmp_path, most=1)
    plain = _opened(tmp_path, "a", WINDOWS, SHAPES["a"])
    assert plain.changed(lambda maps: maps.max(axis=(2, 3)))[2].shape == (300, 3)
    np.testing.assert_array_equal(plain.changed(binarise)[0], plain[0] > 0)


def test_features_are_those_of_the_net() -> None:
    scenes, base = load_scenes("pascal", TINY), base_net("caffenet", TINY)
    windows = Windows.of(scenes.boxes[scenes.objects(i)] for i in range(len(scenes)))
    values = window_features(base, scenes, windows, ["conv-5", "fc-7"])
    net: ConvNet = base.net()
    x = WindowReader([scenes], base.mean, net.spec.pixels).picture(1, windows[1])
    bf16 = torch.autocast(x.device.type, enabled=base.job.recipe.precision == "bf16")
    with torch.no_grad(), bf16:
        for layer, name in (("conv-5", "pool5"), ("fc-7", "relu7")):
            stop = list(dict(net.layers.named_children())).index(name) + 1
            expected = net.layers[:stop](x).flatten(1).float().numpy()
            np.testing.assert_allclose(values[layer][1], expected, rtol=2e-3, atol=1e-6)


def test_windows_are_warped_in_full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    scenes, base = load_scenes("pascal", TINY), base_net("caffenet", TINY)
    mixed = replace(base.job.recipe, precision="bf16")
    base = replace(base, job=replace(base.job, recipe=mixed))
    inside, read = [], WindowReader.__call__

    def watched(self: WindowReader, *windows: np.ndarray) -> torch.Tensor:
        inside.append(torch.is_autocast_enabled(self.mean.device.type))
        return read(self, *windows)

    monkeypatch.setattr(WindowReader, "__call__", watched)
    windows = Windows.of(scenes.boxes[scenes.objects(i)][:1] for i in range(len(scenes)))
    window_features(base, scenes, windows, ["conv-4"])
    assert inside and not any(inside)
