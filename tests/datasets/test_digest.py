"""Digests of a role's images: the same drawn and packed, another for anything that differs."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest

from cnnlab import datasets
from cnnlab.datasets.digest import SAMPLED, class_names, sample_digest
from cnnlab.profiles import SMOKE, RoleSize

SIZE = RoleSize("world", 3, 32, {"train": 25, "val": 2})


def of(**changes: object) -> str:
    roles = {**SMOKE.roles, "imagenet": replace(SIZE, **changes)}  # pyright: ignore
    return sample_digest("imagenet", replace(SMOKE, roles=roles))


def test_images_drawn_for_it_are_those_that_are_packed() -> None:
    profile = replace(SMOKE, roles={**SMOKE.roles, "imagenet": SIZE})
    packed = datasets.load("imagenet", profile)
    digest = hashlib.sha256(json.dumps(packed.classes).encode())
    for row in np.linspace(0, 74, SAMPLED).astype(int):
        digest.update(f"{packed.labels[row]} ".encode() + packed.images[row].tobytes())
    assert digest.hexdigest() == sample_digest("imagenet", profile)
    assert class_names("imagenet", profile) == packed.classes


@pytest.mark.parametrize(
    "changes", [{"classes": 4}, {"pixels": 33}, {"splits": {"train": 26}}, {"splits": {"val": 25}}]
)
def test_other_images_have_another(changes: dict) -> None:
    assert of() == of()
    assert of(**changes) != of()
