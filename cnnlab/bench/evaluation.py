"""Ten-crop scoring: whole batches of views against torchvision's TenCrop, image by image."""

import numpy as np
import torch
from PIL import Image
from torchvision import transforms

from cnnlab.bench.conventional import MEAN, stock_net, to_input
from cnnlab.bench.paired import paired, rates
from cnnlab.bench.row import Row
from cnnlab.datasets.world import image
from cnnlab.nets import zoo
from cnnlab.nets.convnet import ConvNet, build
from cnnlab.nets.spec import NetSpec
from cnnlab.profiles import MINI
from cnnlab.training.evaluate import scores
from cnnlab.training.machine import has_bf16

IMAGES, PIXELS, CLASSES = 128, 64, 100
REPEATS = 3


def run() -> list[Row]:
    """Quarter-width ZFNet with the same weights on both sides; the scores must agree."""
    spec = zoo.spec("zfnet").scaled(MINI.crop, MINI.width, CLASSES)
    net, stock = twins(spec)
    images = np.stack([image("imagenet", "val", i, size=PIXELS) for i in range(IMAGES)])
    mean = 255 * torch.tensor(MEAN).expand(PIXELS, PIXELS, 3)
    calls = [
        lambda: scores(net, images, mean),
        lambda: scores(net, images, mean, bf16=True),
        lambda: naive(stock, spec, images),
    ]
    apart = float(np.abs(calls[0]() - calls[2]()).max())
    if apart > 1e-3:
        raise RuntimeError(f"ten-crop scores of the two differ by {apart:.1e}")
    fp32, bf16, theirs = (rates(s, IMAGES) for s in paired(calls, REPEATS))
    rows = [Row("ten crops, fp32", fp32, theirs, note=f"probabilities agree to {apart:.0e}")]
    return rows + ([Row("ten crops, bf16", bf16, theirs)] if has_bf16() else [])


def twins(spec: NetSpec) -> tuple[ConvNet, torch.nn.Module]:
    """Our net and torch's with the same weights, sure enough of themselves to be compared."""
    net, stock = build(spec, init="he").eval(), stock_net(spec).eval()
    with torch.no_grad():  # a fresh classifier gives all classes the same probability
        net.layers.get_submodule("fc8").get_parameter("weight").mul_(100)
    stock.load_state_dict(net.layers.state_dict())
    return net, stock


@torch.inference_mode()
def naive(net: torch.nn.Module, spec: NetSpec, images: np.ndarray) -> np.ndarray:
    """Mean class probabilities (N, K) of images (N, S, S, 3), as torchvision documents TenCrop."""
    one = transforms.Compose(to_input(spec))
    ten = transforms.Compose(
        [
            transforms.TenCrop(spec.pixels),
            transforms.Lambda(lambda crops: torch.stack([one(crop) for crop in crops])),
        ]
    )
    probabilities = []
    for pixels in images:
        views = ten(Image.fromarray(pixels))  # (10, 3, P, P)
        probabilities.append(net(views).softmax(dim=1).mean(dim=0))
    return torch.stack(probabilities).numpy()
