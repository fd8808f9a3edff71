"""Nets that are not ours: what is read equals a plain forward pass with hooks, or is refused."""

import copy
from collections.abc import Callable

import numpy as np
import pytest
import torch
import torchvision.models as models
from captum.attr import NeuronDeconvolution
from hooks import by_hooks
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations, prune

from cnnlab.nets.convnet import build
from cnnlab.nets.spec import ZFNET
from cnnlab.seeing.deconvnet import deconvnet
from cnnlab.seeing.invariance import invariance, transform
from cnnlab.seeing.layers import OUTPUT, LayerReader, activations
from cnnlab.seeing.occlusion import occlusion
from cnnlab.seeing.top import top_images


class Skips(nn.Module):
    """Skips, branches, a shared ReLU, in-place arithmetic, normalised batches, pooling to 1 x 1."""

    def __init__(self):
        super().__init__()
        self.scale = nn.ReLU(inplace=True)  # rectifies the images themselves
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2), nn.BatchNorm2d(8), nn.ReLU(inplace=True))
        self.left, self.right = nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(8, 8, 1)
        self.shared, self.spare = nn.ReLU(inplace=True), nn.Conv2d(8, 8, 1)
        self.drop, self.head = nn.Dropout(0.5), nn.Linear(16, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(self.scale(x))
        left, right = self.left(x), self.right(x)
        left += x  # in place: what `left` gave is gone
        both = torch.cat([self.shared(left), self.shared(right)], dim=1)
        return self.head(self.drop(F.adaptive_avg_pool2d(both, 1).flatten(1)))


class Recurrent(nn.Module):
    """Rows of a picture as a sequence."""

    def __init__(self):
        super().__init__()
        self.conv, self.lstm = nn.Conv2d(3, 4, 3), nn.LSTM(4 * 22, 7, batch_first=True)
        self.head = nn.Linear(7, 5)

    def forward(self, x: Tensor) -> Tensor:
        rows = self.conv(x).permute(0, 2, 1, 3).flatten(2)
        return self.head(self.lstm(rows)[0][:, -1])


def seeded(make, *args, **kwargs) -> nn.Module:
    torch.manual_seed(0)
    return make(*args, **kwargs).eval()


NETS = {
    "alexnet": lambda: seeded(models.alexnet),
    "vgg11": lambda: seeded(models.vgg11),
    "vgg11_bn": lambda: seeded(models.vgg11_bn),
    "resnet18": lambda: seeded(models.resnet18),
    "squeezenet": lambda: seeded(models.squeezenet1_1),
    "mobilenet": lambda: seeded(models.mobilenet_v3_small),
    "skips": lambda: seeded(Skips),
    "recurrent": lambda: seeded(Recurrent),
}
LAYERS = {
    "alexnet": ("features.0", "features.1", "features.8", "avgpool", "classifier.1"),
    "vgg11": ("features.0", "features.8", "features", "classifier.4"),
    "vgg11_bn": ("features.0", "features.1", "features.15"),
    "resnet18": ("conv1", "bn1", "layer1.0.bn2", "layer2", "avgpool", "fc"),
    "squeezenet": ("features.0", "features.3.expand3x3", "classifier.1"),
    "mobilenet": ("features.0.0", "features.1.block.1.scale_activation", "classifier.0"),
    "skips": ("stem.0", "stem", "left", "right", "head"),
    "recurrent": ("conv", "head"),
}
X = torch.randn(3, 3, 64, 80, generator=torch.Generator().manual_seed(1))
SQUARE = X[..., :24, :24].contiguous()  # of the one size that the recurrent net reads


def images(name: str) -> Tensor:
    return (SQUARE if name == "recurrent" else X).clone()


@pytest.mark.parametrize("name", NETS)
def test_activations_are_those_of_a_plain_forward_pass_with_hooks(name):
    net, x = NETS[name](), images(name)
    expected = by_hooks(net, x, LAYERS[name])
    found = activations(net, x, [*LAYERS[name], OUTPUT])
    assert found.keys() == expected.keys()
    for layer, value in found.items():
        assert torch.equal(value, expected[layer]), layer
    assert torch.equal(x, images(name))  # the caller's images are what they were
    assert not any(m._forward_hooks for m in net.modules())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_a_net_is_read_in_its_own_precision(dtype):
    net = NETS["resnet18"]().to(dtype)
    (value,) = activations(net, X, "layer2").values()
    assert value.dtype == dtype
    assert torch.equal(value, by_hooks(net, X.to(dtype), ["layer2"])["layer2"])


def test_a_net_in_training_mode_is_read_in_evaluation_mode_and_put_back():
    net = NETS["skips"]().train()
    net.get_submodule("stem.1").eval()  # as whoever freezes batch norm leaves it
    modes = [module.training for module in net.modules()]
    state = copy.deepcopy(net.state_dict())
    (value,) = activations(net, X, "head").values()
    assert [module.training for module in net.modules()] == modes
    assert all(torch.equal(v, state[k]) for k, v in net.state_dict().items())
    assert torch.equal(value, by_hooks(net.eval(), X, ["head"])["head"])
    with pytest.raises(ValueError, match="cannot read"):
        activations(net.train(), X[:, :1], "head")
    assert net.training and not any(m._forward_hooks for m in net.modules())


@pytest.mark.filterwarnings("ignore:.*quantiz")
def test_frozen_and_quantised_nets_are_read():
    frozen = NETS["alexnet"]().requires_grad_(False)
    assert not activations(frozen, X, "features.3")["features.3"].requires_grad
    assert not activations(NETS["alexnet"](), X, "features.3")["features.3"].requires_grad
    quantised = torch.ao.quantization.quantize_dynamic(NETS["skips"](), {nn.Linear}, torch.qint8)
    assert torch.equal(activations(quantised, X, "head")["head"], quantised(X.clone()))
    quantised = torch.ao.quantization.quantize_dynamic(NETS["recurrent"](), {nn.LSTM}, torch.qint8)
    assert torch.equal(activations(quantised, SQUARE, "head")["head"], quantised(SQUARE))


@pytest.mark.parametrize(
    ("name", "layer", "message"),
    [
        ("skips", "shared", "calls shared 2 times; name a layer that it calls once"),
        ("resnet18", "layer1.0.relu", "calls layer1.0.relu 2 times"),
        ("skips", "spare", "never calls spare"),
        ("recurrent", "lstm", "lstm gives a tuple, not one tensor"),
        (
            "alexnet",
            "feature.3",
            "no layer 'feature.3'; the nearest names are features",
        ),
        ("skips", "layer5", "Skips has no layer 'layer5'"),
    ],
)
def test_layers_without_one_value_are_refused_by_name(name, layer, message):
    with pytest.raises(ValueError, match=message):
        activations(NETS[name](), images(name), layer)


def test_images_outside_of_the_first_axis_are_refused():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(0, 1))
    with pytest.raises(ValueError, match=r"1 gives \(12, 62, 78\) for 3 images"):
        activations(net, X, "1")
    with pytest.raises(ValueError, match="no layer is named"):
        activations(net, X, [])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (X.double(), "images are float64; give float32"),
        ((X * 50).to(torch.uint8), "images are uint8; normalise them .* or give preprocess="),
        (X.long(), "images are int64"),
        (X.numpy(), "images are a ndarray; give normalised float tensors"),
        (X[0], r"images are \(N, 3, H, W\), not \(3, 64, 80\)"),
        (X.permute(0, 2, 3, 1), "have the colours last"),
        (X[:, :1], "to have 3 channels, but got 1 channels"),
        (X[..., :1, :1], "cannot read images"),
        (X[:0], "no images"),
    ],
)
def test_images_of_another_kind_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        activations(NETS["skips"](), wrong, "stem.0")


def test_preprocess_reads_uint8_images_of_either_layout():
    preprocess = models.AlexNet_Weights.DEFAULT.transforms(crop_size=64, resize_size=70)
    net = NETS["alexnet"]()
    last = np.random.default_rng(0).integers(0, 256, (5, 90, 100, 3), np.uint8)
    first = np.ascontiguousarray(last.transpose(0, 3, 1, 2))
    expected = by_hooks(net, preprocess(torch.from_numpy(first)), ["features.0"])["features.0"]
    for some in (last, first, torch.from_numpy(first)):
        values = activations(net, some, "features.0", preprocess=preprocess, batch=2)["features.0"]
        assert torch.allclose(values, expected, atol=1e-5)
    with pytest.raises(ValueError, match="to preprocess are uint8, 0 to 255, not float32"):
        activations(net, last.astype(np.float32) / 255, "features.0", preprocess=preprocess)
    with pytest.raises(ValueError, match=r"images are \(N, H, W, 3\) or"):
        activations(net, last[0], "features.0", preprocess=preprocess)
    with pytest.raises(ValueError, match="preprocess gives a ndarray"):
        activations(net, last, "features.0", preprocess=lambda x: x.numpy())  # pyright: ignore

    def spoils(x: Tensor) -> Tensor:
        return x.fill_(0).float()

    activations(net, last, "features.0", preprocess=spoils)
    assert last.any()


def test_our_nets_go_by_caffes_names_and_the_papers():
    net = build(ZFNET.scaled(56, 0.25, 10), init="he").eval()
    x = 50 * X[..., :56, :56]
    values = activations(net, x, [*net.names, "layer5", "fc-6", OUTPUT])
    expected = x
    for name, module in net.layers.named_children():
        expected = module(expected)
        if name in values:
            assert torch.equal(values[name], expected), name
    assert torch.equal(values["layer5"], values["pool5"])
    assert torch.equal(values["fc-6"], values["relu6"])
    assert torch.equal(values[OUTPUT], values["fc8"])
    assert torch.equal(values["prob"], values["fc8"].softmax(dim=1))
    with pytest.raises(ValueError, match="no layer 'conv9'"):
        activations(net, x, "conv9")
    with pytest.raises(ValueError, match=r"lie in \[0, 1\]; this net reads pixels from 0 to 255"):
        activations(net, x.sigmoid(), "conv1")


def test_other_forward_passes_leave_a_reader_alone():
    net = NETS["skips"]()
    with LayerReader(net, ["left"]) as read:
        net(X.clone())  # no reading of ours
        first = read(X)["left"]
        net(X.clone())
        assert torch.equal(read(X)["left"], first)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_nets_that_hooks_cannot_read_are_refused():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
    with pytest.raises(ValueError, match="RecursiveScriptModule, whose layers no hook can read"):
        activations(torch.jit.script(net), X, "0")
    with pytest.raises(ValueError, match="0 is a LazyConv2d that has no weights yet; call the net"):
        activations(nn.Sequential(nn.LazyConv2d(4, 3)), X, "0")
    net.append(nn.BatchNorm2d(4, track_running_stats=False))
    assert torch.equal(activations(net, X, "1")["1"], by_hooks(net, X, ["1"])["1"])
    for name in ("2", OUTPUT):
        with pytest.raises(ValueError, match="a BatchNorm without running statistics lets what"):
            activations(net, X, name)


# ---- what is built on it ---------------------------------------------------------------------

BUILT = {
    "resnet18": "layer2.0.conv1",
    "skips": "left",
    "vgg11_bn": "features.8",
    "mobilenet": "avgpool",
}


@pytest.mark.parametrize("name", BUILT)
def test_top_images_of_any_layer_are_those_of_a_plain_forward_pass(name):
    net, layer, x = NETS[name]().train(), BUILT[name], torch.cat([X, -X, X.flip(3)])
    net.requires_grad_(False)
    best = top_images(net, x, {layer: [1, 0]}, count=3, batch=4)[layer]
    maps = by_hooks(net.eval(), x, [layer])[layer].flatten(2).amax(dim=2)  # (9, C)
    value, order = maps[:, [1, 0]].T.sort(descending=True)
    assert np.allclose(best.value, value[:, :3], rtol=1e-4)
    assert np.array_equal(best.image, order[:, :3])
    assert torch.equal(x[:3], X)


def test_top_images_take_pixels_or_tensors():
    net, pixels = NETS["resnet18"](), np.random.default_rng(0).integers(0, 256, (6, 50, 60, 3))
    pixels = pixels.astype(np.uint8)
    preprocess = models.ResNet18_Weights.DEFAULT.transforms(crop_size=48, resize_size=50)
    a = top_images(net, pixels, {"layer1": [3]}, count=2, preprocess=preprocess)["layer1"]
    x = preprocess(torch.from_numpy(pixels).permute(0, 3, 1, 2))
    b = top_images(net.bfloat16(), x, {"layer1": [3]}, count=2)["layer1"]
    assert np.array_equal(a.image, b.image)
    with pytest.raises(ValueError, match=r"units are maps \(N, C, H, W\)"):
        top_images(nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(2)), X, "1", count=1)


@pytest.mark.parametrize("name", BUILT)
def test_invariance_of_any_layer_is_that_of_plain_forward_passes(name):
    net, layer, labels = NETS[name]().train(), BUILT[name], torch.tensor([0, 4, 2])
    found = invariance(net, X, labels, "shift", [0, 6], [layer])
    clear, moved = (by_hooks(net.eval(), x, [layer]) for x in (X, transform(X, "shift", 6)))
    apart = (moved[layer] - clear[layer]).flatten(1).norm(dim=1)
    assert np.allclose(found.distance[layer][:, 1], apart, rtol=1e-3)
    p = moved[OUTPUT].softmax(dim=1)[torch.arange(3), labels]
    assert np.allclose(found.probability[:, 1], p, rtol=1e-3)
    between = torch.pdist(clear[layer].flatten(1)).mean()
    assert found.between[layer] == pytest.approx(float(between), rel=1e-4)


def test_nets_that_do_not_answer_with_scores_are_refused():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True))
    with pytest.raises(ValueError, match=r"answers with \(4, 62, 78\) an image, not with scores"):
        invariance(net, X, torch.zeros(3, dtype=torch.long), "shift", [1], ["0"])


# ---- layers that are not what their class is ---------------------------------------------------


class Leaky(nn.ReLU):
    def forward(self, input: Tensor) -> Tensor:
        return F.leaky_relu(input, 0.3)


class Standardised(nn.Conv2d):
    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        return super()._conv_forward(input, weight / weight.norm(), bias)


def row(*middle: nn.Module, first: type[nn.Conv2d] = nn.Conv2d) -> nn.Sequential:
    torch.manual_seed(0)
    last = nn.MaxPool2d(2), nn.Conv2d(6, 8, 3), nn.ReLU(inplace=True), nn.Flatten()
    return nn.Sequential(first(3, 6, 3, padding=1), *middle, *last, nn.Linear(800, 5))


def doubled(net: nn.Sequential, layer: int) -> nn.Sequential:
    net[layer].register_forward_hook(lambda *args: torch.mul(args[2], 2))
    return net


def patched(net: nn.Sequential, layer: int) -> nn.Sequential:
    net[layer].forward = lambda x: x.abs()
    return net


def normed(net: nn.Sequential, norm: Callable[[nn.Module], object]) -> nn.Sequential:
    norm(net[0])
    with torch.no_grad():
        for _ in range(4):
            net(SQUARE * 2 + 1)  # which moves the statistics of a BatchNorm2d
    return net


ODD = {
    "a ReLU's heir": lambda: row(Leaky()),
    "a Conv2d's heir": lambda: row(nn.ReLU(), first=Standardised),
    "a hook on a Conv2d": lambda: doubled(row(nn.ReLU()), 0),
    "a hook on a ReLU": lambda: doubled(row(nn.ReLU()), 1),
    "another forward": lambda: patched(row(nn.ReLU()), 1),
    "pruned": lambda: normed(row(nn.ReLU()), lambda m: prune.l1_unstructured(m, "weight", 0.5)),
}
BAKED = {
    "weight norm": lambda: normed(row(nn.BatchNorm2d(6), nn.ReLU()), parametrizations.weight_norm),
    "spectral norm": lambda: normed(row(nn.ReLU()), parametrizations.spectral_norm),
    "batch norm": lambda: normed(row(nn.BatchNorm2d(6), nn.ReLU(inplace=True)), lambda _: None),
}


@pytest.mark.parametrize("layer", ["0", "1"])
@pytest.mark.parametrize("name", ODD | BAKED)
def test_occlusion_of_odd_layers_is_covering_by_hand(name: str, layer: str) -> None:
    net = (ODD | BAKED)[name]().train()
    labels, grid = torch.tensor([0, 4, 2]), {"size": 8, "stride": 8, "layer": layer}
    maps = occlusion(net, SQUARE, labels, **grid)
    covered = SQUARE.clone()
    covered[..., 8:16, :8] = 0
    values = by_hooks(net.eval(), covered, [layer])
    watched = values[layer][torch.arange(3), torch.from_numpy(maps.unit)].sum(dim=(1, 2))
    assert np.allclose(maps.activation[:, 1, 0], watched, rtol=1e-4, atol=1e-4)
    p = values[OUTPUT].softmax(dim=1)[torch.arange(3), labels]
    assert np.allclose(maps.probability[:, 1, 0], p, rtol=1e-4)


@pytest.mark.parametrize("name", ODD)
def test_a_deconvnet_refuses_layers_that_are_not_what_their_class_is(name: str) -> None:
    layer = "with a forward pass or hooks of its own, which a deconvnet cannot undo"
    with pytest.raises(ValueError, match=rf"layer \d is a (ReLU|Conv2d) {layer}"):
        deconvnet(ODD[name](), SQUARE, "4", 0)


@pytest.mark.filterwarnings("ignore:Setting backward hooks")
@pytest.mark.parametrize("name", BAKED)
def test_a_deconvnet_reads_weights_that_are_computed(name: str) -> None:
    net = BAKED[name]().eval()
    layer = net[:-4].append(net[-4])  # up to the second convolution
    unit = layer(SQUARE).detach().flatten(2).amax(dim=2).argmax(dim=1)
    state = torch.get_rng_state()
    pixels = deconvnet(net, SQUARE, str(len(layer) - 1), unit)
    assert torch.equal(torch.get_rng_state(), state)
    for module in layer.modules():
        vars(module)["inplace"] = False
    value, place = layer(SQUARE).detach().flatten(2)[torch.arange(3), unit].max(dim=1)
    for i, y in enumerate(place.tolist()):
        neuron = NeuronDeconvolution(layer, layer[-1])
        expected = neuron.attribute(SQUARE[i : i + 1].clone(), (int(unit[i]), *divmod(y, 10)))
        assert torch.allclose(pixels[i], expected[0] * value[i], rtol=1e-3, atol=1e-4)


def test_a_net_that_is_never_twice_the_same_is_refused() -> None:
    class Random(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.head = nn.Conv2d(3, 4, 3), nn.Linear(4, 5)

        def forward(self, x: Tensor) -> Tensor:
            return self.head(F.dropout(self.conv(x), 0.5).mean(dim=(2, 3)))

    with pytest.raises(ValueError, match="Random answers one image differently twice; switch off"):
        occlusion(Random(), SQUARE, torch.tensor([0, 1, 2]), size=8, stride=8, layer="conv")
