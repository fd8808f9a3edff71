"""Does a filter look at one part of an object, or only at the place where the part usually is?

n windows of one class, of P x P pixels.
"""

import numpy as np

from cnnlab.datasets import load
from cnnlab.probing.pascal import SHORT
from cnnlab.profiles import Profile, role_size
from cnnlab.results.statistics import Estimate, bootstrap
from cnnlab.training.trained import Trained
from cnnlab.units.concepts import Concepts
from cnnlab.units.dissection import marks_of, window_maps
from cnnlab.units.precision import redrawings
from cnnlab.units.tuned import ROLE


def part_shares(
    marks: np.ndarray,
    part: np.ndarray,
    whole: np.ndarray,
    owner: np.ndarray,
    *,
    draws: int = 200,
    deals: int = 20,
    seed: int = 0,
) -> dict[str, Estimate]:
    """How much of what a unit marks on objects lies on one part of them, in percent, by control.

    `marks`, `part` and `whole` (n, P, P) bool are of windows of one class, `owner` (n,) their
    images. "marked" is the part's share of the marked pixels, "elsewhere" that of the same marks
    laid on other windows of the class, which keeps their places, and "area" that of all pixels of
    the objects. "marked minus elsewhere" is what only the part can explain. Intervals cover the
    choice of images. NaN where nothing is marked.

    >>> part, whole = np.zeros((4, 2, 2), bool), np.ones((4, 2, 2), bool)
    >>> part[:2, 0], part[2:, 1] = True, True
    >>> print(part_shares(part, part, whole, np.arange(4))["marked"])
    100.0 [100.0, 100.0], n = 4 images
    """
    rng = np.random.default_rng([seed, 53])
    counts = redrawings(owner, draws, seed=seed)  # (n, 1 + draws)
    orders = [rng.permutation(len(owner)) for _ in range(deals)]
    pixels = {
        "marked": [(marks & mask).sum(axis=(1, 2)) for mask in (part & whole, whole)],
        "area": [mask.sum(axis=(1, 2)) for mask in (part & whole, whole)],
        "elsewhere": [
            sum((marks & mask[order]).sum(axis=(1, 2)) for order in orders)
            for mask in (part & whole, whole)
        ],
    }
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = {name: 100 * (a @ counts) / (b @ counts) for name, (a, b) in pixels.items()}
    shares["marked minus elsewhere"] = shares["marked"] - shares["elsewhere"]
    bounds, images = {"bounds": (-100.0, 100.0)}, len(np.unique(owner))
    return {name: bootstrap(v[0], v[1:], images, "images", **bounds) for name, v in shares.items()}


def focus(
    trained: Trained,
    profile: Profile,
    concepts: Concepts,
    unit: int,
    part: str,
    *,
    checkpoint: int | None = None,
    seed: int = 0,
) -> dict[str, Estimate]:
    """`part_shares` of what a filter of conv-5 marks on the test windows of the part's class.

    "dog face" is a part of dogs. Raises ValueError for a part that no pixel shows.

    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import base_net
    >>> from cnnlab.units import window_concepts
    >>> net, concepts = base_net("caffenet", TINY), window_concepts(TINY)
    >>> focus(net, TINY, concepts, unit=3, part="aero nose").keys()
    dict_keys(['marked', 'area', 'elsewhere', 'marked minus elsewhere'])
    """
    name, _, _ = part.partition(" ")
    windows = load(ROLE, profile, role_size(profile, "pascal").ends[1])
    some = windows.labels == SHORT.index(name)
    maps, centres = window_maps(trained, profile, checkpoint)
    values = maps[:, unit].astype(np.float32)
    marks = marks_of(values, centres, profile.units.crop, profile.units.marked)
    inner, outer = (concepts.mask(each)[some] for each in (part, name))
    return part_shares(marks[some], inner, outer, concepts.owner[some], seed=seed)
