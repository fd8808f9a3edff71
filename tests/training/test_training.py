"""Training: schedules by hand, augmentation against slicing, resume after a kill, evaluation."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnlab import profiles
from cnnlab.artifacts import progress
from cnnlab.nets import zoo
from cnnlab.nets.convnet import ConvNet, build
from cnnlab.nets.weights import load_net
from cnnlab.profiles import SMOKE, Recipe
from cnnlab.training import machine
from cnnlab.training.batches import Batches, all_crops, mean_image
from cnnlab.training.evaluate import error_rate, scores, ten_crops, wrong
from cnnlab.training.jobs import imagenet_job
from cnnlab.training.loop import clip_filters, fit
from cnnlab.training.schedule import (
    Schedule,
    checkpoint_iterations,
    iterations,
    still_learning,
)
from cnnlab.training.trained import train, train_all

RECIPE = Recipe(
    images=32 * 20,
    batch=32,
    lr=0.02,
    schedule="linear",
    init="he",
    precision="fp32",
    threads=1,
    validations=4,
    checkpoints=(0.25, 1.0),
)


def toy(n: int = 200, side: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Images whose class is the colour channel that is bright."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, n)
    images = rng.integers(0, 120, (n, side, side, 3), dtype=np.uint8)
    images[np.arange(n), :, :, labels] += 100
    return images, labels


def batches(crop: int = 16, batch: int = 32, seed: int = 3) -> Batches:
    images, labels = toy()
    return Batches(
        torch.from_numpy(images), torch.from_numpy(labels), mean_image(images), crop, batch, seed
    )


# ---- batches ---------------------------------------------------------------------------------


def test_all_crops_are_views() -> None:
    images = torch.arange(2 * 5 * 5 * 3).view(2, 5, 5, 3)
    found = all_crops(images, 3)
    assert found.shape == (2, 3, 3, 3, 3, 3)
    assert torch.equal(found[1, 2, 0], images[1, 2:5, 0:3])


def test_a_batch_is_crops_of_its_images_some_mirrored() -> None:
    b = batches()
    pixels, labels = b[2]
    assert pixels.shape == (32, 3, 16, 16)
    assert pixels.is_contiguous(memory_format=torch.channels_last)
    centred = b.images.float() - b.mean
    mirrored = 0
    for x, label in zip(pixels.permute(0, 2, 3, 1), labels, strict=True):
        of_class = centred[b.labels == label]
        crops = all_crops(of_class, 16).reshape(-1, 16, 16, 3)
        straight = (crops == x).flatten(1).all(1)
        flipped = (crops == x.flip(1)).flatten(1).all(1)
        assert straight.any() or flipped.any()
        mirrored += bool(flipped.any())
    assert 4 < mirrored < 28


def test_zoomed_crops_are_parts_of_their_images_at_another_scale() -> None:
    import cv2

    rng = np.random.default_rng(1)
    small = rng.integers(0, 256, (12, 4, 4, 3), dtype=np.uint8)
    smooth = np.stack([cv2.resize(i, (20, 20), interpolation=cv2.INTER_CUBIC) for i in small])
    images, labels = torch.from_numpy(smooth), torch.arange(12)
    mean = torch.full((20, 20, 3), 100.0)
    found = Batches(images, labels, mean, 16, 12, seed=3, zoom=0.5)
    pixels, named = found[0]
    assert pixels.shape == (12, 3, 16, 16) and pixels.is_contiguous(
        memory_format=torch.channels_last
    )
    torch.testing.assert_close(pixels, found[0][0], rtol=0, atol=0)
    sides = set()
    for pixel, label in zip(pixels, named, strict=True):
        seen = (pixel.permute(1, 2, 0) + 100).numpy()
        best = min(_apart(smooth[label], seen, side) for side in range(8, 21))
        assert best[0] < 12  # grey levels: bilinear against area, to the nearest pixel
        sides.add(best[1])
    assert min(sides) < 13 and max(sides) > 15


def _apart(image: np.ndarray, seen: np.ndarray, side: int) -> tuple[float, int]:
    """How far `seen`, or its mirror image, is from the nearest crop of `side`, scaled; and side."""
    import cv2

    crops = [
        cv2.resize(image[y : y + side, x : x + side], (16, 16)).astype(float)
        for y in range(21 - side)
        for x in range(21 - side)
    ]
    gaps = [np.abs(c - s).mean() for c in crops for s in (seen, seen[:, ::-1])]
    return min(gaps), side


def test_batches_depend_on_seed_and_number_only() -> None:
    a, b = batches(), batches()
    _ = b[0], b[5]
    assert torch.equal(a[7][0], b[7][0]) and torch.equal(a[7][1], b[7][1])
    assert not torch.equal(a[7][0], a[8][0])
    assert not torch.equal(a[7][0], batches(seed=4)[7][0])


def test_an_epoch_shows_each_image_once() -> None:
    b = batches(crop=20, batch=40)
    shown = torch.cat([b[i][0] for i in range(b.per_epoch)])  # whole images, some mirrored
    keys = {min(x.numpy().tobytes(), x.flip(2).numpy().tobytes()) for x in shown}
    assert b.per_epoch == 5 and len(keys) == 200


def test_too_few_images_for_a_batch() -> None:
    with pytest.raises(ValueError, match="200 training images do not fill one batch of 201"):
        batches(batch=201)


def test_mean_image() -> None:
    images, _ = toy()
    assert torch.allclose(mean_image(images), torch.from_numpy(images.mean(0)).float(), atol=1e-4)


# ---- schedule --------------------------------------------------------------------------------


def test_linear_schedule_by_hand() -> None:
    schedule = Schedule(Recipe(lr=1.0, schedule="linear", warmup=0.2), 10)
    assert [round(schedule.rate(i), 4) for i in range(10)] == [
        *[0.5, 1.0],
        *[1.0, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125],
    ]


def test_step_schedule_by_hand() -> None:
    schedule = Schedule(Recipe(lr=0.01, schedule="step", step=3), 9)
    assert [schedule.rate(i) for i in (0, 2, 3, 5, 6)] == pytest.approx(
        [0.01, 0.01, 0.001, 0.001, 0.0001]
    )


def test_plateau_falls_after_patience_and_keeps_its_state() -> None:
    recipe = Recipe(lr=1.0, schedule="plateau", patience=2)
    schedule = Schedule(recipe, 100)
    rates = []
    for found in (50, 40, 41, 42, 39, 39, 39):
        schedule.validated({"iteration": 1, "val_top1": found})
        rates.append(schedule.rate(0))
    assert rates == pytest.approx([1, 1, 1, 0.1, 0.1, 0.1, 0.01])
    again = Schedule(recipe, 100)
    again.state = json.loads(json.dumps(schedule.state))
    assert again.rate(5) == schedule.rate(5) and again.state == schedule.state


SETTLE = Recipe(lr=1.0, batch=10, schedule="settle", patience=2, settled=0.1)


def settled(losses: Sequence[float], recipe: Recipe = SETTLE) -> list[float]:
    """The rates after each row of ten iterations of a hundred; 0 once the run has ended."""
    schedule, rates = Schedule(recipe, 100), []
    for number, loss in enumerate(losses, 1):
        # the watched error falls all the while: it has no say
        schedule.validated({"iteration": 10 * number, "train_loss": loss, "val_top1": -number})
        rates.append(0.0 if schedule.ended else schedule.rate(10 * number))
    return rates


def test_settle_falls_twice_and_ends_by_the_training_loss_alone() -> None:
    losses = [2.0, 1.0, 0.95, 0.92, 0.5, 0.48, 0.47, 0.46, 0.459]
    assert settled(losses[:6]) == pytest.approx([1, 1, 1, 0.1, 0.1, 0.1])
    assert settled(losses, replace(SETTLE, drops=1))[5:] == pytest.approx([0.1, 0, 0, 0])
    assert settled(losses, replace(SETTLE, drops=1, least=450))[3:7] == pytest.approx(
        [1, 1, 0.1, 0.1]
    )


def test_settle_falls_late_where_a_net_never_settles() -> None:
    rates = settled([0.5**n for n in range(10)])
    assert rates == pytest.approx([1, 1, 1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01])


def test_settle_ends_early_and_resumes_with_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnlab.training.loop.SAVE_EVERY", 0.0)
    recipe = replace(RECIPE, schedule="settle", patience=1, drops=1, settled=0.9, validations=10)
    whole = run(tmp_path / "whole", recipe)
    history = json.loads((tmp_path / "whole" / "history.json").read_text())
    assert [round(row["rate"] / recipe.lr, 2) for row in history] == [1, 1, 0.1]
    assert history[-1]["iteration"] == 6 < iterations(recipe)
    for stop in (4, 6):  # the second: killed after it ended, before its net was written
        folder = tmp_path / str(stop)
        with pytest.raises(KeyboardInterrupt):
            run(folder, recipe, stop)
        again = run(folder, recipe)
        for a, b in zip(whole.parameters(), again.parameters(), strict=True):
            assert torch.equal(a, b)
        assert json.loads((folder / "history.json").read_text()) == history


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([90, 80, 70, 60, 50, 40, 30, 20], True),
        ([50, 40, 30, 25, 22, 20, 20, 19.5], False),
        ([50, 40, 30, 20, 20, 20, 20.5, 19.6], False),  # not a whole point
        ([20, 20, 20, 20, 20, 21.5, 20, 20], True),  # a point and a half since three quarters
        ([20, 20, 20], True),  # too short to tell
    ],
)
def test_a_net_is_still_learning(errors: list[float], expected: bool) -> None:
    rows = [{"images": 100 * n, "val_top1": error} for n, error in enumerate(errors, 1)]
    assert still_learning(rows) is expected


def test_still_learning_interpolates_between_rows() -> None:
    errors = {1: 40.0, 6: 25.0, 10: 20.0, 16: 10.0}  # at 12: 16.7
    rows = [{"images": n, "val_top1": error} for n, error in errors.items()]
    assert still_learning(rows)
    rows[2]["val_top1"] = 10.9  # at 12: 10.6
    assert not still_learning(rows)


def test_unknown_schedule() -> None:
    with pytest.raises(ValueError, match="'plateau', 'step', 'linear', 'settle'"):
        Schedule(Recipe(schedule="cosine"), 10)


# ---- loop ------------------------------------------------------------------------------------


def small_net() -> ConvNet:
    spec = replace(zoo.spec("zfnet").scaled(56, 0.05, 3), pixels=16)
    convs = tuple(replace(c, kernel=3, stride=1, pad=1) for c in spec.convs)
    return build(replace(spec, convs=convs), seed=1, init="he")


def no_validation(net: ConvNet) -> dict[str, float]:
    return {"val_top1": 50.0}


def run(folder: Path, recipe: Recipe = RECIPE, stop: int | None = None) -> ConvNet:
    net = small_net()

    def report(done: int, row: dict[str, float]) -> None:
        if done == stop:
            raise KeyboardInterrupt

    history = fit(net, batches(), recipe, no_validation, folder, report)
    (folder / "history.json").write_text(json.dumps(history))
    return net


def test_training_learns_and_keeps_checkpoints(tmp_path: Path) -> None:
    net = small_net()
    b = batches()

    def validate(net: ConvNet) -> dict[str, float]:
        images, labels = toy()
        found = scores(net, images, b.mean, crops=1)
        return {"val_top1": error_rate(found, labels)}

    history = fit(net, b, replace(RECIPE, images=32 * 60), validate, tmp_path)
    assert [row["iteration"] for row in history] == [15, 30, 45, 60]
    assert history[-1]["val_top1"] < 5  # by chance 67
    assert history[-1]["train_loss"] < history[0]["train_loss"]
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "checkpoint-0000015.safetensors",
        "checkpoint-0000060.safetensors",
    ]
    last = load_net(tmp_path / "checkpoint-0000060.safetensors")
    assert all(torch.equal(a, b) for a, b in zip(last.parameters(), net.parameters(), strict=True))


@pytest.mark.parametrize("stop", [1, 7, 19])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_resumed_run_ends_with_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int, precision: str
) -> None:
    monkeypatch.setattr("cnnlab.training.loop.SAVE_EVERY", 0.0)
    recipe = replace(RECIPE, precision=precision)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole = run(tmp_path / "a", recipe)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "b", recipe, stop=stop)
    resumed = run(tmp_path / "b", recipe)
    for a, b in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(a, b)


def test_one_step_is_sgd_by_hand(tmp_path: Path) -> None:
    recipe = replace(RECIPE, images=32, validations=1, checkpoints=(), lr=0.1, dropout=0.0)
    net, b = small_net(), batches()
    for layer in net.layers:
        if isinstance(layer, nn.Dropout):
            layer.p = 0.0
    before = {n: p.detach().clone() for n, p in net.named_parameters()}
    x, y = b[0]
    gradient = torch.autograd.grad(nn.functional.cross_entropy(net(x), y), list(net.parameters()))
    fit(net, b, recipe, no_validation, tmp_path)
    for (name, p), g in zip(net.named_parameters(), gradient, strict=True):
        decay = recipe.weight_decay if name.endswith("weight") else 0.0
        expected = before[name] - 0.1 * (g + decay * before[name])
        assert torch.allclose(p, expected, atol=1e-6), name


def test_filters_beyond_the_radius_are_scaled_back() -> None:
    net = small_net()
    conv = net.layers.get_submodule("conv3")
    assert isinstance(conv, nn.Conv2d)
    with torch.no_grad():
        conv.weight[0] = 0.3
        conv.weight[1] = -0.05
    clip_filters(net, 0.1)
    assert torch.allclose(conv.weight[0], torch.tensor(0.1))
    assert torch.allclose(conv.weight[1], torch.tensor(-0.05))


def test_clipping_means_the_same_on_divided_inputs() -> None:
    """Layer 1 clipped in a net on pixels / 64 is layer 1 clipped in the same net on pixels."""
    scaled = build(zoo.spec("zfnet").scaled(56, 0.1, 3), seed=2, init="he")
    raw = build(replace(scaled.spec, scale=1.0), seed=2, init="he")
    scaled.eval()
    raw.eval()
    with torch.no_grad():
        for net, by in ((scaled, 60.0), (raw, 60.0 / 64)):  # some filters beyond, some within
            conv = net.layers.get_submodule("conv1").get_parameter("weight")
            conv.mul_(by * torch.linspace(0.5, 1.5, len(conv))[:, None, None, None])
    images = 100 * torch.randn(2, 3, 56, 56)
    before = scaled(images)
    assert torch.allclose(raw(images), before, rtol=1e-4, atol=1e-6)
    for net in (scaled, raw):
        clip_filters(net, 0.1)
    assert torch.allclose(raw(images), scaled(images), rtol=1e-4, atol=1e-6)
    assert not torch.allclose(scaled(images), before, rtol=1e-2)


def test_iterations_and_checkpoints() -> None:
    paper = profiles.PAPER.base
    assert iterations(paper) == 70 * 1_300_000 // 128
    assert checkpoint_iterations(paper)[0] == round(iterations(paper) / 70)


# ---- evaluation ------------------------------------------------------------------------------


def test_ten_views_are_corners_and_centre_and_their_mirror_images() -> None:
    images = torch.arange(6 * 6).view(1, 6, 6, 1)
    found = [v[0, :, :, 0] for v in ten_crops(images, 4, 10)]
    corners = {tuple(v.flatten().tolist()) for v in found}
    assert len(corners) == 10
    assert found[0][0, 0] == 7  # centre
    assert [int(v[0, 0]) for v in found[2::2]] == [0, 2, 12, 14]
    assert all(torch.equal(found[i + 1], found[i].flip(1)) for i in range(0, 10, 2))
    with pytest.raises(ValueError, match="1, 2 or 10"):
        list(ten_crops(images, 4, 5))


def test_scores_average_the_ten_crops() -> None:
    net, (images, _) = small_net(), toy(5)
    mean = mean_image(images)
    net.eval()
    by_hand = []
    for view in ten_crops(torch.from_numpy(images).float() - mean, 16, 10):
        by_hand.append(net(view.permute(0, 3, 1, 2)).softmax(1))
    expected = torch.stack(by_hand).mean(0).detach().numpy()
    assert np.allclose(scores(net, images, mean, crops=10, batch=2), expected, atol=1e-6)


def test_errors_by_hand() -> None:
    found = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [1 / 3, 1 / 3, 1 / 3]], np.float32)
    labels = np.array([0, 1, 0])
    assert wrong(found, labels, 1).tolist() == [False, True, True]  # a tie is no answer
    assert wrong(found, labels, 2).tolist() == [False, False, True]
    assert error_rate(found, labels) == pytest.approx(200 / 3)


# ---- trained nets as artifacts ---------------------------------------------------------------


def test_train_all_equals_one_after_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    jobs = [imagenet_job("alexnet", SMOKE, seed=s, study=True) for s in (0, 1)]
    together = train_all(jobs, replace(SMOKE, workers=2))
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "other"))
    alone = [train(j, SMOKE) for j in jobs]
    for a, b in zip(together, alone, strict=True):
        assert a.folder.name == b.folder.name and a.folder != b.folder
        assert np.array_equal(a.scores("val")[0], b.scores("val")[0])
        assert a.history == b.history


KILLED = """
import cnnlab.training.loop as loop
loop.SAVE_EVERY = 0.0
from cnnlab.profiles import SMOKE
from cnnlab.training.jobs import imagenet_job
from cnnlab.training.trained import train
train(imagenet_job("zfnet", SMOKE), SMOKE, lambda done, row: print(done, flush=True))
"""


@pytest.mark.parametrize(("kind", "jobs", "nets"), [("cuda", 1, 16), ("cuda", 5, 3), ("cpu", 5, 2)])
def test_notebooks_share_the_processors_that_feed_a_gpu(
    monkeypatch: pytest.MonkeyPatch, kind: str, jobs: int, nets: int
) -> None:
    monkeypatch.setattr(machine, "device", lambda: torch.device(kind))
    monkeypatch.setattr(progress, "processors", lambda: 16)
    monkeypatch.setenv("CNNLAB_JOBS", str(jobs))
    assert (machine.nets_at_once(2), machine.nets_at_once(1)) == (nets, 1)


def test_kill_in_the_middle_of_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed = subprocess.Popen(
        [sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert killed.stdout is not None
    for line in killed.stdout:
        if int(line) >= 5:
            break
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    told: list[int] = []
    resumed = train(imagenet_job("zfnet", SMOKE), SMOKE, lambda done, row: told.append(done))
    assert told[0] > 1  # it went on, not back to the start
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "undisturbed"))
    whole = train(imagenet_job("zfnet", SMOKE), SMOKE)
    assert whole.folder.name == resumed.folder.name
    weights = "net.safetensors"
    assert (whole.folder / weights).read_bytes() == (resumed.folder / weights).read_bytes()


def test_checkpoints_of_a_trained_net() -> None:
    trained = train(imagenet_job("zfnet", SMOKE), SMOKE)
    assert trained.checkpoints == sorted(set(checkpoint_iterations(trained.job.recipe)))
    assert trained.net(trained.checkpoints[0]).spec == trained.job.spec
    with pytest.raises(ValueError, match=r"no checkpoint at iteration 999; kept: \[1, "):
        trained.net(999)
    fresh = trained.net(0).state_dict()
    job, recipe = trained.job, trained.job.recipe
    drawn = build(job.spec, seed=job.seed, init=recipe.init, conv1_scale=recipe.conv1_scale)
    assert all(torch.equal(fresh[name], value) for name, value in drawn.state_dict().items())
    assert trained.mean.shape == (64, 64, 3)


Case = Callable[[], object]


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (lambda: imagenet_job("zfnet", replace(SMOKE, crop=80)), "crops of 80 px do not fit"),
        (
            lambda: imagenet_job(
                "zfnet", replace(SMOKE, base=replace(SMOKE.base, precision="fp8"))
            ),
            "'auto', 'bf16' or 'fp32'",
        ),
    ],
)
def test_refusals(case: Case, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        case()
