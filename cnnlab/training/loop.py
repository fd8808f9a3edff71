"""The training loop (ZF 3.1): SGD with momentum; an interrupted run is resumed, bit for bit.

Iteration i depends on the weights and on (seed, i) only: batches, mirrorings and dropout are drawn
anew from those two numbers, so no generator state needs saving and a resumed run is bit-equal.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from cnnlab.artifacts.store import write_atomic
from cnnlab.nets.convnet import ConvNet
from cnnlab.nets.weights import save_net
from cnnlab.profiles import Recipe
from cnnlab.training.batches import Batches
from cnnlab.training.schedule import Schedule, checkpoint_iterations, iterations

SAVE_EVERY = 20.0  # seconds between the points from which a run can be resumed

Validate = Callable[[ConvNet], dict[str, float]]  # must return "val_top1", an error in percent
Report = Callable[[int, dict[str, float]], None]  # iterations done, the last history row


def fit(
    net: ConvNet,
    batches: Batches,
    recipe: Recipe,
    validate: Validate,
    folder: Path,
    report: Report = lambda done, row: None,
) -> list[dict[str, float]]:
    """Train `net` in place and return its history, one row a validation.

    Parameters that do not require a gradient stay as they are. `folder` receives
    checkpoint-<iteration>.safetensors at the recipe's points, and resume.safetensors while running;
    where it already holds one, training resumes from it.
    A row: iteration, images, rate, train_loss (mean since the last row), what `validate` gives.
    By the schedule "settle" it returns once the training loss has stopped falling.

    >>> from cnnlab.nets import build, spec
    >>> net = build(spec("zfnet").scaled(56, width=0.1, classes=3))
    >>> black, labels = torch.zeros(4, 64, 64, 3), torch.zeros(4, dtype=torch.long)
    >>> batches = Batches(black, labels, mean=black[0], crop=56, batch=2, seed=0)
    >>> recipe = Recipe(images=4, batch=2, validations=2)
    >>> [row["images"] for row in fit(net, batches, recipe, lambda net: {"val_top1": 0.0}, Path())]
    [2, 4]
    """
    total = iterations(recipe)
    schedule = Schedule(recipe, total)
    optimizer = torch.optim.SGD(_groups(net, recipe), lr=recipe.lr, momentum=recipe.momentum)
    validate_at = {round(total * (v + 1) / recipe.validations) for v in range(recipe.validations)}
    keep_at = set(checkpoint_iterations(recipe))
    device = next(net.parameters()).device
    bf16 = recipe.precision == "bf16"
    history, losses, start = _resume(folder, net, optimizer, schedule)
    saved = time.monotonic()
    for i in range(start, total):
        if schedule.ended:
            break
        torch.manual_seed((batches.seed << 32) + i)  # dropout
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate(i)
        images, labels = batches[i]  # (B, 3, P, P), (B,)
        net.train()
        with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
            logits = net(images)  # (B, K)
        loss = F.cross_entropy(logits.float(), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if recipe.clip_rms:
            clip_filters(net, recipe.clip_rms)
        losses.append(float(loss.detach()))
        if i + 1 in validate_at:
            row = {"iteration": i + 1, "images": (i + 1) * recipe.batch, "rate": schedule.rate(i)}
            history.append({**row, "train_loss": sum(losses) / len(losses), **validate(net)})
            schedule.validated(history[-1])
            losses.clear()
        if i + 1 in keep_at:
            save_net(net, folder / f"checkpoint-{i + 1:07d}.safetensors")
        if time.monotonic() - saved > SAVE_EVERY:
            _save(folder, net, optimizer, schedule, history, losses, i + 1)
            saved = time.monotonic()
        report(i + 1, history[-1] if history else {})
    (folder / "resume.safetensors").unlink(missing_ok=True)
    return history


@torch.no_grad()
def clip_filters(net: ConvNet, radius: float) -> None:
    """Scale each convolutional filter whose root mean square exceeds `radius` to it (ECCV 3.1).

    The radius is that of filters on pixels minus their mean, about [-128, 128]. A net that divides
    its inputs by a scale has filters so much larger in layer 1, and so is their radius there.

    >>> from cnnlab.nets import build, spec
    >>> net = build(spec("zfnet").scaled(56, width=0.1, classes=3), init="he")
    >>> clip_filters(net, 0.03)
    >>> f"{net.layers.conv2.weight.square().mean(dim=(1, 2, 3)).sqrt().max():.2f}"
    '0.03'
    """
    for name, layer in net.layers.named_children():
        if isinstance(layer, nn.Conv2d):
            rms = layer.weight.square().mean(dim=(1, 2, 3), keepdim=True).sqrt()  # (F, 1, 1, 1)
            limit = radius * net.spec.scale if name == "conv1" else radius
            layer.weight.mul_((limit / rms.clamp_min(1e-12)).clamp_max(1.0))


def _groups(net: ConvNet, recipe: Recipe) -> list[dict[str, Any]]:
    """Weights decay, biases do not."""
    named = [(n, p) for n, p in net.named_parameters() if p.requires_grad]
    return [
        {
            "params": [p for n, p in named if n.endswith("weight")],
            "weight_decay": recipe.weight_decay,
        },
        {"params": [p for n, p in named if n.endswith("bias")], "weight_decay": 0.0},
    ]


def _save(
    folder: Path,
    net: ConvNet,
    optimizer: torch.optim.SGD,
    schedule: Schedule,
    history: list[dict[str, float]],
    losses: list[float],
    done: int,
) -> None:
    from safetensors.torch import save

    tensors = {}
    for name, value in net.named_parameters():
        tensors[name] = value.detach().cpu().contiguous()
        if value.requires_grad:
            momentum = optimizer.state[value]["momentum_buffer"]
            tensors[f"momentum.{name}"] = momentum.cpu().contiguous()
    state = {"done": done, "history": history, "losses": losses, "schedule": schedule.state}
    write_atomic(
        folder / "resume.safetensors", save(tensors, metadata={"state": json.dumps(state)})
    )


def _resume(
    folder: Path, net: ConvNet, optimizer: torch.optim.SGD, schedule: Schedule
) -> tuple[list[dict[str, float]], list[float], int]:
    """Load what `_save` wrote, if anything: history, losses since its last row, iterations done."""
    from safetensors import safe_open

    path = folder / "resume.safetensors"
    if not path.exists():
        return [], [], 0
    with safe_open(path, framework="pt") as file, torch.no_grad():
        state = json.loads(file.metadata()["state"])
        for name, value in net.named_parameters():
            value.copy_(file.get_tensor(name))
            if value.requires_grad:
                momentum = torch.empty_like(value).copy_(file.get_tensor(f"momentum.{name}"))
                optimizer.state[value]["momentum_buffer"] = momentum
    schedule.state = state["schedule"]
    return state["history"], state["losses"], state["done"]
