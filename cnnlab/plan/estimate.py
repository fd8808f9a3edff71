"""From amounts and paces to hours: on the machine that was measured, and on so many GPUs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from cnnlab.bench.costs import Costs, Pace
from cnnlab.bench.peak import training_flops
from cnnlab.nets.spec import NetSpec
from cnnlab.plan.work import FEATURES, IMAGES, PROPOSALS, SVMS, TRAINING, Work, parameters
from cnnlab.profiles import Profile

GRADIENTS, READING, DISK, START = "gradients", "reading", "disk", "start"
RESOURCES = (TRAINING, GRADIENTS, READING, FEATURES, SVMS, PROPOSALS, IMAGES, DISK)


@dataclass(frozen=True)
class Gpus:
    """GPUs that are assumed, not measured: how many, what each reaches, how they are joined."""

    count: int
    tflops: float = 60.0  # sustained: 6% of what an H100's data sheet names for dense bf16
    holds: float = 40.0  # GB of images; more are read again and again
    link: float = 50.0  # GB/s between two of them: a port of 400 Gbit/s

    def step(self, spec: NetSpec, batch: int) -> tuple[float, float]:
        """Seconds of computing and of exchanging gradients (ring all-reduce) in a step."""
        share = 2 * (self.count - 1) / self.count
        exchanged = share * 4 * parameters(spec) / (self.link * 1e9)
        return self.image(spec) * batch, exchanged

    def image(self, spec: NetSpec) -> float:
        """Seconds of an image, forward and backward, on all of them together."""
        return training_flops(spec) / (self.tflops * 1e12 * self.count)


@dataclass(frozen=True)
class Estimate:
    """What one notebook takes: seconds by resource, bytes on the disk, bytes of memory."""

    name: str
    seconds: Mapping[str, float]
    bytes: float
    memory: float

    @property
    def whole(self) -> float:
        """Seconds in all."""
        return sum(self.seconds.values())

    @property
    def limit(self) -> str:
        """The resource that takes longest."""
        return max(self.seconds, key=self.seconds.__getitem__)


def estimate(
    name: str, work: Sequence[Work], costs: Costs, profile: Profile, gpus: Gpus | None = None
) -> Estimate:
    """What a notebook takes by the costs of this machine; its nets on `gpus`, where they are given.

    Everything is linear: in images, pixels, and examples x features x problems.
    """
    nets = sum(one.nets for one in work if one.kind == TRAINING)
    at_once = max(1, min(profile.workers, costs.processors, nets))
    seconds: dict[str, float] = dict.fromkeys(RESOURCES, 0.0) | {START: costs.start}
    rates = {SVMS: costs.svms, PROPOSALS: costs.proposals, IMAGES: costs.images}
    for one in work:
        seconds[DISK] += one.bytes / costs.disk
        if one.spec is None:
            rate = rates[one.kind] * costs.processors
            if gpus and one.kind == SVMS:  # on one of them
                rate = gpus.tflops * 1e12 / 2
            seconds[one.kind] += one.amount / rate
        elif one.kind == FEATURES:
            image = gpus.image(one.spec) / 3 if gpus else _scaled(costs.features, one.spec).image
            seconds[FEATURES] += one.amount * image
        elif gpus:
            computed, exchanged = gpus.step(one.spec, one.batch)
            fetched = one.batch / (costs.read * costs.processors * gpus.count)
            held_up = one.data > gpus.holds * 1e9 and fetched > computed
            steps = one.amount / one.batch
            seconds[READING if held_up else TRAINING] += steps * max(computed, held_up * fetched)
            seconds[GRADIENTS] += steps * exchanged
        else:
            pace = _scaled(costs.training, one.spec)
            seconds[TRAINING] += one.amount * (pace.image + pace.step / one.batch) / at_once
    largest = max(
        (one.memory * (at_once if one.kind == TRAINING else 1) for one in work), default=0.0
    )
    return Estimate(name, seconds, sum(one.bytes for one in work), costs.base + largest)


def _scaled(paces: Sequence[Pace], spec: NetSpec) -> Pace:
    """The pace of the net nearest in multiply-adds, in proportion to them."""
    flops = training_flops(spec)
    near = min(paces, key=lambda pace: abs(log(pace.flops / flops)))
    return Pace(flops, near.image * flops / near.flops, near.step)
