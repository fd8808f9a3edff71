"""R-CNN as one task: ways to a net, what learns from +DATA, and detectors made by processes."""

from dataclasses import replace

import numpy as np
import pytest

from cnnlab.detection.rcnn import DetectionTask, Way, detection_task
from cnnlab.detection.workers import prepare
from cnnlab.profiles import RoleSize
from cnnlab.profiles.tiny import TINY
from cnnlab.units.ablation import sp_max

PAIRS = replace(
    TINY,
    roles={
        **TINY.roles,
        "pascal": RoleSize("world", 20, pixels=64, splits={"trainval": 3, "test": 2}),
        "pascal-extra": RoleSize("world", 20, pixels=64, splits={"trainval": 4}),
    },
)


@pytest.fixture
def task() -> DetectionTask:
    return detection_task(PAIRS)


def test_it_learns_on_one_split_and_tests_on_another(task: DetectionTask) -> None:
    counts = [len(side.scenes) for side in (task.train, task.test, task.extra)]
    assert counts == [3, 2, 4]
    detections = task.detections(task.detector(Way("pre-train")))
    assert set(detections.images) <= {0, 1} and len(detections)
    taught = set(task.train.scenes.labels)
    assert set(detections.labels) <= taught  # of a class that was not learned nothing is detected


def test_a_profile_can_take_the_first_pictures() -> None:
    half = detection_task(replace(PAIRS, detection=replace(PAIRS.detection, pictures=0.5)))
    whole = detection_task(PAIRS)
    for some, every in ((half.train, whole.train), (half.extra, whole.extra)):
        assert some.scenes.names == every.scenes.names[:2]
        assert some.scenes.digest != every.scenes.digest
    assert len(half.test.scenes) == 1


def test_more_data_gives_another_net(task: DetectionTask) -> None:
    nets = [task.net(Way("ft", data=data)) for data in (False, True)]
    assert nets[0].folder != nets[1].folder
    weights = [list(net.net().parameters())[-1].detach() for net in nets]
    few, many = (one.cpu().numpy() for one in weights)
    assert not np.array_equal(few, many)


def test_the_net_as_it_is_has_no_earlier_state(task: DetectionTask) -> None:
    with pytest.raises(ValueError, match="taken from the end"):
        task.net(Way("pre-train", checkpoint=1))
    with pytest.raises(ValueError, match="no way 'fine'"):
        task.net(Way("fine"))


def test_a_change_of_features_gives_another_detector(task: DetectionTask) -> None:
    plain = task.detector(Way("pre-train"), "conv-5")
    short = task.detector(Way("pre-train"), "conv-5", sp_max)
    filters, p, _ = task.features(task.base, "conv-5", "train").shape
    assert plain.svms.weights.shape[1] == filters * p * p
    assert short.svms.weights.shape[1] == filters
    a, b = (task.detections(one).scores for one in (plain, short))
    assert len(a) != len(b) or not np.array_equal(a, b)


def test_processes_make_what_one_makes(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [(Way("ft"), "fc-7"), (Way("ft"), "conv-5"), (Way("pre-train"), "fc-7")]
    task = detection_task(PAIRS, seed=1)
    alone = [task.detections(task.detector(*one)) for one in wanted]
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path_factory.mktemp("cache")))
    again = detection_task(replace(PAIRS, workers=2), seed=1)
    assert again.base.job.seed == 1
    prepare(again, wanted)
    for one, before in zip(wanted, alone, strict=True):
        after = again.detections(again.detector(*one))
        np.testing.assert_array_equal(after.boxes, before.boxes)
        np.testing.assert_array_equal(after.scores, before.scores)
