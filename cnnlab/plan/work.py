"""What there is to do, as amounts: images to train on and to read, SVMs, proposals, files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod

import torch

from cnnlab.nets.convnet import ALIASES, ConvNet
from cnnlab.nets.spec import NetSpec
from cnnlab.plan.sets import published
from cnnlab.profiles import PooledLayer, Profile, Recipe, role_size
from cnnlab.training.jobs import Job, imagenet_job
from cnnlab.training.schedule import iterations
from cnnlab.training.shipped import NETS, read_card, shipped_name, weights_file

TRAINING, FEATURES, SVMS = "training", "features", "SVMs"
PROPOSALS, IMAGES = "proposals", "images"
PASSES = 100  # through the examples until a linear classifier is solved, about


@dataclass(frozen=True)
class Work:
    """One thing to do. Two notebooks that need the same thing name equal work: it is done once."""

    kind: str
    what: str
    amount: float  # images trained on or read; products of SVMs; pixels searched or packed
    spec: NetSpec | None = None
    batch: int = 0
    nets: int = 1  # that share the amount; they may learn side by side
    bytes: float = 0.0  # that it leaves on the disk
    memory: float = 0.0  # bytes at once, beside what a notebook takes anyway
    data: float = 0.0  # bytes of images that a net learns from, again and again


Entries = dict[str, list[Work]]  # what notebooks ask for, by their names


def parameters(spec: NetSpec) -> int:
    """Weights and biases of a net."""
    with torch.device("meta"):  # shapes only
        return sum(p.numel() for p in ConvNet(spec).parameters())


def values(spec: NetSpec, layer: PooledLayer | str) -> int:
    """How many values a layer has for an image, pooled as it is kept.

    >>> from cnnlab.nets.spec import CAFFENET
    >>> values(CAFFENET, "conv-5")
    9216
    """
    name = layer if isinstance(layer, str) else layer.name
    shape = spec.shapes()[ALIASES.get(name, name)]
    grid = 0 if isinstance(layer, str) else layer.grid
    return shape[0] * grid**2 if grid and len(shape) > 1 else prod(shape)


class Amounts:
    """The amounts of work at a profile's scale."""

    def __init__(self, profile: Profile):
        self.profile = profile
        self.sets = {role: published(profile, role) for role in profile.roles}

    def images(self, role: str, split: str | None = None) -> int:
        """Images of a split, of all where none is named."""
        images = self.sets[role].images
        return images[split] if split else sum(images.values())

    def ends(self, role: str) -> tuple[int, int]:
        """Images to learn from and to test on."""
        first, last = role_size(self.profile, role).ends
        return self.images(role, first), self.images(role, last)

    def job(self, net: NetSpec | str, *, study: bool = False) -> Job:
        """The job of a net that learns role imagenet; its classes are counted, not looked up."""
        size = self.profile.roles["imagenet"]
        drawn = replace(size, source="world", classes=2)  # no file is opened for its names
        roles = {**self.profile.roles, "imagenet": drawn}
        job = imagenet_job(net, replace(self.profile, roles=roles), study=study)
        classes = self.sets["imagenet"].classes
        classes = min(classes, self.profile.study_classes) if study else classes
        return replace(job, spec=replace(job.spec, classes=classes))

    @cached_property
    def zfnet(self) -> NetSpec:
        """ZF's base net."""
        return self.job("zfnet").spec

    @cached_property
    def caffenet(self) -> NetSpec:
        """AGM's base net."""
        return self.job("caffenet").spec

    @property
    def kept(self) -> int:
        """Checkpoints of a base net."""
        return len(self.profile.base.checkpoints)

    @property
    def chosen(self) -> float:
        """Fits of an SVM on scenes or boxes of PASCAL, whose C is chosen (AGM 3 to 5)."""
        return fits(self.profile.units.costs, self.profile.pascal.rounds)

    def packed(self, *roles: str) -> list[Work]:
        """Sets drawn, or read from their files, into arrays."""
        done = []
        for role in roles:
            pixels = self.images(role) * role_size(self.profile, role).pixels ** 2
            done.append(Work(IMAGES, f"role {role}", pixels, bytes=3 * pixels))
        return done

    def train(
        self, what: str, spec: NetSpec, recipe: Recipe, nets: int = 1, role: str = "imagenet"
    ) -> Work:
        """Nets that see all images of a recipe: by the schedule "settle" they may see fewer."""
        data = 3.0 * self.ends(role)[0] * role_size(self.profile, role).pixels ** 2
        size, kept = 4 * parameters(spec), 1 + len(recipe.checkpoints)
        responses = 4 * recipe.batch * sum(prod(shape) for shape in spec.shapes().values())
        seen = float(iterations(recipe) * recipe.batch)
        memory = 3 * size + 2 * responses  # with gradients, and momentum of the weights
        left = nets * kept * size
        return Work(TRAINING, what, nets * seen, spec, recipe.batch, nets, left, memory, data)

    def tuned(self, way: str, data: str, recipe: Recipe, nets: int = 1) -> Work:
        """Nets with CaffeNet's layers that learn scenes, boxes or windows, one way or another."""
        role = "sun" if data == "sun" else "pascal"
        return self.train(f"{way} on {data}", self.caffenet, recipe, nets, role)

    def base(self, *names: str) -> list[Work]:
        """Base nets with their scores; those that are shipped take no training."""
        done = self.packed("imagenet")
        for name in names:
            job = self.job(name)
            if not self.shipped(name):
                done.append(self.train(f"base net {name}", job.spec, job.recipe))
            done.append(self.scores(f"base net {name}", job.spec))
        return done

    def shipped(self, name: str) -> bool:
        """Whether data/weights holds the base net that the profile would train."""
        file = shipped_name(name, self.profile)
        if self.profile.train or name not in NETS or not weights_file(file).exists():
            return False
        card, job = read_card(file), self.job(name)
        job = replace(job, spec=replace(job.spec, classes=len(card.classes)))
        same = card.size == role_size(self.profile, "imagenet")
        return same and not card.misfit(job, card.digest)

    def scores(self, what: str, spec: NetSpec, nets: int = 1) -> Work:
        """Nets that answer by all test-time crops, on validation images and on as many others."""
        images = 2.0 * nets * self.ends("imagenet")[1] * self.profile.crops
        return Work(FEATURES, f"scores of {what}", images, spec)

    def study(self, *specs: NetSpec, member: int = 0) -> list[Work]:
        """Nets of the architecture tables with their scores, each by itself."""
        done = []
        for spec in specs:
            job, what = self.job(spec, study=True), f"study net {spec.name}, {member}"
            done += [self.train(what, job.spec, job.recipe), self.scores(what, job.spec)]
        return done

    def read(
        self, what: str, spec: NetSpec, images: float, kept: Iterable[PooledLayer | str] = ()
    ) -> Work:
        """Images read by a net; the layers that are `kept` are written, in two bytes a value."""
        size = 2 * images * sum(values(spec, layer) for layer in kept)
        return Work(FEATURES, what, images, spec, bytes=size)

    def probe(
        self,
        what: str,
        examples: float,
        spec: NetSpec,
        layers: Sequence[PooledLayer | str],
        problems: int,
        times: float = 1,
        *,
        gram: bool = True,
    ) -> Work:
        """`times` fits of linear classifiers on the layers of a net, one layer after another.

        SVMs of more features than examples look at products of examples, their `gram` matrix; a
        softmax goes through the features themselves.
        """
        widths, products = [values(spec, layer) for layer in layers], 0.0
        for width in widths:
            short = gram and width > examples
            products += PASSES * examples * (examples if short else width) * problems
            products += examples**2 * width if short else 0
        memory = 2 * 4 * examples * max(widths)  # as they are, and standardised
        return Work(SVMS, what, products * times, memory=memory)


def fits(costs: Iterable[float], rounds: int, times: int = 1) -> float:
    """Whole fits of a probe: one, and where C is chosen, every round's on the other rounds."""
    count = len(tuple(costs))
    return times * (1 + (count * (rounds - 1) if count > 1 else 0))
