"""The deconvnet against captum, autograd and unpooling by hand."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import alexnet, resnet18, vgg11

from cnnlab.nets.convnet import ConvNet, build
from cnnlab.nets.spec import ALEXNET, CAFFENET, ZFNET, Conv, NetSpec
from cnnlab.seeing.chain import receptive_field
from cnnlab.seeing.deconvnet import deconvnet, plain_deconvnet, project, strongest
from cnnlab.seeing.fast.transposed import transposed_filters
from cnnlab.seeing.projection import Units, shared_switches, unpool


def small(spec: NetSpec, *, norm: bool = False) -> ConvNet:
    """A small net with random filters and biases."""
    spec = spec.scaled(56, 0.1, 5)
    spec = replace(spec, convs=tuple(replace(c, norm=norm and c.norm) for c in spec.convs))
    net = build(spec, init="he", seed=1).eval()
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for name, value in net.named_parameters():
            if name.endswith("bias"):
                value.copy_(torch.randn(value.shape, generator=generator) * 0.1)
    return net


def pixels(count: int, height: int = 56, width: int = 56) -> Tensor:
    return torch.randn(count, 3, height, width, generator=torch.Generator().manual_seed(3)) * 60


def by_captum(layers: nn.Module, x: Tensor, units: Units) -> Tensor:
    """NeuronDeconvolution of a truncated net, times the activation."""
    from captum.attr import NeuronDeconvolution

    net = nn.Sequential(copy.deepcopy(layers)).eval()
    for module in net.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False

    def chosen(out: Any) -> Tensor:
        rows = torch.arange(len(units))
        if out.dim() == 4:
            return out[rows, units.unit, units.y, units.x]
        return out[rows, units.unit]

    with pytest.warns(UserWarning):
        found = NeuronDeconvolution(net, net[0]).attribute(x[units.image].clone(), chosen)
    with torch.no_grad():
        value = chosen(net(x[units.image]))
    return found.detach() * value.reshape(-1, 1, 1, 1)


def agreement(ours: Tensor, theirs: Tensor) -> float:
    assert float(theirs.abs().max()) > 0
    return float((ours - theirs).abs().max() / theirs.abs().max())


def upto(net: ConvNet, tap: str) -> nn.Sequential:
    names = [name for name, _ in net.layers.named_children()]
    return nn.Sequential(*list(net.layers)[: names.index(net.resolve(tap)) + 1])


@pytest.mark.parametrize("spec", [ZFNET, ALEXNET, CAFFENET], ids=lambda s: s.name)
@pytest.mark.parametrize("tap", ["relu1", "pool1", "pool2", "relu3", "relu4", "pool5", "relu6"])
def test_our_nets_agree_with_captum(spec: NetSpec, tap: str) -> None:
    net, x = small(spec), pixels(5)
    maps = net.spec.shapes()[tap][0]
    units = strongest(net, x, tap, torch.arange(5) % maps)
    full = project(net, x, tap, units).full(56, 56)
    assert agreement(full, by_captum(upto(net, tap), x, units)) < 1e-5
    for switches in ("sum", "overwrite"):
        plain = plain_deconvnet(net, x, tap, units.unit, switches=switches)
        assert agreement(deconvnet(net, x, tap, units.unit, switches=switches), plain) < 1e-5


def random_net(seed: int) -> tuple[nn.Sequential, Tensor]:
    """Layers of random kernels, strides, paddings, dilations, groups and pooling modes."""
    draw = torch.Generator().manual_seed(seed)

    def one(low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (), generator=draw))

    layers: list[nn.Module] = []
    channels = 3
    for _ in range(one(2, 3)):
        kernel = one(1, 4)
        groups = one(1, 2) if channels % 2 == 0 else 1
        layers += [
            nn.Conv2d(
                channels, 6, kernel, stride=one(1, 2), padding=one(0, kernel - 1),
                dilation=one(1, 2 if kernel < 4 else 1), groups=groups,
            ),
            nn.ReLU(inplace=bool(one(0, 1))),
        ]  # fmt: skip
        if one(0, 1):
            size = one(2, 3)
            layers += [
                nn.MaxPool2d(size, one(1, 2), padding=one(0, size // 2), ceil_mode=bool(one(0, 1)))
            ]
        channels = 6
    torch.manual_seed(seed)
    net = nn.Sequential(*layers).double()  # so that no activation is mere rounding
    for module in net:
        if isinstance(module, nn.Conv2d):
            nn.init.normal_(module.weight)
            assert module.bias is not None
            nn.init.normal_(module.bias)
    return net, torch.randn(3, 3, one(32, 41), one(32, 41), generator=draw).double()


@pytest.mark.parametrize("seed", range(16))
def test_random_nets_agree_with_captum_at_every_layer(seed: int) -> None:
    net, x = random_net(seed)
    for last in range(1, len(net)):
        if isinstance(net[last], nn.Conv2d):
            continue  # before the rectifier an activation may be negative
        tap = str(last)
        with torch.no_grad():
            out = net[: last + 1](x)
        if not bool((out > 0).any(dim=(1, 2, 3)).all()):
            continue
        unit = out.amax(dim=(2, 3)).argmax(dim=1)
        best = strongest(net, x, tap, unit)
        for switches in ("sum", "overwrite"):
            full = deconvnet(net, x, tap, unit, switches=switches)
            plain = plain_deconvnet(net, x, tap, unit, switches=switches)
            scale = float(plain.abs().max()) or 1.0
            assert float((full - plain).abs().max()) / scale < 1e-9, (seed, tap, switches)
        corner = Units(best.image, unit, torch.zeros(3).long(), torch.full((3,), out.shape[3] - 1))
        for units in (best, corner):
            theirs = by_captum(net[: last + 1], x, units)
            full = project(net, x, tap, units, batch=2).full(*x.shape[2:])
            scale = float(theirs.abs().max()) or 1.0
            assert float((full - theirs).abs().max()) / scale < 1e-9, (seed, tap)


def torchvision(make: Callable[..., nn.Module]) -> nn.Module:
    """One of torchvision's nets with random weights and a small classifier."""
    with torch.device("meta"):
        net = make(weights=None)
        inputs = next(m.in_features for m in net.modules() if isinstance(m, nn.Linear))
        net.classifier = nn.Sequential(
            nn.Dropout(), nn.Linear(inputs, 16), nn.ReLU(inplace=True), nn.Linear(16, 9)
        )
    net = net.to_empty(device="cpu").eval()
    torch.manual_seed(0)
    for value in net.parameters():
        nn.init.normal_(
            value, std=(2 / max(1, value[0].numel())) ** 0.5 if value.dim() > 1 else 0.1
        )
    return net


@pytest.mark.parametrize(
    ("make", "side", "tap", "count"),
    [
        (alexnet, 127, "features.12", 13),
        (alexnet, 224, "classifier.2", 17),
        (vgg11, 64, "features.10", 11),
    ],
)
def test_torchvision_nets_agree_with_captum(
    make: Callable[..., nn.Module], side: int, tap: str, count: int
) -> None:
    net, x = torchvision(make), pixels(2, side, side) / 60
    parts = [net.get_submodule(name) for name in ("features", "avgpool", "classifier")]
    features, average, classifier = parts
    assert isinstance(features, nn.Sequential) and isinstance(classifier, nn.Sequential)
    layers = nn.Sequential(*features, average, nn.Flatten(), *classifier)[:count]
    with torch.no_grad():
        unit = layers(x).flatten(2).amax(dim=2).argmax(dim=1) if side < 224 else layers(x).argmax(1)
    units = strongest(net, x, tap, unit)
    full = project(net, x, tap, units).full(side, side)
    assert agreement(full, by_captum(layers, x, units)) < 1e-5
    assert agreement(plain_deconvnet(net, x, tap, unit), full) < 1e-5


def test_known_activations_give_the_same_without_the_last_layers() -> None:
    net, x = small(ZFNET), pixels(4)
    units = strongest(net, x, "relu3", [0, 1, 2, 3])
    assert units.value is not None
    again = Units(units.image, units.unit, units.y, units.x)
    with_value, without = (project(net, x, "relu3", u) for u in (units, again))
    torch.testing.assert_close(with_value.pixels, without.pixels)
    torch.testing.assert_close(with_value.value, without.value)


def test_a_net_in_bfloat16_takes_float_images() -> None:
    net, x = small(ZFNET), pixels(2)
    full = deconvnet(net, x, "relu2", [1, 2]).flatten(1)
    low = deconvnet(net.bfloat16(), x, "relu2", [1, 2])
    assert low.dtype == torch.bfloat16 and x.dtype == torch.float32
    assert float(nn.functional.cosine_similarity(full, low.flatten(1).float()).min()) > 0.9


def test_a_position_is_projected_in_place_of_the_strongest() -> None:
    net, x = small(ZFNET), pixels(2)
    with torch.no_grad():
        values = net.layers[:2](x)[:, 3, 5, 7]
    full = deconvnet(net, x, "relu1", 3, position=(5, 7))
    units = Units(torch.arange(2), *(torch.full((2,), v) for v in (3, 5, 7)), value=values)
    torch.testing.assert_close(full, project(net, x, "relu1", units).full(56, 56))
    with pytest.raises(ValueError, match="no row 99"):
        deconvnet(net, x, "relu1", 3, position=(99, 0))


def test_several_units_of_one_image_and_any_batch_size() -> None:
    net, x = small(ZFNET), pixels(2)
    units = Units(*(torch.tensor(v) for v in ([1, 0, 1], [4, 2, 0], [0, 3, 6], [6, 3, 0])))
    together = project(net, x, "relu4", units)
    alone = [project(net, x, "relu4", units[i : i + 1]).pixels for i in range(3)]
    torch.testing.assert_close(together.pixels, torch.cat(alone))


def test_with_all_rectifiers_open_it_is_the_gradient_times_the_activation() -> None:
    net = small(ZFNET)
    with torch.no_grad():
        for name, value in net.named_parameters():
            value.abs_() if name.endswith("weight") else value.zero_()
    x = pixels(2).abs()  # positive all the way up, and all the way down
    units = strongest(net, x, "pool5", [3, 5])
    full = project(net, x, "pool5", units).full(56, 56)
    assert units.value is not None
    x.requires_grad_()
    below = net.layers[: 1 + list(dict(net.layers.named_children())).index("pool5")]
    chosen = below(x)[torch.arange(2), units.unit, units.y, units.x]
    (gradient,) = torch.autograd.grad(chosen.sum(), x)
    assert agreement(full, gradient * units.value.reshape(-1, 1, 1, 1)) < 1e-5


def test_lrn_is_passed_unchanged() -> None:
    with_norm, without = small(ZFNET, norm=True), small(ZFNET)
    x = pixels(1)
    units = Units(*(torch.tensor([v]) for v in (0, 2, 5, 5)), value=torch.ones(1))
    a, b = (project(net, x, "conv2", units).pixels for net in (with_norm, without))
    torch.testing.assert_close(a, b)  # the switches below conv2 lie before the first LRN


def test_the_projection_scales_with_the_activation() -> None:
    net, x = small(ZFNET), pixels(1)
    one, three = (
        project(net, x, "pool5", Units(*(torch.tensor([v]) for v in (0, 1, 1, 1)), value=value))
        for value in (torch.tensor([1.0]), torch.tensor([3.0]))
    )
    torch.testing.assert_close(3 * one.pixels, three.pixels)


def test_nothing_lies_outside_the_receptive_field() -> None:
    net, x = small(ZFNET), pixels(1)
    units = Units(*(torch.tensor([v]) for v in (0, 1, 0, 4)))
    full = project(net, x, "relu3", units).full(56, 56)[0]
    (top, bottom), (left, right) = (receptive_field(net, "relu3").span(i, 56) for i in (0, 4))
    inside = full[:, top:bottom, left:right].abs().sum()
    assert float(inside) > 0
    torch.testing.assert_close(inside, full.abs().sum())


def test_patches_show_the_pixels_of_the_same_window() -> None:
    net, x = small(ZFNET), pixels(3)
    units = Units(*(torch.tensor(v) for v in ([2, 0], [1, 1], [0, 3], [6, 3])))
    found = project(net, x, "pool2", units)
    patches = found.patches(x, units)
    assert patches.shape == found.pixels.shape
    top, left, side = *found.origin[0].tolist(), patches.shape[2]
    torch.testing.assert_close(patches[0], x[2, :, top : top + side, left : left + side])


@pytest.mark.parametrize("kernel", [1, 2, 3, 7, 11])
@pytest.mark.parametrize("stride", [1, 2, 3, 4])
def test_transposed_filters_are_the_transposed_convolution(kernel: int, stride: int) -> None:
    torch.manual_seed(0)
    weight = torch.randn(6, 3, kernel, kernel, dtype=torch.float64)
    for height, width in ((1, 1), (5, 8)):
        x = torch.randn(2, 6, height, width, dtype=torch.float64)
        expected = nn.functional.conv_transpose2d(x, weight, stride=stride)
        torch.testing.assert_close(transposed_filters(x, weight, stride), expected)
        for pad in range(kernel + 1):  # and parts of it, what was never reached among them
            wanted = nn.functional.pad(expected, (0, 3 * pad, 0, 2 * pad))[:, :, pad:, pad:]
            if min(wanted.shape[2:]) > 0:
                part = transposed_filters(
                    x, weight, stride, pad, (wanted.shape[2], wanted.shape[3])
                )
                torch.testing.assert_close(part, wanted)


# 5x5 map, two 3x3 windows at stride 2 in each direction; all four share the middle as maximum.
SHARED = torch.tensor([[[[12, 12], [12, 20]]]])
VALUES = torch.tensor([[[[1.0, 2.0], [4.0, 8.0]]]])


def test_unpooling_with_a_shared_switch_by_hand() -> None:
    summed = unpool(VALUES, SHARED, (5, 5), "sum")
    assert float(summed[0, 0, 2, 2]) == 1 + 2 + 4
    assert float(summed[0, 0, 4, 0]) == 8
    assert float(summed.sum()) == 15
    last = unpool(VALUES, SHARED, (5, 5), "overwrite")
    assert float(last[0, 0, 2, 2]) == 4  # the last in reading order
    assert float(last[0, 0, 4, 0]) == 8
    assert float(last.sum()) == 12


def test_a_silent_unit_does_not_wipe_out_a_shared_switch() -> None:
    values = torch.tensor([[[[5.0, 0.0], [0.0, 0.0]]]])
    assert float(unpool(values, SHARED, (5, 5), "overwrite")[0, 0, 2, 2]) == 5


def test_overwriting_is_assignment_in_reading_order() -> None:
    torch.manual_seed(0)
    maps = torch.randn(2, 3, 9, 11)
    pooled, switches = nn.functional.max_pool2d(maps, 3, 2, return_indices=True)
    values = torch.rand_like(pooled) + 0.1
    expected = torch.zeros(2, 3, 99)
    for n in range(2):
        for c in range(3):
            for value, place in zip(values[n, c].flatten(), switches[n, c].flatten(), strict=True):
                expected[n, c, place] = value
    assert torch.equal(
        unpool(values, switches, (9, 11), "overwrite"), expected.reshape(2, 3, 9, 11)
    )
    flat = switches.flatten(2).sort(dim=2).values
    by_hand = [[[(s == p).sum() > 1 for p in s] for s in maps] for maps in flat]
    assert shared_switches(switches).tolist() == torch.tensor(by_hand).tolist()
    assert bool(shared_switches(switches).any())  # or the two modes would be one


def test_the_two_modes_reconstruct_differently() -> None:
    net, x = small(ZFNET), pixels(4)
    units = strongest(net, x, "pool5", [0, 1, 2, 3])
    a, b = (
        project(net, x, "pool5", units, switches=s).pixels.flatten(1) for s in ("sum", "overwrite")
    )
    assert float(nn.functional.cosine_similarity(a, b).mean()) < 0.99


def refused(match: str, tap: str = "pool5", unit: int = 0, x: Tensor | None = None) -> None:
    net = small(ZFNET)
    with pytest.raises(ValueError, match=match):
        strongest(net, pixels(1) if x is None else x, tap, [unit])


def test_refusals_name_what_is_wrong() -> None:
    refused("no layer 'conv9'", tap="conv9")
    refused("no unit 99", unit=99)
    refused("no unit -1", unit=-1)
    refused("NaN", x=torch.full((1, 3, 56, 56), torch.nan))
    net = small(ZFNET)
    with pytest.raises(ValueError, match="prob is a softmax"):
        deconvnet(net, pixels(1), "prob", 0)
    ok = Units(*(torch.tensor([0]) for _ in range(4)))
    with pytest.raises(ValueError, match="no row 7"):
        project(net, pixels(1), "relu3", replace(ok, y=torch.tensor([7])))
    with pytest.raises(ValueError, match="no image 3"):
        project(net, pixels(1), "relu3", replace(ok, image=torch.tensor([3])))
    with pytest.raises(ValueError, match="'sum' or 'overwrite', not 'max'"):
        project(net, pixels(1), "relu3", ok, switches="max")
    with pytest.raises(ValueError, match="NaN"):
        project(net, pixels(1), "relu3", replace(ok, value=torch.tensor([torch.nan])))
    with pytest.raises(ValueError, match="NaN"):
        project(net, pixels(1) * torch.nan, "relu3", ok)


def test_an_image_smaller_than_the_receptive_field_is_refused_by_layer() -> None:
    net = nn.Sequential(nn.Conv2d(3, 2, 5), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(2, 2, 3))
    units = Units(*(torch.tensor([0]) for _ in range(4)))
    with pytest.raises(ValueError, match=r"layer 3 cannot read what an image of 8 x 8 px gives it"):
        project(net, torch.zeros(1, 3, 8, 8), "3", units)
    full = small(ZFNET)
    with pytest.raises(ValueError, match="layer fc6 cannot read what an image of 72 x 72 px"):
        project(full, pixels(1, 72, 72), "fc6", units)


@pytest.mark.parametrize(
    ("layer", "match"),
    [
        (nn.Sequential(nn.ReLU(), nn.BatchNorm2d(4)), "layer 1.1 is a BatchNorm2d"),
        (
            nn.BatchNorm2d(4, track_running_stats=False),
            "without running statistics",
        ),
        (nn.GroupNorm(2, 4), "layer 1 is a GroupNorm"),
        (nn.Conv2d(4, 4, (3, 5)), "only square"),
        (nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect"), "'reflect'"),
        (nn.Conv2d(4, 4, 3, padding="same"), "'same'"),
    ],
)
def test_unsupported_layers_are_refused_by_name(layer: nn.Module, match: str) -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), layer, nn.ReLU())
    with pytest.raises(ValueError, match=match):
        deconvnet(net, pixels(1), "2", 0)
    assert deconvnet(net, pixels(1), "0", 0).any()  # below it nothing is in the way


def test_batch_norm_is_part_of_its_convolution() -> None:
    torch.manual_seed(0)
    norm = nn.BatchNorm2d(4)
    net = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), norm, nn.ReLU(), nn.MaxPool2d(2))
    for _ in range(3):
        net(pixels(4))  # running statistics away from 0 and 1
    nn.init.normal_(norm.weight)
    before = copy.deepcopy(net.eval().state_dict())
    x = pixels(2)
    with torch.no_grad():
        unit = net(x).flatten(2).amax(dim=2).argmax(dim=1)
        value = net(x).flatten(2).amax(dim=2)[torch.arange(2), unit]
    units = strongest(net.train(), x, "3", unit)
    torch.testing.assert_close(units.value, value)
    full = project(net, x, "3", units).full(56, 56)
    plain = nn.Conv2d(3, 4, 3)
    assert plain.bias is not None and norm.running_var is not None
    assert norm.running_mean is not None
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    with torch.no_grad():
        plain.weight.copy_(net.get_parameter("0.weight") * scale[:, None, None, None])
        plain.bias.copy_(norm.bias - norm.running_mean * scale)
    assert agreement(full, by_captum(nn.Sequential(plain, *net[2:]), x, units)) < 1e-5
    for name, value in net.state_dict().items():
        assert torch.equal(value, before[name])


def test_a_module_used_twice_is_two_layers_and_nothing_is_changed_in_place() -> None:
    torch.manual_seed(0)
    relu = nn.ReLU(inplace=True)
    twice = nn.Sequential(relu, nn.Conv2d(3, 4, 3), relu, nn.Conv2d(4, 5, 3), nn.ReLU(inplace=True))
    fresh = nn.Sequential(
        nn.ReLU(), copy.deepcopy(twice[1]), nn.ReLU(), copy.deepcopy(twice[3]), nn.ReLU()
    )
    x = pixels(2)
    kept = x.clone()
    a, b = (strongest(net, x, "4", [1, 2]) for net in (twice, fresh))
    assert a.value is not None and b.value is not None
    torch.testing.assert_close(a.value, b.value)
    full = project(twice, x, "4", a).full(56, 56)
    assert agreement(full, by_captum(fresh, x, b)) < 1e-5
    assert torch.equal(x, kept)


class Doubled(nn.Sequential):
    """A Sequential that is no chain: its forward does more."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * 2


def test_a_sequential_with_a_forward_of_its_own_is_refused() -> None:
    with pytest.raises(ValueError, match="Doubled is no plain chain"):
        deconvnet(Doubled(nn.Conv2d(3, 4, 3)), pixels(1), "0", 0)
    with pytest.raises(ValueError, match="layer 0 is a Doubled"):
        deconvnet(nn.Sequential(Doubled(nn.Conv2d(3, 4, 3))), pixels(1), "0", 0)


def test_a_net_that_is_no_chain_and_a_real_average_are_refused() -> None:
    with pytest.raises(ValueError, match="ResNet is no plain chain"):
        deconvnet(resnet18(weights=None), pixels(1), "layer1", 0)
    units = Units(*(torch.tensor([0]) for _ in range(4)))
    with pytest.raises(ValueError, match=r"avgpool averages \(256, 7, 7\)"):
        project(torchvision(alexnet), pixels(1, 255, 255), "classifier.1", units)


def test_dropout_does_nothing_even_in_training_mode() -> None:
    net, x = small(ZFNET).train(), pixels(2)
    units = strongest(net, x, "relu7", [0, 1])
    again = strongest(net.eval(), x, "relu7", [0, 1])
    assert units.value is not None and again.value is not None
    assert torch.equal(units.value, again.value)


def test_a_net_without_norm_or_pool_works() -> None:
    spec = NetSpec("plain", 20, (Conv(1, 4, 3), Conv(2, 5, 3, stride=2)), {}, classes=3)
    net = build(spec, init="he").eval()
    x = pixels(2, 20, 20)
    units = strongest(net, x, "relu2", [1, 2])
    full = project(net, x, "relu2", units).full(20, 20)
    assert agreement(full, by_captum(upto(net, "relu2"), x, units)) < 1e-5
