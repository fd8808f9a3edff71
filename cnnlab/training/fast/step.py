"""One step of the engine: a batch's loss and gradients, whatever memory holds of it at once.

B images in this process's part of a batch.
"""

import contextlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

from cnnlab.artifacts.store import StoreError, write_atomic
from cnnlab.nets.convnet import ConvNet
from cnnlab.profiles import Recipe
from cnnlab.training.fast import group

MICRO = "micro-batch.json"  # beside a save: how many images memory holds at once


@dataclass(frozen=True)
class Settings:
    """How the engine works; nothing of it changes what a net learns but for rounding."""

    save_every: float = 60.0  # seconds between the points from which a run can be resumed
    compile: bool = True  # kernels for this net, on a GPU
    resident: float = 0.6  # share of a GPU's free memory that the images may take
    bucket_mb: float = 25.0  # of gradients that travel together


DEFAULT = Settings()


class Step:
    """Loss and gradients of one batch, in micro-batches where memory does not hold it at once."""

    def __init__(self, net: ConvNet, recipe: Recipe, settings: Settings, folder: Path):
        self.bf16, self._path = recipe.precision == "bf16", folder / MICRO
        self.cuda = next(net.parameters()).is_cuda
        self.micro = json.loads(self._path.read_text()) if self._path.exists() else 0  # 0: all
        self._net, self.model = net, cast(nn.Module, net)
        # `torch.manual_seed` seeds GPUs too, and notes who did: 2 ms on a CPU whose torch has CUDA
        self._seed = torch.manual_seed if self.cuda else torch.default_generator.manual_seed
        self._tried = group.size() == 1
        if group.size() > 1:
            self.model = DistributedDataParallel(
                net, bucket_cap_mb=settings.bucket_mb, gradient_as_bucket_view=True
            )
        if self.cuda:
            torch.backends.cudnn.benchmark = True
            if settings.compile:
                self.model = cast(nn.Module, torch.compile(self.model))

    @property
    def note(self) -> dict[str, float]:
        """What a row of the history says of micro-batches: nothing where there are none."""
        return {"micro_batch": self.micro} if self.micro else {}

    def __call__(self, images: Tensor, labels: Tensor, seed: int) -> Tensor:
        """The mean loss over (b, 3, P, P) and (b,), detached, its gradients in the parameters.

        Raises StoreError where memory does not hold one image.
        """
        if not self._net.training:
            self.model.train()
        if not self._tried:
            self._try(images, labels)
        while True:
            self._seed(seed)
            try:
                return self._accumulated(images, labels)
            except torch.OutOfMemoryError:
                pass  # what the step held is let go with the exception
            self._halve(len(images))
            if group.size() > 1:  # others already wait for this one's gradients
                raise StoreError(
                    f"memory did not hold {2 * self.micro} images in process {group.rank()}; run "
                    f"again, which resumes from the last save with {self.micro} at a time"
                )

    def _accumulated(self, images: Tensor, labels: Tensor, alone: bool = False) -> Tensor:
        """One pass over the batch; `alone`, its gradients are not averaged over processes."""
        size = self.micro or len(images)
        parts = list(zip(images.split(size), labels.split(size), strict=True))
        losses = []
        for n, (x, y) in enumerate(parts, 1):
            waits = group.size() > 1 and (alone or n < len(parts))
            with self.model.no_sync() if waits else contextlib.nullcontext():  # pyright: ignore
                with torch.autocast(x.device.type, torch.bfloat16, enabled=self.bf16):
                    logits = self.model(x)  # (b, K)
                loss = F.cross_entropy(logits.float(), y)
                loss = loss if len(parts) == 1 else loss * (len(y) / len(labels))
                loss.backward()
            losses.append(loss.detach())
        return sum(losses[1:], losses[0])

    def _try(self, images: Tensor, labels: Tensor) -> None:
        """Let the processes agree on micro-batches that each can hold, before any waits."""
        while not self._tried:
            try:
                self._accumulated(images, labels, alone=True)
                self._tried = True
            except torch.OutOfMemoryError:
                pass
            self.model.zero_grad(set_to_none=True)
            if not self._tried:
                self._halve(len(images))
        held = [n for n in group.gathered(self.micro) if n]
        self.micro = min(held, default=0)

    def _halve(self, whole: int) -> None:
        self.micro = (self.micro or whole) // 2
        self.model.zero_grad(set_to_none=True)
        if self.cuda:
            torch.cuda.empty_cache()
        if not self.micro:
            raise StoreError(
                "memory does not hold one image of this net; use a smaller net or crop"
            )
        write_atomic(self._path, json.dumps(self.micro).encode())  # for the next start
        print(
            f"cnnlab: out of memory; {self.micro} of {whole} images at a time from here on, and "
            "their gradients together as before",
            file=sys.stderr,
        )
