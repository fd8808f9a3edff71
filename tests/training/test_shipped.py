"""Shipped nets: weights and card of the trained ones, and when one stands in for another."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnlab import datasets
from cnnlab.artifacts import paths
from cnnlab.artifacts.plain import from_plain, to_plain
from cnnlab.datasets.digest import class_names
from cnnlab.nets.convnet import build
from cnnlab.nets.spec import ZFNET, NetSpec
from cnnlab.nets.weights import load_net, save_net
from cnnlab.probing.features import features
from cnnlab.profiles import COURSE, SMOKE, PooledLayer, RoleSize, resolve
from cnnlab.training.evaluate import error_rate
from cnnlab.training.jobs import imagenet_job
from cnnlab.training.shipped import (
    Card,
    base_net,
    read_card,
    ship,
    ship_job,
    shipped_name,
    shipped_net,
    weights_file,
)
from cnnlab.training.trained import Trained, train

PROFILE = replace(
    SMOKE,
    roles={**SMOKE.roles, "imagenet": RoleSize("world", 3, 32, {"train": 6, "val": 2})},
    crop=28,
    base=replace(SMOKE.base, images=64, batch=16, zoom=0.0, validations=2, checkpoints=(0.25, 0.5)),
)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose data/weights is empty, with a cache of its own."""
    monkeypatch.setenv("CNNLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("cnnlab.artifacts.paths.root", lambda: tmp_path)
    paths.weights().mkdir(parents=True)
    return tmp_path


@pytest.fixture
def trained(house: Path) -> Trained:
    """PROFILE's base net, trained and shipped."""
    trained = train(ship_job("zfnet", PROFILE), PROFILE)
    ship(trained, "zfnet-world", command="cnnlab ship zfnet --profile smoke")
    return trained


def changed(**changes: object) -> None:
    """Rewrite the shipped net's card with other values."""
    path = weights_file("zfnet-world").with_suffix(".json")
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


# ---- written ---------------------------------------------------------------------------------


def test_weights_and_card_are_those_of_the_net(trained: Trained) -> None:
    path, card = weights_file("zfnet-world"), read_card("zfnet-world")
    assert (card.job, card.classes) == (trained.job, class_names("imagenet", PROFILE))
    assert from_plain(Card, json.loads(json.dumps(to_plain(card)))) == card
    shipped, own = load_net(path), trained.net()
    for a, b in zip(shipped.parameters(), own.parameters(), strict=True):
        torch.testing.assert_close(a, b.half().float(), rtol=0, atol=0)
    right = card.accuracy["val-top1"]
    assert right["n"] == 6
    assert right["value"] == pytest.approx(100 - error_rate(*trained.scores("val")), abs=0.01)
    np.testing.assert_allclose(card.mean, trained.mean.mean(dim=(0, 1)), atol=1e-3)
    assert card.data == "world, 3 classes, 32 px"
    assert list(card.history) == trained.history


def test_checkpoints_are_shipped_in_bytes(trained: Trained) -> None:
    files = list(read_card("zfnet-world").files)
    assert files == ["zfnet-world.safetensors"] + [
        f"zfnet-world.checkpoints/checkpoint-{n:07d}.safetensors" for n in (1, 2)
    ]
    sizes = [(paths.weights() / file).stat().st_size for file in files]
    assert max(sizes[1:]) < 0.75 * sizes[0]
    opened = base_net("zfnet", PROFILE)
    for ours, theirs in zip(opened.copies().items(), trained.copies().items(), strict=True):
        (share, a), (other, b) = ours, theirs
        assert share == other
        for x, y in zip(a.parameters(), b.parameters(), strict=True):
            close = float(y.detach().abs().max()) / 250 + 1e-6
            torch.testing.assert_close(x, y, rtol=0, atol=close)
    ship(trained, "zfnet-world", command="", checkpoints=False)  # the old ones go
    assert list(read_card("zfnet-world").files) == ["zfnet-world.safetensors"]
    assert not (paths.weights() / "zfnet-world.checkpoints").exists()


def test_weights_in_bytes_have_a_scale_for_each_filter(tmp_path: Path) -> None:
    net = build(imagenet_job("zfnet", PROFILE).spec, seed=1, init="he")
    conv = net.layers.get_submodule("conv2").get_parameter("weight")
    with torch.no_grad():
        conv[0] *= 1000  # one large filter does not coarsen the others
        conv[1] = 0.0
    save_net(net, tmp_path / "net.safetensors", dtype=torch.int8)
    again = load_net(tmp_path / "net.safetensors").layers.get_submodule("conv2")
    error = (again.get_parameter("weight") - conv).abs().flatten(1).amax(dim=1)
    assert (error <= conv.abs().flatten(1).amax(dim=1) / 253 + 1e-9).all()


def test_an_unknown_net_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no net 'lenet' is shipped; there are zfnet, alexnet"):
        ship_job("lenet", PROFILE)


def test_what_ships_stays_under_forty_megabytes() -> None:
    nets = sorted(paths.weights().glob("*.safetensors"))
    assert {p.stem for p in nets} >= {"alexnet-photographs", "zfnet-photographs"}
    assert sum(p.stat().st_size for p in paths.weights().rglob("*.safetensors")) <= 40_000_000
    for path in nets:
        assert path.name in read_card(path.stem).files


# ---- opened ----------------------------------------------------------------------------------


def test_the_shipped_net_is_opened_as_a_trained_one(trained: Trained) -> None:
    base = base_net("zfnet", PROFILE)
    assert base.folder.parent.name == "shipped" and base.job == trained.job
    right = read_card("zfnet-world").accuracy["val-top1"]["value"]
    text = f"zfnet, shipped (world, 3 classes, 32 px): {right:.1f}% of its validation images right"
    assert str(base) == text
    assert base.classes == trained.classes == ("beagle", "sports_car", "tabby_cat")
    torch.testing.assert_close(base.mean, trained.mean, rtol=0, atol=0.07)
    packed = datasets.load("imagenet", PROFILE, "val")
    ready, fresh, before = (
        features(net, packed, [PooledLayer("layer7")], checkpoint=when)["layer7"]
        for net, when in ((base, None), (base, 0), (trained, 0))
    )
    assert ready.shape == fresh.shape and not np.array_equal(ready, fresh)
    np.testing.assert_allclose(fresh, before, atol=0.05)  # both start from the seed


def test_opening_needs_no_packed_set(trained: Trained) -> None:
    (paths.cache() / "packed").rename(paths.cache() / "away")
    assert base_net("zfnet", PROFILE).card
    assert not (paths.cache() / "packed").exists()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"seed": 2}, "it has seed 2, not 0"),
        ({"digest": "0" * 64}, "it learned from other images than there are here"),
        ({"recipe": {"images": 8}}, "its images is 8, the recipe here has 64"),
        ({"files": {"zfnet-world.safetensors": "0" * 64}}, "is not the file of its card"),
        ({"mean": [1.0]}, "its mean is no colour"),
        ({"recipe": {"rate": 1}}, "rate"),
        ({"files": None}, "needs its card"),
    ],
)
def test_a_card_that_does_not_fit(
    trained: Trained, changes: dict, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(**changes)
    base = base_net("zfnet", PROFILE)
    assert base.folder == trained.folder and not base.card
    told = capsys.readouterr().err.strip().splitlines()
    assert told[-1].startswith("cnnlab: the shipped zfnet-world is not used: ")
    assert why in told[-1]


def test_another_spec_recipe_or_wish_trains_again(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert base_net("zfnet", PROFILE).card
    for other in (
        replace(PROFILE, nets={"zfnet": {"fc": 16}}),
        replace(PROFILE, base=replace(PROFILE.base, conv1_scale=0.5)),
        replace(PROFILE, train=True),
    ):
        assert not base_net("zfnet", other).card
    monkeypatch.setenv("CNNLAB_TRAIN", "1")
    assert resolve("mini").train
    monkeypatch.setenv("CNNLAB_TRAIN", "0")
    assert not resolve("mini").train


def test_photographs_never_get_the_net_of_the_world() -> None:
    size = replace(COURSE.roles["imagenet"], source="imagenet")
    photographs = replace(PROFILE, roles={**PROFILE.roles, "imagenet": size})
    names = [shipped_name("zfnet", profile) for profile in (PROFILE, photographs)]
    assert names == ["zfnet-world", "zfnet-photographs"]


def test_a_net_of_another_world_is_refused(trained: Trained) -> None:
    assert str(shipped_net("zfnet-world", PROFILE)).startswith("zfnet, shipped (world")
    changed(digest="0" * 64)
    with pytest.raises(ValueError, match="zfnet-world learned from another world; make it again"):
        shipped_net("zfnet-world", PROFILE)


def test_a_recipe_without_the_newest_field_is_read_with_its_default(trained: Trained) -> None:
    older = {k: v for k, v in to_plain(trained.job.recipe).items() if k != "zoom"}
    changed(recipe=older)
    assert base_net("zfnet", PROFILE).card
    assert not base_net("zfnet", replace(PROFILE, base=replace(PROFILE.base, zoom=0.3))).card


@pytest.mark.parametrize("damage", ["weights", "checkpoint"])
def test_files_that_are_not_the_cards_are_refused(trained: Trained, damage: str) -> None:
    file = weights_file("zfnet-world")
    if damage == "checkpoint":
        file = file.with_suffix(".checkpoints") / "checkpoint-0000001.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(ValueError, match=rf"{file.name} is not the file of its card; restore both"):
        shipped_net("zfnet-world", PROFILE)


def test_a_net_that_is_not_there_is_named(house: Path) -> None:
    with pytest.raises(ValueError, match=r"zfnet-photographs.* is not there; restore it"):
        shipped_net()


# ---- the nets of this project ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["zfnet", "alexnet"])
def test_the_nets_of_this_project_are_those_of_course(name: str) -> None:
    shipped = shipped_net(f"{name}-photographs")
    assert len(shipped.classes) == 100 and shipped.classes[0] == "goldfish"
    card = read_card(f"{name}-photographs")
    hundred = replace(COURSE, roles={**COURSE.roles, "imagenet": RoleSize("world", 100, 64, {})})
    assert card.misfit(imagenet_job(name, hundred), card.digest) == ""


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (ZFNET.scaled(32, 0.1, 3), "its layer 1 has 96 maps, not 8"),
        (ZFNET.with_fc(2048), "its layer 6 has 4096 units, not 2048"),
        (replace(ZFNET, convs=(replace(ZFNET.convs[0], kernel=11), *ZFNET.convs[1:])),
         "its layer 1 has kernel 7, not 11"),
        (ZFNET.without(3), "its layer 3 has 384 maps, not none"),
        (ZFNET.without(7), "its layer 7 has 4096 units, not none"),
        (replace(ZFNET, classes=3), "its net has 1000 classes, not 3"),
        (replace(ZFNET, name="other"), "its net has name zfnet, not other"),
    ],
)  # fmt: skip
def test_another_net_is_told_in_one_short_sentence(wanted: NetSpec, why: str) -> None:
    card = replace(read_card("zfnet-photographs"), spec=ZFNET)
    assert card.misfit(replace(card.job, spec=wanted), card.digest) == why
    small, whole = replace(card, spec=ZFNET.without(7)), replace(card.job, spec=ZFNET)
    assert small.misfit(whole, card.digest) == "its layer 7 has no units, not 4096"


def test_the_shipped_net_began_where_its_card_says() -> None:
    net = shipped_net()
    other = replace(net, job=replace(net.job, seed=net.job.seed + 1))
    end, first, another = (
        one.layers.get_parameter("conv1.weight").detach().flatten()
        for one in (net.net(), net.net(0), other.net(0))
    )
    near, far = (float(torch.corrcoef(torch.stack([end, w]))[0, 1]) for w in (first, another))
    assert near > 5 * abs(far) and near > 0.1, (near, far)
