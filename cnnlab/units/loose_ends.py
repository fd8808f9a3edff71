"""Nets for questions that the draft leaves open: few units, two layers (draft 5 and 6.4)."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from cnnlab.artifacts import store
from cnnlab.nets.convnet import build, weighted_layers
from cnnlab.nets.weights import save_net
from cnnlab.profiles import Profile
from cnnlab.training.jobs import FULL, Job, Start, imagenet_job
from cnnlab.training.machine import resolve_precision
from cnnlab.training.trained import Trained
from cnnlab.units.tuned import tuning_job

PAPER_UNITS = 4096  # in the full layers of the paper's net
GRID = 16  # frequencies of a filter's spectrum, along a side


def tuning_jobs(base: Trained, profile: Profile, *, seed: int = 0) -> Mapping[str, Job]:
    """Ways to fine-tune a net on the windows: all of it, or its full layers alone.

    "fc-ft" goes on with the full layers as they are, "fc-ft-fresh" draws them anew, as the draft
    does, and "fc-ft-narrow" draws few units instead, the draft's 400 where its net has 4,096.

    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> jobs = tuning_jobs(base_net("caffenet", TINY), TINY)
    >>> {name: job.spec.fc[7] for name, job in jobs.items()}
    {'ft': 408, 'fc-ft': 408, 'fc-ft-fresh': 408, 'fc-ft-narrow': 40}
    """
    whole = tuning_job(base, profile, seed=seed)
    full = replace(whole, frozen="conv")
    units = profile.units.narrow * base.job.spec.fc[7] / PAPER_UNITS
    few = max(8, 8 * round(units / 8))
    narrow = Start(narrowed(base, few), fresh=FULL)
    return {
        "ft": whole,
        "fc-ft": full,
        "fc-ft-fresh": replace(full, start=Start(base.address, fresh=FULL)),
        "fc-ft-narrow": replace(full, start=narrow, spec=whole.spec.with_fc(few)),
    }


def narrowed(base: Trained, units: int) -> str:
    """The address of a net with the layers of another up to pool5, and new full layers above."""

    def make(workdir: Path) -> None:
        recipe = base.job.recipe
        net = build(base.job.spec.with_fc(units), init=recipe.init, seed=base.job.seed)
        old = weighted_layers(base.net().cpu())
        for name, layer in weighted_layers(net).items():
            if name not in FULL:
                layer.load_state_dict(old[name].state_dict())
        save_net(net, workdir / "net.safetensors")
        np.save(workdir / "mean.npy", base.mean.numpy())

    folder = store.make("narrowed", {"net": base.address, "units": units}, make, code=(narrowed,))
    return f"{folder.parent.name}/{folder.name}"


def two_layer_jobs(profile: Profile, *, seed: int = 0) -> Mapping[str, Job]:
    """A net of AGM's first two layers and a classifier, and a whole one; they learn equally long.

    Neither starts from the weights that the base net started from.

    >>> from cnnlab.profiles.tiny import TINY
    >>> [*two_layer_jobs(TINY)["two layers"].spec.shapes()][-3:]
    ['norm2', 'fc8', 'prob']
    """
    whole = imagenet_job("caffenet", profile, seed=seed + 1)
    recipe = replace(resolve_precision(profile.live), clip_rms=0.0)
    whole = replace(whole, recipe=recipe, spec=replace(whole.spec, dropout=recipe.dropout))
    return {
        "whole net": whole,
        "two layers": replace(whole, seed=seed + 2, spec=whole.spec.without(*range(3, 8))),
    }


def partners(filters: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each of F filters (F, 3, k, k) one of as many others, and how like both are: (F,) each.

    Likeness is the cosine of their spectra, 0 to 1, which know neither place nor sign. Nobody
    shares a partner; together the pairs are as like as can be.

    >>> waves = np.random.default_rng(0).normal(size=(3, 3, 7, 7))
    >>> order, likeness = partners(waves, -waves[::-1])
    >>> order.tolist(), likeness.round(3).tolist()
    ([2, 1, 0], [1.0, 1.0, 1.0])
    """
    cosines = _spectra(filters) @ _spectra(others).T  # (F, F)
    rows, order = linear_sum_assignment(-cosines)
    return order, cosines[rows, order]


def _spectra(filters: np.ndarray) -> np.ndarray:
    """Amplitudes of the frequencies in each colour, (F, D), of length 1."""
    amplitudes = np.abs(np.fft.rfft2(filters, s=(GRID, GRID))).reshape(len(filters), -1)
    return amplitudes / np.linalg.norm(amplitudes, axis=1, keepdims=True)
