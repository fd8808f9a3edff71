"""PASCAL classification: labels, losses and AP against scikit-learn, by hand, and on squares."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score

from cnnlab.datasets import world
from cnnlab.datasets.scenes import Scenes, load_scenes, opened
from cnnlab.datasets.spool import Record, Spool, Truth
from cnnlab.nets import zoo
from cnnlab.nets.convnet import build
from cnnlab.nets.weights import save_net
from cnnlab.probing import clutter, pascal, views
from cnnlab.profiles import SMOKE, RoleSize
from cnnlab.results.statistics import Estimate
from cnnlab.training.learn import Job
from cnnlab.training.trained import Trained

K = 20


def spooled(folder: Path, *pictures: tuple[np.ndarray, list[Truth]], source: str = "x") -> Scenes:
    folder.mkdir(exist_ok=True)
    with Spool(folder) as spool:
        for i, (image, objects) in enumerate(pictures):
            spool.append([Record.of(i, f"p{i}", image, objects)], image.tobytes())
    return opened(folder, "pascal", "test", source)


def grey(height: int = 10, width: int = 10, value: int = 128) -> np.ndarray:
    return np.full((height, width, 3), value, np.uint8)


def several(seed: int = 0, n: int = 80, k: int = 3) -> tuple[torch.Tensor, np.ndarray]:
    """Examples of k directions, of which each shows one or two; some are difficult."""
    rng = np.random.default_rng(seed)
    truth = np.where(rng.random((n, k)) < 0.4, 1, -1)
    truth[truth.max(axis=1) < 1, 0] = 1
    x = 1.5 * (truth > 0) @ rng.normal(size=(k, 6)) + rng.normal(size=(n, 6))
    truth[rng.random((n, k)) < 0.1] = 0
    return torch.from_numpy(x), truth


def test_labels_by_vocs_rules(tmp_path: Path) -> None:
    easy, hard = Truth(3, (1, 1, 2, 2)), Truth(3, (1, 1, 2, 2), difficult=True)
    other = Truth(5, (1, 1, 2, 2), difficult=True)
    scenes = spooled(tmp_path / "s", (grey(), [easy, hard]), (grey(), [hard, other]), (grey(), []))
    truth = pascal.image_labels(scenes)
    assert truth[:, 3].tolist() == [1, 0, -1]
    assert truth[:, 5].tolist() == [-1, 0, -1]
    assert (np.delete(truth, [3, 5], axis=1) == -1).all()


def test_labels_are_those_of_the_lists_of_a_devkit(tmp_path: Path) -> None:
    kit = world.export("pascal-2012", tmp_path / "kit", "voc", count=10, size=48)
    roles = {"pascal-2012": RoleSize("world", K, 48, {"val": 10})}
    scenes = load_scenes("pascal-2012", replace(SMOKE, roles=roles))
    for k, name in enumerate(scenes.classes):
        lines = (kit / f"VOCdevkit/VOC2012/ImageSets/Main/{name}_val.txt").read_text().splitlines()
        signs = [int(line.split()[1]) for line in lines]
        assert pascal.image_labels(scenes)[:, k].tolist() == signs


def test_no_scene_is_trained_on_that_is_tested(tmp_path: Path) -> None:
    train = spooled(tmp_path / "a", *[(grey(value=v), []) for v in range(4)], source="voc2012")
    test = train.take([3, 1])
    assert pascal.apart(train, test).names == ("p0", "p2")
    assert pascal.apart(replace(train, source="world"), test).names == train.names


@pytest.mark.parametrize("c", [0.3, 10.0])
def test_sigmoids_are_scikit_learns(c: float) -> None:
    x, truth = several()
    w, b = pascal.sigmoid_regression(x, torch.from_numpy(truth).to(x), c, tol=1e-7)
    for k in range(truth.shape[1]):
        used = truth[:, k] != 0
        model = LogisticRegression(C=c, tol=1e-10, max_iter=10_000)
        model.fit(x.numpy()[used], truth[used, k])
        np.testing.assert_allclose(w[:, k], model.coef_[0], atol=1e-4)
        np.testing.assert_allclose(b[k], np.ravel(model.intercept_)[0], atol=1e-4)


def test_the_softmax_sees_an_image_once_for_each_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pascal, "TOL", 1e-7)
    x, truth = several()
    truth[:, 1] = np.where(truth[:, 1] == 1, 0, truth[:, 1])  # class 1 is never shown
    found = pascal.exclusive(x, truth, 2.0)
    assert isinstance(found.bias, np.ndarray)
    rows = [(i, k) for i in range(len(x)) for k in range(3) if truth[i, k] == 1]
    assert len(rows) > len(x) * 0.7 and {k for _, k in rows} == {0, 2}
    many, labels = x.numpy()[[i for i, _ in rows]], [k for _, k in rows]
    model = LogisticRegression(C=4.0, tol=1e-10, max_iter=10_000).fit(many, labels)
    # two classes: scikit-learn has one weight vector, the difference of our two, at half the cost
    np.testing.assert_allclose(found.weights[2] - found.weights[0], model.coef_[0], atol=1e-4)
    assert np.isnan(found.weights[1]).all() and np.isnan(found.bias[1])
    p = pascal.answers("softmax", found.scores(x.numpy()))
    np.testing.assert_allclose(np.nansum(p, axis=1), 1, rtol=1e-5)
    assert np.isnan(p[:, 1]).all()


def test_sigmoids_permit_several_classes() -> None:
    scores = np.array([[0.0, 3.0, 3.0]])
    assert pascal.answers("sigmoid", scores)[0] == pytest.approx([0.5, 0.9526, 0.9526], abs=1e-4)
    assert pascal.answers("softmax", scores)[0] == pytest.approx([0.0243, 0.4879, 0.4879], abs=1e-4)


def test_a_class_without_both_signs_is_not_scored() -> None:
    x, truth = several()
    truth[:, 0] = 1
    found = pascal.multilabel(x, truth, 1.0)
    assert np.isnan(found.bias).tolist() == [True, False, False]
    scores = pascal.answers("sigmoid", found.scores(x.numpy()))
    truth[:, 1] = np.where(truth[:, 1] == 1, 0, truth[:, 1])  # no test image shows class 1
    values = pascal.precisions(scores, truth)
    assert np.isnan(values).tolist() == [True, True, False]
    assert pascal.mean_ap(values) == values[2]
    assert np.isnan(pascal.mean_ap(values[:2]))
    for fit in pascal.LOSSES.values():
        assert np.isnan(fit(x, np.zeros_like(truth), 1.0).scores(x.numpy())).all()


def test_precisions_by_hand() -> None:
    scores = np.array([[0.9], [0.8], [0.7], [0.6], [0.5]])
    truth = np.array([[1], [-1], [0], [1], [-1]])  # the third counts neither way
    assert pascal.precisions(scores, truth)[0] == pytest.approx(100 * (1 + 2 / 3) / 2)
    eleven = 100 * (6 * 1 + 5 * 2 / 3) / 11  # recall 0 to 0.5 at precision 1, the rest at 2/3
    assert pascal.precisions(scores, truth, points=11)[0] == pytest.approx(eleven)


def test_precisions_beside_scikit_learns() -> None:
    rng = np.random.default_rng(3)
    truth = np.where(rng.random((300, 4)) < 0.2, 1, -1)
    scores = truth + 2 * rng.normal(size=truth.shape)
    ours = pascal.precisions(scores, truth)
    for k in range(4):
        theirs = 100 * average_precision_score(truth[:, k] == 1, scores[:, k])
        assert theirs <= ours[k] < theirs + 3  # VOC's envelope never lies below


def test_c_is_chosen_by_training_images_alone() -> None:
    rng = np.random.default_rng(0)
    truth = np.where(rng.random((120, 3)) < 0.4, 1, -1)
    x = np.concatenate([(truth > 0) + rng.normal(size=(120, 3)), rng.normal(size=(120, 200))], 1)
    found = {
        loss: pascal.choose_c(loss, x, truth, costs=(1e-3, 1e3)) for loss in ("softmax", "sigmoid")
    }
    assert found["sigmoid"] == 1e-3  # noise is better left alone
    one = pascal.choose_c("sigmoid", x, truth, costs=(5.0,))
    assert one == 5.0
    (p,), c = pascal.classify("sigmoid", x, truth, [x[:7]])
    assert p.shape == (7, 3) and c in pascal.COSTS


def test_estimates_cover_what_is_redrawn() -> None:
    rng = np.random.default_rng(1)
    truth = np.where(rng.random((400, 3)) < 0.3, 1, -1)
    truth[:, 2] = -1
    scores = truth + 1.5 * rng.normal(size=truth.shape)
    found = pascal.estimates(scores, truth)
    values = pascal.precisions(scores, truth)
    assert [e.n for e in found] == [*(truth == 1).sum(axis=0), 2]
    assert found[0].value == values[0] and found[3].value == pytest.approx(values[:2].mean())
    assert np.isnan(found[2].value) and found[2].n == 0
    again = [truth + 1.5 * np.random.default_rng(s).normal(size=truth.shape) for s in range(40)]
    others = np.array([pascal.precisions(s, truth)[0] for s in again])
    assert 0.5 < (found[0].high - found[0].low) / (2 * 1.96 * others.std()) < 2
    assert found[3].high - found[3].low < found[0].high - found[0].low


def test_halves_have_equal_numbers_and_leave_the_middle() -> None:
    shares = np.array([[0.5], [0.1], [0.3], [0.2], [0.4], [0.0], [0.0]])
    truth = np.array([[1], [1], [1], [1], [1], [-1], [0]])
    small, large = clutter.halves(shares, truth)
    assert small[:, 0].tolist() == [0, 1, 0, 1, 0, -1, 0]
    assert large[:, 0].tolist() == [1, 0, 0, 0, 1, -1, 0]
    scores = np.array([[0.9], [0.1], [0.6], [0.2], [0.8], [0.5], [0.9]])
    found = clutter.by_size(scores, truth, shares)
    assert found["large"][0] == 100 and found["small"][0] == pytest.approx(100 * 2 / 3)


def test_what_is_beaten_is_the_area_under_the_roc_curve() -> None:
    rng = np.random.default_rng(2)
    truth = np.where(rng.random((90, 2)) < 0.3, 1, -1)
    scores = np.round(truth + 2 * rng.normal(size=truth.shape), 1)  # with ties
    found = clutter.beaten(scores, truth)
    for k in range(2):
        shown = truth[:, k] == 1
        area = 100 * roc_auc_score(shown, scores[:, k])
        assert np.nanmean(found[:, k]) == pytest.approx(area)
        assert np.isfinite(found[:, k]).tolist() == shown.tolist()


def test_the_largest_counted_object_of_a_class(tmp_path: Path) -> None:
    objects = [
        Truth(2, (1, 1, 5, 4)),
        Truth(2, (1, 1, 2, 2)),
        Truth(2, (1, 1, 10, 10), difficult=True),
        Truth(4, (1, 1, 10, 5)),
    ]
    scenes = spooled(tmp_path / "s", (grey(), objects), (grey(), []))
    shares = clutter.largest_shares(scenes)
    assert shares[0, [2, 4]].tolist() == [0.2, 0.5] and shares.sum() == pytest.approx(0.7)
    truth = pascal.image_labels(scenes)
    scores = np.zeros((2, K))
    scores[:, 2] = 1
    assert clutter.named_first(scores, scenes, truth).tolist() == [False]
    scores[:, 4] = 2
    assert clutter.named_first(scores, scenes, truth).tolist() == [True]
    assert clutter.crowded(truth).tolist() == [1, -1]
    groups = clutter.size_groups(shares, (0.3,))
    assert groups[0, [2, 4, 5]].tolist() == [0, 1, -1]


def test_scenes_from_their_objects(tmp_path: Path) -> None:
    objects = [Truth(0, (1, 1, 2, 2)), Truth(1, (1, 1, 2, 2))]
    scenes = spooled(tmp_path / "s", (grey(), objects), (grey(), []))
    scores = np.full((2, K), np.nan)
    scores[:, :2] = [[0.2, 0.7], [0.6, 0.1]]
    found = clutter.of_objects(scores, scenes)
    assert found[:, :2].tolist() == [[0.6, 0.7], [0, 0]] and np.isnan(found[:, 2:]).all()


def test_groups_have_means_and_counts() -> None:
    values, group = np.array([1.0, 3.0, np.nan, 9.0]), np.array([0, 0, 0, 2])
    first, none, one = clutter.in_groups(values, group, 3)
    assert (first.value, first.n) == (2.0, 2) and first.high == pytest.approx(
        2 + 12.7062, abs=1e-3
    )  # Student's t of one degree of freedom
    assert none.n == 0 and np.isnan(none.value)
    assert (one.value, one.n, one.high) == (9.0, 1, np.inf)


def test_the_first_window_is_the_centre_square_that_packing_cuts() -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (64, 90, 3), dtype=np.uint8)
    (only,) = views.windows(image, 64, 56, 1)
    assert np.array_equal(only, image[:, 13:77])
    assert views.windows(image, 32, 28, 1).shape == (1, 32, 32, 3)


def test_windows_bring_the_corners_to_the_middle() -> None:
    image = np.arange(64 * 90 * 3, dtype=np.uint32).reshape(64, 90, 3).astype(np.uint8)
    found = views.windows(image, 64, 56, 10)
    inner = found[:, 4:60, 4:60]
    assert np.array_equal(inner[0], image[4:60, 17:73])
    for view, (y, x) in zip(inner[1:5], [(0, 0), (0, 34), (8, 0), (8, 34)], strict=True):
        assert np.array_equal(view, image[y : y + 56, x : x + 56])
    assert np.array_equal(found[5:], found[:5, :, ::-1])
    with pytest.raises(ValueError, match="views of a scene are 1, 5 or 10, not 2"):
        views.windows(image, 64, 56, 2)


def test_around_puts_the_box_where_the_net_looks() -> None:
    image = grey(60, 60, 0)
    image[20:48, 10:38] = 255  # 28 x 28: half of what the net sees of a square of 32
    square = views.around(image, np.array([11, 21, 38, 48]), 32, 28)
    assert square[2:30, 2:30].min() == 255
    assert square[:2].max() == square[:, :2].max() == 0
    corner = views.around(np.full((9, 9, 3), 7, np.uint8), np.array([1, 1, 3, 9]), 16, 14)
    assert (corner == 7).all()  # its border is repeated outside


def test_rows_of_scenes_and_of_objects(tmp_path: Path) -> None:
    spec = zoo.spec("zfnet").scaled(28, 0.05, classes=5)
    save_net(build(spec, seed=1, init="he"), tmp_path / "net.safetensors")
    np.save(tmp_path / "mean.npy", np.full((32, 32, 3), 120, np.float32))
    base = Trained(tmp_path, Job(spec, SMOKE.base, 0), SMOKE)
    roles = {"pascal-2012": RoleSize("world", K, 48, {"val": 4})}
    scenes = load_scenes("pascal-2012", replace(SMOKE, roles=roles))
    one, five = (views.scene_rows(base, scenes, views=v) for v in (1, 5))
    assert one.shape == five.shape == (4, spec.fc[7]) and not np.allclose(one, five)
    squares = views.scene_squares(scenes, 32, 28, 5)
    assert len(squares) == 20 and squares.labels.tolist() == 5 * squares.labels[:4].tolist()
    largest = [scenes.shares[scenes.objects(i)].argmax() + scenes.first[i] for i in range(4)]
    assert squares.labels[:4].tolist() == scenes.labels[largest].tolist()
    for i in range(4):
        (centre,) = views.windows(scenes.image(i), 32, 28, 1)
        assert np.array_equal(squares.images[i], centre)
    assert views.object_rows(base, scenes).shape == (len(scenes.labels), spec.fc[7])


def test_classes_won_against_both_rivals() -> None:
    names = ["aero", "bird", "cow", "mean"]
    values = [98.0, 80.0, 80.0, 99.0]  # the paper's A and B: 92.0 97.3, 73.0 80.8, 63.2 77.8
    cell = pascal.classes_won([Estimate(v, 0, 0, 1) for v in values], names)
    assert (cell["row"], cell["value"], cell["n"]) == ("classes-won", 2, 3)
