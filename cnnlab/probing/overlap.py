"""What it does to a result that test images were pre-trained on (ZF 2014, 4), by planting some.

A run has its own split and its own nets. Copies of some classes' *test* images are planted in a
small pre-training set; as many *other* images of the same classes are the control, which brings
the classes but no test image; and the copies that a search finds are *removed* again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from cnnlab.probing.caltech import TransferSet
from cnnlab.probing.splits import Split, folds
from cnnlab.profiles import Profile
from cnnlab.results.statistics import mean_of, share
from cnnlab.training.jobs import Data, Job, Planted, packed_images

GAP = "planted minus other"


def overlap_splits(target: TransferSet) -> list[Split]:
    """A split a run: images to put a probe on, to test on, and as many others (`val`).

    >>> from cnnlab.probing import transfer_sets
    >>> from cnnlab.profiles.tiny import TINY
    >>> split = overlap_splits(transfer_sets(TINY)["caltech101"])[0]
    >>> len(split.train), len(split.test), len(split.val)
    (6, 6, 6)
    """
    sizes, packed = target.sizes, target.packed
    options = {"train": sizes.overlap_train, "test": 2 * sizes.test, "seed": target.seed}
    splits = []
    for run, whole in enumerate(
        folds(packed.labels, packed.classes, count=sizes.overlap_runs, **options)
    ):
        rng = np.random.default_rng([target.seed, 17, run])
        labels = packed.labels[whole.test]
        dealt = [rng.permutation(whole.test[labels == c]) for c in range(target.classes)]
        test, others = (np.sort(np.concatenate([r[i::2] for r in dealt])) for i in (0, 1))
        splits.append(Split(whole.train, test, others))
    return splits


def planted_job(like: Job, target: TransferSet, rows: np.ndarray, profile: Profile) -> Job:
    """A net like `like` that learns from some of its images and copies of rows of `target`.

    Of the rows, those of the first `overlap_planted` classes are copied. The copies are classes of
    their own behind ImageNet's.

    >>> from cnnlab.probing import transfer_sets
    >>> from cnnlab.profiles.tiny import TINY
    >>> from cnnlab.training import imagenet_job
    >>> target = transfer_sets(TINY)["caltech101"]
    >>> planted_job(imagenet_job("zfnet", TINY), target, np.arange(4), TINY).spec.classes
    6
    """
    sizes = target.sizes
    total = len(packed_images(like, profile))
    kept = np.linspace(0, total - 1, min(sizes.overlap_images or total, total)).astype(int)
    members = np.flatnonzero(target.packed.labels < sizes.overlap_planted)
    chosen = np.searchsorted(members, np.intersect1d(members, rows))
    planted = Planted(target.packed.role, sizes.overlap_planted, tuple(chosen.tolist()))
    return replace(
        like,
        spec=replace(like.spec, classes=like.spec.classes + planted.classes),
        recipe=replace(like.recipe, images=sizes.overlap_training or like.recipe.images),
        data=Data(rows=tuple(kept.tolist()), watched=(), planted=planted),
    )


def copies_found(jobs: Iterable[Job], suspects: Iterable[set[int]]) -> list[dict[str, object]]:
    """How many copies of each way of altering are among the suspects, rows of each job's mixture.

    Percentages over the copies of all jobs, and the number of suspects that are no copies. Raises
    ValueError for a job without planted rows.

    >>> from cnnlab.nets.spec import ZFNET
    >>> from cnnlab.profiles import Recipe
    >>> planted = Planted("caltech101", 1, rows=(0, 1), ways=("darker",))
    >>> job = Job(ZFNET, Recipe(), data=Data(rows=(4, 5), planted=planted))
    >>> [cell["value"] for cell in copies_found([job], [{0, 3}])]
    [50.0, 1]
    """
    hits: dict[str, list[bool]] = {}
    innocent, images = 0, 0
    for job, suspected in zip(jobs, suspects, strict=True):
        planted, first = job.data.planted, len(job.data.rows or ())
        if planted is None or not first or planted.rows is None:
            raise ValueError("the job names no planted rows; make it by planted_job")
        for i in range(len(planted.rows)):
            hits.setdefault(planted.ways[i % len(planted.ways)], []).append(first + i in suspected)
        innocent, images = innocent + sum(i < first for i in suspected), images + first
    cells = [share(row, "copies").cell("copies recognised (%)", way) for way, row in hits.items()]
    return [
        *cells,
        {"row": "suspected wrongly", "column": "images", "value": innocent, "n": images},
    ]


def sharing_cells(scores: Mapping[str, np.ndarray], planted: int) -> list[dict[str, object]]:
    """What sharing does, from accuracies (runs, K) "test images", "other images", "removed".

    The first `planted` classes are those whose images were planted. Differences are paired by run;
    "planted minus other" subtracts what the same change does to classes that nobody planted.

    >>> runs = {"test images": [[90, 51], [80, 51]], "other images": [[70, 50], [70, 50]]}
    >>> runs = {arm: np.array(values) for arm, values in runs.items()}
    >>> cells = sharing_cells(runs | {"removed": runs["other images"]}, planted=1)
    >>> [cell["value"] for cell in cells if cell["row"] == "test minus other images"]
    [15.0, 1.0, 14.0]
    """
    rows = dict(scores)
    rows["test minus other images"] = scores["test images"] - scores["other images"]
    rows["test minus removed"] = scores["test images"] - scores["removed"]
    cells = []
    for row, values in rows.items():
        ours, others = values[:, :planted].mean(axis=1), values[:, planted:].mean(axis=1)
        parts = {"planted classes": ours, "other classes": others, GAP: ours - others}
        cells += [mean_of(runs, "runs").cell(row, column) for column, runs in parts.items()]
    return cells
