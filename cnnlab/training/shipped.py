"""The nets of data/weights: written with a card that says what they are, opened by that card.

A net that learned from hundreds of thousands of images is an hour's work. Where a profile asks for
the very net that is shipped (same layers, recipe, seed and data, by its card), that one is opened.
"""

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from cnnlab.artifacts import paths, store
from cnnlab.artifacts.plain import from_plain, to_plain
from cnnlab.datasets.digest import class_names, sample_digest
from cnnlab.datasets.sources import WORLD
from cnnlab.nets.spec import NetSpec
from cnnlab.nets.weights import save_net
from cnnlab.profiles import COURSE, Profile, Recipe, RoleSize
from cnnlab.training.evaluate import error_cells
from cnnlab.training.jobs import Job, imagenet_job
from cnnlab.training.learn import weights_name
from cnnlab.training.schedule import iterations
from cnnlab.training.trained import Trained, train_all

NETS = ("zfnet", "alexnet", "caffenet")
KEPT = ("zfnet", "caffenet")  # those whose checkpoints are shipped too: notebooks look into them


@dataclass(frozen=True)
class Card:
    """What a shipped net is: all that it was made from, and what it reached."""

    net: str
    spec: NetSpec
    recipe: Recipe
    seed: int
    source: str  # that played role imagenet
    size: RoleSize
    digest: str  # of the images, `datasets.digest.sample_digest`
    classes: tuple[str, ...]
    accuracy: Mapping[str, Mapping[str, float]]  # percent; its interval covers validation images
    mean: tuple[float, ...]  # colour (RGB) of the mean image
    history: tuple[Mapping[str, float], ...]  # as `fit` returns it
    files: Mapping[str, str]  # path below data/weights -> SHA-256
    command: str  # makes it again

    @property
    def job(self) -> Job:
        """The job that it is the net of."""
        return Job(self.spec, self.recipe, self.seed)

    @property
    def data(self) -> str:
        """What it learned from, in words."""
        return f"{self.source}, {len(self.classes)} classes, {self.size.pixels} px"

    def misfit(self, job: Job, digest: str) -> str:
        """In what a net is another one than `job` would train; "" where it is the same.

        The machine's arithmetic (precision, threads) does not count.
        """
        wanted, recipe = to_plain(job.recipe), to_plain(self.recipe)
        keys = [key for key in wanted if key not in ("precision", "threads")]
        if job.spec != self.spec:
            return _spec_misfit(self.spec, job.spec)
        if other := next((key for key in keys if recipe[key] != wanted[key]), None):
            return f"its {other} is {recipe[other]!r}, the recipe here has {wanted[other]!r}"
        if job.seed != self.seed:
            return f"it has seed {self.seed}, not {job.seed}"
        return "" if digest == self.digest else "it learned from other images than there are here"


def _spec_misfit(spec: NetSpec, wanted: NetSpec) -> str:
    """The first number in which a net is another one than the wanted, in a short sentence."""
    whole = ("pixels", "classes", "scale", "dropout", "ceil", "norm", "name")
    here, asked = (
        {(f"layer {c.layer}", key): v for c in net.convs for key, v in list(asdict(c).items())[1:]}
        | {(f"layer {n}", "units"): units for n, units in net.fc.items()}
        | {("net", key): getattr(net, key) for key in whole}
        for net in (spec, wanted)
    )
    keys = sorted(here | asked, key=lambda k: k[0] == "net")  # layers before the whole
    part, key = next(k for k in keys if here.get(k) != asked.get(k))
    value, other = here.get((part, key), "no"), asked.get((part, key), "none")
    value = f"{value} {key}" if key.endswith("s") else f"{key} {value}"  # 24 maps, kernel 7
    return f"its {part} has {value}, not {other}"


def base_net(name: str, profile: Profile, seed: int = 0) -> Trained:
    """The net `name` ("zfnet", "alexnet", "zf2013", "caffenet") by a profile's base recipe.

    The shipped one where it is that very net and the profile does not say `train`; else it is
    opened where it was trained before, or trained. Raises ValueError for another name.

    >>> base_net("lenet", Profile("any", roles={}))
    Traceback (most recent call last):
    ValueError: no net 'lenet'; there are alexnet, zf2013, zfnet, caffenet
    """
    job = imagenet_job(name, profile, seed=seed)
    shipped = shipped_name(name, profile)
    if not profile.train and weights_file(shipped).exists():
        try:
            card = read_card(shipped)
            why = card.misfit(job, sample_digest("imagenet", profile))
            if not why:
                return replace(_opened(shipped, card, profile), job=job)
        except ValueError as error:
            why = str(error)
        print(f"cnnlab: the shipped {shipped} is not used: {why}", file=sys.stderr)
    return train_all([job], profile)[0]


def shipped_net(name: str = "zfnet-photographs", profile: Profile = COURSE) -> Trained:
    """A net of data/weights by its name, such as "alexnet-photographs" or "zfnet-world".

    Raises ValueError for a net that is not there, for files that its card does not describe, and
    for a net of the world that learned from another world.

    >>> print(shipped_net("alexnet-photographs"))
    alexnet-fc-1280, shipped (tiny-imagenet, 100 classes, 64 px): 47.1% of its validation ... right
    """
    card = read_card(name)
    if card.source == WORLD:
        roles = {**profile.roles, "imagenet": card.size}
        if sample_digest("imagenet", replace(profile, roles=roles)) != card.digest:
            raise ValueError(f"{name} learned from another world; make it again: {card.command}")
    return _opened(name, card, profile)


def shipped_name(net: str, profile: Profile) -> str:
    """The name under which a net that learned from a profile's images is shipped."""
    world = profile.roles["imagenet"].source == WORLD
    return f"{net}-{'world' if world else 'photographs'}"


def weights_file(name: str) -> Path:
    """Where the net `name` is shipped, or would be; its card lies beside it."""
    return paths.weights() / f"{name}.safetensors"


def read_card(name: str) -> Card:
    """The card of a shipped net, after a check that it describes the files beside it.

    Raises ValueError for a missing file, an unreadable card, and for files with other sums.
    """
    path = weights_file(name)
    if not path.exists():
        raise ValueError(f"data/weights/{path.name} is not there; restore it")
    try:
        card = from_plain(Card, json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
        if np.shape(card.mean) != (3,):
            raise ValueError("its mean is no colour")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name} needs its card {path.stem}.json: {error}") from error
    for file, digest in card.files.items():
        here = path.parent / file
        if not here.exists() or store.sha256(here) != digest:
            raise ValueError(
                f"data/weights/{file} is not the file of its card; restore both, or run "
                f"{card.command}"
            )
    return card


def ship_job(name: str, profile: Profile, *, seed: int = 0) -> Job:
    """The job of a net of data/weights; ValueError, with the names there are, for any other.

    >>> ship_job("lenet", COURSE)
    Traceback (most recent call last):
    ValueError: no net 'lenet' is shipped; there are zfnet, alexnet, caffenet
    """
    if name not in NETS:
        raise ValueError(f"no net {name!r} is shipped; there are {', '.join(NETS)}")
    return imagenet_job(name, profile, seed=seed)


def ship(trained: Trained, name: str, *, command: str, checkpoints: bool = True) -> Card:
    """Write a trained net to data/weights, with its mean image, and its card beside it.

    The end is kept in fp16, checkpoints in 8 bits a weight.
    """
    path = weights_file(name)
    save_net(trained.net(), path, dtype=torch.float16, mean=trained.mean)
    folder = path.with_suffix(".checkpoints")
    shutil.rmtree(folder, ignore_errors=True)
    for iteration in trained.checkpoints if checkpoints else ():
        net = trained.net(iteration)
        save_net(net, folder / weights_name(iteration), dtype=torch.int8)
    files = [path, *sorted(folder.glob("*.safetensors"))]
    swapped = {"value": "value", "low": "high", "high": "low"}  # of the error
    accuracy = {}
    for cell in error_cells("net", [trained], ["val-top1", "val-top5"]):
        right = {name: round(100 - cell[error], 2) for name, error in swapped.items()}
        accuracy[cell["column"]] = {**right, "n": cell["n"]}
    job, profile = trained.job, trained.profile
    size = profile.roles["imagenet"]
    card = Card(
        net=job.spec.name,
        spec=job.spec,
        recipe=job.recipe,
        seed=job.seed,
        source=size.source,
        size=size,
        digest=sample_digest("imagenet", profile),
        classes=class_names("imagenet", profile),
        accuracy=accuracy,
        mean=tuple(round(float(v), 3) for v in trained.mean.mean(dim=(0, 1))),
        history=tuple(trained.history),
        files={file.relative_to(path.parent).as_posix(): store.sha256(file) for file in files},
        command=command,
    )
    text = json.dumps(to_plain(card), indent=1) + "\n"
    store.write_atomic(path.with_suffix(".json"), text.encode())
    return card


def _opened(name: str, card: Card, profile: Profile) -> Trained:
    """A shipped net as a trained one, in a folder of the cache like any other."""
    path, side = weights_file(name), profile.roles["imagenet"].pixels

    def build(workdir: Path) -> None:
        from safetensors import safe_open

        for file in card.files:
            inside = Path(file).name if "/" in file else weights_name(None)
            shutil.copyfile(path.parent / file, workdir / inside)
        with safe_open(path, framework="np") as tensors:
            mean = np.full((side, side, 3), card.mean, np.float32)
            if "mean" in tensors.keys():  # noqa: SIM118
                mean = tensors.get_tensor("mean").astype(np.float32)
        np.save(workdir / "mean.npy", mean)
        whole = {"iteration": iterations(card.recipe)}
        rows = [{**whole, **row} for row in card.history]
        store.write_atomic(workdir / "history.json", json.dumps(rows).encode())
        store.write_atomic(workdir / "card.json", json.dumps(to_plain(card)).encode())

    config: dict[str, Any] = {"card": to_plain(card), "side": side}
    folder = store.make("shipped", config, build, code=(weights_name,))  # copies: little code
    return Trained(folder, card.job, profile)
