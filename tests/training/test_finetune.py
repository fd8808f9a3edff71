"""Fine-tuning: what starts fresh, what stays, resume after a kill, and that it learns."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnlab.artifacts import paths, store
from cnnlab.artifacts.plain import from_plain, to_plain
from cnnlab.nets import zoo
from cnnlab.nets.convnet import build, weighted_layers
from cnnlab.nets.weights import load_net, save_net
from cnnlab.probing.features import features
from cnnlab.probing.splits import Split
from cnnlab.probing.sun import SunSet, sun_set
from cnnlab.profiles import SMOKE, PooledLayer, Recipe, profiles
from cnnlab.training.batches import Images
from cnnlab.training.jobs import FULL, Data, Job, Planted, Start, imagenet_job
from cnnlab.training.learn import filter_changes, initial_net, learn, weights_name
from cnnlab.training.schedule import iterations
from cnnlab.training.trained import Trained, key_config, key_sets, train, train_all

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
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with a net that learned colours."""
    cache = tmp_path_factory.mktemp("cache")
    (cache / BASE).mkdir(parents=True)
    learn(Job(SPEC, RECIPE), colours(), colours(), cache / BASE)
    return cache


@pytest.fixture
def base(house: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of that net, in the cache that is in use."""
    monkeypatch.setenv("CNNLAB_CACHE", str(house))
    return house / BASE


BASE = "nets/colours"
TUNING = replace(RECIPE, images=16 * 90, lr=0.01, warmup=0.1)
FOUR = replace(SPEC, classes=4)


def job(*, recipe: Recipe = TUNING, frozen: str = "none", **start: object) -> Job:
    """Stripes after colours; `start` changes where it starts."""
    first = replace(Start(BASE), **start)  # pyright: ignore[reportArgumentType]
    return Job(FOUR, recipe, seed=5, start=first, frozen=frozen)


def same(a: nn.Module, b: nn.Module) -> bool:
    """Whether two layers have the same bits."""
    pairs = zip(a.parameters(), b.parameters(), strict=True)
    return all(x.shape == y.shape and torch.equal(x, y) for x, y in pairs)


# ---- the start -------------------------------------------------------------------------------


@pytest.mark.parametrize("fresh", [("fc8",), FULL, ("conv5", "fc8")])
def test_fresh_layers_are_fresh_and_others_the_bases(base: Path, fresh: tuple[str, ...]) -> None:
    net = initial_net(job(fresh=fresh))
    before, drawn = load_net(base / "net.safetensors"), build(net.spec, seed=5, init="he")
    assert list(weighted_layers(net)) == [*CONVS, "fc6", "fc7", "fc8"]
    for name, layer in weighted_layers(net).items():
        expected = weighted_layers(drawn if name in fresh else before)[name]
        assert same(layer, expected), name
    assert weighted_layers(net)["fc8"].weight.shape == (4, SPEC.fc[7])  # as wide as the new classes
    assert net(torch.zeros(2, 3, 28, 28)).shape == (2, 4)


def test_from_scratch_is_a_fresh_net() -> None:
    net = initial_net(Job(FOUR, TUNING, seed=5))
    drawn = build(FOUR, seed=5, init="he")
    assert all(same(a, b) for a, b in zip(net.layers, drawn.layers, strict=True))


@pytest.mark.parametrize(("frozen", "still"), [("none", []), ("conv", CONVS)])
def test_what_is_frozen(base: Path, frozen: str, still: list[str]) -> None:
    net = initial_net(job(frozen=frozen))
    stay = [n for n, layer in weighted_layers(net).items() if not any(
        p.requires_grad for p in layer.parameters())]  # fmt: skip
    assert stay == still


def test_a_checkpoint_is_where_it_starts(base: Path) -> None:
    early = build(SPEC, seed=9, init="he")
    save_net(early, base / "checkpoint-0000012.safetensors")
    net = initial_net(job(checkpoint=12))
    assert same(weighted_layers(net)["conv3"], weighted_layers(early)["conv3"])


# ---- the training ----------------------------------------------------------------------------


def test_frozen_layers_keep_their_bits_and_full_layers_move(base: Path, tmp_path: Path) -> None:
    learn(job(recipe=SHORT, frozen="conv"), stripes(), stripes(), tmp_path)
    before, after = load_net(base / "net.safetensors"), load_net(tmp_path / "net.safetensors")
    for name in CONVS:
        assert same(weighted_layers(before)[name], weighted_layers(after)[name]), name
    far = filter_changes(before, after)
    assert list(far) == [*CONVS, "fc6", "fc7"]  # not the classifier
    assert all(not far[name].any() for name in CONVS)
    assert all(far[name].mean() > 1e-4 for name in ("fc6", "fc7"))
    assert np.array_equal(np.load(tmp_path / "mean.npy"), np.load(base / "mean.npy"))


def test_fine_tuning_beats_a_frozen_start(base: Path, tmp_path: Path) -> None:
    """Filters that know colours must change to tell stripes; a new classifier is not enough."""
    unseen, errors = stripes(seed=2), {}
    for frozen in ("none", "conv"):
        (tmp_path / frozen).mkdir()
        learn(job(frozen=frozen), stripes(), unseen, tmp_path / frozen)
        history = json.loads((tmp_path / frozen / "history.json").read_text())
        errors[frozen] = history[-1]["val_top1"]
    assert errors["none"] < 10 < 20 < errors["conv"] < 60  # 75 by chance


def test_how_far_filters_moved_by_hand() -> None:
    before, after = build(SPEC, seed=0, init="he"), build(SPEC, seed=0, init="he")
    with torch.no_grad():
        after.get_parameter("layers.conv2.weight")[1] *= 1.5
        after.get_parameter("layers.fc7.weight").mul_(-1)
    far = filter_changes(before, after)
    assert not far["conv1"].any()
    assert far["conv2"] == pytest.approx([0, 0.5] + [0] * (len(far["conv2"]) - 2), abs=1e-6)
    assert far["fc7"] == pytest.approx(2.0)


class Killed(Exception):
    """Ends a run between two steps, as a kill would."""


SHORT = replace(TUNING, images=16 * 20)


@pytest.mark.parametrize("frozen", ["none", "conv"])
def test_interrupted_and_run_again(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frozen: str
) -> None:
    monkeypatch.setattr("cnnlab.training.loop.SAVE_EVERY", 0.0)

    def stop(done: int, row: dict[str, float]) -> None:
        if done == 17:
            raise Killed

    told: list[int] = []
    one = job(recipe=SHORT, frozen=frozen)
    for name in ("broken", "whole"):
        (tmp_path / name).mkdir()
    with pytest.raises(Killed):
        learn(one, stripes(), stripes(), tmp_path / "broken", stop)
    learn(one, stripes(), stripes(), tmp_path / "broken", lambda done, row: told.append(done))
    learn(one, stripes(), stripes(), tmp_path / "whole")
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
    return train(imagenet_job("caffenet", PROFILE, study=True), PROFILE)


@pytest.fixture
def scenes(packed_once: Path, monkeypatch: pytest.MonkeyPatch) -> SunSet:
    monkeypatch.setenv("CNNLAB_CACHE", str(packed_once))
    return sun_set(PROFILE)


def test_nets_do_not_depend_on_the_number_of_workers(
    pretrained: Trained, scenes: SunSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = scenes.jobs(pretrained)
    two = {name: jobs[name] for name in ("scratch", "fc-ft")}
    scenes = replace(scenes, splits=scenes.splits[:1])
    shutil.copytree(paths.cache(), tmp_path / "alone")
    together = replace(scenes, profile=replace(PROFILE, workers=2)).train(two)
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "alone"))
    alone = replace(scenes, profile=replace(PROFILE, workers=1)).train(two)
    for name in two:
        a, b = alone[name][0].folder, together[name][0].folder
        assert a.name == b.name and a != b
        assert (a / "net.safetensors").read_bytes() == (b / "net.safetensors").read_bytes()
    assert alone["scratch"][0].folder.name != alone["fc-ft"][0].folder.name


def test_a_tuned_net_is_read_as_a_trained_one(pretrained: Trained, scenes: SunSet) -> None:
    scenes = replace(scenes, splits=scenes.splits[:1])
    (net,) = scenes.train({"ft": scenes.jobs(pretrained)["ft"]})["ft"]
    split, packed = scenes.splits[0], scenes.packed
    answers = net.probabilities(split.val)
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-5)
    rows = features(net, packed, [PooledLayer("prob")], dtype="float32")["prob"]  # (N, 4)
    np.testing.assert_allclose(net.probabilities(split.test), rows[split.test], atol=1e-5)
    error = 100 * (answers.argmax(axis=1) != packed.labels[split.val]).mean()
    assert net.history[-1]["val_top1"] == pytest.approx(error)
    started, first = pretrained.net(), net.net(0)
    assert same(weighted_layers(started)["conv1"], weighted_layers(first)["conv1"])


def test_a_job_survives_the_way_to_a_worker() -> None:
    data = Data("sun", (1, 2), (3,), Planted("caltech101", 2, removed=(7,)))
    one = replace(job(checkpoint=12, frozen="conv", fresh=FULL), data=data)
    assert from_plain(Job, json.loads(json.dumps(to_plain(one)))) == one
    assert weights_name(12) == "checkpoint-0000012.safetensors"


@pytest.mark.parametrize(
    "changes",
    [
        {"data": Data("sun", (0, 1, 2, 3), (4,))},
        {"data": Data("sun", (0, 1, 2, 3), ())},
        {"data": Data("sun", (0, 1, 2, 3), (), Planted("sun", 1))},
        {"data": Data("sun", (0, 1, 2, 3), (), Planted("sun", 1, brightness=0.8))},
        {"seed": 6},
        {"frozen": "conv"},
    ],
)
def test_everything_that_makes_a_net_is_in_its_key(scenes: SunSet, changes: dict) -> None:
    recipe = replace(RECIPE, images=4, batch=4)
    one = Job(FOUR, recipe, data=Data("sun", (0, 1, 2), ()))
    assert store_key(replace(one, **changes)) != store_key(one) == store_key(replace(one))


def store_key(job: Job) -> str:
    return store.key_of("nets", key_config(job, key_sets(job, PROFILE)))


# ---- scenes ----------------------------------------------------------------------------------


def test_the_paper_profile_is_the_papers() -> None:
    sizes = profiles()["paper"].sun
    tuning = sizes.tuning
    assert (sizes.runs, sizes.train, sizes.val) == (3, 0.5, 0.1)
    assert (tuning.lr, tuning.schedule, tuning.step, tuning.batch) == (0.001, "step", 20_000, 128)
    assert iterations(tuning) == 40_000
    rival = profiles()["paper"].rival
    assert rival.lr == 0.01 and rival.images > tuning.images
    assert not any(layer.grid for layer in sizes.layers())


@pytest.mark.parametrize("name", ["smoke", "mini", "course"])
def test_smaller_profiles_train_scratch_as_long_at_least(name: str) -> None:
    rival, tuning = profiles()[name].rival, profiles()[name].sun.tuning
    assert rival.images >= tuning.images
    assert (rival.lr, rival.schedule) == (tuning.lr, tuning.schedule) == (tuning.lr, "settle")


def test_splits_are_50_10_40_of_every_class(scenes: SunSet) -> None:
    assert len(scenes.splits) == PROFILE.sun.runs
    for split in scenes.splits:
        for rows, each in ((split.train, 5), (split.val, 1), (split.test, 4)):
            assert np.bincount(scenes.packed.labels[rows]).tolist() == [each] * 4
    assert not np.array_equal(scenes.splits[0].test, scenes.splits[1].test)


def test_jobs_differ_in_what_the_papers_say(pretrained: Trained, scenes: SunSet) -> None:
    jobs = replace(scenes, seed=2).jobs(pretrained)
    assert {name: (j.start and j.start.fresh, j.frozen) for name, j in jobs.items()} == {
        "scratch": (None, "none"),
        "fc-ft-fresh": (("fc6", "fc7", "fc8"), "conv"),
        "fc-ft": (("fc8",), "conv"),
        "ft": (("fc8",), "none"),
    }
    assert {j.start.net for j in jobs.values() if j.start} == {pretrained.address}
    assert {(j.spec.classes, j.seed, j.recipe.precision == "auto") for j in jobs.values()} == {
        (4, 2, False)
    }
    other = replace(PROFILE, rival=replace(PROFILE.rival, dropout=0.1))
    dropouts = {
        n: j.spec.dropout for n, j in replace(scenes, profile=other).jobs(pretrained).items()
    }
    assert dropouts.pop("scratch") == 0.1 and set(dropouts.values()) == {PROFILE.sun.tuning.dropout}


def test_nearest_mean_and_score_by_hand(scenes: SunSet) -> None:
    """Bright above, or bright below; one test picture is upside down."""
    images = np.zeros((8, 16, 16, 3), dtype=np.uint8)
    images[:4, :8], images[4:, 8:] = 200, 200
    images[3] = images[7]
    packed = replace(
        scenes.packed,
        images=images,
        labels=np.repeat([0, 1], 4),
        classes=("above", "below"),
    )
    split = Split(train=np.array([0, 1, 4, 5]), test=np.array([2, 3, 6, 7]))
    two = replace(scenes, packed=packed, splits=[split])
    answers = two.nearest_mean()
    assert answers[0].tolist() == [0, 1, 1, 1]
    assert two.score(answers).tolist() == [[50, 100]]
    cells = {cell["column"]: cell for cell in two.cells({"mean": answers})}
    values = {name: (cell["value"], cell["n"], cell["over"]) for name, cell in cells.items()}
    assert values == {"class-averaged": (75, 2, "classes"), "overall": (75, 4, "answers")}
    flat = [np.zeros(4, dtype=int)]
    gain = two.gain(answers, flat)  # 50 and 100 against 100 and 0
    assert (gain.value, gain.n, gain.over) == (25, 2, "classes")
    assert two.gain(flat, answers).low == -gain.high


# ---- refusals --------------------------------------------------------------------------------


def test_refusals(base: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'none' or 'conv', not 'fc'"):
        job(frozen="fc")
    with pytest.raises(ValueError, match="no layer 'fc9' to draw anew; there are conv1"):
        initial_net(job(fresh=("fc9",)))
    with pytest.raises(ValueError, match=r"its classes is 3, .* here has 4; take its spec"):
        initial_net(job(fresh=("fc7",)))
    with pytest.raises(ValueError, match=r"no checkpoint .*0000007"):
        initial_net(job(checkpoint=7))
    with pytest.raises(ValueError, match="learned from images of 32 px, these have 40"):
        learn(job(), stripes(side=40), stripes(side=40), tmp_path)


def test_a_start_that_is_not_there(scenes: SunSet) -> None:
    missing = replace(job(net="nets/0123"), data=Data("sun", (0, 1), (2,)))
    with pytest.raises(ValueError, match=r"no checkpoint .*0123.*; run the notebook that trains"):
        train_all([missing], PROFILE)
