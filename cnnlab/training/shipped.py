"""The nets of data/weights: written with a card that says what they are, opened by that card.

Two million photographs are an hour's work or more. Where a profile asks for the very net that is
shipped (same layers, recipe, seed and data, by its card), the shipped one is opened.
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from cnnlab.artifacts import paths, store
from cnnlab.artifacts.plain import from_plain, to_plain
from cnnlab.nets import zoo
from cnnlab.nets.weights import load_net, save_net
from cnnlab.profiles import COURSE, Profile, Recipe
from cnnlab.training.evaluate import error_cells
from cnnlab.training.jobs import Job, imagenet_job
from cnnlab.training.trained import CODE, Trained, key_config, train

TRANSFER = "zfnet-photographs"  # the shipped net that transfer can start from

# The nets of data/weights at full size, and the units of their layers 6 and 7 as shipped. ZFNet is
# as wide in layers 3 to 5 as the best of ECCV Table 3, where features that travel are made; layers
# 6 and 7 are as wide as 16 MB for both files allow.
NETS = {
    "zfnet": (zoo.spec("zfnet").with_maps(**zoo.WIDE), 1024),
    "alexnet": (zoo.spec("alexnet"), 1280),
}


def shipped_net(name: str = TRANSFER, profile: Profile = COURSE) -> Trained:
    """A net of data/weights, such as "alexnet-photographs", as a trained one without checkpoints.

    Its mean image has one colour, at the size of a profile's images. Raises ValueError for a net
    that is not there, and for a file or a card that cannot be read.

    >>> print(shipped_net("alexnet-photographs"))
    alexnet-fc-1280, shipped (tiny-imagenet, 100 classes, 64 px): 47.1% of its validation ... right
    """
    path = weights_file(name)
    if not path.exists():
        raise ValueError(f"data/weights/{path.name} is not there; restore it")
    try:
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        if np.shape(card["mean"]) != (3,):
            raise ValueError("its mean is no pixel")
        recipe, seed = from_plain(Recipe, card["recipe"]), int(card["seed"])
        accuracy = card["accuracy"].items()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} needs its card {path.stem}.json: {error}") from error
    side = profile.roles["imagenet"].pixels

    def build(workdir: Path) -> None:
        shutil.copyfile(path, workdir / "net.safetensors")
        store.write_atomic(workdir / "card.json", json.dumps(card).encode())
        np.save(workdir / "mean.npy", np.full((side, side, 3), card["mean"], np.float32))
        errors = {column.replace("-", "_"): 100 - cell["value"] for column, cell in accuracy}
        row = {"images": recipe.images, **errors}
        store.write_atomic(workdir / "history.json", json.dumps([row]).encode())

    config = {"weights": store.sha256(path), "card": card, "side": side}
    folder = store.make("shipped", config, build)
    return Trained(folder, Job(load_net(path).spec, recipe, seed), profile)


def weights_file(name: str) -> Path:
    """Where the net `name` is shipped, or would be; its card lies beside it."""
    return paths.root() / "data" / "weights" / f"{name}.safetensors"


def transfer_net(profile: Profile, seed: int = 0) -> Trained:
    """The best ZFNet of a profile: opened where it was trained, else shipped, else trained.

    That is its base net, or the one of its best recipe where it has such. The shipped net stands in
    only for a net of the same spec, recipe, seed and data.

    >>> from cnnlab.profiles import SMOKE, RoleSize, scaled
    >>> three = RoleSize("world", classes=3, pixels=64, splits={"train": 4, "val": 2})
    >>> tiny = scaled(SMOKE, roles={"imagenet": three}, base=Recipe(images=8, batch=4, threads=1))
    >>> transfer_net(tiny).job.spec.name
    'zfnet'
    """
    make = ship_job if profile.best else imagenet_job
    wanted = make("zfnet", profile, seed=seed)
    key = store.key_of("nets", key_config(wanted, profile), CODE)
    if not (paths.cache() / "nets" / key).exists() and weights_file(TRANSFER).exists():
        shipped = shipped_net(TRANSFER, profile)
        if stands_for(shipped, wanted, profile):
            return replace(shipped, job=wanted)
    return train(wanted, profile)


def stands_for(shipped: Trained, job: Job, profile: Profile) -> bool:
    """Whether a shipped net is the one that `job` would train, up to the machine's arithmetic."""
    machine = {"precision": job.recipe.precision, "threads": job.recipe.threads}
    same = replace(shipped.job, recipe=replace(shipped.job.recipe, **machine))
    return (same, shipped.card["data"]) == (job, _data(job, profile))


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
    swapped = {"value": "value", "low": "high", "high": "low"}  # of the error
    accuracy = {}
    for cell in error_cells("net", [trained], ["val-top1", "val-top5"]):
        right = {name: round(100 - cell[error], 2) for name, error in swapped.items()}
        accuracy[cell["column"]] = {**right, "n": cell["n"]}
    card = {
        "net": trained.job.spec.name,
        "data": _data(trained.job, trained.profile),
        "recipe": to_plain(trained.job.recipe),
        "seed": trained.job.seed,
        "accuracy": accuracy,
        "mean": [round(float(v), 3) for v in trained.mean.mean(dim=(0, 1))],
        "command": command,
    }
    store.write_atomic(path.with_suffix(".json"), (json.dumps(card, indent=1) + "\n").encode())
    return card


def _data(job: Job, profile: Profile) -> str:
    """What a net learns from, as a card writes it."""
    size = profile.roles["imagenet"]
    return f"{size.source}, {job.spec.classes} classes, {size.pixels} px"
