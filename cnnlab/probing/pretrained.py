"""The net that transfer starts from: trained here, or the one shipped with the project.

Two million photographs are an hour's work or more. Where a profile asks for the very net that
data/weights holds (same layers, recipe and data, by its card), the shipped one is opened.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnlab import datasets
from cnnlab.artifacts import paths, store
from cnnlab.artifacts.plain import to_plain
from cnnlab.nets import zoo
from cnnlab.nets.weights import save_net
from cnnlab.profiles import Profile
from cnnlab.seeing.photographs import Shipped, shipped
from cnnlab.training.learn import Job
from cnnlab.training.ship import ship_job
from cnnlab.training.trained import CODE, Trained, job, train

SHIPPED = "zfnet-photographs"
MACHINES = ("precision", "threads")  # of a recipe: how it is computed, not what is learned


@dataclass(frozen=True)
class Base:
    """A pre-trained net on disk and, in words, where it comes from."""

    trained: Trained
    origin: str

    def __str__(self) -> str:
        top1 = 100 - self.trained.history[-1]["val_top1"]
        return f"{self.origin}: {top1:.1f}% of ImageNet's validation images right"


def pretrained(profile: Profile, seed: int = 0) -> Base:
    """The best ZFNet of a profile: opened where it was trained, else shipped, else trained.

    That is its base net, or the one of its best recipe where it has such. The shipped net stands in
    only for a net of the same spec, recipe, seed and data.
    """
    if profile.best:
        wanted = ship_job("zfnet", profile, seed=seed)
    else:
        wanted = job(zoo.spec("zfnet"), profile, seed=seed)
    there = shipped(SHIPPED)
    if there is None or not same(wanted, profile, there) or _in_cache(wanted, profile):
        return Base(train(wanted, profile), f"{wanted.spec.name}, trained here")
    return Base(_opened(wanted, profile, there), f"{wanted.spec.name}, shipped as {SHIPPED}")


def same(wanted: Job, profile: Profile, there: Shipped) -> bool:
    """Whether a shipped net is what `wanted` would train, up to the machine's arithmetic."""
    size, card = profile.roles["imagenet"], there.card
    data = f"{size.source}, {wanted.spec.classes} classes, {size.pixels} px"
    ours, theirs = to_plain(wanted.recipe), card.get("recipe", {})
    agree = all(ours[key] == theirs.get(key) for key in ours if key not in MACHINES)
    return agree and (wanted.spec, wanted.seed, data) == (
        there.net.spec, card.get("seed"), card.get("data"),
    )  # fmt: skip


def _in_cache(wanted: Job, profile: Profile) -> bool:
    sets = [datasets.load("imagenet", profile, split) for split in ("train", "val")]
    config = {"job": wanted, "train": sets[0].digest, "val": sets[1].digest}
    return (paths.cache() / "nets" / store.key_of("nets", config, CODE)).exists()


def _opened(wanted: Job, profile: Profile, there: Shipped) -> Trained:
    """The shipped net as files of a trained one; it has no checkpoints."""
    weights = paths.root() / "data" / "weights" / f"{SHIPPED}.safetensors"
    side = profile.roles["imagenet"].pixels

    def build(workdir: Path) -> None:
        save_net(there.net, workdir / "net.safetensors")
        np.save(workdir / "mean.npy", there.mean(side).contiguous().numpy())
        errors = {
            name.replace("-", "_"): 100 - found["value"]
            for name, found in there.card["accuracy"].items()
        }
        row = {"images": wanted.recipe.images, **errors}
        store.write_atomic(workdir / "history.json", json.dumps([row]).encode())

    config = {"job": wanted, "weights": store.sha256(weights), "card": there.card}
    return Trained(store.make("shipped", config, build), wanted, profile)
