"""What `cnnlab ship detector` makes: a detector of a profile, written to data/weights/detectors."""

import json
from dataclasses import replace

import numpy as np
import torch

from cnnlab.artifacts import store
from cnnlab.artifacts.plain import to_plain
from cnnlab.datasets import BoxedImages, load_scenes
from cnnlab.datasets.sources import WORLD
from cnnlab.detection.boxes import Detections
from cnnlab.detection.rcnn import DetectionTask, Detector, Proposed, Way, detection_task
from cnnlab.detection.shipped import DetectorCard, enlarged, files, folder
from cnnlab.detection.voc_eval import IGNORED, TRUE, ap_estimates, match
from cnnlab.detection.windows import Windows
from cnnlab.nets.convnet import ConvNet
from cnnlab.nets.weights import save_net
from cnnlab.profiles import Profile, role_size
from cnnlab.profiles.detection import SHIPPED
from cnnlab.training.shipped import base_net


def shipping(profile: Profile) -> tuple[DetectionTask, Way, str]:
    """What the detector that a profile ships learns from, how, and its layer.

    Raises ValueError for a profile that ships none.

    >>> shipping(Profile("any", roles={}))
    Traceback (most recent call last):
    ValueError: profile any ships no detector; these do: mini, course
    """
    if profile.name not in SHIPPED:
        raise ValueError(
            f"profile {profile.name} ships no detector; these do: {', '.join(SHIPPED)}"
        )
    how = SHIPPED[profile.name]
    tuning = how.tuning or profile.detection.tuning
    sizes = replace(profile.detection, tuning=tuning, cost=how.cost)
    task = detection_task(replace(profile, detection=sizes))
    task = replace(task, base=base_net(how.net, task.profile))
    return cut_from(task, how.pixels) if how.pixels else task, Way("ft", data=True), how.layer


def cut_from(task: DetectionTask, pixels: int) -> DetectionTask:
    """The task with its windows cut from larger copies of the pictures in which they are proposed.

    R-CNN does so: it proposes in pictures that are 500 px wide.
    """
    roles = {role: replace(size, pixels=pixels) for role, size in task.profile.roles.items()}
    profile = replace(task.profile, roles=roles)

    def larger(side: Proposed) -> Proposed:
        small, scenes = side.scenes, load_scenes(side.scenes.role, profile, side.scenes.split)
        scenes = scenes.take(range(len(small))) if len(scenes) > len(small) else scenes
        boxes = [
            enlarged(side.proposals[i], small.image(i), scenes.image(i)) for i in range(len(small))
        ]
        return Proposed(scenes, Windows.of(boxes))

    return replace(
        task, **{name: larger(getattr(task, name)) for name in ("train", "test", "extra")}
    )


def shortened(net: ConvNet, layer: str) -> ConvNet:
    """The net without layer 7 where layer 6 is read; its classifier means nothing then.

    >>> from cnnlab.nets import spec
    >>> net = ConvNet(spec("zfnet").scaled(56, width=0.1, classes=3))
    >>> "fc7" in net.names, "fc7" in shortened(net, "fc-6").names
    (True, False)
    """
    if net.resolve(layer) != "relu6" or 7 not in net.spec.fc:
        return net
    short, weights = ConvNet(net.spec.without(7)), net.layers.state_dict()
    short.layers.load_state_dict({name: weights[name] for name in short.layers.state_dict()})
    return short


def third_true(detections: Detections, truth: BoxedImages) -> float:
    """The lowest score from which on a third of the detections or more are true; 0 where none is.

    Where half of them are, a small net shows nothing in most photographs.

    >>> from cnnlab.profiles.tiny import TINY
    >>> scenes = load_scenes("pascal", TINY)
    >>> sure = Detections(scenes.owner, scenes.labels, scenes.boxes, np.full(len(scenes.labels), 7))
    >>> third_true(sure, scenes)
    7.0
    """
    outcome = match(detections, truth)
    order = np.argsort(-detections.scores, kind="stable")
    order = order[outcome[order] != IGNORED]
    share = np.cumsum(outcome[order] == TRUE) / np.arange(1, len(order) + 1)
    rows = order[share >= 1 / 3]
    return float(detections.scores[rows[-1]]) if len(rows) else 0.0


def ship_detector(
    task: DetectionTask, detector: Detector, way: Way, *, command: str
) -> DetectorCard:
    """Write a detector of a task to data/weights/detectors, and its card beside it.

    The net is kept in 8 bits a weight, the SVMs in fp16.
    """
    from safetensors.numpy import save

    trained, svms, truth = detector.trained, detector.svms, task.test.scenes
    name = detector_name(task)
    net, weights = (folder() / file for file in files(name))
    short = shortened(trained.net(), detector.layer)
    save_net(short, net, dtype=torch.int8, mean=trained.mean)
    store.write_atomic(
        weights, save({"weights": svms.weights.astype(np.float16), "bias": svms.bias})
    )
    detections = task.detections(detector)
    each, mean = ap_estimates(*task.score(detections), len(truth))
    learn, more = len(task.train.scenes), len(task.extra.scenes)
    card = DetectorCard(
        source=truth.source,
        pictures={"net": learn + way.data * more, "SVMs": learn, "test": len(truth)},
        searched=role_size(task.profile, "pascal").pixels,
        pixels=int(truth.sizes.max()),
        way=way,
        spec=short.spec,
        layer=detector.layer,
        scale=svms.scale,
        detection=task.profile.detection,
        classes=truth.classes,
        mean_ap={key: round(getattr(mean, key), 2) for key in ("value", "low", "high", "n")},
        aps={
            kind: round(one.value, 1)
            for kind, one in zip(truth.classes, each, strict=True)
            if np.isfinite(one.value)
        },
        least=round(third_true(detections, truth), 3),
        files={file.name: store.sha256(file) for file in (net, weights)},
        command=command,
    )
    text = json.dumps(to_plain(card), indent=1) + "\n"
    store.write_atomic(net.with_suffix(".json"), text.encode())
    return card


def detector_name(task: DetectionTask) -> str:
    """The name under which a task's detector is shipped."""
    return WORLD if task.test.scenes.source == WORLD else "photographs"
