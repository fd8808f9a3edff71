"""What the layers of a net are worth on given boxes, with and without places (draft 4 and 6).

M windows about boxes, K classes.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cnnlab.artifacts import store
from cnnlab.training.machine import threads
from cnnlab.training.trained import Trained
from cnnlab.units.ablation import ablate
from cnnlab.units.boxes import BoxTask
from cnnlab.units.classification import Probe, by_threads
from cnnlab.units.responses import responses


def box_aps(
    task: BoxTask, trained: Trained, probes: Sequence[Probe], checkpoint: int | None = None
) -> dict[Probe, np.ndarray]:
    """`BoxTask.aps` of linear SVMs on layers of a net after ablations: (1 + draws, K) of each.

    A probe is a layer and an ablation of its responses. They are made once and do not depend on the
    number of processors. `checkpoint` is an iteration of the net's training, 0 before the first.

    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> from cnnlab.units import box_task
    >>> scored = box_aps(box_task(TINY), base_net("caffenet", TINY), [("conv-5", "sp-max")])
    >>> scored["conv-5", "sp-max"].shape
    (201, 20)
    """
    sets, units = (task.learn, task.test), task.profile.units
    layers = list(dict.fromkeys(layer for layer, _ in probes))

    def both(layer: str) -> list[np.ndarray]:
        return [responses(trained, one, layers, checkpoint=checkpoint)[layer] for one in sets]

    def score(probe: Probe) -> np.ndarray:
        layer, ablation = probe

        def build(workdir: Path) -> None:
            values = np.concatenate([np.asarray(v, np.float32) for v in both(layer)])
            rows = ablate(values, ablation, task.seed).reshape(len(values), -1)
            with threads(1):
                scores = task.classify("linear", *np.split(rows, [len(task.learn)]))
            np.save(workdir / "aps.npy", task.aps(scores))

        config: dict[str, object] = {"net": trained.address, "checkpoint": checkpoint}
        config |= {"layer": layer, "ablation": ablation, "seed": task.seed}
        config |= {"data": [one.digest for one in sets], "costs": units.costs}
        config |= {"sizes": task.profile.pascal}
        code = (BoxTask, ablate, responses)
        return np.load(store.make("box-aps", config, build, code=code) / "aps.npy")

    for layer in layers[:1]:  # reads all layers, and not by several threads at once
        both(layer)
    return by_threads(score, probes, "box probes")
