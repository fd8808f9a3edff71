"""Does bf16 train to the same accuracy as fp32? The same nets, both ways, over seeds."""

from dataclasses import replace

import numpy as np

from cnnlab.bench.row import Row
from cnnlab.profiles import Profile, resolve
from cnnlab.results.statistics import paired_difference
from cnnlab.training.evaluate import error_rate
from cnnlab.training.jobs import Job, imagenet_job
from cnnlab.training.trained import Trained, train_all

SEEDS = 5
PROFILE = "mini"


def run() -> list[Row]:
    """Train the study net over `SEEDS` seeds in each precision, once for all, and compare."""
    profile = resolve(PROFILE)
    wanted = [_job(profile, p, seed) for seed in range(SEEDS) for p in ("bf16", "fp32")]
    correct = np.array([_correct(net) for net in train_all(wanted, profile)]).reshape(SEEDS, 2)
    bf16, fp32 = correct.T  # (seeds,) each
    gap = paired_difference(bf16, fp32)
    half = gap.value - gap.low
    classes, images = wanted[0].spec.classes, wanted[0].recipe.images
    return [
        Row(
            f"top-1 accuracy, {classes} classes, {images:,} images",
            ours=tuple(bf16),
            rival=tuple(fp32),
            unit="%",
            note=f"ours bf16, rival fp32; means {bf16.mean():.2f} and {fp32.mean():.2f}",
        ),
        Row(
            "distance of the mean difference from 0, in halves of its 95% interval",
            ours=(abs(gap.value) / half,),
            unit="",
            must="<= 1",
            note=f"bf16 minus fp32 {gap.value:+.2f} points, 95% t interval "
            f"{gap.low:+.2f} to {gap.high:+.2f}, {gap.n} seeds",
        ),
    ]


def _job(profile: Profile, precision: str, seed: int) -> Job:
    study = replace(profile.study, precision=precision)
    return imagenet_job("zfnet", replace(profile, study=study), seed=seed, study=True)


def _correct(net: Trained) -> float:
    return 100 - error_rate(*net.scores("val"))
