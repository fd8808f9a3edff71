"""Occlusion against covering pictures one by one, and against a net that looks in one place."""

import copy
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torchvision.models import alexnet, resnet18, squeezenet1_1, vgg11_bn

from cnnlab.nets.convnet import ConvNet, build
from cnnlab.nets.spec import ALEXNET, CAFFENET, ZFNET, NetSpec
from cnnlab.seeing.chain import chain
from cnnlab.seeing.fast.occlusion import LocalForward, _at_most, _tiles
from cnnlab.seeing.layers import activations
from cnnlab.seeing.occlusion import OcclusionMaps, occlusion, plain_occlusion

# three convolutions of stride 1 after the first, no pooling between them
PLAIN = replace(
    ALEXNET,
    convs=(
        replace(ALEXNET.convs[0], stride=8, pool=False),
        replace(ALEXNET.convs[1], kernel=3, pad=1, pool=False, norm=False),
        *ALEXNET.convs[2:],
    ),
)


def small(spec: NetSpec) -> ConvNet:
    """A small net whose answers vary: fresh classifiers answer all alike."""
    net = build(spec.scaled(56, 0.15, 6), init="he", seed=1).eval()
    with torch.no_grad():
        weight = net.layers.get_parameter("fc8.weight")
        weight.mul_(2 / net(pixels(4)).std())
    return net


def pixels(count: int, side: int = 56) -> Tensor:
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(3)) * 60


@torch.no_grad()
def one_by_one(
    net: ConvNet, x: Tensor, labels: Tensor, size: int, stride: int, fill: Tensor
) -> OcclusionMaps:
    """The definition: paint, run the whole net, read."""
    starts = range(0, x.shape[2] - size + 1, stride)
    clear = activations(net, x, ["pool5", "prob"])
    unit = clear["pool5"].amax(dim=(2, 3)).argmax(dim=1)
    found = np.zeros((3, len(x), len(starts), len(starts)))
    for n in range(len(x)):
        for r, y in enumerate(starts):
            for c, left in enumerate(starts):
                painted = x[n : n + 1].clone()
                part = np.s_[:, :, y : y + size, left : left + size]
                painted[part] = fill.expand_as(x)[n : n + 1][part]
                seen = activations(net, painted, ["pool5", "prob"])
                prob = seen["prob"][0]
                found[:, n, r, c] = (
                    seen["pool5"][0, unit[n]].sum(), prob[labels[n]], prob.argmax()
                )  # fmt: skip
    where = np.array(starts)
    total = clear["pool5"][torch.arange(len(x)), unit].sum(dim=(1, 2))
    p = clear["prob"]
    values = (total, p[torch.arange(len(x)), labels], p.argmax(1))
    return OcclusionMaps(
        activation=found[0],
        probability=found[1],
        label=found[2],
        unit=unit.numpy(),
        clear_activation=values[0].numpy(),
        clear_probability=values[1].numpy(),
        clear_label=values[2].numpy(),
        top=where,
        left=where,
        size=size,
    )


def check_equal(a: OcclusionMaps, b: OcclusionMaps) -> None:
    """Compare all fields of two results."""
    for name, values in vars(a).items():
        atol = 1e-4 * float(np.abs(values).max())
        np.testing.assert_allclose(values, getattr(b, name), rtol=1e-3, atol=atol, err_msg=name)


@pytest.mark.parametrize("spec", [ZFNET, ALEXNET, CAFFENET], ids=lambda s: s.name)
@pytest.mark.parametrize(("size", "stride"), [(9, 11), (16, 10), (40, 8)])
def test_maps_are_those_of_whole_pictures(spec: NetSpec, size: int, stride: int) -> None:
    net, x = small(spec), pixels(2)
    with torch.no_grad():
        labels = net(x).argmax(dim=1)
    fill = torch.randn(3, 56, 56, generator=torch.Generator().manual_seed(5)) * 40
    ours = occlusion(net, x, labels, size=size, stride=stride, fill=fill, batch=7)
    theirs = one_by_one(net, x, labels, size, stride, fill)
    assert theirs.probability.std() > 1e-3  # or nothing would be tested
    np.testing.assert_allclose(ours.probability, theirs.probability, atol=1e-5)
    np.testing.assert_allclose(ours.activation, theirs.activation, rtol=1e-4)
    np.testing.assert_array_equal(ours.label, theirs.label)
    np.testing.assert_array_equal(ours.unit, theirs.unit)
    np.testing.assert_allclose(ours.clear_probability, theirs.clear_probability, atol=1e-6)
    if size == 16:
        plain = plain_occlusion(net, x, labels, size=size, stride=stride, layer="pool5", fill=fill)
        check_equal(ours, plain)


def test_the_windows_are_really_smaller() -> None:
    stages, window = chain(small(ZFNET), "pool5"), torch.empty(1, 3, 10, 10)
    assert LocalForward(stages, pixels(1), 10).is_local(0, window)
    assert not LocalForward(stages, pixels(1), 10).is_local(0, torch.empty(1, 3, 52, 52))


@pytest.mark.parametrize("tap", ["relu1", "pool1", "conv2", "relu2", "relu3", "conv5", "pool5"])
@pytest.mark.parametrize("spec", [ZFNET, CAFFENET], ids=lambda s: s.name)
def test_any_layer_can_be_watched(spec: NetSpec, tap: str) -> None:
    net, x = small(spec), pixels(1)
    square = x.clone()
    square[:, :, 12:24, 24:36] = 0
    with torch.no_grad():
        clear, hidden = (activations(net, v, [tap])[tap][0] for v in (x, square))
    unit = int(clear.amax(dim=(1, 2)).argmax())
    found = occlusion(net, x, torch.tensor([1]), size=12, stride=12, layer=tap)
    assert found.unit[0] == unit
    np.testing.assert_allclose(found.clear_activation[0], float(clear[unit].sum()), rtol=1e-5)
    np.testing.assert_allclose(found.activation[0, 1, 2], float(hidden[unit].sum()), rtol=1e-4)


@pytest.mark.parametrize(
    ("spec", "size", "convolutions"), [(ALEXNET, 16, [2, 3]), (PLAIN, 8, [2, 3, 4, 5])]
)
def test_the_change_alone_goes_through_convolutions(
    spec: NetSpec, size: int, convolutions: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    stages = chain(small(spec), "pool5")
    local, added = LocalForward(stages, pixels(1), size), []
    add = LocalForward._add_change
    monkeypatch.setattr(
        LocalForward, "_add_change", lambda *a: added.append(stages[a[1]].name) or add(*a)
    )
    with torch.no_grad():
        local(torch.tensor([0]), torch.tensor([[20, 8]]), torch.zeros(1, 3, 56, 56))
    assert added == [f"conv{n}" for n in convolutions]


@pytest.mark.parametrize("size", [8, 16, 30])
@pytest.mark.parametrize("spec", [ALEXNET, ZFNET, PLAIN], ids=lambda s: s.name)
def test_the_maps_of_every_layer_are_those_of_painted_pictures(spec: NetSpec, size: int) -> None:
    net, x = small(spec), pixels(2)
    at = torch.tensor([[0, 0], [20, 8], [56 - size, 3], [56 - size, 56 - size]])
    image = torch.tensor([0, 1, 1, 0])
    painted = x[image]
    for picture, (top, left) in zip(painted, at.tolist(), strict=True):
        picture[:, top : top + size, left : left + size] = 0
    stages = chain(net, "pool5")
    for level, layer in enumerate(stages):
        local = LocalForward(stages[: level + 1], x, size)
        with torch.no_grad():
            found = local(image, at, torch.zeros_like(x))
            expected = activations(net, painted, [layer.name]) if level else None
        if expected:
            torch.testing.assert_close(found, expected[layer.name], rtol=1e-4, atol=1e-4)


def test_tiles_hold_every_square_once() -> None:
    for images, rows, columns, count in ((1, 21, 21, 16), (3, 5, 4, 7), (5, 2, 2, 3), (1, 1, 1, 9)):
        tiles = _tiles(images, rows, columns, count, torch.device("cpu"))
        numbers = torch.cat([image * rows * columns + place for image, place in tiles])
        assert numbers.sort().values.tolist() == list(range(images * rows * columns))
        assert max(len(image) for image, _ in tiles) <= count
        together = list(_at_most(tiles, 2 * count))
        assert [tile for some in together for tile in some] == tiles
        assert all(sum(len(i) for i, _ in some) <= 2 * count for some in together)


class Corner(nn.Sequential):
    """Answers class 1 where the picture is bright around (24, 8), whatever it shows elsewhere."""

    def __init__(self) -> None:
        head = nn.Linear(49, 2)
        with torch.no_grad():
            head.weight.zero_()
            head.weight[1, 3 * 7 + 1] = 10  # rows 24 to 31, columns 8 to 15
            head.bias.copy_(torch.tensor([2.0, 0.0]))
        conv = nn.Conv2d(3, 1, 8, stride=8, bias=False)
        nn.init.constant_(conv.weight, 1 / 192)
        super().__init__(conv, nn.ReLU(), nn.Flatten(), head)


def test_groups_of_images_do_not_change_the_maps() -> None:
    net, x = small(ZFNET), pixels(5)
    labels = torch.tensor([0, 1, 2, 3, 4])
    a, b = (occlusion(net, x, labels, size=16, stride=20, fill=x.flip(0), batch=n) for n in (2, 64))
    for name, values in vars(a).items():
        np.testing.assert_allclose(values, getattr(b, name), rtol=1e-3, atol=1e-5)


def test_it_finds_a_planted_object() -> None:
    x = torch.rand(1, 3, 56, 56, generator=torch.Generator().manual_seed(0)) * 0.2
    x[:, :, 24:32, 8:16] = 1.0
    maps = occlusion(Corner().eval(), x, torch.tensor([1]), size=8, stride=4, layer="1")
    assert maps.clear_label[0] == 1
    r, c = np.unravel_index(maps.drop()[0].argmax(), maps.drop()[0].shape)
    assert (maps.top[r], maps.left[c]) == (24, 8)
    assert maps.label[0, r, c] == 0
    far = np.abs(maps.top[:, None] - 24) >= 8
    assert np.abs(maps.drop()[0][np.broadcast_to(far, maps.drop()[0].shape)]).max() < 1e-6
    over = maps.over_pixels(maps.drop(), 56, 56)[0]
    y, left = np.unravel_index(np.nanargmax(over), over.shape)
    assert 24 <= y < 32 and 8 <= left < 16


def test_spreading_over_pixels_by_hand() -> None:
    maps = occlusion(Corner().eval(), torch.rand(1, 3, 56, 56), torch.tensor([0]),
                          size=32, stride=24, layer="1")  # fmt: skip
    values = np.array([[[1.0, 2.0], [3.0, 4.0]]])
    over = maps.over_pixels(values, 56, 56)[0]
    assert over[0, 0] == 1 and over[55, 55] == 4
    assert over[28, 28] == 2.5 and over[0, 28] == 1.5


def varied(net: nn.Module, x: Tensor) -> nn.Module:
    """The net, whose answers are made to vary from picture to picture."""
    torch.manual_seed(0)
    for value in net.parameters():
        if value.dim() > 1:
            nn.init.normal_(value, std=(2 / value[0].numel()) ** 0.5)
    *_, head = (m for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear))
    with torch.no_grad():
        head.weight.mul_(2 / net.eval()(x).std())
    return net


@pytest.mark.parametrize(
    ("make", "shape", "layer"),
    [
        (alexnet, (80, 100), "features.12"),
        (alexnet, (96, 96), "features.1"),  # a ReLU that works in place
        (alexnet, (96, 96), "features.0"),  # and the convolution that it would rectify
        (vgg11_bn, (64, 64), "features.10"),
        (resnet18, (64, 80), None),
        (resnet18, (64, 64), "layer2.0.conv1"),
        (squeezenet1_1, (64, 64), "features.5"),
    ],
)
def test_foreign_nets_give_what_covering_by_hand_gives(
    make: Callable[..., nn.Module], shape: tuple[int, int], layer: str | None
) -> None:
    x = torch.randn(2, 3, *shape, generator=torch.Generator().manual_seed(4))
    net, labels = varied(make(weights=None, num_classes=7), x), torch.tensor([1, 5])
    kept = x.clone()
    before = copy.deepcopy(net.state_dict())
    maps = occlusion(net.train(), x, labels, size=32, stride=24, layer=layer)
    assert net.training and torch.equal(x, kept)
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    net.eval()
    read: list[Tensor] = []
    path = layer or "layer4"
    hook = net.get_submodule(path).register_forward_hook(lambda *a: read.append(a[2].clone()))
    with torch.no_grad():
        p = net(x).softmax(dim=1)
        clear = read.pop()
        unit = clear.amax(dim=(2, 3)).argmax(dim=1)
        np.testing.assert_allclose(maps.clear_probability, p[[0, 1], labels], atol=1e-5)
        assert maps.unit.tolist() == unit.tolist()
        r, c = 1, maps.probability.shape[2] - 1
        hidden = x.clone()
        hidden[:, :, 24:56, 24 * c : 24 * c + 32] = 0
        p = net(hidden).softmax(dim=1)
    hook.remove()
    np.testing.assert_allclose(maps.probability[:, r, c], p[[0, 1], labels], atol=1e-5)
    assert maps.label[:, r, c].tolist() == p.argmax(dim=1).tolist()
    total = read.pop()[[0, 1], unit].sum(dim=(1, 2))
    np.testing.assert_allclose(maps.activation[:, r, c], total, rtol=1e-3, atol=1e-4)
    check_equal(maps, plain_occlusion(net, x, labels, size=32, stride=24, layer=path))
    assert maps.probability.std() > 1e-4  # or nothing would be tested


def test_mixed_precision_stays_close() -> None:
    net, x, labels = small(ALEXNET), pixels(1), torch.tensor([2])
    net.layers.get_parameter("fc8.weight").data.mul_(0.3)
    a, b = (
        occlusion(net, x, labels, size=16, stride=10, bf16=bf16).probability
        for bf16 in (False, True)
    )
    np.testing.assert_allclose(a, b, atol=0.03)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"size": 57}, "square of 57 px does not fit an image of 56 x 56 px"),
        ({"size": 0}, "square of 0 px"),
        ({"stride": 0}, "at least 1 px"),
        ({"layer": "pool9"}, "no layer 'pool9'"),
        ({"layer": "relu7"}, "relu7 has no map to watch"),
        ({"labels": torch.tensor([6])}, "no class 6"),
        ({"labels": torch.tensor([1, 2])}, "1 images have 2 labels"),
        ({"images": pixels(1) * torch.nan}, "not finite"),
    ],
)
def test_refusals(change: dict[str, object], match: str) -> None:
    call: Callable[..., OcclusionMaps] = occlusion
    given = {"images": pixels(1), "labels": torch.tensor([1]), "size": 16, "stride": 20} | change
    with pytest.raises(ValueError, match=match):
        call(small(replace(ZFNET)), given.pop("images"), given.pop("labels"), **given)
