"""A trained net on disk: its weights, what it learned from and how, and its scores."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cnnlab import datasets
from cnnlab.artifacts import store
from cnnlab.artifacts.plain import read_json
from cnnlab.datasets.digest import class_names
from cnnlab.nets.convnet import ConvNet
from cnnlab.nets.weights import load_net
from cnnlab.profiles import Profile
from cnnlab.training.evaluate import scores
from cnnlab.training.jobs import Job, packed_images
from cnnlab.training.learn import initial_net, weights_name
from cnnlab.training.machine import device, threads


@dataclass(frozen=True)
class Trained:
    """A trained net on disk, with the profile whose data it learned from."""

    folder: Path
    job: Job
    profile: Profile

    @property
    def address(self) -> str:
        """Its folder in the cache, from which another net can start."""
        return f"{self.folder.parent.name}/{self.folder.name}"

    def net(self, checkpoint: int | None = None) -> ConvNet:
        """The net at the end of its training or after an iteration (0: before the first).

        It is in evaluation mode, on the best device. Raises ValueError, with the iterations that
        were kept, for any other.
        """
        if checkpoint == 0:
            return initial_net(self.job).eval().to(device())
        if checkpoint is not None and checkpoint not in self.checkpoints:
            raise ValueError(f"no checkpoint at iteration {checkpoint}; kept: {self.checkpoints}")
        path = self.folder / weights_name(checkpoint)
        return load_net(path, expect=self.job.spec).eval().to(device())

    @property
    def checkpoints(self) -> list[int]:
        """Iterations whose weights were kept, rising."""
        return sorted(int(path.stem[-7:]) for path in self.folder.glob("checkpoint-*"))

    def copies(self) -> dict[float, ConvNet]:
        """The net along its training, by share of the iterations: start, checkpoints, end."""
        whole = self.history[-1]["iteration"]
        return {c / whole: self.net(c) for c in (0, *self.checkpoints)} | {1.0: self.net()}

    @cached_property
    def history(self) -> list[dict[str, float]]:
        """One row a validation, as `loop.fit` and `learn` describe it."""
        return json.loads((self.folder / "history.json").read_text())

    @cached_property
    def mean(self) -> Tensor:
        """Mean training image (S, S, 3) in [0, 255]: what is subtracted from every input."""
        return torch.from_numpy(np.load(self.folder / "mean.npy"))

    @property
    def card(self) -> dict[str, Any]:
        """What `ship` wrote beside a shipped net; empty for others."""
        return read_json(self.folder / "card.json")

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes that it learned, in the order of its scores."""
        names = self.card.get("classes") or class_names(self.job.data.role, self.profile)
        return tuple(names)[: self.job.classes]

    def __str__(self) -> str:
        where, right = "trained here", 100 - self.history[-1]["val_top1"]
        if card := self.card:
            data = f"{card['source']}, {len(card['classes'])} classes, {card['size']['pixels']} px"
            where, right = f"shipped ({data})", card["accuracy"]["val-top1"]["value"]
        return f"{self.job.spec.name}, {where}: {right:.1f}% of its validation images right"

    def scores(self, split: str, *, crops: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Class probabilities (N, K) by test-time crops, and labels (N,); 0: the profile's crops.

        Of the training split as many images as there are for validation, evenly spaced: the two
        errors are known equally well.
        """
        packed = packed_images(self.job, self.profile, split)
        rows = np.arange(len(packed))
        if split == "train":
            count = min(len(packed_images(self.job, self.profile, "val")), len(packed))
            rows = np.linspace(0, len(packed) - 1, count).astype(int)
        return self._scores(packed, rows, crops or self.profile.crops), packed.labels[rows]

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """Class probabilities (rows, K) of any rows of its role's first split.

        From the centre crop alone, as features are: a probe and this net see the same pixels.
        """
        return self._scores(packed_images(self.job, self.profile), rows, 1)

    def _scores(self, packed: datasets.Packed, rows: np.ndarray, crops: int) -> np.ndarray:
        def build(workdir: Path) -> None:
            bf16 = self.job.recipe.precision == "bf16"
            with threads(self.job.recipe.threads):
                answers = scores(self.net(), packed.images[rows], self.mean, crops=crops, bf16=bf16)
            np.save(workdir / "scores.npy", answers)

        config = {"net": self.address, "data": packed.digest, "rows": rows.tolist()}
        folder = store.make("scores", {**config, "crops": crops}, build, code=(scores,))
        return np.load(folder / "scores.npy")
