"""What processes do together in test_distributed.py, and the programs that they run."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from small_training import RECIPE as PLATEAU
from small_training import batches, narrow, small_net, validate

from cnnlab.artifacts.torchrun import place
from cnnlab.datasets import load
from cnnlab.probing import features
from cnnlab.profiles import PooledLayer, Profile
from cnnlab.profiles.tiny import TINY
from cnnlab.training.fast import engine, group
from cnnlab.training.fast.sharded import Part, shared_scores
from cnnlab.training.fast.step import Settings
from cnnlab.training.jobs import Job, imagenet_job
from cnnlab.training.trained import train_all

RECIPE = replace(PLATEAU, dropout=0.0)


def learns(folder: str, limit: int = 0) -> dict[str, Any]:
    """A net that learns from parts of the batches; what each process took is given back, too."""
    torch.set_num_threads(1)
    with group.joined():
        net = narrow(limit if group.rank() else 16) if limit else small_net(0.0)
        part = Part(batches(), group.rank(), group.size())
        taken = [labels.tolist() for labels in group.gathered(part[5][1])]
        history = engine.fit(net, part, RECIPE, validate, Path(folder))
        images = np.random.default_rng(1).integers(0, 256, (700, 20, 20, 3), dtype=np.uint8)
        scored = shared_scores(net, images, batches().mean, crops=2, bf16=False)
        weights = [float(value.detach().double().sum()) for value in net.parameters()]
        alike = group.gathered(weights)
    return {"history": history, "taken": taken, "alike": alike, "scores": scored[:, 0].tolist()}


def members() -> list[int]:
    """The numbers of the processes that are at this piece of work."""
    with group.joined():
        return group.gathered(group.rank())


def fails(rank: int) -> None:
    """A piece that one process cannot do."""
    here = place()
    assert here is not None
    if here.rank == rank:
        raise ValueError(f"process {rank} has no images")
    with group.joined():
        group.gathered(None)


def dies(rank: int) -> None:
    """A piece in which one process is killed."""
    with group.joined():
        group.gathered(None)
        if group.rank() == rank:
            os._exit(1)
        group.gathered(None)


def uneven(folder: str) -> None:
    """Processes that do not divide a batch."""
    with group.joined():
        part = Part(batches(batch=15), group.rank(), group.size())
        engine.fit(small_net(), part, replace(RECIPE, batch=15), validate, Path(folder))


def error_of(function: Any, *arguments: Any) -> str:
    """The sentence with which a piece ends."""
    try:
        group.together(function, *arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def third() -> str:
    """What a third process hears that wants to join."""
    env = {**os.environ, "RANK": "2", "WORLD_SIZE": "3"}
    del env["CNNLAB_GROUP"]
    command = [sys.executable, "-c", "from cnnlab.training.__main__ import main; exit(main([]))"]
    ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
    return f"{ended.returncode} {ended.stderr}"


def several(folder: str) -> dict[str, Any]:
    """All that two processes can do in one start of theirs; the last of it loses one."""
    results: dict[str, Any] = {"learns": group.together(learns, folder)}
    results["memory"] = group.together(learns, folder, 3)["history"]
    results["fails"] = [error_of(fails, 1), error_of(fails, 0)]
    results["uneven"] = error_of(uneven, folder)
    results["third"] = third()
    results["makes"] = makes()
    results["after"] = group.together(learns, folder)["history"][-1]
    results["dies"] = error_of(dies, 1)
    return results


# ---- a net of the store ----------------------------------------------------------------------


def job_and_profile() -> tuple[Job, Profile]:
    """A tiny net that learns for long enough to be killed."""
    recipe = replace(TINY.base, images=4 * 60, validations=6, precision="fp32", dropout=0.5)
    profile = replace(TINY, base=recipe)
    return imagenet_job("zfnet", profile), profile


def makes() -> dict[str, Any]:
    """Make that net and its scores, telling each process's number, and how far it is."""
    job, profile = job_and_profile()
    (trained,) = train_all([job], profile, settings=Settings(save_every=0.3))
    scores = {split: trained.scores(split)[0].tolist() for split in ("val", "train")}
    packed, layer = load("imagenet", TINY), PooledLayer("layer2", 3)
    many = replace(packed, images=np.tile(packed.images, (25, 1, 1, 1)), digest="many")
    for name, images in (("few", packed), ("many", many)):
        read = features(trained, images, [layer])["layer2"]
        scores[name] = read[:, :5].astype(float).tolist()
    return {"folder": str(trained.folder), "history": trained.history, "scores": scores}


def tell_steps() -> None:
    """Print each iteration, slowly, so that a process can be killed in the middle."""
    plain = engine.Step.__call__

    def told(self: engine.Step, *arguments: Any) -> torch.Tensor:
        told.count += 1
        line = f"step {group.rank()} {told.count} {os.getpid()}\n"
        os.write(1, line.encode())  # whole, though two processes write
        time.sleep(0.02)
        return plain(self, *arguments)

    told.count = 0
    engine.Step.__call__ = told  # pyright: ignore[reportAttributeAccessIssue]


def main() -> None:
    """Lead or follow, by torchrun's word; the leader writes what `sys.argv` asks for."""
    what, out = sys.argv[1:3]
    if what == "makes":
        tell_steps()
    if group.follows():
        group.serve()
        return
    with group.led():
        results = makes() if what == "makes" else several(sys.argv[3])
    Path(out).write_text(json.dumps(results))
