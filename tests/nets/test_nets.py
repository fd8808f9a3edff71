"""Networks against the papers' shapes, torch's own modules and values computed by hand."""

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnlab.nets import zoo
from cnnlab.nets.caffe import load_caffenet
from cnnlab.nets.convnet import ALIASES, build
from cnnlab.nets.lrn import LRN
from cnnlab.nets.spec import ALEXNET, CAFFENET, ZF2013, ZFNET, Conv, NetSpec
from cnnlab.nets.weights import from_torchvision, load_net, save_net
from cnnlab.results.published import published_table
from cnnlab.seeing.layers import activations

TINY = ZFNET.scaled(56, 0.05, 7)


def sides(spec: NetSpec) -> list[int]:
    shapes = spec.shapes()
    return [shapes[tap][1] for tap in ("conv1", "pool1", "conv2", "pool2", "conv5", "pool5")]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (ALEXNET, [55, 27, 27, 13, 13, 6]),
        (ZF2013, [55, 27, 27, 13, 13, 6]),
        (CAFFENET, [55, 27, 27, 13, 13, 6]),
        (ZFNET, [110, 55, 26, 13, 13, 6]),
    ],
)
def test_full_size_shapes_are_the_papers(spec: NetSpec, expected: list[int]) -> None:
    assert sides(spec) == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        # layer by layer: filters x (inputs x k x k) + biases
        (
            ALEXNET,
            96 * 363 + 96
            + 256 * 96 * 25 + 256
            + 384 * 256 * 9 + 384
            + 384 * 384 * 9 + 384
            + 256 * 384 * 9 + 256
            + 4096 * 9216 + 4096 + 4096 * 4096 + 4096 + 1000 * 4096 + 1000,
        ),
        (CAFFENET, 60_965_224),  # the published count of the BVLC reference model
        (ZFNET, 62_357_608),
        (ZF2013, 107_648_360),
    ],
)  # fmt: skip
def test_parameter_counts(spec: NetSpec, expected: int) -> None:
    with torch.device("meta"):
        net = zoo_net(spec)
    assert sum(p.numel() for p in net.parameters()) == expected


def zoo_net(spec: NetSpec) -> nn.Module:
    from cnnlab.nets.convnet import ConvNet

    return ConvNet(spec)


@pytest.mark.parametrize("spec", [ALEXNET, ZF2013, ZFNET, CAFFENET])
def test_shapes_predicted_are_the_shapes_computed(spec: NetSpec) -> None:
    small = spec.scaled(56, 0.1, 5)
    values = activations(build(small, init="he"), torch.zeros(2, 3, 56, 56), small.shapes())
    assert {tap: tuple(v.shape[1:]) for tap, v in values.items()} == small.shapes()


@pytest.mark.parametrize("spec", [*zoo.zf_table1().values(), *zoo.zf14_table3().values(), CAFFENET])
def test_small_nets_keep_places_in_pool5(spec: NetSpec) -> None:
    assert min(spec.scaled(56, 0.25, 30).shapes()["pool5"][1:]) >= 3


def test_every_row_of_the_ablation_tables_has_a_spec() -> None:
    assert set(zoo.zf_table1()) == set(published_table("zf-table1")["row"])
    assert set(zoo.zf14_table3()) == set(published_table("zf14-table3")["row"])
    without = zoo.zf_table1()["removed-layers-3-4-6-7"]
    assert [c.layer for c in without.convs] == [1, 2, 5] and not without.fc
    wide = zoo.zf14_table3()["our-model-conv345-512-1024-512-fc-8192"]
    assert [c.maps for c in wide.convs] == [96, 256, 512, 1024, 512] and wide.fc == {
        6: 8192,
        7: 8192,
    }


def test_removing_a_layer_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="has layers"):
        ALEXNET.without(9)
    with pytest.raises(ValueError, match="too few for layer"):
        replace(ALEXNET, pixels=20).shapes()
    with pytest.raises(ValueError, match="alexnet, zf2013, zfnet, caffenet"):
        zoo.spec("resnet")


# ---- LRN -------------------------------------------------------------------------------------


def test_lrn_by_hand() -> None:
    x = torch.tensor([1.0, 2.0, 3.0]).view(1, 3, 1, 1)
    found = LRN(size=3, alpha=0.5, beta=1.0, k=2.0)(x).flatten()
    # windows (1,2), (1,2,3), (2,3): sums of squares 5, 14, 13
    assert torch.allclose(found, torch.tensor([1 / 4.5, 2 / 9.0, 3 / 8.5]))


@pytest.mark.parametrize("channels", [3, 8, 24, 96])
@pytest.mark.parametrize("beta", [0.75, 0.5])
def test_lrn_equals_torch_forward_and_backward(channels: int, beta: float) -> None:
    torch.manual_seed(channels)
    x = (30 * torch.randn(2, channels, 5, 4, dtype=torch.float64)).requires_grad_()
    ours = LRN(size=5, alpha=1e-3, beta=beta, k=2.0)(x)
    theirs = nn.LocalResponseNorm(5, alpha=5e-3, beta=beta, k=2.0)(x)  # torch divides alpha by 5
    assert torch.allclose(ours, theirs, rtol=1e-10)
    weights = torch.randn_like(ours)
    (grad,) = torch.autograd.grad((ours * weights).sum(), x)
    (expected,) = torch.autograd.grad((theirs * weights).sum(), x)
    assert torch.allclose(grad, expected, rtol=1e-8, atol=1e-12)


def test_lrn_window_must_be_odd() -> None:
    with pytest.raises(ValueError, match="odd"):
        LRN(size=4)


def test_caffenet_norm_is_caffes() -> None:
    # Caffe: (1 + 1e-4 / 5 * sum x^2) ^ -0.75, after pooling
    x = torch.full((1, 5, 1, 1), 100.0)
    norm = build(CAFFENET.scaled(227, 1.0, 10)).layers.get_submodule("norm1")
    middle = norm(x)[0, 2, 0, 0].item()
    assert middle == pytest.approx(100 * (1 + 1e-4 / 5 * 5 * 100**2) ** -0.75)
    names = [name for name, _ in build(CAFFENET.scaled(227, 1.0, 10)).layers.named_children()]
    assert names.index("pool1") < names.index("norm1")


def test_scaled_nets_normalise_as_on_pixels() -> None:
    small = ZFNET.scaled(56, 0.1, 5)
    x = 60 * torch.randn(1, 8, 3, 3)
    on_pixels = LRN(5, ZFNET.norm.alpha)(x)
    assert torch.allclose(LRN(5, small.norm.alpha)(x / small.scale) * small.scale, on_pixels)


# ---- the net ---------------------------------------------------------------------------------


def test_pooling_before_relu_is_the_same_function() -> None:
    torch.manual_seed(0)
    net = build(TINY, init="he").eval()
    x = 50 * torch.randn(4, 3, 56, 56)
    assert torch.equal(net(x), activations(net, x, ["fc8"])["fc8"])
    assert torch.allclose(activations(net, x, ["prob"])["prob"], net(x).softmax(1))


def test_groups_see_only_their_half() -> None:
    net = build(CAFFENET.scaled(56, 0.25, 4), init="he").eval()
    pool1 = net.layers[:4]  # scale, conv1, relu1, pool1
    assert isinstance(net.layers.get_submodule("conv2"), nn.Conv2d)
    conv2 = net.layers.get_submodule("conv2")
    x = torch.randn(1, 24, 14, 14)
    changed = x.clone()
    changed[:, 12:] += 1  # the second half of the inputs
    difference = (conv2(changed) - conv2(x)).abs().amax(dim=(0, 2, 3))
    assert len(pool1) == 4
    assert difference[:32].max() == 0 and difference[32:].min() > 0


def test_aliases_name_the_papers_layers() -> None:
    net = build(TINY)
    assert net.resolve("conv-1") == "pool1" and net.resolve("layer1") == "norm1"
    assert net.resolve("fc-7") == net.resolve("layer7") == "relu7"
    assert set(ALIASES.values()) <= set(net.names)
    with pytest.raises(ValueError, match="no layer 'conv9'; it has conv1, relu1"):
        activations(net, torch.zeros(1, 3, 56, 56), ["conv9"])


def test_initial_weights() -> None:
    paper = build(ALEXNET.scaled(56, 0.5, 9), seed=1, init="paper")
    weight = paper.layers.get_submodule("conv3").get_parameter("weight")
    assert weight.std().item() == pytest.approx(0.01, rel=0.02)
    he = build(ALEXNET.scaled(56, 0.5, 9), seed=1, init="he")
    weight = he.layers.get_submodule("conv3").get_parameter("weight")
    assert weight.std().item() == pytest.approx((2 / (128 * 9)) ** 0.5, rel=0.02)
    again = build(ALEXNET.scaled(56, 0.5, 9), seed=1, init="he").layers.get_submodule("conv3")
    assert torch.equal(weight, again.get_parameter("weight"))
    with pytest.raises(ValueError, match="'paper' or 'he'"):
        build(TINY, init="xavier")


# ---- weights in and out ----------------------------------------------------------------------


def test_layer_1_starts_smaller_and_nothing_else_changes() -> None:
    spec = zoo.spec("zfnet").scaled(56, width=0.1, classes=3)
    whole, small = build(spec, seed=4, init="he"), build(spec, seed=4, init="he", conv1_scale=0.15)
    for (name, a), b in zip(whole.named_parameters(), small.parameters(), strict=True):
        by = 0.15 if name == "layers.conv1.weight" else 1.0
        torch.testing.assert_close(by * a, b)
    with pytest.raises(ValueError, match="layer 1 starts at a positive share"):
        build(spec, conv1_scale=0.0)


def test_checkpoint_round_trip_and_refusals(tmp_path: Path) -> None:
    net = build(TINY, init="he").eval()
    path = tmp_path / "net.safetensors"
    save_net(net, path)
    again = load_net(path, expect=TINY).eval()
    x = torch.randn(1, 3, 56, 56)
    assert torch.equal(net(x), again(x))
    with pytest.raises(ValueError, match="its fc is"):
        load_net(path, expect=TINY.with_fc(16))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match="no readable checkpoint"):
        load_net(path)
    with pytest.raises(ValueError, match="run the notebook that trains it"):
        load_net(tmp_path / "none.safetensors")


def test_torchvision_alexnet_gives_the_same_scores() -> None:
    from torchvision.models import alexnet

    torch.manual_seed(0)
    theirs = alexnet(num_classes=11).eval()
    ours = from_torchvision(theirs.state_dict()).eval()
    x = torch.randn(2, 3, 224, 224)
    assert torch.allclose(ours(x), theirs(x), atol=1e-5)
    with pytest.raises(ValueError, match="no tensor of torchvision's AlexNet"):
        from_torchvision({"conv1.weight": x})


def message(field: int, payload: bytes) -> bytes:
    """A length-delimited field of a protocol buffer."""
    return varint(field << 3 | 2) + varint(len(payload)) + payload


def varint(value: int) -> bytes:
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def caffemodel(net: nn.Module, old: bool) -> bytes:
    """A .caffemodel as Caffe writes it, in the V1 form or the present one."""
    data = b"" if old else message(1, b"CaffeNet")
    for name, layer in net.named_children():
        if not isinstance(layer, nn.Conv2d | nn.Linear):
            continue
        blobs = b""
        for tensor in (layer.weight, layer.bias):
            assert tensor is not None
            raw = tensor.detach().numpy().astype("<f4").tobytes()
            if old:
                shape = (1,) * (4 - tensor.ndim) + tuple(tensor.shape)
                dims = b"".join(varint(i << 3) + varint(d) for i, d in enumerate(shape, start=1))
            else:
                dims = message(7, message(1, b"".join(varint(d) for d in tensor.shape)))
            blobs += message(6 if old else 7, dims + message(5, raw))
        data += message(2 if old else 100, message(4 if old else 1, name.encode()) + blobs)
    return data


@pytest.mark.parametrize("old", [False, True])
def test_caffemodel(tmp_path: Path, old: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    small = CAFFENET.scaled(56, 0.05, 6)
    monkeypatch.setattr("cnnlab.nets.caffe.CAFFENET", small)
    theirs = build(small, init="he").eval()
    path = tmp_path / "bvlc.caffemodel"
    path.write_bytes(caffemodel(theirs.layers, old))
    x = torch.randn(1, 3, 56, 56)
    assert torch.allclose(
        load_caffenet(path).eval()(x), theirs(x.flip(1)), atol=1e-6
    )  # RGB for BGR
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(ValueError, match="fetch it again"):
        load_caffenet(path)
    other = build(small.with_fc(32), init="he")
    path.write_bytes(caffemodel(other.layers, old))
    with pytest.raises(ValueError, match="wants"):
        load_caffenet(path)


def test_wire_format_of_a_double_is_skipped() -> None:
    from cnnlab.nets.caffe import _fields

    data = varint(3 << 3 | 1) + struct.pack("<d", 1.5) + varint(1 << 3) + varint(300)
    fields = _fields(memoryview(data))
    assert fields[1] == [300] and np.frombuffer(fields[3][0], "<f8")[0] == 1.5


def test_a_spec_can_be_written_by_hand() -> None:
    spec = NetSpec("toy", 32, (Conv(1, 4, kernel=3, pool=True),), {7: 5}, classes=2)
    assert build(spec)(torch.zeros(3, 3, 32, 32)).shape == (3, 2)
