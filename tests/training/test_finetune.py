"""Fine-tuning: what starts fresh, what stays, resume after a kill, and that it learns."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnlab import datasets
from cnnlab.artifacts import paths
from cnnlab.artifacts.plain import from_plain, to_plain
from cnnlab.nets import zoo
from cnnlab.nets.convnet import build
from cnnlab.nets.weights import load_net, save_net
from cnnlab.probing import sun as scenes
from cnnlab.probing.features import features
from cnnlab.probing.splits import Split
from cnnlab.profiles import SMOKE, Recipe, profiles
from cnnlab.profiles.layers import PooledLayer
from cnnlab.training.finetune import FULL, FineTune, begin, learned, moved, tune
from cnnlab.training.learn import Images, Job, learn
from cnnlab.training.loop import iterations
from cnnlab.training.trained import Trained, job, train
from cnnlab.training.tuned import Task, finetune_all

RECIPE = Recipe(
    images=16 * 40,
    batch=16,
    lr=0.02,
    schedule="linear",
    init="he",
    precision="fp32",
    threads=1,
    validations=2,
    dropout=0.0,
)
SPEC = replace(zoo.spec("caffenet").scaled(56, 0.05, 3), pixels=28, dropout=0.0)
CONVS = ["conv1", "conv2", "conv3", "conv4", "conv5"]


def colours(n: int = 120, side: int = 32) -> Images:
    """Noise whose class, of three, is the colour that is bright."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, n)
    images = rng.integers(0, 120, (n, side, side, 3), dtype=np.uint8)
    images[np.arange(n), :, :, labels] += 100
    return Images(images, labels)


def stripes(n: int = 160, side: int = 32, seed: int = 1) -> Images:
    """Noise with stripes four pixels wide: upright, level, or a board of both; two grey ones."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, n)
    at = np.arange(side) // 4 % 2
    upright = np.broadcast_to(at, (side, side))
    kinds = np.stack([upright, upright.T, upright ^ upright.T, np.zeros_like(upright)])
    images = rng.integers(0, 120, (n, side, side, 3))
    images += 60 * kinds[labels][..., None]
    return Images(images.astype(np.uint8), labels)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A net that learned colours, as a folder of the store holds it."""
    folder = tmp_path_factory.mktemp("base")
    learn(Job(SPEC, RECIPE), colours(), colours(), folder, lambda done, row: None)
    return folder


TUNING = replace(RECIPE, images=16 * 90, lr=0.01, warmup=0.1)


def how(**changes: object) -> FineTune:
    made = FineTune(Job(replace(SPEC, classes=4), TUNING, seed=5), base="base")
    return replace(made, **changes)  # pyright: ignore[reportArgumentType]


def same(a: nn.Module, b: nn.Module) -> bool:
    """Whether two layers have the same bits."""
    pairs = zip(a.parameters(), b.parameters(), strict=True)
    return all(x.shape == y.shape and torch.equal(x, y) for x, y in pairs)


# ---- the start -------------------------------------------------------------------------------


@pytest.mark.parametrize("fresh", [("fc8",), FULL, ("conv5", "fc8")])
def test_fresh_layers_are_fresh_and_others_the_bases(base: Path, fresh: tuple[str, ...]) -> None:
    net = begin(how(fresh=fresh), base)
    before, drawn = load_net(base / "net.safetensors"), build(net.spec, seed=5, init="he")
    assert list(learned(net)) == [*CONVS, "fc6", "fc7", "fc8"]
    for name, layer in learned(net).items():
        expected = learned(drawn if name in fresh else before)[name]
        assert same(layer, expected), name
    assert learned(net)["fc8"].weight.shape == (4, SPEC.fc[7])  # as wide as the new classes
    assert net(torch.zeros(2, 3, 28, 28)).shape == (2, 4)


def test_from_scratch_is_a_fresh_net() -> None:
    net, drawn = begin(how(base=""), None), build(replace(SPEC, classes=4), seed=5, init="he")
    assert all(same(a, b) for a, b in zip(net.layers, drawn.layers, strict=True))


@pytest.mark.parametrize(("frozen", "still"), [("none", []), ("conv", CONVS)])
def test_what_is_frozen(base: Path, frozen: str, still: list[str]) -> None:
    net = begin(how(frozen=frozen), base)
    stay = [n for n, layer in learned(net).items() if not any(
        p.requires_grad for p in layer.parameters())]  # fmt: skip
    assert stay == still


def test_a_checkpoint_is_where_it_starts(base: Path, tmp_path: Path) -> None:
    early = build(SPEC, seed=9, init="he")
    save_net(early, tmp_path / "checkpoint-0000012.safetensors")
    net = begin(how(checkpoint=12), tmp_path)
    assert same(learned(net)["conv3"], learned(early)["conv3"])


# ---- the training ----------------------------------------------------------------------------


def test_frozen_layers_keep_their_bits_and_full_layers_move(base: Path, tmp_path: Path) -> None:
    tune(how(job=SHORT, frozen="conv"), base, stripes(), stripes(), tmp_path)
    before, after = load_net(base / "net.safetensors"), load_net(tmp_path / "net.safetensors")
    for name in CONVS:
        assert same(learned(before)[name], learned(after)[name]), name
    far = moved(before, after, [*CONVS, "fc6", "fc7"])
    assert all(not far[name].any() for name in CONVS)
    assert all(far[name].mean() > 1e-4 for name in ("fc6", "fc7"))
    assert np.array_equal(np.load(tmp_path / "mean.npy"), np.load(base / "mean.npy"))


def test_fine_tuning_beats_a_frozen_start(base: Path, tmp_path: Path) -> None:
    """Filters that know colours must change to tell stripes; a new classifier is not enough."""
    unseen, errors = stripes(seed=2), {}
    for frozen in ("none", "conv"):
        (tmp_path / frozen).mkdir()
        tune(how(frozen=frozen), base, stripes(), unseen, tmp_path / frozen)
        history = json.loads((tmp_path / frozen / "history.json").read_text())
        errors[frozen] = history[-1]["val_top1"]
    assert errors["none"] < 10 < 20 < errors["conv"] < 60  # 75 by chance


def test_how_far_filters_moved_by_hand() -> None:
    before, after = build(SPEC, seed=0, init="he"), build(SPEC, seed=0, init="he")
    with torch.no_grad():
        after.get_parameter("layers.conv2.weight")[1] *= 1.5
        after.get_parameter("layers.fc7.weight").mul_(-1)
    far = moved(before, after, ["conv1", "conv2", "fc7"])
    assert not far["conv1"].any()
    assert far["conv2"] == pytest.approx([0, 0.5] + [0] * (len(far["conv2"]) - 2), abs=1e-6)
    assert far["fc7"] == pytest.approx(2.0)


class Killed(Exception):
    """Ends a run between two steps, as a kill would."""


SHORT = Job(replace(SPEC, classes=4), replace(TUNING, images=16 * 20), seed=5)


@pytest.mark.parametrize("frozen", ["none", "conv"])
def test_interrupted_and_run_again(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frozen: str
) -> None:
    monkeypatch.setattr("cnnlab.training.loop.SAVE_EVERY", 0.0)

    def stop(done: int, row: dict[str, float]) -> None:
        if done == 17:
            raise Killed

    told: list[int] = []
    one = how(job=SHORT, frozen=frozen)
    for name in ("broken", "whole"):
        (tmp_path / name).mkdir()
    with pytest.raises(Killed):
        tune(one, base, stripes(), stripes(), tmp_path / "broken", stop)
    tune(one, base, stripes(), stripes(), tmp_path / "broken", lambda done, row: told.append(done))
    tune(one, base, stripes(), stripes(), tmp_path / "whole")
    assert told[0] == 18
    for file in ("net.safetensors", "history.json"):
        assert (tmp_path / "broken" / file).read_bytes() == (tmp_path / "whole" / file).read_bytes()


# ---- artifacts -------------------------------------------------------------------------------

ROLES = {
    "imagenet": replace(
        SMOKE.roles["imagenet"], classes=3, pixels=32, splits={"train": 8, "val": 2}
    ),
    "sun": replace(SMOKE.roles["sun"], classes=4, pixels=32, splits={"all": 10}),
}
PROFILE = replace(SMOKE, roles=ROLES, crop=28, width=0.05, study_classes=3)
PROFILE = replace(PROFILE, study=replace(SMOKE.study, images=32, batch=8))


@pytest.fixture(scope="module")
def packed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that the tests below share: packing and pre-training once is enough."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def pretrained(packed_once: Path, monkeypatch: pytest.MonkeyPatch) -> Trained:
    monkeypatch.setenv("CNNLAB_CACHE", str(packed_once))
    return train(job(zoo.spec("caffenet"), PROFILE, study=True), PROFILE)


@pytest.fixture
def packed(packed_once: Path, monkeypatch: pytest.MonkeyPatch) -> datasets.Packed:
    monkeypatch.setenv("CNNLAB_CACHE", str(packed_once))
    return datasets.load("sun", PROFILE)


def test_nets_do_not_depend_on_the_number_of_workers(
    pretrained: Trained, packed: datasets.Packed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    split = scenes.splits(packed, PROFILE)[:1]
    ways = scenes.ways(pretrained, 4, PROFILE)
    two = {name: ways[name] for name in ("scratch", "fc-ft")}
    shutil.copytree(paths.cache(), tmp_path / "alone")
    together = scenes.tuned(two, split, replace(PROFILE, workers=2))
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "alone"))
    alone = scenes.tuned(two, split, replace(PROFILE, workers=1))
    for name in two:
        a, b = alone[name][0].folder, together[name][0].folder
        assert a.name == b.name and a != b
        assert (a / "net.safetensors").read_bytes() == (b / "net.safetensors").read_bytes()
    assert alone["scratch"][0].folder.name != alone["fc-ft"][0].folder.name


def test_a_tuned_net_is_read_as_a_trained_one(pretrained: Trained, packed: datasets.Packed) -> None:
    split = scenes.splits(packed, PROFILE)[0]
    net = scenes.tuned({"ft": scenes.ways(pretrained, 4, PROFILE)["ft"]}, [split], PROFILE)["ft"][0]
    found, labels = net.scores("val")
    assert np.array_equal(labels, packed.labels[split.val])
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    rows = features(net, packed, [PooledLayer("prob")], dtype="float32")["prob"]  # (N, 4)
    np.testing.assert_allclose(net.probabilities(split.test), rows[split.test], atol=1e-5)
    error = 100 * (found.argmax(axis=1) != labels).mean()
    assert net.history[-1]["val_top1"] == pytest.approx(error)


def test_a_task_survives_the_way_to_a_worker() -> None:
    task = Task(how(checkpoint=12, frozen="conv", fresh=FULL), "sun", (1, 2), (3,))
    assert from_plain(Task, json.loads(json.dumps(to_plain(task)))) == task
    assert task.how.weights == "checkpoint-0000012.safetensors"


# ---- scenes ----------------------------------------------------------------------------------


def test_the_paper_profile_is_the_papers() -> None:
    sizes = scenes.scenes(profiles()["paper"])
    tuning = sizes.tuning
    assert (sizes.runs, sizes.train, sizes.val) == (3, 0.5, 0.1)
    assert (tuning.lr, tuning.schedule, tuning.step, tuning.batch) == (0.001, "step", 20_000, 128)
    assert iterations(tuning) == 40_000
    assert sizes.scratch.lr == 0.01 and sizes.scratch.images > tuning.images
    assert not any(tap.grid for tap in sizes.layers())


@pytest.mark.parametrize("name", ["smoke", "mini", "course"])
def test_smaller_profiles_train_scratch_as_long_at_least(name: str) -> None:
    sizes = scenes.scenes(profiles()[name])
    assert sizes.scratch.images >= sizes.tuning.images
    assert sizes.tuning.lr == pytest.approx(scenes.TUNING_RATE * sizes.scratch.lr)
    assert sizes.scratch.precision != "auto"


def test_splits_are_50_10_40_of_every_class(packed: datasets.Packed) -> None:
    made = scenes.splits(packed, PROFILE)
    assert len(made) == scenes.scenes(PROFILE).runs
    for split in made:
        for rows, each in ((split.train, 5), (split.val, 1), (split.test, 4)):
            assert np.bincount(packed.labels[rows]).tolist() == [each] * 4
    assert not np.array_equal(made[0].test, made[1].test)


def test_ways_differ_in_what_the_papers_say(pretrained: Trained) -> None:
    ways = scenes.ways(pretrained, 4, PROFILE, seed=2)
    said = {name: (bool(w.base), w.frozen, w.fresh) for name, w in ways.items()}
    assert said == {
        "scratch": (False, "none", ("fc8",)),
        "fc-ft-fresh": (True, "conv", ("fc6", "fc7", "fc8")),
        "fc-ft": (True, "conv", ("fc8",)),
        "ft": (True, "none", ("fc8",)),
    }
    assert {w.job.spec.classes for w in ways.values()} == {4}
    assert {w.job.seed for w in ways.values()} == {2}


def test_nearest_mean_and_score_by_hand(packed: datasets.Packed) -> None:
    """Bright above, or bright below; one test picture is upside down."""
    images = np.zeros((8, 16, 16, 3), dtype=np.uint8)
    images[:4, :8], images[4:, 8:] = 200, 200
    images[3] = images[7]
    packed = replace(
        packed,
        images=images,
        labels=np.repeat([0, 1], 4),
        classes=("above", "below"),
    )
    split = Split(train=np.array([0, 1, 4, 5]), test=np.array([2, 3, 6, 7]))
    found = scenes.nearest_mean(packed, [split])
    assert found[0].tolist() == [0, 1, 1, 1]
    assert scenes.score(found, packed, [split]).tolist() == [[50, 100]]


# ---- refusals --------------------------------------------------------------------------------


def test_refusals(base: Path, tmp_path: Path, packed: datasets.Packed) -> None:
    with pytest.raises(ValueError, match="'none' or 'conv', not 'fc'"):
        how(frozen="fc")
    with pytest.raises(ValueError, match="no layer 'fc9' to draw anew; there are conv1"):
        begin(how(fresh=("fc9",)), base)
    with pytest.raises(ValueError, match="its classes is 3, not 4"):
        begin(how(fresh=("fc7",)), base)
    with pytest.raises(ValueError, match=r"no checkpoint .*0000007"):
        begin(how(checkpoint=7), base)
    with pytest.raises(ValueError, match="saw images of 32 px, these have 40"):
        tune(how(), base, stripes(side=40), stripes(side=40), tmp_path)
    assert len(packed) == 40
    missing = Task(how(base="0123"), "sun", (0, 1), (2,))
    with pytest.raises(ValueError, match=r"no net .*0123"):
        finetune_all([missing], PROFILE)
