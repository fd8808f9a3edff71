"""Detection: windows beside a loop of crops, mining beside a loop of classes, the papers' scale."""

from collections.abc import Sequence
from functools import partial
from statistics import median
from typing import Any

import numpy as np
import torch
from PIL import Image
from sklearn.svm import LinearSVC
from torchvision.transforms import functional

from cnnlab.artifacts.progress import processors
from cnnlab.bench.conventional import stock_net
from cnnlab.bench.paired import paired, rates
from cnnlab.bench.row import Row
from cnnlab.datasets.boxed import VOC_CLASSES, BoxedImages
from cnnlab.datasets.world import scene
from cnnlab.detection import (
    Windows,
    class_overlaps,
    mine,
    plain_warp,
    selective_search,
    warp,
    with_truth,
)
from cnnlab.detection.svm_mining import feature_scale
from cnnlab.nets import zoo
from cnnlab.nets.convnet import ConvNet
from cnnlab.profiles import PAPER
from cnnlab.seeing.inputs import CentreCrops
from cnnlab.seeing.layers import LayerReader
from cnnlab.training.machine import device

SCENES, PIXELS, SIDE = 6, 160, 56  # of `mini`
FILL = np.array([104.0, 117.0, 123.0])
PICTURES, PROPOSED, FEATURES = 240, 150, 384  # that SVMs learn from; fc-7 of `mini`
PAPER_PIXELS, PAPER_SIDE, PAPER_WIDTH = 500, 227, 1.0
READ, VOC_2007 = 128, 9_963  # windows in a batch; pictures of both halves
NOT_ZERO = (0.161, 0.216)  # of fc-6 and fc-7 (AGM Table 6)
REPEATS = 3
MODES = ("fast", "quality")  # of selective search: ours, and the rival


def run() -> list[Row]:
    """Both sides give the same numbers, or RuntimeError says that they do not."""
    return [*_windows(), _mining(), *_paper()]


def _windows() -> list[Row]:
    images = [scene("pascal", "test", i, size=PIXELS).image for i in range(SCENES)]
    boxes = [selective_search(image) for image in images]
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
        return torch.stack([_window(*pair, SIDE) for pair in zip(owners, every, strict=True)])

    fast, loop = (rates(s, len(every)) for s in paired([ours, theirs], REPEATS))
    quick, slow = paired([partial(selective_search, images[0], mode=m) for m in MODES], REPEATS)
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
            quick,
            slow,
            unit="s",
            note=f"rival: quality mode; a picture of {PIXELS} px, {len(boxes[0])} boxes",
        ),
    ]


def _mining() -> Row:
    """SVMs of 20 classes on features of pictures that show one object each."""
    rng, width = np.random.default_rng(0), 1 + PROPOSED
    labels = np.arange(PICTURES) % len(VOC_CLASSES)
    scenes = _scenes(labels)
    windows = with_truth(scenes, Windows.of([[[30, 30, 40, 40]] * PROPOSED] * PICTURES))
    means = rng.normal(size=(len(VOC_CLASSES), FEATURES))
    rows = rng.normal(-0.4, 1, (PICTURES, width, FEATURES))  # two thirds are not positive
    rows[:, 0] += 0.5 * means[labels]
    features = [np.maximum(some, 0).astype(np.float32) for some in rows]

    def together() -> np.ndarray:
        return mine(features, scenes, windows, PAPER.detection)[0].weights

    def loop() -> np.ndarray:
        return np.stack([_mined(k, features, scenes, windows) for k in range(len(VOC_CLASSES))])

    ours, theirs = together(), loop()
    apart = float(np.abs(ours - theirs).max() / np.abs(theirs).max())
    if apart > 1e-3:
        raise RuntimeError(f"SVMs mined in two ways differ by {apart:.2f} of the largest weight")
    fast, slow = paired([together, loop], REPEATS)
    return Row(
        f"{len(VOC_CLASSES)} SVMs with hard negatives",
        fast,
        slow,
        unit="s",
        must=">= 3x" if processors() == 2 else "",
        note=f"class after class with LinearSVC; {PICTURES} pictures of {PROPOSED} windows, "
        f"{FEATURES} features; weights agree to {apart:.0e} of the largest",
    )


def _mined(
    k: int, features: Sequence[np.ndarray], scenes: BoxedImages, windows: Windows
) -> np.ndarray:
    """One class as one writes it first: a pass over all pictures for it alone."""
    config, scale = PAPER.detection, feature_scale(features)
    shown = np.flatnonzero(scenes.labels == k).tolist()  # one object a picture
    positives = np.stack([scale * features[i][0] for i in shown])
    kept, added, model = np.zeros((0, FEATURES), np.float32), 0, None
    for i in range(len(features)):
        rows = scale * features[i]
        hard = class_overlaps(scenes, i, windows[i])[:, k] < config.negative_iou
        if model is not None:
            hard &= model.decision_function(rows) > config.hard
        kept, added = np.concatenate([kept, rows[hard]]), added + int(hard.sum())
        if added > config.retrain or model is None or i == len(features) - 1:
            y = np.repeat([1, -1], [len(positives), len(kept)])
            options: dict[str, Any] = {"C": config.cost, "intercept_scaling": config.bias}
            options |= {"class_weight": {1: config.positive_weight}, "loss": "hinge", "dual": True}
            model = LinearSVC(**options, random_state=0, max_iter=10_000)
            model.fit(np.concatenate([positives, kept]), y)
            kept = kept[model.decision_function(kept) >= config.easy]
            added = 0
    assert model is not None
    return model.coef_[0]


def _scenes(labels: np.ndarray) -> BoxedImages:
    """Grey pictures of one object each."""
    count, flags = len(labels), np.zeros(len(labels), bool)
    return BoxedImages(
        pixels=np.full((count, 64, 64, 3), 128, np.uint8),
        rows=np.arange(count),
        sizes=np.full((count, 2), 64),
        first=np.arange(count + 1),
        boxes=np.array([[1.0, 1, 10, 10]] * count),
        labels=labels,
        difficult=flags,
        truncated=flags,
        occluded=flags,
        names=tuple(f"picture {i}" for i in range(count)),
        classes=VOC_CLASSES,
        role="pascal",
        split="trainval",
        source="world",
        digest="bench",
    )


def _paper() -> list[Row]:
    """What a picture of VOC 2007 takes at the papers' scale on this machine, and all of them."""
    picture = scene("pascal", "test", 0, size=PAPER_PIXELS).image
    whole = np.array([[1, 1, *picture.shape[1::-1]]] * READ)
    net = ConvNet(zoo.spec("caffenet").scaled(PAPER_SIDE, PAPER_WIDTH, classes=20)).to(device())
    stock = stock_net(net.spec).eval()
    stock.load_state_dict(net.layers.state_dict())
    crops = CentreCrops(torch.full((PAPER_SIDE, PAPER_SIDE, 3), 110.0, device=device()), PAPER_SIDE)
    with LayerReader(net, ["fc-6", "fc-7"]) as read:

        def features() -> None:
            read(crops(warp([picture] * READ, whole, PAPER_SIDE, FILL)))["fc-7"].cpu()

        def one_by_one() -> None:
            windows = torch.stack([_window(picture, box, PAPER_SIDE) for box in whole])
            with torch.inference_mode():
                stock(windows)

        search, slow = paired([partial(selective_search, picture, mode=m) for m in MODES], REPEATS)
        taken = paired([features, one_by_one], REPEATS)
    most = PAPER.detection.proposals
    reading, plain = (tuple(most * s / READ for s in times) for times in taken)
    # one bit a unit, and two bytes for each that is not 0 (shares of AGM Table 6)
    size = sum(4096 / 8 + 2 * 4096 * share for share in NOT_ZERO) * most * VOC_2007 / 2 / 1e9
    hours = [median(s) * VOC_2007 / 3600 for s in (search, reading)]
    return [
        Row(
            f"proposals of a picture of {PAPER_PIXELS} px",
            search,
            slow,
            unit="s",
            note=f"rival: quality mode; VOC 2007's {VOC_2007:,} take "
            f"{hours[0] / processors():.1f} hours on all processors",
        ),
        Row(
            f"features of its {most:,} windows of {PAPER_SIDE} px, fc-6 and fc-7",
            reading,
            plain,
            unit="s",
            note="rival: Pillow and stock layers in fp32; VOC 2007 takes "
            f"{hours[1]:.1f} hours, and {size:.0f} GB for one half of it; "
            f"read {READ} at a time in {device().type} memory",
        ),
    ]


def _window(image: np.ndarray, box: np.ndarray, side: int) -> torch.Tensor:
    """A crop as one writes it first, without context."""
    x1, y1, x2, y2 = (int(value) for value in box)
    crop = Image.fromarray(image).crop((x1 - 1, y1 - 1, x2, y2))
    small = crop.resize((side, side), Image.Resampling.BICUBIC)
    return functional.normalize(functional.to_tensor(small), (FILL / 255).tolist(), [1 / 255] * 3)
