"""Trained nets as files to ship: fp16 weights and a card that says what they are."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from cnnlab.artifacts.plain import to_plain
from cnnlab.artifacts.store import write_atomic
from cnnlab.nets import zoo
from cnnlab.nets.weights import save_net
from cnnlab.profiles import Profile
from cnnlab.training.errors import cells
from cnnlab.training.learn import Job
from cnnlab.training.trained import Trained, job

# The nets of data/weights at full size, and the units of their layers 6 and 7 as shipped. ZFNet is
# as wide in layers 3 to 5 as the best of ECCV Table 3, where features that travel are made; layers
# 6 and 7 are as wide as 16 MB for both files allow.
NETS = {
    "zfnet": (zoo.spec("zfnet").with_maps(**zoo.WIDE), 1024),
    "alexnet": (zoo.spec("alexnet"), 1280),
}


def ship_job(name: str, profile: Profile, *, seed: int = 0) -> Job:
    """The net `name` of data/weights at a profile's scale, trained by its best recipe.

    Raises ValueError, with the names there are, for any other.
    """
    if name not in NETS:
        raise ValueError(f"no net {name!r} is shipped; there are {', '.join(NETS)}")
    spec, units = NETS[name]
    scaled = job(spec, replace(profile, base=profile.best or profile.base), seed=seed)
    return replace(scaled, spec=scaled.spec.with_fc(units))


def ship(trained: Trained, path: Path, *, command: str) -> dict[str, Any]:
    """Write `path` (safetensors, fp16) and its card (the same name, .json); returns the card.

    The card has data, recipe, accuracy in percent with its interval, the mean colour (RGB) that is
    subtracted from inputs, and the command that trains the net again.
    """
    save_net(trained.net(), path, dtype=torch.float16)
    size = trained.profile.roles["imagenet"]
    card = {
        "net": trained.job.spec.name,
        "data": f"{size.source}, {trained.job.spec.classes} classes, {size.pixels} px",
        "recipe": to_plain(trained.job.recipe),
        "seed": trained.job.seed,
        "accuracy": {
            cell["column"]: {
                "value": round(100 - cell["value"], 2),
                "low": round(100 - cell["high"], 2),
                "high": round(100 - cell["low"], 2),
                "n": cell["n"],
            }
            for cell in cells("net", [trained], ["val-top1", "val-top5"])
        },
        "mean": [round(float(v), 3) for v in trained.mean.mean(dim=(0, 1))],
        "command": command,
    }
    write_atomic(path.with_suffix(".json"), (json.dumps(card, indent=1) + "\n").encode())
    return card
