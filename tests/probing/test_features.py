"""Extraction against torchvision's extractor, resume after a kill, what is pooled and refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.models.feature_extraction import create_feature_extractor

from cnnlab.nets import zoo
from cnnlab.nets.convnet import ConvNet, build
from cnnlab.nets.lrn import LRN
from cnnlab.probing import extract as extraction
from cnnlab.probing.extract import extract
from cnnlab.probing.features import features
from cnnlab.profiles import SMOKE, PooledLayer
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.training.jobs import imagenet_job
from cnnlab.training.trained import Trained, train

SPEC = zoo.spec("zfnet").scaled(28, 0.05, classes=5)
STAGES = {"layer1": "norm1", "conv-3": "relu3", "pool5": "pool5", "fc-7": "relu7"}


@pytest.fixture(scope="module")
def net() -> ConvNet:
    return build(SPEC, seed=1, init="he").eval()


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (50, 32, 32, 3), dtype=np.uint8)


MEAN = torch.full((32, 32, 3), 120.0)
CROPS = CentreCrops(MEAN, 28)


def test_rows_are_torchvisions(net: ConvNet, images: np.ndarray, tmp_path: Path) -> None:
    layers = [PooledLayer(name) for name in STAGES]
    extract(net, images, layers, tmp_path, preprocess=CROPS, dtype="float32", batch=16)
    nodes = {f"layers.{stage}": name for name, stage in STAGES.items()}
    tracer = {"leaf_modules": [LRN]}
    model = create_feature_extractor(_stock(net), nodes, tracer_kwargs=tracer)
    pixels = torch.from_numpy(images[:, 2:30, 2:30]).float().permute(0, 3, 1, 2) - 120
    with torch.no_grad():
        theirs = model(pixels)
    for layer in layers:
        rows = np.load(tmp_path / layer.file)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(rows, theirs[layer.name].flatten(1), rtol=1e-4, atol=1e-5)


def _stock(net: ConvNet) -> ConvNet:
    """The net in the papers' order of layers, so that relu3 is what is printed as relu3."""
    plain = ConvNet(net.spec)
    plain.load_state_dict(net.state_dict())
    plain._order = tuple(plain.layers)
    return plain.eval()


def test_pooling_is_the_mean_or_the_maximum(
    net: ConvNet, images: np.ndarray, tmp_path: Path
) -> None:
    layers = [
        PooledLayer("relu3"),
        PooledLayer("relu3", 1, "max"),
        PooledLayer("relu3", 1),
        PooledLayer("relu3", 2),
    ]
    extract(net, images, layers, tmp_path, preprocess=CROPS, dtype="float32")
    c, h, w = SPEC.shapes()["relu3"]
    maps = np.load(tmp_path / "relu3.npy").reshape(50, c, h, w)
    np.testing.assert_allclose(
        np.load(tmp_path / "relu3-max1.npy"), maps.max((2, 3)), rtol=1e-5, atol=1e-6
    )
    np.testing.assert_allclose(
        np.load(tmp_path / "relu3-mean1.npy"), maps.mean((2, 3)), rtol=1e-5, atol=1e-6
    )
    quarters = np.load(tmp_path / "relu3-mean2.npy").reshape(50, c, 2, 2)
    half = -(-h // 2)  # neighbouring cells of an odd map share their middle row
    np.testing.assert_allclose(
        quarters[:, :, 0, 0], maps[:, :, :half, :half].mean((2, 3)), rtol=1e-5, atol=1e-6
    )


def test_a_map_smaller_than_the_grid_is_kept(
    net: ConvNet, images: np.ndarray, tmp_path: Path
) -> None:
    layers = [
        PooledLayer("pool5"),
        PooledLayer("pool5", 9),
        PooledLayer("relu7"),
        PooledLayer("relu7", 9),
    ]
    extract(net, images, layers, tmp_path, preprocess=CROPS)
    for name in ("pool5", "relu7"):
        kept, asked = (np.load(tmp_path / f"{name}{end}.npy") for end in ("", "-mean9"))
        assert kept.dtype == np.float16
        assert np.array_equal(kept, asked)


@pytest.mark.parametrize("killed_after", [0, 1, 3])
def test_a_killed_run_goes_on(
    net: ConvNet,
    images: np.ndarray,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    killed_after: int,
) -> None:
    layers = [PooledLayer("pool5"), PooledLayer("relu7")]
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    extract(net, images, layers, whole, preprocess=CROPS, batch=8)
    monkeypatch.setattr(extraction, "processors", lambda: 1)
    calls, finite = 0, extraction._finite

    def dying(*args: object) -> np.ndarray:
        nonlocal calls
        calls += 1
        if calls > 2 * 2 * killed_after:
            raise KeyboardInterrupt
        return finite(*args)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(extraction, "_finite", dying)
    with pytest.raises(KeyboardInterrupt):
        extract(net, images, layers, broken, preprocess=CROPS, batch=8)
    np.load(broken / "relu7.npy", mmap_mode="r+")[16 * killed_after :] = 7  # not counted as done
    seen: list[int] = []

    def counting(*args: object) -> np.ndarray:
        seen.append(args[3])  # pyright: ignore[reportArgumentType]
        return finite(*args)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(extraction, "_finite", counting)
    extract(net, images, layers, broken, preprocess=CROPS, batch=8)
    assert min(seen) == 16 * killed_after  # nothing is computed twice
    for layer in layers:
        assert (broken / layer.file).read_bytes() == (whole / layer.file).read_bytes()


def test_rows_do_not_depend_on_the_number_of_processors(
    net: ConvNet, images: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for workers in (1, 3):
        folder = tmp_path / str(workers)
        folder.mkdir()
        monkeypatch.setattr(extraction, "processors", lambda workers=workers: workers)
        extract(net, images, [PooledLayer("relu7")], folder, preprocess=CROPS, batch=8)
        made.append((folder / "relu7.npy").read_bytes())
    assert made[0] == made[1]


# ---- refusals --------------------------------------------------------------------------------


def test_values_that_are_not_finite_are_refused(images: np.ndarray, tmp_path: Path) -> None:
    net = build(SPEC, seed=1, init="he")
    with torch.no_grad():
        net.layers.get_submodule("fc7").get_parameter("bias")[0] = float("nan")
    net.layers.get_submodule("fc7").get_parameter("bias")
    with pytest.raises(ValueError, match=r"layer fc7 of image 0 is not finite"):
        extract(net, images, [PooledLayer("fc7")], tmp_path, preprocess=CROPS)


def test_values_beyond_half_precision_are_refused(images: np.ndarray, tmp_path: Path) -> None:
    net = build(SPEC, seed=1, init="he")
    with torch.no_grad():
        net.layers.get_submodule("fc7").get_parameter("bias")[0] = 1e6
    with pytest.raises(ValueError, match="float32"):
        extract(net, images, [PooledLayer("relu7")], tmp_path, preprocess=CROPS)
    extract(net, images, [PooledLayer("relu7")], tmp_path, preprocess=CROPS, dtype="float32")


def test_unknown_layers_and_small_images_are_refused(
    net: ConvNet, images: np.ndarray, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="no layer 'conv9'"):
        extract(net, images, [PooledLayer("conv9")], tmp_path, preprocess=CROPS)
    with pytest.raises(ValueError, match=r"images are \(20, 20\)"):
        extract(net, images[:, :20, :20], [PooledLayer("relu7")], tmp_path, preprocess=CROPS)
    with pytest.raises(ValueError, match="mean or max"):
        PooledLayer("relu3", 2, "median")


# ---- the artifact ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    size = replace(SMOKE.roles["imagenet"], classes=4, splits={"train": 4, "val": 1}, pixels=32)
    recipe = replace(SMOKE.base, images=32, batch=16, checkpoints=(0.5,), precision="fp32")
    profile = replace(SMOKE, roles={"imagenet": size}, crop=28, width=0.05, base=recipe)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNLAB_CACHE", str(tmp_path_factory.mktemp("cache")))
        return train(imagenet_job(zoo.spec("zfnet"), profile), profile)


def test_features_are_kept_for_each_net_and_checkpoint(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cnnlab import datasets

    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path))
    packed = datasets.load("imagenet", trained.profile, "val")
    layers = [PooledLayer("layer5"), PooledLayer("layer7")]
    rows = {c: features(trained, packed, layers, checkpoint=c)["layer7"] for c in (None, 0, 1)}
    assert len({value.tobytes() for value in rows.values()}) == 3
    fresh = build(trained.job.spec, seed=0, init="he", conv1_scale=0.15).eval()
    extract(fresh, packed.images, layers, tmp_path, preprocess=CentreCrops(trained.mean, 28))
    assert np.array_equal(rows[0], np.load(tmp_path / "layer7.npy"))
    monkeypatch.setattr("cnnlab.probing.extract.LayerReader", None)  # opened, not made again
    again = features(trained, packed, layers)
    assert isinstance(again["layer7"], np.memmap)
    assert again["layer5"].shape == (4, int(np.prod(trained.job.spec.shapes()["pool5"])))
    with pytest.raises(ValueError, match="no checkpoint at iteration 7"):
        features(trained, packed, layers, checkpoint=7)
    with pytest.raises(ValueError, match="each layer once"):
        features(trained, packed, [PooledLayer("layer5"), PooledLayer("layer5", 1)])
