"""SUN-CLS (AGM 2 and 3.1): scenes by a net from scratch, by frozen features, by fine-tuning.

K classes; every run splits each class anew, 50/10/40.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cnnlab import datasets
from cnnlab.probing.features import features
from cnnlab.probing.metrics import accuracies
from cnnlab.probing.probes import predictions
from cnnlab.probing.splits import Split, shares
from cnnlab.profiles import Profile
from cnnlab.results.statistics import Estimate, mean_of, paired_difference, share
from cnnlab.training.jobs import CLASSIFIER, FULL, Data, Job, Start
from cnnlab.training.machine import resolve_precision
from cnnlab.training.trained import Trained, train_all

if TYPE_CHECKING:
    import pandas as pd

Predictions = Sequence[np.ndarray]  # of each run: classes of its test images


@dataclass(frozen=True, eq=False)
class SunSet:
    """Scenes, one split a run, and how nets and probes answer on them."""

    packed: datasets.Packed
    splits: Sequence[Split]
    profile: Profile
    seed: int = 0

    def jobs(self, base: Trained) -> dict[str, Job]:
        """The nets of AGM Tables 1 and 2, and the draft's fc-ft, which draws fc-6 and fc-7 anew.

        On which images they learn, and with which seed, is up to `train`.
        """
        spec = replace(base.job.spec, classes=len(self.packed.classes))
        scratch, tuning = (
            Job(replace(spec, dropout=r.dropout), resolve_precision(r), self.seed, Data("sun"))
            for r in (self.profile.rival, self.profile.sun.tuning)
        )
        old, fresh = (Start(base.address, fresh=layers) for layers in (CLASSIFIER, FULL))
        return {
            "scratch": scratch,
            "fc-ft-fresh": replace(tuning, start=fresh, frozen="conv"),
            "fc-ft": replace(tuning, start=old, frozen="conv"),
            "ft": replace(tuning, start=old),
        }

    def train(self, jobs: Mapping[str, Job]) -> dict[str, list[Trained]]:
        """The nets of each job, one a split; run r draws fresh layers and batches by seed + r."""
        data = [Data("sun", tuple(s.train.tolist()), tuple(s.val.tolist())) for s in self.splits]
        every = [
            replace(job, seed=job.seed + run, data=rows)
            for job in jobs.values()
            for run, rows in enumerate(data)
        ]
        nets, runs = train_all(every, self.profile, "fine-tuning"), len(self.splits)
        return {name: nets[i * runs : (i + 1) * runs] for i, name in enumerate(jobs)}

    def answers(self, nets: Sequence[Trained]) -> Predictions:
        """Answers of nets, each to the split that it was trained on."""
        pairs = zip(nets, self.splits, strict=True)
        return [net.probabilities(split.test).argmax(axis=1) for net, split in pairs]

    def probe(
        self, base: Trained, probes: Sequence[str], checkpoint: int | None = None
    ) -> dict[str, Predictions]:
        """Answers of probes such as "svm conv-5" on the frozen layers of a net.

        `checkpoint` is an iteration of its training; 0 is the net before it saw anything.
        """
        sizes, labels = self.profile.sun, self.packed.labels
        kinds = {name: name.split() for name in probes}
        layers = [
            one for one in sizes.layers() if one.name in {layer for _, layer in kinds.values()}
        ]
        rows = features(base, self.packed, layers, checkpoint=checkpoint)
        options = {"costs": sizes.costs, "rounds": sizes.rounds, "seed": self.seed}
        return {
            name: predictions(kind, rows[layer], labels, self.splits, **options)
            for name, (kind, layer) in kinds.items()
        }

    def nearest_mean(self, side: int = 8) -> Predictions:
        """Answers by the nearest mean picture of `side` x `side` colours: layout alone."""
        step = self.packed.images.shape[1] // side
        small = self.packed.images[:, : step * side, : step * side]
        small = small.reshape(len(small), side, step, side, step, 3).mean(axis=(2, 4))
        rows, labels = small.reshape(len(small), -1), self.packed.labels  # (N, side * side * 3)
        answers = []
        for train, test in ((split.train, split.test) for split in self.splits):
            classes = range(len(self.packed.classes))
            means = np.stack([rows[train][labels[train] == c].mean(axis=0) for c in classes])
            answers.append((rows[test] @ means.T - (means**2).sum(axis=1) / 2).argmax(axis=1))
        return answers

    def score(self, answers: Predictions) -> np.ndarray:
        """Percentage right of each class in each run, (runs, K)."""
        return accuracies(answers, self.packed.labels, self.splits)

    def accuracies(self, answers: Predictions) -> dict[str, Estimate]:
        """AGM's two accuracies, over all runs: arXiv prints the first, ECCV the second.

        The interval of the first covers the choice of the classes, that of the second the choice of
        test images. The luck of a split and of a training is in neither: two runs cannot tell it.
        """
        pairs = zip(answers, self.splits, strict=True)
        right = np.concatenate([one == self.packed.labels[split.test] for one, split in pairs])
        by_class = mean_of(self.score(answers).mean(axis=0), "classes")
        return {"class-averaged": by_class, "overall": share(right, "answers")}

    def gain(self, answers: Predictions, others: Predictions) -> Estimate:
        """By how many points answers are better than others, paired over classes."""
        scores = (self.score(one).mean(axis=0) for one in (answers, others))
        return paired_difference(*scores, over="classes")

    def cells(self, answers: Mapping[str, Predictions]) -> list[dict[str, object]]:
        """Both accuracies of several ways to answer."""
        return [
            estimate.cell(name, measure)
            for name, one in answers.items()
            for measure, estimate in self.accuracies(one).items()
        ]

    @staticmethod
    def as_printed(table: "pd.DataFrame", names: Mapping[str, str]) -> "pd.DataFrame":
        """Rows of AGM Tables 1 and 2 for SUN-CLS from `cells`; {printed column: our row}."""
        sources = {"class-averaged": "arxiv", "overall": "eccv"}
        printed = {ours: theirs for theirs, ours in names.items()}
        rows = table.loc[table["row"].isin(list(printed))]
        origins = {"column": rows["row"].map(printed), "source": rows["column"].map(sources)}
        return rows.assign(row="sun-cls", **origins)


def sun_set(profile: Profile, seed: int = 0) -> SunSet:
    """Open role "sun" with the splits of a profile's runs.

    >>> from cnnlab.profiles import SMOKE
    >>> scenes = sun_set(SMOKE)
    >>> [len(split.train) for split in scenes.splits], len(scenes.packed.classes)
    ([80, 80], 40)
    """
    packed, sizes = datasets.load("sun", profile), profile.sun
    splits = shares(
        packed.labels, packed.classes, train=sizes.train, val=sizes.val, count=sizes.runs, seed=seed
    )
    return SunSet(packed, splits, profile, seed)
