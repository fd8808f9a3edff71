"""The world is the same on any processor with AVX2: one digest a role."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from cnnlab.datasets.digest import sample_digest
from cnnlab.profiles import MINI

DIGESTS = {
    "imagenet": "e68904c0082c3712",
    "caltech101": "083e85d84473947d",
    "caltech256": "8e2a61e68d890604",
    "sun": "1cb8b105fb3e3775",
    "pascal": "8cdbbc0445a6a022",
    "pascal-2012": "fc5651cee25aefe9",
    "pascal-extra": "044fc787c03683e3",
}
# a processor without AVX-512, as far as libraries let themselves be told; without AVX2, OpenCV's
# weighted sums and turns round otherwise
OLD_PROCESSOR = {
    "OPENBLAS_CORETYPE": "Haswell",
    "OPENCV_CPU_DISABLE": "AVX512-SKX",
    "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL",
}
PRINT = """
import sys
from cnnlab.datasets.digest import sample_digest
from cnnlab.profiles import MINI
print(*(sample_digest(role, MINI)[:16] for role in MINI.roles), sep="\\n")
"""


@pytest.mark.parametrize("role", MINI.roles)
def test_the_world_shows_what_shipped_nets_learned_from(role: str) -> None:
    assert sample_digest(role, MINI)[:16] == DIGESTS[role]


def test_another_processor_draws_the_same_bytes() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PRINT],
        env=os.environ | OLD_PROCESSOR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == list(DIGESTS.values())


def test_a_digest_notices_other_images() -> None:
    size = MINI.roles["imagenet"]
    fewer = replace(MINI, roles={**MINI.roles, "imagenet": replace(size, classes=99)})
    smaller = replace(MINI, roles={**MINI.roles, "imagenet": replace(size, pixels=63)})
    digests = {sample_digest("imagenet", profile) for profile in (MINI, fewer, smaller)}
    assert len(digests) == 3
