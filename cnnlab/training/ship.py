"""Trained nets as files to ship: fp16 weights and a card that says what they are."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from cnnlab.nets import zoo
from cnnlab.nets.weights import save_net
from cnnlab.plain import to_plain
from cnnlab.profiles import Profile
from cnnlab.store import write_atomic
from cnnlab.training.errors import cells
from cnnlab.training.learn import Job
from cnnlab.training.trained import Trained, job


def ship_job(name: str, profile: Profile, *, fc: int = 0, seed: int = 0) -> Job:
    """The base net `name` at a profile's scale, its two hidden layers of `fc` units if given."""
    full = job(zoo.spec(name), profile, seed=seed)
    return replace(full, spec=full.spec.with_fc(fc)) if fc else full


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
