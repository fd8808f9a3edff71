"""How much of each transfer protocol a profile runs. PAPER holds the papers' numbers."""

from dataclasses import dataclass, replace

from cnnlab.profiles.base import PooledLayer

# ZF's layers by number. The largest maps are layer 1's: 55 x 55 positions of 96 maps.
LAYERS = {n: f"layer{n}" for n in range(1, 8)}


@dataclass(frozen=True)
class Transfer:
    """Folds, images per class and classifiers of ZF 5 and AGM 3."""

    folds: int = 5
    test: int = 50  # images per class, at most
    caltech101_classes: int = 0  # 0: all
    caltech256_classes: int = 0
    caltech101: tuple[int, ...] = (15, 30)  # training images per class
    caltech256: tuple[int, ...] = (15, 30, 45, 60)
    shots: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60)
    costs: tuple[float, ...] = (0.1, 1.0, 10.0, 100.0)  # values of C to choose from
    softmax_costs: tuple[float, ...] = ()  # the same for a softmax; (): those above
    rounds: int = 5  # of cross-validation, on training images only
    grid: int = 0  # layer 1 pooled to so many positions a side; 0 keeps them all (ZF say nothing)
    scratch_folds: int = 5  # nets from scratch and fine-tuned ones, by the profile's `rival`
    tuning_rate: float = 0.1  # of a fine-tuned net, as a share of the `rival`'s (AGM 2.3)
    tuning_images: float = 1.0  # it sees, as a share of the rival's: it settles sooner
    checkpoints_role: str = "caltech101"  # probed again at every checkpoint of the pre-training
    checkpoints_images: int = 30  # per class, there
    checkpoints_folds: int = 5
    overlap_runs: int = 5  # splits, each with nets of its own
    overlap_images: int = 0  # of ImageNet in the study of overlap; 0: all of the study's classes
    overlap_planted: int = 10  # classes of the transfer set with images copied into it
    overlap_train: int = 15  # images per class for its probes
    overlap_training: int = 0  # images its nets see while they learn; 0: as the study recipe says

    def choices(self, kind: str) -> tuple[float, ...]:
        """The values of C that a probe of this kind chooses from."""
        return (kind == "softmax" and self.softmax_costs) or self.costs

    def layers(self) -> tuple[PooledLayer, ...]:
        """Every layer of ZF Table 7, and layer 6."""
        return tuple(PooledLayer(name, self.grid if n == 1 else 0) for n, name in LAYERS.items())


@dataclass(frozen=True)
class Pascal:
    """PASCAL VOC (ZF 5, Table 6): choice of C and intervals, of which the paper prints nothing."""

    costs: tuple[float, ...] = (1.0, 10.0, 100.0)  # values of C to choose from
    rounds: int = 3  # of cross-validation, on training images only
    draws: int = 200  # of the bootstrap over test images


PASCAL = Pascal()

PAPER = Transfer()

MINI = replace(
    PAPER,
    folds=3,
    caltech101_classes=40,
    caltech256_classes=40,
    shots=(1, 2, 3, 6, 10, 15, 30, 45, 60),
    costs=(1.0, 10.0),
    rounds=2,
    grid=7,
    tuning_rate=0.3,  # fewer images than the papers' want more
    tuning_images=1 / 3,
    scratch_folds=1,  # a fair rival costs minutes: fewer folds before fewer images
    checkpoints_role="caltech256",
    checkpoints_images=15,
    checkpoints_folds=3,
    overlap_runs=3,
    overlap_images=2000,
    overlap_training=9000,
)

SMOKE = replace(
    MINI,
    folds=2,
    test=2,
    caltech101_classes=12,
    caltech256_classes=12,
    caltech101=(2, 3),
    caltech256=(2, 3),
    shots=(1, 2, 3),
    costs=(1.0,),
    checkpoints_images=2,
    checkpoints_folds=2,
    overlap_runs=2,
    overlap_images=100,
    overlap_training=64,
    overlap_planted=3,
    overlap_train=2,
)

# Tried on Caltech-101's training images with the shipped net, ridge regression on 20 of each class
# and 10 to choose by: rows divided by their length, square roots, mirror images averaged or added,
# layers 3 and 4 pooled to 3 x 3. None moved the best layer by a point; a small C did, by six.
COURSE = replace(
    PAPER,
    folds=3,
    shots=(1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60),
    costs=(0.3, 1.0),  # a larger C takes longest to solve as well
    softmax_costs=(1.0, 10.0),
    rounds=2,
    grid=7,
    tuning_rate=0.3,
    tuning_images=1 / 3,
    scratch_folds=1,  # a net from scratch takes a quarter of an hour
    checkpoints_folds=2,
    overlap_runs=2,
    overlap_images=10_000,
    overlap_training=20_000,
)
