"""PASCAL classification: labels, losses and AP against scikit-learn, by hand, and on squares."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from pictures import boxed_images
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score

from cnnlab.datasets import world
from cnnlab.datasets.boxed import BoxedObject
from cnnlab.datasets.roles import load_scenes
from cnnlab.datasets.squares import around_box, scene_crops, squares
from cnnlab.nets import zoo
from cnnlab.nets.convnet import build
from cnnlab.nets.weights import save_net
from cnnlab.probing import metrics, pascal
from cnnlab.probing.linear import sigmoid_regression, softmax_regression
from cnnlab.profiles import SMOKE, RoleSize
from cnnlab.profiles.transfer import Pascal
from cnnlab.training.jobs import Job
from cnnlab.training.trained import Trained

K = 20


def grey(height: int = 10, width: int = 10, value: int = 128) -> np.ndarray:
    return np.full((height, width, 3), value, np.uint8)


def several(seed: int = 0, n: int = 80, k: int = 3) -> tuple[torch.Tensor, np.ndarray]:
    """Examples of k directions, of which each shows one or two; some are difficult."""
    rng = np.random.default_rng(seed)
    present = np.where(rng.random((n, k)) < 0.4, 1, -1)
    present[present.max(axis=1) < 1, 0] = 1
    x = 1.5 * (present > 0) @ rng.normal(size=(k, 6)) + rng.normal(size=(n, 6))
    present[rng.random((n, k)) < 0.1] = 0
    return torch.from_numpy(x), present


def test_labels_by_vocs_rules(tmp_path: Path) -> None:
    easy, hard = BoxedObject(3, (1, 1, 2, 2)), BoxedObject(3, (1, 1, 2, 2), difficult=True)
    other = BoxedObject(5, (1, 1, 2, 2), difficult=True)
    scenes = boxed_images(
        tmp_path / "s", (grey(), [easy, hard]), (grey(), [hard, other]), (grey(), [])
    )
    present = scenes.present
    assert present[:, 3].tolist() == [1, 0, -1]
    assert present[:, 5].tolist() == [-1, 0, -1]
    assert (np.delete(present, [3, 5], axis=1) == -1).all()


def test_labels_are_those_of_the_lists_of_a_devkit(tmp_path: Path) -> None:
    kit = world.export("pascal-2012", tmp_path / "kit", "voc", count=10, size=48)
    roles = {"pascal-2012": RoleSize("world", K, 48, {"val": 10})}
    scenes = load_scenes("pascal-2012", replace(SMOKE, roles=roles))
    for k, name in enumerate(scenes.classes):
        lines = (kit / f"VOCdevkit/VOC2012/ImageSets/Main/{name}_val.txt").read_text().splitlines()
        signs = [int(line.split()[1]) for line in lines]
        assert scenes.present[:, k].tolist() == signs


def test_no_scene_is_trained_on_that_is_tested(tmp_path: Path) -> None:
    train = boxed_images(tmp_path / "a", *[(grey(value=v), []) for v in range(4)], source="voc2012")
    test = train.take([3, 1])
    assert pascal.without(train, test).names == ("p0", "p2")
    assert pascal.without(replace(train, source="world"), test).names == train.names


@pytest.mark.parametrize("c", [0.3, 10.0])
def test_sigmoids_are_scikit_learns(c: float) -> None:
    x, present = several()
    w, b = sigmoid_regression(x, torch.from_numpy(present).to(x), c, tol=1e-7)
    for k in range(present.shape[1]):
        used = present[:, k] != 0
        model = LogisticRegression(C=c, tol=1e-10, max_iter=10_000)
        model.fit(x.numpy()[used], present[used, k])
        np.testing.assert_allclose(w[:, k], model.coef_[0], atol=1e-4)
        np.testing.assert_allclose(b[k], np.ravel(model.intercept_)[0], atol=1e-4)


def test_the_softmax_sees_an_image_once_for_each_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pascal, "softmax_regression", partial(softmax_regression, tol=1e-7))
    x, present = several(k=2)
    weights, bias = pascal.SceneClassifier("softmax", 2.0).regression(x, present)
    rows = [(i, k) for i in range(len(x)) for k in range(2) if present[i, k] == 1]
    assert len(rows) > len({i for i, _ in rows}) > 0.5 * len(x)
    many, labels = x.numpy()[[i for i, _ in rows]], [k for _, k in rows]
    model = LogisticRegression(C=4.0, tol=1e-10, max_iter=10_000).fit(many, labels)
    # two classes: scikit-learn has one weight vector, the difference of our two, at half the cost
    np.testing.assert_allclose(weights[:, 1] - weights[:, 0], model.coef_[0], atol=1e-4)
    np.testing.assert_allclose(float(bias[1] - bias[0]), model.intercept_[0], atol=1e-3)


def test_sigmoids_permit_several_classes() -> None:
    for loss, shares in (("sigmoid", [0.5, 0.9526, 0.9526]), ("softmax", [0.0243, 0.4879, 0.4879])):
        model = pascal.SceneClassifier(loss)
        model.decision_function = lambda _: np.array([[0.0, 3.0, 3.0]])  # pyright: ignore
        assert model.predict_proba(np.zeros((1, 1)))[0] == pytest.approx(shares, abs=1e-4)


def test_a_class_without_both_signs_is_not_scored() -> None:
    x, present = several()
    present[:, 0] = 1
    found = pascal.SceneClassifier("sigmoid").fit(x.numpy(), present)
    assert np.isnan(found.intercept_).tolist() == [True, False, False]
    scores = found.predict_proba(x.numpy())
    present[:, 1] = np.where(present[:, 1] == 1, 0, present[:, 1])  # no test image shows class 1
    values = metrics.average_precisions(scores, present)
    assert np.isnan(values).tolist() == [True, True, False]
    assert metrics.mean_ap(values) == found.score(x.numpy(), present) == values[2]
    assert np.isnan(metrics.mean_ap(values[:2]))
    softmax = pascal.SceneClassifier("softmax").fit(x.numpy(), present)
    p = softmax.predict_proba(x.numpy())
    np.testing.assert_allclose(np.nansum(p, axis=1), 1, rtol=1e-5)
    assert np.isnan(p[:, 1]).all() and np.isfinite(p[:, [0, 2]]).all()
    for loss in ("softmax", "sigmoid"):
        nothing = pascal.SceneClassifier(loss).fit(x.numpy(), np.zeros_like(present))
        assert np.isnan(nothing.decision_function(x.numpy())).all()
        assert nothing.score(x.numpy(), present) == 0


def test_precisions_by_hand() -> None:
    scores = np.array([[0.9], [0.8], [0.7], [0.6], [0.5]])
    present = np.array([[1], [-1], [0], [1], [-1]])  # the third counts neither way
    assert metrics.average_precisions(scores, present)[0] == pytest.approx(100 * (1 + 2 / 3) / 2)
    eleven = 100 * (6 * 1 + 5 * 2 / 3) / 11  # recall 0 to 0.5 at precision 1, the rest at 2/3
    assert metrics.average_precisions(scores, present, points=11)[0] == pytest.approx(eleven)


def test_precisions_beside_scikit_learns() -> None:
    rng = np.random.default_rng(3)
    present = np.where(rng.random((300, 4)) < 0.2, 1, -1)
    scores = present + 2 * rng.normal(size=present.shape)
    ours = metrics.average_precisions(scores, present)
    for k in range(4):
        theirs = 100 * average_precision_score(present[:, k] == 1, scores[:, k])
        assert theirs <= ours[k] < theirs + 3  # VOC's envelope never lies below


@pytest.mark.parametrize("loss", ["softmax", "sigmoid"])
def test_c_is_chosen_by_mean_ap_on_training_images_by_hand(loss: str) -> None:
    sizes = Pascal(costs=(1e3, 1e-3))
    rng = np.random.default_rng(0)
    present = np.where(rng.random((120, 3)) < 0.4, 1, -1)
    x = np.concatenate([(present > 0) + rng.normal(size=(120, 3)), rng.normal(size=(120, 200))], 1)
    rounds_of = np.random.default_rng([0, 17]).permutation(120) % 3
    means = {}
    for c in sizes.costs:
        means[c] = 0.0
        for held in range(3):
            model = pascal.SceneClassifier(loss, c).fit(
                x[rounds_of != held], present[rounds_of != held]
            )
            p = model.predict_proba(x[rounds_of == held])
            means[c] += np.mean(metrics.average_precisions(p, present[rounds_of == held])) / 3
    assert abs(means[1e3] - means[1e-3]) > 0.1
    model = pascal.classify_scenes(loss, x, present, sizes)
    assert max(means, key=means.__getitem__) == model.C
    assert model.predict_proba(x[:7]).shape == (7, 3)


def test_estimates_cover_what_is_redrawn() -> None:
    rng = np.random.default_rng(1)
    present = np.where(rng.random((400, 3)) < 0.3, 1, -1)
    present[:, 2] = -1
    scores = present + 1.5 * rng.normal(size=present.shape)
    aps = pascal.redrawn_aps(scores, present)
    found = pascal.ap_estimates(aps, present)
    assert list(found) == ["aero", "bike", "bird", "mean"]
    aero, _, bird, mean = found.values()
    values = metrics.average_precisions(scores, present)
    assert [e.n for e in found.values()] == [*(present == 1).sum(axis=0), 400]
    assert aero.value == values[0] and mean.value == pytest.approx(values[:2].mean())
    assert np.isnan(bird.value) and bird.n == 0
    again = [present + 1.5 * np.random.default_rng(s).normal(size=present.shape) for s in range(40)]
    others = np.array([metrics.average_precisions(s, present)[0] for s in again])
    assert 0.5 < (aero.high - aero.low) / (2 * 1.96 * others.std()) < 2
    assert mean.high - mean.low < aero.high - aero.low


@pytest.mark.parametrize("points", [0, 11])
def test_redrawn_aps_are_those_of_the_redrawn_scenes(points: int) -> None:
    rng = np.random.default_rng(7)
    present = rng.choice([-1, -1, 0, 1], size=(50, 3)).astype(np.int8)
    present[:, 2] = np.where(np.arange(50) == 9, 1, -1)  # some draws lack it
    scores = present + 1.5 * rng.normal(size=present.shape)
    aps = pascal.redrawn_aps(scores, present, Pascal(draws=30), seed=3, points=points)
    drawn = np.random.default_rng([3, 19]).integers(0, 50, (30, 50))
    every = [metrics.average_precisions(scores[i], present[i], points=points) for i in drawn]
    assert np.isnan(aps[1:, 2]).any()
    assert aps[1:] == pytest.approx(np.array(every), nan_ok=True)
    scores[0, 1] = np.nan
    assert np.isnan(pascal.redrawn_aps(scores, present, Pascal(draws=2))[:, 1]).all()


def test_gains_are_paired_over_redrawn_scenes() -> None:
    rng = np.random.default_rng(4)
    present = np.where(rng.random((200, 4)) < 0.3, 1, -1)
    scores = present + 1.5 * rng.normal(size=present.shape)
    worse = scores + 0.5 * rng.normal(size=present.shape)
    a, b = (pascal.redrawn_aps(s, present, Pascal(draws=60)) for s in (scores, worse))
    gain = pascal.ap_gain(a, b, 200)
    assert gain.value == pytest.approx((a[0] - b[0]).mean()) and gain.n == 200
    alone = [pascal.ap_estimates(x, present)["mean"] for x in (a, b)]
    apart = alone[0].minus(alone[1])
    assert gain.low < gain.value < gain.high and gain.high - gain.low < apart.high - apart.low
    loss = pascal.ap_gain(b, a, 200)
    assert (loss.value, loss.low) == (-gain.value, pytest.approx(-gain.high))
    a[:, 0] = np.nan  # a class that one side has no AP for
    assert pascal.ap_gain(a, b, 200).value == pytest.approx((a[0] - b[0])[1:].mean())
    nothing = pascal.ap_gain(np.full_like(a, np.nan), b, 200)
    assert np.isnan([nothing.value, nothing.low, nothing.high]).all()


def test_rank_agreement_by_hand() -> None:
    aps = np.array([[10.0, 20.0, 40.0, np.nan], [12.0, 9.0, 35.0, np.nan], [9.0, 21.0, 44.0, 8.0]])
    same, turned = (
        pascal.rank_agreement(aps, np.array(p), 7) for p in ([1, 2, 3, 9], [3, 2, 1, 9])
    )
    assert same.value == 1 == same.high and turned.value == -1 == turned.low
    assert same.low < 1 and turned.high > -1 and same.n == 7


def test_misplaced_boxes_keep_their_size_and_their_picture(tmp_path: Path) -> None:
    objects = [BoxedObject(0, (1, 1, 2, 2)), BoxedObject(1, (3, 4, 10, 5))]
    scenes = boxed_images(tmp_path / "s", (grey(12, 10), objects), (grey(8, 10), objects[:1]))
    moved = [pascal.misplaced(scenes, seed) for seed in (0, 0, 1)]
    assert np.array_equal(moved[0].boxes, moved[1].boxes)
    assert len({scenes.digest, *(m.digest for m in moved)}) == 3
    for one in moved:
        assert np.allclose(one.shares, scenes.shares) and (one.boxes[:, :2] >= 1).all()
        assert (one.boxes[:, 2:] <= scenes.sizes[scenes.owner][:, ::-1]).all()
        assert not np.allclose(one.boxes, scenes.boxes)


def test_halves_have_equal_numbers_and_leave_the_middle() -> None:
    """Of five images the two smallest and the two largest count; the middle one would cost both."""
    shares = np.array([[0.5], [0.1], [0.3], [0.2], [0.4], [0.0], [0.0]])
    present = np.array([[1], [1], [1], [1], [1], [-1], [0]])
    scores = np.array([[0.9], [0.1], [0.05], [0.2], [0.8], [0.5], [0.9]])
    halves = metrics.halves_by_size(present, shares)
    found = {name: metrics.average_precisions(scores, half) for name, half in halves.items()}
    assert found["large"][0] == 100 and found["small"][0] == pytest.approx(100 * 2 / 3)
    assert present[:, 0].tolist() == [1, 1, 1, 1, 1, -1, 0]  # the caller's is not changed


def test_negatives_below_are_the_area_under_the_roc_curve() -> None:
    rng = np.random.default_rng(2)
    present = np.where(rng.random((90, 2)) < 0.3, 1, -1)
    scores = np.round(present + 2 * rng.normal(size=present.shape), 1)  # with ties
    found = metrics.negatives_below(scores, present)
    for k in range(2):
        positive = present[:, k] == 1
        area = 100 * roc_auc_score(positive, scores[:, k])
        assert np.nanmean(found[:, k]) == pytest.approx(area)
        assert np.isfinite(found[:, k]).tolist() == positive.tolist()
    groups = np.broadcast_to([0, 2], present.shape)
    first, none, last = metrics.auc_by_group(scores, present, groups, 3)
    assert (first.value, first.n) == (
        pytest.approx(np.nanmean(found[:, 0])),
        (present[:, 0] == 1).sum(),
    )
    assert last.value == pytest.approx(np.nanmean(found[:, 1]))
    assert none.n == 0 and np.isnan(none.value)


def test_the_largest_counted_object_of_a_class(tmp_path: Path) -> None:
    objects = [
        BoxedObject(2, (1, 1, 5, 4)),
        BoxedObject(2, (1, 1, 2, 2)),
        BoxedObject(2, (1, 1, 10, 10), difficult=True),
        BoxedObject(4, (1, 1, 10, 5)),
    ]
    scenes = boxed_images(tmp_path / "s", (grey(), objects), (grey(), []))
    shares = scenes.largest_shares
    assert shares[0, [2, 4]].tolist() == [0.2, 0.5] and shares.sum() == pytest.approx(0.7)


def test_scenes_from_their_objects(tmp_path: Path) -> None:
    objects = [BoxedObject(0, (1, 1, 2, 2)), BoxedObject(1, (1, 1, 2, 2))]
    scenes = boxed_images(tmp_path / "s", (grey(), objects), (grey(), []))
    scores = np.full((2, K), np.nan)
    scores[:, :2] = [[0.2, 0.7], [0.6, 0.1]]
    found = scenes.best_of_objects(scores)
    assert found[:, :2].tolist() == [[0.6, 0.7], [0, 0]] and np.isnan(found[:, 2:]).all()


def test_the_first_crop_is_the_centre_square_that_packing_cuts() -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (64, 90, 3), dtype=np.uint8)
    (only,) = scene_crops(image, 64, 56)
    assert np.array_equal(only, image[:, 13:77])
    assert scene_crops(image, 32, 28).shape == (1, 32, 32, 3)


def test_crops_bring_the_corners_to_the_middle() -> None:
    image = np.arange(64 * 90 * 3, dtype=np.uint32).reshape(64, 90, 3).astype(np.uint8)
    found = scene_crops(image, 64, 56, 5)
    inner = found[:, 4:60, 4:60]
    assert np.array_equal(inner[0], image[4:60, 17:73])
    for one, (y, x) in zip(inner[1:5], [(0, 0), (0, 34), (8, 0), (8, 34)], strict=True):
        assert np.array_equal(one, image[y : y + 56, x : x + 56])
    with pytest.raises(ValueError, match="1 or 5 crops, not 2"):
        scene_crops(image, 64, 56, 2)


def test_around_puts_the_box_where_the_net_looks() -> None:
    image = grey(60, 60, 0)
    image[20:48, 10:38] = 255  # 28 x 28: half of what the net sees of a square of 32
    square = around_box(image, np.array([11, 21, 38, 48]), 32, 28)
    assert square[2:30, 2:30].min() == 255
    assert square[:2].max() == square[:, :2].max() == 0
    corner = around_box(np.full((9, 9, 3), 7, np.uint8), np.array([1, 1, 3, 9]), 16, 14)
    assert (corner == 7).all()  # its border is repeated outside


def test_rows_of_scenes_and_of_objects(tmp_path: Path) -> None:
    spec = zoo.spec("zfnet").scaled(28, 0.05, classes=5)
    save_net(build(spec, seed=1, init="he"), tmp_path / "net.safetensors")
    np.save(tmp_path / "mean.npy", np.full((32, 32, 3), 120, np.float32))
    base = Trained(tmp_path, Job(spec, SMOKE.base, 0), SMOKE)
    roles = {"pascal-2012": RoleSize("world", K, 48, {"val": 4})}
    scenes = load_scenes("pascal-2012", replace(SMOKE, roles=roles))
    one, five = (pascal.scene_features(base, scenes, crops=c) for c in (1, 5))
    assert one.shape == five.shape == (4, spec.fc[7]) and not np.allclose(one, five)
    packed = squares(scenes, 32, 28, crops=5)
    assert len(packed) == 20 and packed.labels.tolist() == np.repeat(packed.labels[::5], 5).tolist()
    largest = [scenes.shares[scenes.objects(i)].argmax() + scenes.first[i] for i in range(4)]
    assert packed.labels[::5].tolist() == scenes.labels[largest].tolist()
    for i in range(4):
        crops = scene_crops(scenes.image(i), 32, 28, 5)
        assert np.array_equal(packed.images[5 * i : 5 * i + 5], crops)
        assert np.array_equal(squares(scenes, 32, 28).images[i], crops[0])
    objects = squares(scenes, 32, 28, objects=True)
    assert objects.labels.tolist() == scenes.labels.tolist()
    image, box = scenes.image(int(scenes.owner[-1])), scenes.boxes[-1]
    assert np.array_equal(objects.images[-1], around_box(image, box, 32, 28))
    rows = pascal.scene_features(base, scenes, objects=True)
    assert rows.shape == (len(scenes.labels), spec.fc[7])
