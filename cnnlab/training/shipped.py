"""The nets of data/weights: written with a card that says what they are, opened by that card.

Two million photographs are an hour's work or more. Where a profile asks for the very net that is
shipped (same layers, recipe, seed and data, by its card), the shipped one is opened.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cnnlab.artifacts import paths, store
from cnnlab.artifacts.plain import from_plain, to_plain
from cnnlab.nets import zoo
from cnnlab.nets.convnet import ConvNet, build
from cnnlab.nets.weights import load_net, save_net
from cnnlab.profiles import Profile, Recipe
from cnnlab.training.evaluate import error_cells
from cnnlab.training.jobs import Job, imagenet_job
from cnnlab.training.machine import device
from cnnlab.training.trained import Trained, in_cache, train

TRANSFER = "zfnet-photographs"  # the shipped net that transfer can start from

# The nets of data/weights at full size, and the units of their layers 6 and 7 as shipped. ZFNet is
# as wide in layers 3 to 5 as the best of ECCV Table 3, where features that travel are made; layers
# 6 and 7 are as wide as 16 MB for both files allow.
NETS = {
    "zfnet": (zoo.spec("zfnet").with_maps(**zoo.WIDE), 1024),
    "alexnet": (zoo.spec("alexnet"), 1280),
}


@dataclass(frozen=True)
class ShippedNet:
    """A net of data/weights with its card: data, recipe, accuracy, mean colour, command."""

    net: ConvNet
    recipe: Recipe
    card: dict[str, Any]

    def mean(self, side: int) -> Tensor:
        """The mean colour of the training images as a mean image (side, side, 3) in [0, 255]."""
        return torch.tensor(self.card["mean"], dtype=torch.float32).expand(side, side, 3)

    def untrained(self) -> ConvNet:
        """The net before its first step: its first weights follow from its seed."""
        net = build(self.net.spec, seed=self.card["seed"], init=self.recipe.init)
        return net.eval().to(next(self.net.parameters()).device)

    def stands_for(self, job: Job, profile: Profile) -> bool:
        """Whether this is the net that `job` would train, up to the machine's arithmetic."""
        machine = {"precision": job.recipe.precision, "threads": job.recipe.threads}
        card = (self.net.spec, replace(self.recipe, **machine), self.card["seed"])
        return (*card, self.card["data"]) == (job.spec, job.recipe, job.seed, _data(job, profile))

    def __str__(self) -> str:
        top1 = self.card["accuracy"]["val-top1"]
        correct = f"{top1['value']:.1f}% of {top1['n']:,} validation images correct"
        return f"{self.card['net']}, {self.card['data']}; {correct}"


def shipped_net(name: str = TRANSFER) -> ShippedNet:
    """A net of data/weights on the best device, such as "alexnet-photographs".

    Raises ValueError for a net that is not there, and for a file or a card that cannot be read.

    >>> shipped_net().mean(8).shape
    torch.Size([8, 8, 3])
    """
    path = weights_file(name)
    if not path.exists():
        raise ValueError(f"data/weights/{path.name} is not there; restore it")
    try:
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        if np.shape(card["mean"]) != (3,):
            raise ValueError("its mean is no pixel")
        recipe = from_plain(Recipe, card["recipe"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} needs its card {path.stem}.json: {error}") from error
    return ShippedNet(load_net(path).eval().to(device()), recipe, card)


def weights_file(name: str) -> Path:
    """Where the net `name` is shipped, or would be; its card lies beside it."""
    return paths.root() / "data" / "weights" / f"{name}.safetensors"


def transfer_net(profile: Profile, seed: int = 0) -> Trained:
    """The best ZFNet of a profile: opened where it was trained, else shipped, else trained.

    That is its base net, or the one of its best recipe where it has such. The shipped net stands in
    only for a net of the same spec, recipe, seed and data.
    """
    if profile.best:
        wanted = ship_job("zfnet", profile, seed=seed)
    else:
        wanted = imagenet_job("zfnet", profile, seed=seed)
    if in_cache(wanted, profile) or not weights_file(TRANSFER).exists():
        return train(wanted, profile)
    shipped = shipped_net(TRANSFER)
    if not shipped.stands_for(wanted, profile):
        return train(wanted, profile)

    def build(workdir: Path) -> None:
        """The shipped net as files of a trained one; it has no checkpoints."""
        save_net(shipped.net, workdir / "net.safetensors")
        side = profile.roles["imagenet"].pixels
        np.save(workdir / "mean.npy", shipped.mean(side).contiguous().numpy())
        right = shipped.card["accuracy"]
        errors = {name.replace("-", "_"): 100 - cell["value"] for name, cell in right.items()}
        row = {"images": wanted.recipe.images, **errors}
        store.write_atomic(workdir / "history.json", json.dumps([row]).encode())

    config = {"weights": store.sha256(weights_file(TRANSFER)), "card": shipped.card}
    config |= {"side": profile.roles["imagenet"].pixels}
    return Trained(store.make("shipped", config, build), wanted, profile)


def ship_job(name: str, profile: Profile, *, seed: int = 0) -> Job:
    """The net `name` of data/weights at a profile's scale, trained by its best recipe.

    Raises ValueError, with the names there are, for any other.
    """
    if name not in NETS:
        raise ValueError(f"no net {name!r} is shipped; there are {', '.join(NETS)}")
    spec, units = NETS[name]
    scaled = imagenet_job(spec, replace(profile, base=profile.best or profile.base), seed=seed)
    return replace(scaled, spec=scaled.spec.with_fc(units))


def ship(trained: Trained, path: Path, *, command: str) -> dict[str, Any]:
    """Write `path` (safetensors, fp16) and its card (the same name, .json); returns the card.

    The card has data, recipe, accuracy in percent with its interval, the mean colour (RGB) that is
    subtracted from inputs, and the command that trains the net again.
    """
    save_net(trained.net(), path, dtype=torch.float16)
    card = {
        "net": trained.job.spec.name,
        "data": _data(trained.job, trained.profile),
        "recipe": to_plain(trained.job.recipe),
        "seed": trained.job.seed,
        "accuracy": {
            cell["column"]: {
                "value": round(100 - cell["value"], 2),
                "low": round(100 - cell["high"], 2),
                "high": round(100 - cell["low"], 2),
                "n": cell["n"],
            }
            for cell in error_cells("net", [trained], ["val-top1", "val-top5"])
        },
        "mean": [round(float(v), 3) for v in trained.mean.mean(dim=(0, 1))],
        "command": command,
    }
    store.write_atomic(path.with_suffix(".json"), (json.dumps(card, indent=1) + "\n").encode())
    return card


def _data(job: Job, profile: Profile) -> str:
    """What a net learns from, as a card writes it."""
    size = profile.roles["imagenet"]
    return f"{size.source}, {job.spec.classes} classes, {size.pixels} px"
