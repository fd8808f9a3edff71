"""Probing: features in one pass against torchvision's extractor, SVMs against one after another."""

import tempfile
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms
from torchvision.models.feature_extraction import create_feature_extractor

from cnnlab.artifacts.progress import processors
from cnnlab.bench.conventional import MEAN, to_input
from cnnlab.bench.evaluation import twins
from cnnlab.bench.liblinear import svms
from cnnlab.bench.paired import paired, rates
from cnnlab.bench.row import Row
from cnnlab.datasets.world import image
from cnnlab.nets import zoo
from cnnlab.nets.convnet import ConvNet
from cnnlab.probing.extract import extract, pooled
from cnnlab.probing.linear import newton_svms
from cnnlab.profiles import MINI, PooledLayer
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.training.machine import has_bf16, threads

IMAGES, PIXELS = 512, 64
LAYERS = {"norm1": 7, "norm2": 0, "relu3": 0, "relu4": 0, "pool5": 0, "relu7": 0}  # stage -> grid
EXAMPLES, FEATURES, PROBLEMS, COST = 1600, 576, 200, 1.0
REPEATS = 3


def run() -> list[Row]:
    """Both sides give the same numbers, or RuntimeError says that they do not."""
    return [*_extraction(), *_svms()]


def _extraction() -> list[Row]:
    net, stock = twins(zoo.spec("zfnet").scaled(MINI.crop, MINI.width, classes=100))
    images = np.stack([image("imagenet", "val", i, size=PIXELS) for i in range(IMAGES)])
    model = create_feature_extractor(stock, {name: name for name in LAYERS})
    calls = [
        lambda: _ours(net, images, bf16=False),
        lambda: _ours(net, images, bf16=True),
        lambda: _theirs(model, net, images),
    ]
    ours, theirs = calls[0](), calls[2]()
    apart = max(float(np.abs(ours[n] - theirs[n]).max() / np.abs(theirs[n]).max()) for n in LAYERS)
    if apart > 1e-2:
        raise RuntimeError(f"features of the two extractors differ by {apart:.1e} of the largest")
    fp32, bf16, rival = (rates(s, IMAGES) for s in paired(calls, REPEATS))
    note = f"six layers of ZFNet to disk; they agree to {apart:.0e} of the largest"
    rows = [Row("features, fp32", fp32, rival, must="" if has_bf16() else ">= 2x", note=note)]
    return rows + ([Row("features, bf16", bf16, rival, must=">= 2x")] if has_bf16() else [])


def _ours(net: ConvNet, images: np.ndarray, *, bf16: bool) -> dict[str, np.ndarray]:
    layers = [PooledLayer(name, grid) for name, grid in LAYERS.items()]
    crops = CentreCrops(255 * torch.tensor(MEAN).expand(PIXELS, PIXELS, 3), net.spec.pixels)
    with tempfile.TemporaryDirectory() as folder:
        extract(net, images, layers, Path(folder), preprocess=crops, bf16=bf16)
        return {layer.name: np.load(Path(folder) / layer.file) for layer in layers}


class _Pictures(Dataset):
    """Images as torchvision's documentation has them: one by one, through its transforms."""

    def __init__(self, images: np.ndarray, net: ConvNet):
        self.images = images
        crop = transforms.CenterCrop(net.spec.pixels)
        self.prepare = transforms.Compose([transforms.ToPILImage(), crop, *to_input(net.spec)])

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, i: int) -> torch.Tensor:
        return self.prepare(self.images[i])


@torch.inference_mode()
def _theirs(model: torch.nn.Module, net: ConvNet, images: np.ndarray) -> dict[str, np.ndarray]:
    parts: dict[str, list[torch.Tensor]] = {name: [] for name in LAYERS}
    # without workers: to start them would cost more than so few images bring in
    for batch in DataLoader(_Pictures(images, net), batch_size=128):
        for name, value in model(batch).items():
            rows = pooled(PooledLayer(name, LAYERS[name]), value)
            parts[name].append(rows.half())
    rows = {name: torch.cat(values).numpy() for name, values in parts.items()}
    with tempfile.TemporaryDirectory() as folder:
        for name, values in rows.items():
            np.save(Path(folder) / f"{name}.npy", values)
    return rows


def _svms() -> list[Row]:
    """200 problems of one class against the rest, on features as many as layer 5 has in `mini`."""
    rng = np.random.default_rng(0)
    labels = np.arange(EXAMPLES) % PROBLEMS
    x = 0.6 * rng.normal(size=(PROBLEMS, FEATURES))[labels] + rng.normal(size=(EXAMPLES, FEATURES))
    x = (x / np.linalg.norm(x, axis=1).mean()).astype(np.float32)
    targets = np.where(labels[:, None] == np.arange(PROBLEMS), 1, -1)

    def one_after_another() -> np.ndarray:
        return svms(x, targets, c=COST)[0]

    def together() -> np.ndarray:
        return svms(x, targets, c=COST, workers=processors())[0]

    def newton() -> np.ndarray:
        with threads(1):
            return newton_svms(x, targets, c=COST, tol=1e-5)[0]

    if not np.array_equal(one_after_another(), together()):
        raise RuntimeError("SVMs solved side by side differ from those solved one after another")
    exact = svms(x, targets, c=COST, tol=1e-8, workers=processors())[0]
    apart = float(np.abs(newton() - exact).max() / np.abs(exact).max())
    if apart > 1e-2:
        raise RuntimeError(f"Newton's SVMs differ from liblinear's by {apart:.1e} of the largest")
    rival, side_by_side, batched = (
        rates(s, PROBLEMS) for s in paired([one_after_another, together, newton], REPEATS)
    )
    cores = processors()
    return [
        Row(
            f"SVMs, {cores} at once",
            side_by_side,
            rival,
            unit="SVMs/s",
            must=">= 1.4x" if cores == 2 else "",
            note="liblinear one after another; the weights are identical",
        ),
        Row(
            "SVMs, batched Newton on one core",
            batched,
            rival,
            unit="SVMs/s",
            note=f"weights agree to {apart:.0e} of the largest",
        ),
    ]
