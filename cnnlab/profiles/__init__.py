"""Profiles: every decision about scale, in one place; PAPER holds the papers' numbers."""

import os
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

from cnnlab.artifacts import paths
from cnnlab.profiles import detection, sun, transfer, units
from cnnlab.profiles.base import PooledLayer as PooledLayer
from cnnlab.profiles.base import Recipe, RoleSize, parse_sources
from cnnlab.profiles.profile import Profile as Profile
from cnnlab.profiles.recipes import RIVAL, SMALL

PAPER = Profile(
    name="paper",
    roles={
        "imagenet": RoleSize("imagenet", classes=1000, pixels=256, splits={"train": 0, "val": 0}),
        "caltech101": RoleSize("caltech101", classes=101, pixels=256, splits={"all": 0}),
        "caltech256": RoleSize("caltech256", classes=256, pixels=256, splits={"all": 0}),
        "sun": RoleSize("sun397", classes=397, pixels=256, splits={"all": 0}),
        "pascal": RoleSize("voc2007", classes=20, pixels=500, splits={"trainval": 0, "test": 0}),
        "pascal-2012": RoleSize("voc2012", 20, pixels=500, splits={"trainval": 0, "val": 0}),
        "pascal-extra": RoleSize("voc2012", classes=20, pixels=500, splits={"trainval": 0}),
    },
    shards={"imagenet": 4096},  # 1.28 million images, 252 GB: in files of 800 MB each
    base=Recipe(
        clip_rms=0.1,
        checkpoints=(1 / 70, 2 / 70, 5 / 70, 10 / 70, 20 / 70, 30 / 70, 40 / 70, 64 / 70),
    ),
    study=Recipe(clip_rms=0.1),
    live=Recipe(images=1_300_000, clip_rms=0.1, validations=10),  # one epoch
    # The papers do not say how their nets from scratch were trained: ImageNet's rate, and until
    # they stop learning, at most twice as far as AGM fine-tune.
    rival=Recipe(images=128 * 80_000, schedule="settle", least=1_000_000, validations=80),
)

MINI = replace(
    PAPER,
    name="mini",
    roles={
        "imagenet": RoleSize("world", classes=100, pixels=64, splits={"train": 200, "val": 30}),
        "caltech101": RoleSize("world", classes=40, pixels=64, splits={"all": 60}),
        "caltech256": RoleSize("world", classes=80, pixels=64, splits={"all": 80}),
        "sun": RoleSize("world", classes=40, pixels=64, splits={"all": 100}),
        "pascal": RoleSize("world", 20, pixels=160, splits={"trainval": 400, "test": 400}),
        "pascal-2012": RoleSize("world", 20, pixels=160, splits={"trainval": 400, "val": 400}),
        "pascal-extra": RoleSize("world", 20, pixels=160, splits={"trainval": 800}),
    },
    shards={},
    crop=56,  # 64 x 224/256
    width=0.25,  # 24-64-96-96-64 filters, 1024 units
    # Shipped: its twenty minutes are spent once. A long training bears more dropout and zoom, and a
    # larger rate: of 0.02 and 0.04 the second learned faster, in batches of 32 nothing was won
    base=replace(
        SMALL,
        images=600_000,
        lr=0.03,
        dropout=0.5,
        zoom=0.3,
        schedule="settle",
        least=300_000,
        validations=40,
    ),
    live=replace(SMALL, images=60_000, batch=16, lr=0.01, dropout=0.1, checkpoints=()),
    nets={name: {"fc": 384} for name in ("zfnet", "alexnet", "caffenet")},  # small files to ship
    # Error of the replication after 14,000 images of batches of 64, 32 and 16 (rates 0.03, 0.02 and
    # 0.01; dropout 0.2, 0, 0): 52, 43, 39%. At twice these rates it was worse
    study=replace(SMALL, images=16_000, batch=16, lr=0.01, dropout=0.0, checkpoints=()),
    rival=RIVAL,
    study_classes=20,
    ensemble=3,
    workers=2,
    transfer=transfer.MINI,
    sun=sun.small(RIVAL, images=40_000, runs=2),
    units=units.small(RIVAL, images=20_000, crop=56),
    detection=detection.small(RIVAL, images=64_000, proposals=48, pictures=0.75, validations=16),
)

SMOKE = replace(  # proves that every cell runs, no more
    MINI,
    name="smoke",
    roles={
        role: replace(size, splits=dict.fromkeys(size.splits, 4 if size.pixels == 64 else 12))
        for role, size in MINI.roles.items()
    },
    width=0.1,
    base=replace(MINI.base, images=512, batch=32, validations=2),
    live=replace(MINI.live, images=256, batch=32, validations=4),
    nets={},
    study=replace(MINI.study, images=64, batch=32, validations=1),
    rival=replace(RIVAL, images=64, batch=16, least=0, validations=2),
    ensemble=2,
    crops=2,
    transfer=transfer.SMOKE,
)
SMOKE = replace(
    SMOKE,
    sun=replace(sun.small(SMOKE.rival, images=64, runs=2), costs=(1.0,)),
    units=units.small(SMOKE.rival, images=64, crop=56),
    detection=detection.small(SMOKE.rival, images=64, proposals=20),
)

COURSE = replace(  # photographs on a laptop, in an hour
    MINI,
    name="course",
    roles={
        **MINI.roles,
        "imagenet": RoleSize("tiny-imagenet", 200, pixels=64, splits={"train": 0, "val": 0}),
        "caltech101": RoleSize("caltech101", classes=101, pixels=64, splits={"all": 0}),
        "caltech256": RoleSize("caltech256", classes=256, pixels=64, splits={"all": 0}),
        "sun": RoleSize("miniplaces", classes=50, pixels=64, splits={"all": 0}),
        "pascal": RoleSize("voc-subset", 20, pixels=160, splits={"trainval": 0, "test": 0}),
        "pascal-2012": RoleSize("voc-subset", 20, pixels=160, splits={"trainval": 0, "test": 0}),
        "pascal-extra": RoleSize("voc-subset", 20, pixels=160, splits={"extra": 0}),
    },
    width=0.375,
    # The nets of data/weights, which learned before layer 1 was scaled: their cards say so
    base=replace(SMALL, images=2_000_000, conv1_scale=1.0, dropout=0.5, zoom=0.3),
    nets={
        # as wide as the best of ECCV Table 3, where features that travel are made
        "zfnet": {"conv3": 512, "conv4": 1024, "conv5": 512, "fc": 1024},
        "alexnet": {"fc": 1280},
        "caffenet": {"fc": 512},
    },
    study=replace(
        MINI.study,
        images=600_000,
        batch=64,
        lr=0.02,
        dropout=0.3,
        schedule="settle",
        least=100_000,
        validations=20,  # of 60 shorter ones three were too alike by chance: rates fell too early
    ),
    rival=replace(RIVAL, images=200_000, validations=40),
    study_classes=200,
    ensemble=2,
    transfer=transfer.COURSE,
    sun=sun.small(RIVAL, images=60_000, runs=2),
    units=units.small(RIVAL, images=60_000, crop=56),
    detection=detection.small(RIVAL, images=60_000, proposals=200),
)


def profiles() -> dict[str, Profile]:
    """The profiles by name, smallest first.

    >>> list(profiles())
    ['smoke', 'mini', 'course', 'paper']
    """
    return {profile.name: profile for profile in (SMOKE, MINI, COURSE, PAPER)}


def resolve(
    name: str | Profile,
    *,
    sources: Mapping[str, str] | None = None,
    data_dir: Path | str | None = None,
) -> Profile:
    """The named profile with the reader's sources and data folder filled in.

    What is not given is read from the environment: $CNNLAB_SOURCES ("role=source,role=source") and
    $CNNLAB_DATA_DIR; $CNNLAB_TRAIN=1 trains nets that are shipped, too. Raises ValueError, with the
    valid names, for an unknown profile or role.

    >>> resolve("mini", sources={"caltech101": "caltech101"}).roles["caltech101"].source
    'caltech101'
    """
    if isinstance(name, Profile):
        return name
    profile = profiles().get(name)
    if profile is None:
        raise ValueError(f"no profile {name!r}; there are {', '.join(profiles())}")
    if sources is None:
        sources = parse_sources(os.environ.get("CNNLAB_SOURCES", ""))
    roles = dict(profile.roles)
    for role, source in sources.items():
        roles[role] = replace(role_size(profile, role), source=source)
    folder = paths.whole(Path(data_dir)) if data_dir else paths.data_dir()
    train = os.environ.get("CNNLAB_TRAIN", "") not in ("", "0")
    return replace(profile, roles=roles, data_dir=folder, train=profile.train or train)


def role_size(profile: Profile, role: str) -> RoleSize:
    """The size of a role in a profile; raises ValueError, with the names of all, for another.

    >>> role_size(PAPER, "caltech101").classes
    101
    """
    if role not in profile.roles:
        raise ValueError(f"no role {role!r}; there are {', '.join(profile.roles)}")
    return profile.roles[role]


def scaled(profile: Profile, **changes: object) -> Profile:
    """A copy with fields changed, for trying things; raises ValueError with the valid fields.

    >>> scaled(MINI, width=0.5).width
    0.5
    """
    valid = [f.name for f in fields(Profile)]
    unknown = [name for name in changes if name not in valid]
    if unknown:
        raise ValueError(f"a profile has no field {unknown[0]!r}; it has {', '.join(valid)}")
    return replace(profile, **changes)  # pyright: ignore[reportArgumentType]
